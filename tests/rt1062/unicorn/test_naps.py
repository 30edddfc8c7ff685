"""Naps: a core that SysTick wakes over and over passes Python, and nothing else differs."""

import random
from pathlib import Path

import pytest

from rt1062.errors import ConsoleTimeoutError, MachineError
from rt1062.machine import Machine
from rt1062.unicorn.machine import UnicornMachine
from rt1062.unicorn.naps import Naps
from tests.rt1062.boot_image import LPUART1_PINS, boot_image

# Pieces of programs: the FPU, SysTick every `period` ticks, a handler that counts in memory.
FPU = """
 ldr r0, =0xE000ED88
 mov r1, #0xF00000
 str r1, [r0]
"""
SYSTICK = """
 ldr r0, =0xE000E010
 ldr r1, ={period}
 str r1, [r0, #4]
 movs r1, #0
 str r1, [r0, #8]
 movs r1, #7
 str r1, [r0]
"""
TICK = """
tick: ldr r0, =0x20000200
 ldr r1, [r0]
 adds r1, r1, #1
 str r1, [r0]
 and r3, r1, #7
 cmp r3, #0
"""
# Run mode; SysTick every `period` ticks; `setup`; then for ever: r6 counts wakes, `thread`, WFI.
# The handler counts in memory and does `handler`; `r3` is 0 in every eighth tick.
SOURCE = f"""
start: ldr r0, =0x400FC054
 ldr r1, [r0]
 bic r1, r1, #3
 str r1, [r0]
{FPU}
{SYSTICK}
 ldr r9, =0x20000200
 movs r6, #0
{{setup}}
loop: adds r6, r6, #1
{{thread}}
 wfi
 adds r7, r7, #3
 b loop
{TICK}
{{handler}}
 bx lr
other: ldr r0, =0x20000200
 ldr r1, [r0, #16]
 adds r1, r1, #1
 str r1, [r0, #16]
{{other}}
 bx lr
"""
PEND_SV = " ldr r0, =0xE000ED04\n mov r1, #0x10000000\n str r1, [r0]\n"
NOTE = " ldr r1, [r0]\n str r1, [r9, #{}]\n"
PIT = """ ldr r0, =0x40084000
 movs r1, #0
 str r1, [r0]
 ldr r1, =2777
 str r1, [r0, #0x100]
 movs r1, #3
 str r1, [r0, #0x108]
 ldr r0, =0xE000E10C
 mov r1, #0x4000000
 str r1, [r0]
"""
PIT_SEEN = " ldr r0, =0x40084000\n movs r1, #1\n str r1, [r0, #0x10C]\n dsb"
DIVE = " push {r4, lr}\n push {r5, r6, r7, lr}\n pop {r5, r6, r7, lr}\n pop {r4, lr}\n"
LONG = " mov r0, #0x4000\n2: subs r0, #1\n bne 2b\n"
UART = f"""{LPUART1_PINS} ldr r4, =0x40184000
 ldr r5, =0x0F00002B
 str r5, [r4, #0x10]
 ldr r5, =0x000C0000
 str r5, [r4, #0x18]
"""
# "A", and eight ticks later the end of the line.
LINES = """ tst r6, #7
 bne 1f
 tst r6, #8
 ite eq
 moveq r0, #65
 movne r0, #10
 str r0, [r4, #0x1C]
1:"""
SPI = """ ldr r4, =0x40394000
 movs r0, #1
 str r0, [r4, #0x24]
 movs r0, #4
 str r0, [r4, #0x40]
 movs r0, #1
 str r0, [r4, #0x10]
 movs r0, #7
 str r0, [r4, #0x60]
"""
# A byte, a wait until it is through, and a look at what came; one that is not waited for.
EXCHANGE = """ str r0, [r4, #0x64]
2: ldr r0, [r4, #0x14]
 lsls r0, r0, #7
 bmi 2b
 ldr r0, [r4, #0x74]
 str r0, [r9, #4]
"""
SENT = " str r0, [r4, #0x64]\n"
# What they do: parts of SOURCE, and whether most ticks are expected to be naps.
PROGRAMS = {
    "plain": ({}, True),
    "floats": ({"setup": " vmov.f32 s3, #1.5", "thread": " vadd.f32 s3, s3, s3"}, True),
    "floats in both": (
        {"setup": " vmov.f32 s3, #1.5", "handler": " vmov.f32 s3, #2.0\n vmov.f32 s15, #4.0"},
        True,
    ),
    "floats in the handler": ({"handler": " vmov.f32 s3, #2.0"}, True),
    "an uneven stack": ({"setup": " sub sp, #4"}, True),
    "its own stack": (
        {"setup": " ldr r0, =0x20002004\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb"},
        True,
    ),
    "flags and GE": ({"setup": " movs r0, #7\n sadd16 r0, r0, r0\n cmp r0, r0"}, True),
    "another depth": ({"thread": " tst r6, #3\n it eq\n pusheq {r0, r1}"}, False),
    "a mask": ({"thread": " and r0, r6, #1\n msr primask, r0"}, False),
    "a priority's mask": ({"thread": " and r0, r6, #16\n msr basepri, r0"}, False),
    "a fault's mask": ({"handler": " bne 1f\n cpsid f\n1:"}, True),
    "a mask out of the handler": ({"handler": " msr primask, r3"}, False),
    "no privilege": ({"thread": " and r0, r6, #1\n msr control, r0"}, False),
    "no privilege out of the handler": (
        {"handler": " bne 1f\n movs r0, #1\n msr control, r0\n1:"},
        False,
    ),
    "a look at the counter": (
        {"handler": " bne 1f\n ldr r0, =0xE000E018\n" + NOTE.format(4) + "1:"},
        True,
    ),
    "a look at its flag": (
        {"thread": " tst r6, #7\n bne 1f\n ldr r0, =0xE000E010\n" + NOTE.format(4) + "1:"},
        True,
    ),
    "a look at what is active": (
        {"handler": " bne 1f\n ldr r0, =0xE000ED04\n" + NOTE.format(4) + "1:"},
        True,
    ),
    "a look at cycles": (
        {
            "setup": " ldr r0, =0xE000EDFC\n mov r1, #0x1000000\n str r1, [r0]\n"
            " ldr r0, =0xE0001000\n movs r1, #1\n str r1, [r0]",
            "thread": " tst r6, #7\n bne 1f\n ldr r0, =0xE0001004\n" + NOTE.format(4) + "1:",
        },
        True,
    ),
    "another period": (
        {"handler": " bne 1f\n ldr r0, =0xE000E010\n ldr r1, =6543\n str r1, [r0, #4]\n1:"},
        True,
    ),
    "no more ticks": (
        {"handler": " bne 1f\n ldr r0, =0xE000E010\n movs r1, #5\n str r1, [r0]\n1:"},
        False,
    ),
    "PendSV behind it": ({"handler": " bne 1f\n" + PEND_SV + "1:"}, True),
    "PendSV": ({"thread": " tst r6, #7\n bne 1f\n" + PEND_SV + "1:"}, True),
    "SVC": ({"thread": " tst r6, #7\n bne 1f\n svc #1\n1:"}, True),
    "SVC in the handler": ({"handler": " bne 1f\n svc #1\n1:"}, True),
    "a second timer": ({"setup": PIT, "other": PIT_SEEN}, False),
    # A byte's end is looked at a millisecond later, if nobody has: in 100 naps.
    "bytes over SPI": (
        {"setup": SPI, "thread": f" tst r6, #63\n bne 1f\n{EXCHANGE}1:"},
        True,
    ),
    "bytes over SPI now and then": (
        {"setup": SPI, "thread": f" ldr r1, =0x7F\n tst r6, r1\n bne 1f\n{EXCHANGE}1:"},
        True,
    ),
    "bytes over SPI in the handler": (
        {"setup": SPI, "handler": f" bne 1f\n tst r6, #64\n bne 1f\n{EXCHANGE}1:"},
        True,
    ),
    "bytes over SPI that nobody takes": (
        {"setup": SPI, "thread": f" tst r6, #63\n bne 1f\n{SENT}1:"},
        False,
    ),
    "sleep on exit": (
        {"setup": " ldr r0, =0xE000ED10\n movs r1, #2\n str r1, [r0]"},
        False,
    ),
    "another return address": (
        {"handler": " bne 1f\n ldr r0, [sp, #24]\n adds r0, #2\n str r0, [sp, #24]\n1:"},
        True,
    ),
    "no Thumb at the return": ({"handler": " bne 1f\n movs r0, #0\n str r0, [sp, #28]\n1:"}, True),
    "a return that there is not": ({"handler": " it eq\n moveq lr, #0xFFFFFFE5"}, True),
    "another stack at the return": ({"handler": " bne 1f\n sub sp, #32\n1:"}, True),
    "deep calls": ({"handler": DIVE, "thread": DIVE}, True),
    "a handler longer than the period": ({"handler": LONG}, False),
    "a handler that is sometimes longer": ({"handler": " bne 1f\n" + LONG + "1:"}, True),
    "work longer than the period": ({"thread": LONG}, False),
    "a fault in the handler": (
        {"handler": " bne 1f\n mov r0, #0x90000000\n ldr r0, [r0]\n1:"},
        True,
    ),
    "a fault behind it": ({"thread": " tst r6, #15\n bne 1f\n udf #0\n1:"}, True),
    "a breakpoint": ({"thread": " tst r6, #15\n bne 1f\n bkpt #0\n1:"}, True),
    "WFE": ({"thread": " tst r6, #7\n bne 1f\n wfe\n1:"}, True),
    "a reset": (
        {"handler": " bne 1f\n ldr r0, =0xE000ED0C\n ldr r1, =0x05FA0004\n str r1, [r0]\n1:"},
        True,
    ),
    "another vector table": (
        {
            "handler": " bne 1f\n ldr r0, =0xE000ED08\n ldr r1, =0x20000800\n ldr r2, =other + 1\n"
            " str r2, [r1, #60]\n str r1, [r0]\n1:"
        },
        True,
    ),
}
STOPS_S = (0.0003, 0.00071, 0.000013, 0.0009, 0.00207)


