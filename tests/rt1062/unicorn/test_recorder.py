"""What the core executed is noted whole, with who called whom, and nothing else is changed."""

from itertools import pairwise
from pathlib import Path

import pytest

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.observations import Trace
from tests.rt1062.boot_image import CODE, boot_image
from tests.rt1062.tiny_elf import FUNCTION, write_elf
from tests.rtbench.robot.talking_firmware import write_firmware

# Each function is aligned to 32 bytes, so that the symbols need no assembler.
NAMES = ("start", "twice", "leaf", "deep", "last", "tick", "spin")
PROGRAM = """
start: ldr r0, =0xE000E010
  ldr r1, =59999
  str r1, [r0, #4]
  movs r1, #7
  str r1, [r0]
  b 1f
  .balign 32
twice: push {r4, lr}
  bl leaf
  bl leaf
  pop {r4, pc}
  .balign 32
leaf: nop
  bx lr
  .balign 32
deep: push {r0, lr}
  subs r0, #1
  it ne
  blne deep
  pop {r0, pc}
  .balign 32
last: push {r4, lr}
  pop {r4, lr}
  b leaf
  .balign 32
tick: nop
  bx lr
  .balign 32
spin: nop
  b spin
  .balign 32
1: sub sp, #8
  bl twice
  movs r0, #3
  bl deep
  bl last
  add sp, #8
  b spin
"""


@pytest.fixture
def machine(tmp_path):
    """The program above, with the symbols of its functions."""
    starts = [CODE + 32 * place for place in range(len(NAMES))]
    symbols = {n: (start, 32, FUNCTION) for n, start in zip(NAMES, starts, strict=True)}
    (tmp_path / "a.bin").write_bytes(boot_image(PROGRAM, {15: "tick"}))
    write_elf(tmp_path / "a.elf", symbols)
    with emulators.create(tmp_path / "a.bin", tmp_path / "a.elf") as machine:
        machine.power_on()
        yield machine


def paths(executed):
    """Instructions and calls by path."""
    found = {}
    for one in executed.paths:
        found[";".join(one.functions)] = one.instructions, one.calls
    return found


def test_callers_and_called_with_their_instructions(machine):
    with machine.recorded() as executed:
        machine.run_for(0.00005)
        found = paths(executed())
    main = "?"  # what is behind the last function has no name
    assert found[f"{main};twice"] == (4, 1)
    assert found[f"{main};twice;leaf"] == (4, 2)
    assert found[f"{main};deep"] == (5, 1)
    assert found[f"{main};deep;deep"] == (5, 1)
    assert found[f"{main};deep;deep;deep"] == (5, 1)
    assert found[f"{main};last"] == (3, 1)
    assert found[f"{main};leaf"] == (2, 1)  # a tail call has the caller's place


def test_an_interrupt_is_a_call_from_where_it_came_in(machine):
    with machine.recorded() as executed:
        machine.run_for(0.00105)
        found = paths(executed())
    handler = next(path for path in found if path.endswith("tick"))
    assert handler == "?;spin;tick"
    assert found[handler] == (12, 6)  # every 60,000 cycles of the 396 MHz after reset
    assert found["?;spin"][1] == 1  # after each it goes on where it was


def test_every_instruction_is_in_a_block_and_in_a_path(machine):
    with machine.recorded() as executed:
        machine.run_for(0.01)
        done = executed()
    assert sum(one.instructions for one in done.blocks) == machine.instructions
    assert sum(one.instructions for one in done.paths) == machine.instructions
    assert done.lost == 0
    first = next(one for one in done.blocks if one.start == CODE)
    assert (first.runs, first.lowest_sp) == (1, 0x2000_1000)
    deep = [one for one in done.blocks if one.start == CODE + 3 * 32]
    assert [(one.runs, one.lowest_sp) for one in deep] == [(3, 0x2000_1000 - 8 - 2 * 8)]


def outside(machine: Machine) -> tuple:
    """What can be seen of a run."""
    return machine.console, machine.instructions, machine.time_us, machine.warnings


