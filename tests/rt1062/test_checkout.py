"""A clone's files are found in a clone only, and the cache is the user's anywhere else."""

from pathlib import Path

import pytest

from rt1062 import checkout
from rt1062.errors import SetupError


def test_this_clone_is_found():
    assert Path(__file__).parents[2] == checkout.ROOT
    assert checkout.CACHE == checkout.ROOT / ".cache"
    assert checkout.own("firmware") == checkout.needed("firmware") == checkout.ROOT / "firmware"


@pytest.mark.parametrize("folder", ["site-packages", "sim"])
def test_an_installed_package_is_no_clone(tmp_path, folder):
    assert checkout.find_root(tmp_path / folder / "rt1062") is None


def test_outside_a_clone_the_cache_is_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert checkout.find_cache(None) == tmp_path / "rt1062-vision-bench"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert checkout.find_cache(None) == tmp_path / ".cache" / "rt1062-vision-bench"


def test_outside_a_clone_its_files_are_missed_in_one_line(monkeypatch):
    monkeypatch.setattr(checkout, "ROOT", None)
    assert checkout.own("models") is None
    with pytest.raises(SetupError, match="`firmware` is in a clone of the project only"):
        checkout.needed("firmware")
