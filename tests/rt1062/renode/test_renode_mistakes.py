"""Mistakes in the firmware on a real Renode: the lines that Unicorn has, where Renode knows."""

from pathlib import Path

import pytest

from rt1062.machine import Machine
from rt1062.renode.machine import RenodeMachine
from rt1062.unicorn.machine import UnicornMachine
from tests.changed_firmware import BUILT, CAN_BUILD, changed
from tests.mistakes import MISTAKES
from tests.rt1062.renode.real import renode

pytestmark = pytest.mark.skipif(not CAN_BUILD, reason="`make firmware` has not built it")

# docs/fidelity.md says of which kinds Renode knows: pads, serial, roots in use.
FOUND = (
    "no pad for LPUART1", "no pad for LPSPI1", "no pad for LPI2C1", "wrong SELECT_INPUT",
    "no SION on I2C", "no open drain on I2C", "LPSPI's root too fast",
    "console's clock from another root", "console at another rate", "console with a parity bit",
    "console with bit 7 first", "SPI at 26 MHz", "SPI mode 1", "SPI with bit 0 first",
    "SCL at 1 MHz",
)  # fmt: skip
SECONDS = {"hello": 0.05, "classify": 0.5}


def ran(machine: Machine, app: str) -> tuple[list[str], list[str]]:
    """Diagnoses without their times, and what the console showed."""
    with machine:
        machine.console_baud = 115_200
        machine.power_on()
        machine.run_for(SECONDS[app])
        said = [line.rpartition(", since ")[0] for line in machine.warnings]
        return said, [line.text for line in machine.console]


def on_renode(elf: Path) -> RenodeMachine:
    return RenodeMachine(elf, renode=renode())


@pytest.mark.parametrize("name", FOUND)
def test_a_mistake_gets_the_same_lines_on_both(tmp_path, name):
    one = MISTAKES[name]
    elf = changed(one.app, one.source, one.changes, tmp_path)
    said, console = ran(on_renode(elf), one.app)
    assert any(one.said in line for line in said)
    assert sorted(said) == sorted(ran(UnicornMachine(elf), one.app)[0])
    if one.ends == "silent":
        assert not any('"event":"boot"' in line for line in console)


@pytest.mark.parametrize("app", ["hello", "classify"])
def test_the_firmware_as_it_is_has_none(app):
    said, console = ran(on_renode(BUILT / f"{app}.elf"), app)
    assert said == []
    assert '"event":"boot"' in console[0]
