"""A core by itself, for the tests of its blocks."""

import pytest

from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.unicorn.processor import Processor


@pytest.fixture
def processor() -> Processor:
    """A core at 600 MHz just after reset, with no code."""
    processor = Processor(lambda: 600_000_000, MIMXRT1060_EVK.flash, MIMXRT1060_EVK.sdram)
    processor.reset()
    return processor
