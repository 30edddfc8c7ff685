"""The table of routes: pads, modes and input selects that the chip has, each way once."""

from collections import Counter

import pytest

from rt1062.blocks.iomuxc import Daisy, Iomuxc
from rt1062.chip import pads
from rt1062.chip.block_table import BLOCKS
from rt1062.chip.routes import ROUTES

ALL = [route for routes in ROUTES.values() for route in routes]
INPUTS = ("_RX", "_SDI", "_SCL", "_SDA")  # of the blocks whose signals are judged


def test_every_signal_is_of_a_block_of_the_chip():
    for signal in ROUTES:
        block = signal.partition("_")[0]
        assert block in BLOCKS or block in ("FLEXSPIA", "FLEXSPIB"), signal


@pytest.mark.parametrize(
    ("blocks", "signals"),
    [([f"LPUART{i}" for i in range(1, 9)], "TX RX CTS_B RTS_B"),
     ([f"LPSPI{i}" for i in range(1, 5)], "SCK SDO SDI PCS0 PCS1 PCS2 PCS3"),
     ([f"LPI2C{i}" for i in range(1, 5)], "SCL SDA"),
     (["FLEXSPIA", "FLEXSPIB"], "SCLK SS0_B SS1_B DQS DATA00 DATA01 DATA02 DATA03")],
)  # fmt: skip
def test_every_instance_has_its_signals(blocks, signals):
    missing = {f"{block}_{signal}" for block in blocks for signal in signals.split()}
    # LPSPI2_PCS1 to 3 and such: the manual lists a pad for each.
    assert missing - ROUTES.keys() == set()


def test_every_pad_is_bonded_and_every_mode_fits_its_field():
    assert {route.pad for route in ALL} <= set(pads.PADS)
    assert all(0 <= route.mode <= 7 and route.mode != pads.GPIO_MODE for route in ALL)


def test_no_pad_has_two_signals_in_one_mode():
    assert [place for place, n in Counter((r.pad, r.mode) for r in ALL).items() if n > 1] == []


def test_input_selects_lie_in_the_iomuxc_and_belong_to_one_signal():
    iomuxc = Iomuxc(lambda port: None)
    owners = {}
    for route in ALL:
        if route.select is not None:
            assert issubclass(iomuxc.by_offset[route.select].register, Daisy), route
            assert owners.setdefault(route.select, route.signal) == route.signal
            assert 0 <= route.daisy <= 7


@pytest.mark.parametrize("signal", ROUTES)
def test_the_pads_of_an_input_are_told_apart(signal):
    routes = ROUTES[signal]
    if routes[0].select is not None:
        assert len({route.daisy for route in routes}) == len(routes) > 1
    elif signal.endswith(INPUTS):
        assert len(routes) == 1  # nothing to choose between
