"""Looks at an idle status that pass Python: nothing else differs, and they cost next to nothing."""

import pytest

from rt1062.unicorn.bus import Bus
from rt1062.unicorn.machine import UnicornMachine
from rt1062.unicorn.status_lane import StatusLane
from tests.rt1062.boot_image import LPUART1_PINS, boot_image

# Echoes what is typed; looks at LPUART1.STAT once a turn of `work` rounds, at WATER and FIFO too
# where `also` says so, and lets SysTick come in between.
SOURCE = f"""
start: ldr r0, =0xE000E010
 movw r1, #9999
 str r1, [r0, #4]
 movs r1, #7
 str r1, [r0]
{LPUART1_PINS} ldr r4, =0x40184000
 ldr r5, =0x0F00002B
 str r5, [r4, #0x10]
 ldr r5, =0x000C0000
 str r5, [r4, #0x18]
 movs r6, #0
1: adds r6, r6, #1
 ldr r5, [r4, #0x14]
{{also}}
 lsls r5, r5, #10
 bpl 2f
 ldr r0, [r4, #0x1C]
 str r0, [r4, #0x1C]
2: movs r7, #{{work}}
3: subs r7, r7, #1
 bne 3b
 b 1b
tick: ldr r0, =0x20000200
 ldr r1, [r0]
 adds r1, r1, #1
 str r1, [r0]
 bx lr
"""


def run(tmp_path, monkeypatch, lanes: bool, work: int, also: str) -> tuple[object, ...]:
    """All that can be told apart of a run with some typing in it."""
    monkeypatch.setattr(Bus, "lanes", lanes)
    (tmp_path / "a.bin").write_bytes(boot_image(SOURCE.format(work=work, also=also), {15: "tick"}))
    machine = UnicornMachine(tmp_path / "a.bin")
    machine.power_on()
    for text in ("", "ab", "c\n", ""):
        machine.send(text)
        machine.run_for(0.00217)
    processor = machine.hardware.processor
    ticks = machine.read_memory(0x2000_0200, 4)
    turns = machine.register("R6")
    lines = [(line.time_us, line.text) for line in machine.console]
    return processor.now, processor.instructions, turns, ticks, lines, machine.register("PC")


@pytest.mark.parametrize("work", [1, 7, 8, 40])
@pytest.mark.parametrize("also", ["", " ldr r0, [r4, #0x2C]", " ldr r0, [r4, #0x28]"])
def test_a_run_is_the_same_with_the_lane_and_without(tmp_path, monkeypatch, work, also):
    with_lane = run(tmp_path, monkeypatch, True, work, also)
    assert with_lane == run(tmp_path, monkeypatch, False, work, also)
    assert [text for _, text in with_lane[4]] == ["abc"]


def test_looks_at_an_idle_port_pass_python(tmp_path, monkeypatch):
    opened = []
    before = StatusLane.open
    monkeypatch.setattr(
        StatusLane, "open", lambda lane, *what: opened.append(what) or before(lane, *what)
    )
    turns = run(tmp_path, monkeypatch, True, 40, "")[2]
    assert turns > 20_000
    assert 3 <= len(opened) < turns / 50  # again behind each event
