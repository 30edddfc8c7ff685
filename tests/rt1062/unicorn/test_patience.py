"""A firmware that costs the host out of all proportion is given up, with a word on what it does."""

import time

import pytest

from rt1062 import patience
from rt1062.errors import MachineError
from rt1062.unicorn.machine import UnicornMachine
from rt1062.unicorn.translator.tier import Tier
from tests.rt1062.boot_image import boot_image

REFRESH = """start: ldr r0, =0x400B8000
 movw r1, #0x5555
 movw r2, #0xAAAA
1: strh r1, [r0, #2]
 strh r2, [r0, #2]
 b 1b
"""
TOGGLE = """start: ldr r0, =0x401B8000
 mov r1, #0x200
1: str r1, [r0, #0x8C]
 b 1b
"""
WRITE_CLOCK = """start: ldr r0, =0x400FC000
 ldr r1, [r0, #0x1C]
1: str r1, [r0, #0x1C]
 b 1b
"""
BUSY = "start: adds r0, #1\n b start\n"


@pytest.fixture
def boot(tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "BESIDES", 0.3)

    def boot(source: str) -> UnicornMachine:
        (tmp_path / "a.bin").write_bytes(boot_image(source))
        machine = UnicornMachine(tmp_path / "a.bin")
        machine.power_on()
        return machine

    return boot


@pytest.mark.parametrize(
    ("source", "register"),
    [(REFRESH, "WDOG1 WSR"), (TOGGLE, r"GPIO1 DR_TOGGLE|GPIO1 \+ 0x8C"), (WRITE_CLOCK, "CSCMR1")],
    ids=["watchdog", "pad", "clock"],
)
def test_a_tight_loop_on_registers_is_given_up_with_its_register(boot, source, register):
    machine = boot(source)
    with pytest.raises(
        MachineError,
        match=rf"given up: .* CPU .*; the core is running at 0x6000\w+, on .*{register}",
    ):
        machine.run_for(10)
    assert machine.time_us < 1_000_000


def test_a_wait_for_a_line_is_given_up_too(boot):
    with pytest.raises(MachineError, match="given up"):
        boot(REFRESH).wait_for(lambda line: True, timeout_s=10)


def test_a_firmware_that_computes_is_not_given_up(boot):
    machine = boot(BUSY)
    machine.run_for(0.3)
    assert machine.patience.owed == 0


def test_a_firmware_is_not_to_blame_for_what_translating_it_costs(boot, monkeypatch):
    def slowly(self: Tier, instructions: int, times: int) -> None:
        begin = time.process_time()
        while time.process_time() < begin + 0.5:
            pass
        self.next_look = 1 << 60

    monkeypatch.setattr(Tier, "_look", slowly)
    machine = boot(BUSY)
    machine.run_for(0.06)
    assert machine.translating_seconds > 0.4
    assert machine.patience.owed < 0.1