class Counted(Naps):
    """Naps that count the ticks in them."""

    total = 0

    def run(self) -> bool:
        stopped = super().run()
        Counted.total += self.ticks
        return stopped


def source(period: int = 5999, **parts: str) -> str:
    defaults = dict.fromkeys(("setup", "thread", "handler", "other"), "")
    return SOURCE.format(**defaults | {"period": period} | parts)


def seen(path: Path, monkeypatch, naps: bool) -> list[object]:
    """All that can be told apart of a run with stops in it."""
    monkeypatch.setattr("rt1062.unicorn.processor.Naps", Counted)
    Counted.total = 0
    with monkeypatch.context() as patch:
        if not naps:
            patch.setattr(Naps, "begin", lambda self, *when: False)
        machine = UnicornMachine(path)
        machine.power_on()
        found = []
        for seconds in STOPS_S:
            try:
                machine.run_for(seconds)
            except MachineError as error:
                found.append(str(error))
            found.append(state(machine))
    return found


def state(machine: UnicornMachine) -> dict[str, object]:
    processor = machine.hardware.processor
    names = ("PC", "SP", "LR", "XPSR", "MSP", "PSP", "CONTROL", "PRIMASK", "FPSCR", "S3", "S15")
    exceptions, systick = processor.exceptions, processor.systick
    return {
        "time": (processor.now, processor.instructions, processor.idle_ticks, processor.slept_at),
        "registers": [processor.core.get(name) for name in (*names, *(f"R{i}" for i in range(13)))],
        "states": machine.states,
        "pc": (processor.core.pc, processor.asleep),
        "memory": machine.read_memory(0x2000_0000, 0x3000),
        "exceptions": (exceptions.active, exceptions.pending, exceptions.cfsr, exceptions.hfsr),
        "systick": (systick.value["CSR"], systick.read_cvr()),
        "next": processor.scheduler.next_time,
        "core": (machine.core_state(), machine.faults, machine.resets, machine.warnings),
    }


