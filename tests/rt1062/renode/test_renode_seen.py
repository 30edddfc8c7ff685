"""Ports, pads, resets, faults and the core on a real Renode, beside the Unicorn machine."""

import pytest

from rt1062.errors import SetupError
from rt1062.renode.machine import RenodeMachine
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import boot_image
from tests.rt1062.c_program import build
from tests.rt1062.renode.real import renode
from tests.rtbench.commands.test_boot_own import EVK

RUN_S = 0.05


@pytest.fixture
def start(tmp_path):
    """Power a machine on with an image; all are closed at the end."""
    machines = []

    def start(kind: str, image) -> UnicornMachine | RenodeMachine:
        path = image
        if isinstance(image, str):
            path = tmp_path / "a.bin"
            path.write_bytes(boot_image(image + "\n99: b 99b\n"))
        real = {"unicorn": {}, "renode": {"renode": renode()}}[kind]
        machine = {"unicorn": UnicornMachine, "renode": RenodeMachine}[kind](path, **real)
        machines.append(machine)
        machine.power_on()
        return machine

    yield start
    for machine in machines:
        machine.close()


def seen(machine) -> dict[str, object]:
    """The same questions to either machine: a talk, a LED, the camera's select."""
    led, select = machine.pad("LED"), machine.pad(3, 13)
    port = machine.uart(1)
    assert machine.wait_until(lambda: port.unfinished == "login: ", 0.5)
    port.send("bo")
    machine.uart("lpuart1").send(b"b\n")
    typing = port.typing
    assert machine.wait_until(lambda: "hello bob" in [line.text for line in port.lines], 0.2)
    machine.run_for(RUN_S)
    return {
        "lines": [line.text for line in port.lines],
        "unfinished": port.unfinished,
        "typing": (typing, port.typing),
        "bit": round(port.bit_us, 1),
        "select": ([edge.level for edge in select.edges][-4:], select.level),
        "silent": [name for name, one in machine.uarts.items() if not one.lines],
        "blinks": len(led.edges) > 10,
        "pace": round((led.edges[9].time_us - led.edges[5].time_us) / 4, -2),
        "state": machine.core_state().kind,
        "wrong": (machine.resets, machine.faults, machine.warnings),
    }


def test_both_machines_show_the_same_of_a_program(start, tmp_path):
    elf = build(tmp_path, "own", EVK)
    found = {kind: seen(start(kind, elf)) for kind in ("unicorn", "renode")}
    assert found["renode"] == found["unicorn"]
    assert found["renode"]["lines"][-2:] == ["login: bob", "hello bob"]
    assert found["renode"]["select"] == ([False, True] * 2, True)


# Copies the level of GPIO2.3, an input, to GPIO2.4 for ever.
COPIES = (
    "start: ldr r0, =0x401BC000\n movs r1, #16\n str r1, [r0, #4]\n ldr r2, =0x401F8148\n"
    " movs r1, #5\n str r1, [r2]\n str r1, [r2, #4]\n"
    "1: ldr r1, [r0, #8]\n ubfx r1, r1, #3, #1\n lsls r1, r1, #4\n str r1, [r0]\n b 1b"
)


@pytest.mark.parametrize("kind", ["unicorn", "renode"])
def test_a_pad_that_is_driven_is_seen_by_the_program(start, kind):
    machine = start(kind, COPIES)
    given, copied = machine.pad("GPIO_B0_03"), machine.pad("GPIO2.4")
    levels = []
    for level in (True, False, True):
        given.drive(level)
        machine.run_for(0.0002)
        levels.append((given.level, copied.level))
    assert levels == [(True, True), (False, False), (True, True)]
    assert [edge.level for edge in copied.edges] == [True, False, True]
    times = [edge.time_us for edge in copied.edges]
    assert times == pytest.approx([0, 200, 400], abs=10)


@pytest.mark.parametrize("kind", ["unicorn", "renode"])
def test_resets_are_noted_with_time_and_cause(start, kind):
    """Asks for a reset after 60,000 turns once, then sleeps; the pin is pulled after it."""
    machine = start(
        kind,
        "start: ldr r0, =0x400F8008\n ldr r1, [r0]\n tst r1, #2\n bne 2f\n movw r2, #60000\n"
        "1: subs r2, #1\n bne 1b\n ldr r0, =0xE000ED0C\n ldr r1, =0x05FA0004\n str r1, [r0]\n b .\n"
        "2: wfi\n b 2b",
    )
    machine.run_for(0.001)
    machine.reset()
    machine.run_for(0.001)
    assert [reset.cause for reset in machine.resets] == ["SYSRESETREQ", "reset pin"]
    first, second = (reset.time_us for reset in machine.resets)
    # Renode carries a reset out at the end of the step in which it was asked for.
    assert (first == pytest.approx(200, abs=5)) if kind == "unicorn" else (195 < first <= 1000)
    assert second == pytest.approx(1000, abs=5)


@pytest.mark.parametrize("kind", ["unicorn", "renode"])
@pytest.mark.parametrize(
    ("source", "names", "pc"),
    [
        ("start: movs r0, #1\n udf #0", "UNDEFINSTR", 0x6000_2402),
        ("start: ldr r0, =0x60002401\n blx r0\n", "", 0),
        ("start: vmov s0, r0", "NOCP", 0x6000_2400),
        ("start: ldr r0, =0x60002400\n bx r0", "INVSTATE", None),
    ],
)
def test_faults_say_what_and_where(start, kind, source, names, pc):
    machine = start(kind, source)
    machine.run_for(0.0001)
    assert [fault.names for fault in machine.faults] == ([names] if names else [])
    assert machine.core_state().kind == ("fault" if names else "running")
    if pc:
        assert machine.faults[0].pc == pc
        assert names in machine.core_state().detail


@pytest.mark.parametrize("kind", ["unicorn", "renode"])
def test_a_core_that_sleeps_is_said_to(start, kind):
    machine = start(kind, "start: wfi\n b start")
    machine.run_for(0.0001)
    assert machine.core_state().kind == "asleep"


def test_what_renode_cannot_show_says_so(start, tmp_path):
    machine = start("renode", "start: b start")
    for refused in (
        lambda: machine.uart(1).watch(print),
        lambda: machine.register("PC"),
        machine.debugger,
    ):
        with pytest.raises(SetupError, match="on the unicorn machine, not on renode"):
            refused()
    with pytest.raises(SetupError, match="the port must be one of LPUART1, "):
        machine.uart(9)


def test_a_saved_machine_goes_on_with_its_ports_and_pads(start, tmp_path):
    machine = start("renode", build(tmp_path, "own", EVK))
    machine.run_for(0.2)
    before = machine.uart(1).lines
    machine.save(tmp_path / "state")
    machine.load(tmp_path / "state")
    led = machine.pad("LED")
    machine.send("ann\n")
    machine.run_for(0.02)
    lines = machine.uart(1).lines
    assert lines[: len(before)] == before
    assert "hello ann" in [line.text for line in lines]
    assert len(led.edges) > 5
