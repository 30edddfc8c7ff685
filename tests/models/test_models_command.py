"""The command line of the trainings."""

import argparse

import pytest

from models.shared.command import run_name


@pytest.fixture
def photos(tmp_path):
    for name in ("dog/1.png", "dog/2.png", "car/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def named(data, config="14 epochs"):
    return run_name("classification", config, argparse.Namespace(data=data))


@pytest.mark.parametrize(
    "change",
    [
        lambda photos: (photos / "dog/2.png").unlink(),
        lambda photos: (photos / "dog/2.png").write_bytes(b"another"),
        lambda photos: (photos / "dog/2.png").rename(photos / "car/2.png"),
        lambda photos: (photos / "dog/3.png").write_bytes(b"new"),
    ],
    ids=["one less", "another", "moved", "one more"],
)
def test_other_pictures_in_the_same_folder_are_another_training(photos, change):
    before = named(photos)
    assert named(photos) == before
    change(photos)
    assert named(photos) != before


def test_settings_and_data_are_told_apart(photos):
    assert len({named(photos), named(None), named(photos, "15 epochs"), named(None, "15")}) == 4
    assert named(None).startswith("classification-")