@pytest.mark.parametrize("what", PROGRAMS)
def test_nothing_else_differs(tmp_path, monkeypatch, what):
    parts, is_napped = PROGRAMS[what]
    (tmp_path / "a.bin").write_bytes(
        boot_image(source(**parts), {15: "tick", 14: "other", 11: "other", 16 + 122: "other"})
    )
    without = seen(tmp_path / "a.bin", monkeypatch, naps=False)
    assert Counted.total == 0
    with_naps = seen(tmp_path / "a.bin", monkeypatch, naps=True)
    for one, other in zip(without, with_naps, strict=True):
        assert one == other
    if is_napped:
        assert Counted.total >= 7


@pytest.mark.parametrize("seed", range(12))
def test_nothing_differs_for_any_period_and_mixture(tmp_path, monkeypatch, seed):
    drawn = random.Random(seed)
    parts: dict[str, str] = {}
    for what in drawn.sample(sorted(PROGRAMS), 3):
        for place, code in PROGRAMS[what][0].items():
            # Each label once, and a part that a condition skips, of its own.
            number = len(parts.get(place, ""))
            code = code.replace("1f", f"{number + 100}f").replace("1:", f"{number + 100}:")
            parts[place] = f"{parts.get(place, '')}\n{code}\n"
    (tmp_path / "a.bin").write_bytes(
        boot_image(
            source(period=drawn.choice((99, 700, 2776, 2777, 5999, 12_345, 599_999)), **parts),
            {15: "tick", 14: "other", 11: "other", 16 + 122: "other"},
        )
    )
    without = seen(tmp_path / "a.bin", monkeypatch, naps=False)
    assert seen(tmp_path / "a.bin", monkeypatch, naps=True) == without


