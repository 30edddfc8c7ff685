"""The debugger: it halts where it is asked to, and what it does not change stays as it is."""

import pytest

from rt1062 import emulators
from rt1062.boards import DEFAULT
from rt1062.observations import Halt
from tests.rt1062.unicorn.assembler import assemble
from tests.rtbench.robot.talking_firmware import LABELS, TICKS, write_firmware

END_US = 100_000.0


@pytest.fixture
def machine(tmp_path):
    with emulators.create(write_firmware(tmp_path)) as machine:
        machine.power_on()
        machine.pad(DEFAULT.led)
        yield machine


def outside(machine) -> tuple:
    """All that can be seen of a run from outside."""
    edges = machine.pad(DEFAULT.led).edges
    return machine.console, edges, machine.instructions, machine.time_us, machine.warnings


def run_out(debugger, end_us: float) -> list[int]:
    """Run over all halts; where they were."""
    halts = []
    while debugger.run_until(end_us) is not None:
        halts.append(debugger.read_register("PC"))
    return halts


@pytest.fixture
def alone(tmp_path):
    with emulators.create(write_firmware(tmp_path)) as machine:
        machine.power_on()
        machine.pad(DEFAULT.led)
        machine.run_for(END_US / 1e6)
        return outside(machine)


def test_breakpoints_anywhere_in_a_block_change_nothing(machine, alone):
    debugger = machine.debugger()
    places = [LABELS["start"] + 2, LABELS["put"] + 2, LABELS["tick"], LABELS["tick"] + 2]
    for address in places:
        debugger.set_breakpoint(address)
    halts = run_out(debugger, alone[3])
    assert outside(machine) == alone
    assert halts.count(LABELS["tick"]) == halts.count(LABELS["tick"] + 2) == 10
    assert halts[0] == LABELS["start"] + 2
    assert halts.count(LABELS["put"] + 2) > 25


def test_watchpoints_change_nothing_and_halt_behind_the_access(machine, alone):
    debugger = machine.debugger()
    debugger.set_watchpoint("write", TICKS, 4)
    seen = []
    while (halt := debugger.run_until(alone[3])) is not None:
        assert halt == Halt("watchpoint", "write", TICKS)
        seen.append(int.from_bytes(machine.read_symbol("ticks"), "little"))
    assert seen == list(range(11))
    assert outside(machine) == alone


def test_stepping_through_everything_changes_nothing(machine, alone):
    debugger = machine.debugger()
    for _ in range(300):
        debugger.begin_step()
        assert debugger.run_until(END_US).reason == "step"
    debugger.detach()
    assert run_out(debugger, alone[3]) == []
    assert outside(machine) == alone


def test_a_step_over_sleep_wakes_with_the_firmware_and_runs_the_handler_through(machine):
    debugger = machine.debugger()
    debugger.set_breakpoint(LABELS["idle"])
    debugger.run_until(END_US)
    before = machine.time_us
    debugger.begin_step()
    assert debugger.run_until(END_US) == Halt("step")
    assert debugger.read_register("PC") == LABELS["idle"] + 2
    assert machine.time_us == pytest.approx(10_000, abs=1)
    assert machine.time_us - before > 7_000
    assert int.from_bytes(machine.read_symbol("ticks"), "little") == 1


def test_a_breakpoint_in_a_handler_ends_the_step(machine):
    debugger = machine.debugger()
    debugger.set_breakpoint(LABELS["idle"])
    debugger.set_breakpoint(LABELS["tick"])
    debugger.run_until(END_US)
    debugger.begin_step()
    assert debugger.run_until(END_US) == Halt("breakpoint")
    assert debugger.read_register("PC") == LABELS["tick"]
    assert debugger.read_register("XPSR") & 0x1FF == 15


def test_a_read_watchpoint_does_not_halt_for_writes(machine):
    debugger = machine.debugger()
    debugger.set_watchpoint("read", TICKS, 4)
    assert debugger.run_until(9_000) is None
    assert debugger.run_until(11_000) == Halt("watchpoint", "read", TICKS)


def test_what_is_cleared_halts_no_more(machine):
    debugger = machine.debugger()
    debugger.set_breakpoint(LABELS["tick"])
    debugger.set_watchpoint("access", TICKS, 4)
    debugger.clear_breakpoint(LABELS["tick"])
    debugger.clear_watchpoint("access", TICKS, 4)
    assert debugger.run_until(END_US) is None


def test_registers_and_devices_can_be_written(machine):
    debugger = machine.debugger()
    debugger.write_register("R3", 0x1234_5678)
    debugger.write_register("D7", 1 << 60)
    assert debugger.read_register("R3") == 0x1234_5678
    assert debugger.read_register("D7") == 1 << 60
    debugger.write_device(0x401B_8004, (1 << 9).to_bytes(4, "little"))
    assert debugger.read_device(0x401B_8004, 4) == (1 << 9).to_bytes(4, "little")
    with pytest.raises(ValueError, match="address must be that of a register, not 0x30000000"):
        debugger.read_device(0x3000_0000, 4)
    assert machine.warnings == []


def test_labels_are_where_the_firmware_has_them(tmp_path):
    code = write_firmware(tmp_path).with_name("whole.bin").read_bytes()
    at = LABELS["idle"] - 0x6000_0000
    assert code[at : at + 2] == assemble("wfi", LABELS["idle"])[:2]