def test_nothing_that_can_be_seen_is_changed_and_a_run_after_it_pays_nothing(tmp_path):
    with emulators.create(write_firmware(tmp_path)) as alone:
        alone.power_on()
        alone.run_for(0.1)
    with emulators.create(write_firmware(tmp_path)) as machine:
        machine.power_on()
        core = machine.hardware.processor.core
        before = len(core._hooks), core._holds
        with machine.recorded():
            machine.run_for(0.05)
            assert core._holds == before[1] + 1
        assert (len(core._hooks), core._holds) == before
        machine.run_for(0.05)
        assert outside(machine) == outside(alone)


def test_symbols_are_asked_for(tmp_path):
    Path(tmp_path / "a.bin").write_bytes(boot_image("start: b start"))
    with emulators.create(tmp_path / "a.bin") as machine:
        machine.power_on()
        with pytest.raises(SetupError, match="ELF, and none was given"), machine.recorded():
            pass


def test_passages_from_block_to_block_and_what_a_predictor_misses(machine):
    with machine.recorded() as executed:
        machine.run_for(0.0001)
        done = executed()
    place = {name: CODE + 32 * at for at, name in enumerate(NAMES)}
    into = {(one.before[0], one.after[0]): one.times for one in done.passages if one.times < 1000}
    assert into[place["twice"], place["leaf"]] == 1
    # deep calls itself twice; the third time it goes on behind the call.
    deep = next(one for one in done.blocks if one.start == place["deep"])
    assert into[place["deep"], place["deep"]] == 2
    assert into[place["deep"], deep.end] == 1
    # From "not taken" it takes two to be believed, and then it is not.
    assert deep.misses == 3
    runs = {(one.start, one.length): one.runs for one in done.blocks}
    entered = dict.fromkeys(runs, 0)
    for one in done.passages:
        entered[one.after] += one.times
    assert [runs[at] - entered[at] for at in runs] == [1 * (at[0] == CODE) for at in runs]


def accesses(trace):
    """Addresses and whether each was a store."""
    found = trace.events[trace.events >= Trace.ACCESS].tolist()
    return [(one & Trace.ADDRESS, bool(one & Trace.WRITES)) for one in found]


def test_a_trace_has_passages_and_accesses_in_their_order(machine):
    with machine.recorded(100_000) as executed:
        assert executed.position == 0
        machine.run_for(0.00005)
        assert executed.position > 0
        done = executed()
    trace, sp = done.trace, 0x2000_1000 - 8
    assert trace.lost == 0
    # `twice` saves two registers, `deep` two in each of its three frames, and back.
    frames = [(sp - 8 * depth - 4 * word, True) for depth in range(3) for word in (2, 1)]
    begin = accesses(trace).index((sp - 8, True))
    assert accesses(trace)[begin : begin + 4] == [
        (sp - 8, True), (sp - 4, True), (sp - 8, False), (sp - 4, False),
    ]  # fmt: skip
    assert accesses(trace)[begin + 4 : begin + 10] == frames
    passed = trace.events[trace.events < Trace.ACCESS].tolist()
    assert [passed.count(at) for at in range(len(done.passages))] == [
        one.times for one in done.passages
    ]
    for one, other in pairwise(passed):
        assert done.passages[one].after == done.passages[other].before


def test_a_trace_ends_where_its_room_does(machine):
    with machine.recorded(10) as executed:
        machine.run_for(0.00005)
        done = executed()
    assert len(done.trace.events) == executed.position == 10
    assert done.trace.lost > 100
    assert sum(one.instructions for one in done.blocks) == machine.instructions


def test_tracing_changes_nothing_that_can_be_seen(tmp_path):
    with emulators.create(write_firmware(tmp_path)) as alone:
        alone.power_on()
        alone.run_for(0.02)
    with emulators.create(write_firmware(tmp_path)) as machine:
        machine.power_on()
        with machine.recorded(100_000):
            machine.run_for(0.02)
        assert outside(machine) == outside(alone)