def waited(path: Path, monkeypatch, together: bool) -> list[object]:
    """The same of a run that waits in vain for a line, in short steps."""
    monkeypatch.setattr("rt1062.unicorn.processor.Naps", Counted)
    Counted.total = 0
    with monkeypatch.context() as patch:
        if not together:
            patch.setattr(Naps, "begin", lambda self, *when: False)
            patch.setattr(UnicornMachine, "_run_steps", Machine._run_steps)
        machine = UnicornMachine(path)
        machine.step_us, machine.longest_step_us = 7, 300
        machine.power_on()
        found = []
        for seconds in STOPS_S:
            with pytest.raises((ConsoleTimeoutError, MachineError)) as error:
                machine.wait_for(lambda line: False, seconds)
            found += [str(error.value), state(machine)]
    return found


@pytest.mark.parametrize("what", PROGRAMS)
def test_steps_of_a_wait_end_where_they_would_one_by_one(tmp_path, monkeypatch, what):
    parts, is_napped = PROGRAMS[what]
    (tmp_path / "a.bin").write_bytes(
        boot_image(source(**parts), {15: "tick", 14: "other", 11: "other", 16 + 122: "other"})
    )
    one_by_one = waited(tmp_path / "a.bin", monkeypatch, together=False)
    together = waited(tmp_path / "a.bin", monkeypatch, together=True)
    for one, other in zip(one_by_one, together, strict=True):
        assert one == other
    if is_napped:
        assert Counted.total >= 7


@pytest.mark.parametrize("work", ["", LONG])
def test_a_wait_ends_with_the_step_in_which_its_line_came(tmp_path, monkeypatch, work):
    (tmp_path / "a.bin").write_bytes(
        boot_image(source(setup=UART, thread=LINES + work), {15: "tick", 14: "other"})
    )
    ends = []
    for together in (False, True):
        machine = UnicornMachine(tmp_path / "a.bin")
        machine.step_us = 300  # longer than a nap
        machine.power_on()
        with monkeypatch.context() as patch:
            if not together:
                patch.setattr(UnicornMachine, "_run_steps", Machine._run_steps)
            for count in range(8):
                line = machine.wait_for(lambda line: True, timeout_s=1, start=count)
                ends.append((machine.hardware.processor.now, line))
    assert len(set(ends[:8])) == 8
    assert ends[8:] == ends[:8]


def test_who_hooks_code_has_every_wake(tmp_path, monkeypatch):
    monkeypatch.setattr("rt1062.unicorn.processor.Naps", Counted)
    (tmp_path / "a.bin").write_bytes(boot_image(source(), {15: "tick"}))
    machine = UnicornMachine(tmp_path / "a.bin")
    machine.power_on()
    machine.run_for(0.001)
    Counted.total, wakes = 0, machine.register("R6")
    with machine.watched(0x6000_0000, 0x6000_FFFF, lambda pc: None):
        machine.run_for(0.001)
    assert machine.register("R6") >= wakes + 60
    assert Counted.total == 0
    machine.run_for(0.001)
    assert Counted.total > 0
