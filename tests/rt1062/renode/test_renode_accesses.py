"""No access of the project's firmware is unknown to the models of the Renode platform.

The firmware runs on the Unicorn machine; each access to a block is noted once, and then made to
the C# models. For the stock models of the core the list of what they know is written down here,
as read in release 1.16.1 (NVIC.cs, DWT.cs).
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from rt1062.renode.machine import HARMLESS, UNMODELLED
from rt1062.unicorn import bus
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.renode.model_shell import ModelShell
from tests.rt1062.renode.test_renode_platform import CHIP

IMAGES = Path(__file__).parents[3] / "build" / "firmware"
VALUES = 100  # different values of one register that are tried

# Offsets from 0xE000E000 that NVIC.cs reads and writes without a word, whatever the value.
SCS_KNOWN = {
    0x004, 0x010, 0x014, 0x018, 0x01C, *range(0x100, 0x120), *range(0x180, 0x1A0),
    *range(0x200, 0x220), *range(0x280, 0x2A0), *range(0x300, 0x320), *range(0x400, 0x4F0),
    0xD00, 0xD04, 0xD08, 0xD0C, 0xD10, 0xD14, *range(0xD18, 0xD24), 0xD24, 0xD28, 0xD34,
    0xD80, 0xD84, 0xD88, *range(0xD90, 0xDBC), 0xDFC, 0xF00, 0xF34, 0xF38, 0xF3C,
}  # fmt: skip
COMMANDS = {
    "classify": ("infer", "bogus", "reset"),
    "count": ("infer", "run 2 100", "bogus", "reset"),
}
DWT_KNOWN = {("r", 0x0), ("w", 0x0), ("r", 0x4), ("w", 0x4)}


class Recorder:
    """Notes each kind of access once: (block, "r" or "w", offset, bytes) and the values written."""

    def __init__(self, monkeypatch):
        self.seen: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)
        attach = bus.Bus.attach

        def recording(this, name, base, block, size=0):
            for offset, register in block.by_offset.items():
                bytes_ = register.width // 8
                block.readers[offset] = self.reader(name, offset, bytes_, block.readers[offset])
                block.writers[offset] = self.writer(name, offset, bytes_, block.writers[offset])
            attach(this, name, base, block, size)

        monkeypatch.setattr(bus.Bus, "attach", recording)
        monkeypatch.setattr(bus.Bus, "lanes", False)  # every access is to be seen

    def reader(self, name, offset, size, read):
        values = self.seen

        def noted():
            values.setdefault((name, "r", offset, size), [])
            return read()

        return noted

    def writer(self, name, offset, size, write):
        values = self.seen

        def noted(value):
            known = values[name, "w", offset, size]
            if value not in known and len(known) < VALUES:
                known.append(value)
            return write(value)

        return noted


def accesses(monkeypatch, application: str) -> dict:
    recorder = Recorder(monkeypatch)
    machine = UnicornMachine(IMAGES / f"{application}.bin")
    machine.power_on()
    machine.run_for(0.7)
    if application in COMMANDS:
        machine.feed_frame(bytes(18_432))
        for command in COMMANDS[application]:
            machine.send(command + "\n")
            machine.run_for(0.4)
        for fault in ("sccb_nack", "dead_spi", "short_fifo", "capture_never_done"):
            machine.set_fault(fault)
            machine.send("capture\n")
            machine.run_for(1.2)
            machine.clear_faults()
    machine.reset()
    machine.run_for(0.2)
    assert machine.warnings == []
    return recorder.seen


@pytest.fixture(params=["hello", "classify", "count"])
def seen(request, monkeypatch):
    if not (IMAGES / f"{request.param}.bin").exists():
        pytest.skip("the firmware is not built (`make firmware`)")
    return accesses(monkeypatch, request.param)


def test_no_access_of_the_firmware_is_unknown(seen) -> None:
    shell = ModelShell()
    made = set()
    for (name, kind, offset, size), values in seen.items():
        if name == "SCS":
            harmless = HARMLESS.search(f"nvic: Unhandled write to offset 0x{offset:X}, value 0x0.")
            assert offset in SCS_KNOWN or (kind == "w" and harmless), f"{name} {kind} 0x{offset:X}"
            continue
        if name == "DWT":
            harmless = HARMLESS.search(f"dwt: Unhandled write to offset 0x{offset:X}, value 0x0.")
            assert (kind, offset) in DWT_KNOWN or (kind == "w" and harmless), f"{kind} 0x{offset:X}"
            continue
        entry = CHIP.get(name.lower())
        assert entry is not None and entry.kind.startswith("Rt1062."), f"{name} is not modelled"
        if name not in made:
            made.add(name)
            if "flash" in entry.settings:
                shell.new("flash", CHIP["flash"].kind, **CHIP["flash"].settings)
            shell.new(name, entry.kind, **entry.settings)
            for words in entry.init:
                shell.ask(f"call {name} " + " ".join(words))
        width = 8 * size
        assert width in (16, 32), f"{name} +0x{offset:X} is accessed as {width} bits"
        if kind == "r":
            shell.read(name, offset, width)
        for value in values:
            shell.write(name, offset, value, width)
    warnings = [line for line in shell.ask("warnings").split(" | ") if UNMODELLED.search(line)]
    shell.close()
    assert warnings == []


def test_the_lpuart_hands_the_stock_model_only_bits_that_it_knows(seen) -> None:
    # NXP_LPUART.cs: the bits that are more than a tag there.
    known = {
        0x10: 0x1FA2_BFFF,
        0x14: 0x8208_0000,
        0x18: 0x28EC_00A3,
        0x1C: 0x21FF,
        0x28: 0x0003_C388,
        0x2C: 0x0003_0003,
    }
    shell = ModelShell()
    shell.new("uart", "Rt1062.Lpuart")
    for (name, kind, offset, _), values in seen.items():
        if name == "LPUART1" and kind == "w":
            for value in values:
                shell.write("uart", offset, value)
    for access in shell.ask("accesses uart").split():
        if match := re.fullmatch(r"w([0-9A-F]+)=([0-9A-F]+)", access):
            offset, value = int(match[1], 16), int(match[2], 16)
            assert value & ~known[offset] == 0, access
    shell.close()
