"""Which firmware a command means."""

import argparse
from pathlib import Path

import pytest

from rt1062 import checkout
from rt1062.errors import SetupError
from rtbench.commands import firmware_files


def found(*words, app="hello"):
    parser = argparse.ArgumentParser()
    firmware_files.add_options(parser)
    return firmware_files.find(argparse.Namespace(app=app, **vars(parser.parse_args(words))))


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("own.bin", "own.elf", "built/hello.bin", "built/hello.elf", "built/bare.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--image", "own.bin"), ("own.bin", "None")),
        (("--image", "own.bin", "--elf", "own.elf"), ("own.bin", "own.elf")),
        (("--elf", "own.elf"), ("own.elf", "own.elf")),
        (("--firmware", "built"), ("built/hello.bin", "built/hello.elf")),
    ],
)
def test_the_files_that_options_stand_for(files, words, expected):
    assert tuple(map(str, found(*words))) == expected


def test_an_image_without_its_elf_is_fine_and_a_missing_one_is_told(files):
    assert found("--firmware", "built", app="bare")[1] is None
    with pytest.raises(SetupError, match="none.bin: no such firmware; `make firmware` builds it"):
        found("--firmware", "built", app="none")
    with pytest.raises(SetupError, match="own.hex: no such file"):
        found("--image", "own.hex")


def test_a_clone_finds_its_firmware_from_another_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "ROOT", tmp_path / "clone")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert firmware_files.default_directory() == tmp_path / "clone/build/firmware"
    (tmp_path / "elsewhere/build/firmware").mkdir(parents=True)
    assert firmware_files.default_directory() == Path("build/firmware")


def test_an_installed_package_looks_here(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "ROOT", None)
    monkeypatch.chdir(tmp_path)
    assert firmware_files.default_directory() == Path("build/firmware")
