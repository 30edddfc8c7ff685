"""The one fixture of all block tests."""

import pytest

from tests.rt1062.blocks.rig import Rig


@pytest.fixture
def rig() -> Rig:
    """A block's surroundings; the test puts the block in."""
    return Rig()
