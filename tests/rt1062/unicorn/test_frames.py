"""Frames that compiled code stacks and takes back: as Python does it, for any handlers."""

import random

import pytest

from rt1062.errors import MachineError
from rt1062.unicorn.frames import KNOWN, NOT_DONE, VECTORS, Frames, place_of
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import boot_image
from tests.rt1062.unicorn.test_naps import (
    FPU,
    PROGRAMS,
    SYSTICK,
    TICK,
    UART,
    seen,
    source,
    state,
)

# SysTick and two channels of the PIT, each with a priority; a thread that computes, PendSV and SVC.
SOURCE = f"""
start:{FPU}
 ldr r0, =0xE000ED20
 ldr r1, ={{systick_pendsv}}
 str r1, [r0]
 ldr r0, =0xE000E47A
 movs r1, #{{pit}}
 strb r1, [r0]
 ldr r9, =0x20000200
{SYSTICK}
 ldr r0, =0x40084000
 movs r1, #0
 str r1, [r0]
 ldr r1, ={{pit_period}}
 str r1, [r0, #0x100]
 movs r1, #3
 str r1, [r0, #0x108]
 ldr r0, =0xE000E10C
 mov r1, #0x4000000
 str r1, [r0]
 movs r6, #0
{{setup}}
loop: adds r6, r6, #1
 ldr r0, [r9, #32]
 add r0, r0, r6
 ror r0, r0, #3
 str r0, [r9, #32]
{{thread}}
 b loop
{TICK}
{{tick}}
 bx lr
other: push {{{{r4, lr}}}}
 ldr r0, =0x20000200
 ldr r4, [r0, #16]
 adds r4, r4, #1
 str r4, [r0, #16]
{{other}}
 ldr r0, =0x40084000
 movs r1, #1
 str r1, [r0, #0x10C]
 dsb
 pop {{{{r4, pc}}}}
"""
FLOATS = " vmov.f32 s{0}, #{1}\n vadd.f32 s{0}, s{0}, s{0}\n"
PEND_SV = " ldr r0, =0xE000ED04\n mov r1, #0x10000000\n str r1, [r0]\n"
LONG = " mov r0, #{0}\n2: subs r0, #1\n bne 2b\n"
OWN_STACK = " ldr r0, =0x20002{0:03x}\n msr psp, r0\n movs r0, #{1}\n msr control, r0\n isb\n"
# A region of 32 bytes in the stack that may only be read.
REGION = """ ldr r0, =0xE000ED98
 movs r1, #0
 str r1, [r0]
 ldr r1, =0x20000fa0
 str r1, [r0, #4]
 ldr r1, =0x06000009
 str r1, [r0, #8]
 ldr r0, =0xE000ED94
 movs r1, #5
 str r1, [r0]
"""
VECTORS_MOVED = """ bne 1f
 ldr r0, =0xE000ED08
 ldr r2, [r0]
 ldr r1, =0x20001000
 add r12, r1, #1024
3: ldr r3, [r2], #4
 str r3, [r1], #4
 cmp r1, r12
 bne 3b
 ldr r1, =0x20001000
 str r1, [r0]
1:"""
VECTORS_AT = {15: "tick", 14: "other", 11: "other", 16 + 122: "other"}
PARTS = {
    "setup": (
        "", " sub sp, #4\n", FLOATS.format(3, 1.5), OWN_STACK.format(4, 2), OWN_STACK.format(0, 3),
        REGION, " sub sp, #64\n" + REGION,
    ),
    "thread": (
        "", FLOATS.format(5, 2.0), " svc #1\n", PEND_SV, " push {r0, r1, r2}\n pop {r0, r1, r2}\n",
        " cpsid i\n adds r7, #1\n cpsie i\n", " tst r6, #63\n it eq\n wfieq\n",
        " and r0, r6, #64\n msr basepri, r0\n", " movs r0, #7\n sadd16 r0, r0, r0\n cmp r0, r0\n",
    ),
    "tick": (
        "", FLOATS.format(7, 1.0), LONG.format(600), " bne 1f\n" + PEND_SV + "1:\n",
        VECTORS_MOVED, " bne 1f\n svc #1\n1:\n",
    ),
    "other": ("", FLOATS.format(15, 4.0), LONG.format(300)),
}  # fmt: skip


def drawn(seed: int) -> str:
    """A program of such parts."""
    of = random.Random(seed)
    priorities = of.sample((0x10, 0x40, 0x80), 2)
    return SOURCE.format(
        systick_pendsv=priorities[0] << 24 | of.choice((0, 0x40, 0xC0)) << 16,
        pit=priorities[1],
        period=of.choice((1777, 5999, 20_011)),
        pit_period=of.choice((277, 977, 2777)),
        **{name: of.choice(parts) for name, parts in PARTS.items()},
    )


