"""Dockerfile and dev container, as far as can be told without Docker: what they name is there."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from scripts import system_packages

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def instructions(name):
    """What stands behind each of a kind, in order."""
    return re.findall(rf"^{name} +(.*)$", DOCKERFILE, re.MULTILINE)


def test_the_python_is_one_that_the_package_takes():
    (base,) = instructions("FROM")
    version = tuple(map(int, re.fullmatch(r"python:(\d+)\.(\d+)-slim-bookworm", base).groups()))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert version >= tuple(map(int, wanted.removeprefix(">=").split(".")))


def test_what_is_copied_is_there_and_is_no_secret_of_a_checkout():
    copied = [line.split()[0] for line in instructions("COPY")]
    assert copied == ["requirements.txt", "sim"]
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_packages_are_all_that_the_build_of_the_firmware_asks_for():
    installed = set(re.search(r"--no-install-recommends\s+(.*?)&&", DOCKERFILE)[1].split())
    asked = set(system_packages.REQUIRED) - {"python3-venv"}  # the image's Python has it
    assert asked <= installed
    assert "gdb-multiarch" in installed


def test_python_packages_come_from_the_lock_with_their_hashes():
    assert any("pip install" in one and "--require-hashes -r /bench/requirements.txt" in one
               for one in instructions("RUN"))  # fmt: skip


def test_its_rtbench_runs_on_what_is_copied(tmp_path):
    """The script that the image makes, with the copied folder alone on Python's path."""
    made = next(one for one in instructions("RUN") if "/usr/local/bin/rtbench" in one)
    script = re.search(r"printf '(.*?)'", made)[1].encode().decode("unicode_escape")
    (tmp_path / "rtbench").write_text(script)
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "python").chmod(0o755)
    (environment,) = instructions("ENV")
    assert environment == "PYTHONPATH=/bench/sim"
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", tmp_path / "rtbench", "board"], cwd=tmp_path, capture_output=True, text=True,
        env={"PATH": path, "PYTHONPATH": str(ROOT / "sim")}, check=False,
    )  # fmt: skip
    assert (done.returncode, "teensy41" in done.stdout) == (0, True), done.stderr


def test_it_does_not_run_as_root_and_shows_its_help():
    assert instructions("USER") == ["bench"]
    assert json.loads(instructions("CMD")[0]) == ["rtbench", "--help"]


def test_the_dev_container_uses_it_and_sets_up_by_make():
    folder = ROOT / ".devcontainer"
    container = json.loads((folder / "devcontainer.json").read_text())
    assert (folder / container["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert (folder / container["build"]["context"]).resolve() == ROOT
    assert container["postCreateCommand"] == "make setup"
    assert "marus25.cortex-debug" in container["customizations"]["vscode"]["extensions"]
