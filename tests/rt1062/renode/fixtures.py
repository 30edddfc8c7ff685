"""A pytest plugin: `chip` is the chip on a real Renode, just powered on."""

import pytest

from tests.rt1062.renode.real import Chip


@pytest.fixture
def chip(tmp_path):
    chip = Chip(tmp_path)
    yield chip
    chip.close()