class Pushed(Frames):
    """Frames that count."""

    total = 0

    def push(self, exception: int, return_address: int, in_handler: bool) -> int:
        done = super().push(exception, return_address, in_handler)
        Pushed.total += done != NOT_DONE
        return done


class Never(Frames):
    """Leaves all to Python."""

    def push(self, exception: int, return_address: int, in_handler: bool) -> int:
        return NOT_DONE

    def pop(self, link: int, exception: int) -> int:
        return NOT_DONE


def run(path, monkeypatch, kind: type[Frames]) -> list[object]:
    monkeypatch.setattr("rt1062.unicorn.exceptions.Frames", kind)
    machine = UnicornMachine(path)
    machine.power_on()
    found = []
    for seconds in (0.00011, 0.0003, 0.0004):
        try:
            machine.run_for(seconds)
        except MachineError as error:
            found.append(str(error))
        found.append(state(machine))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_any_mixture_is_as_python_has_it(tmp_path, monkeypatch, seed):
    (tmp_path / "a.bin").write_bytes(boot_image(drawn(seed), VECTORS_AT))
    expected = run(tmp_path / "a.bin", monkeypatch, Never)
    Pushed.total = 0
    assert run(tmp_path / "a.bin", monkeypatch, Pushed) == expected


def test_most_frames_are_compiled_code_s(tmp_path, monkeypatch):
    (tmp_path / "a.bin").write_bytes(boot_image(drawn(10), VECTORS_AT))
    Pushed.total = 0
    run(tmp_path / "a.bin", monkeypatch, Pushed)
    assert Pushed.total > 10_000


@pytest.mark.parametrize("what", PROGRAMS)
def test_naps_without_it_are_no_others(tmp_path, monkeypatch, what):
    (tmp_path / "a.bin").write_bytes(boot_image(source(**PROGRAMS[what][0]), VECTORS_AT))
    found = []
    for kind in (Never, Frames):
        monkeypatch.setattr("rt1062.unicorn.exceptions.Frames", kind)
        found.append(seen(tmp_path / "a.bin", monkeypatch, naps=False))
    assert found[0] == found[1]


# Characters, and looks at STAT until all are out.
WAIT = """ str r6, [r4, #0x1C]
 str r6, [r4, #0x1C]
4: ldr r0, [r4, #0x14]
 lsls r0, r0, #9
 bpl 4b
 adds r7, #1
"""


@pytest.mark.parametrize("period", [977, 5999, 20_011])
@pytest.mark.parametrize("pit_period", [277, 2777, 9999])
def test_a_spin_past_python_ends_at_events_that_come_up(tmp_path, monkeypatch, period, pit_period):
    code = SOURCE.format(
        systick_pendsv=0x8000_0000, pit=0x40, period=period, pit_period=pit_period,
        setup=UART, thread=WAIT, tick="", other="",
    )  # fmt: skip
    (tmp_path / "a.bin").write_bytes(boot_image(code, VECTORS_AT))
    found = []
    for lanes in (False, True):
        monkeypatch.setattr("rt1062.unicorn.bus.Bus.lanes", lanes)
        found.append(run(tmp_path / "a.bin", monkeypatch, Frames))
    assert found[0] == found[1]
    assert found[0][-1]["registers"][-6] > 2  # R7


def test_a_changed_memory_is_asked_again(tmp_path, monkeypatch):
    (tmp_path / "a.bin").write_bytes(boot_image(drawn(0), VECTORS_AT))
    machine = UnicornMachine(tmp_path / "a.bin")
    machine.power_on()
    machine.run_for(0.0003)
    frames = machine.hardware.processor.exceptions.frames
    known = [word for word in frames.words[KNOWN::2] if word]
    assert known
    assert all(frames.words[place_of(frame)] == frame for frame in known)
    machine.hardware.processor.mpu.write_ctrl(machine.hardware.processor.mpu.value["CTRL"])
    assert not any(frames.words[VECTORS:])


def test_a_vector_that_is_no_thumb_code_any_more_is_a_fault(tmp_path, monkeypatch):
    (tmp_path / "a.bin").write_bytes(boot_image(source(), VECTORS_AT))
    found = []
    for kind in (Never, Frames):
        monkeypatch.setattr("rt1062.unicorn.exceptions.Frames", kind)
        machine = UnicornMachine(tmp_path / "a.bin")
        machine.power_on()
        machine.run_for(0.0001)
        processor = machine.hardware.processor
        vector = processor.exceptions.vtor + 4 * 15
        processor.memory.write(vector, bytes([machine.read_memory(vector, 1)[0] & ~1]))
        machine.run_for(0.0002)
        found.append(state(machine))
    assert found[0] == found[1]
    assert "INVSTATE" in found[0]["core"][0].detail
