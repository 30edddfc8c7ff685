"""The C# models compile; register files and monitor commands."""

import pytest

from tests.rt1062.renode.model_shell import MODELS

pytest_plugins = "tests.rt1062.renode.fixtures"


def test_every_model_compiles(shell) -> None:
    assert {path.name for path in MODELS} >= {
        "ArducamOv2640.cs", "Console.cs", "FlexSpi.cs", "Gpio.cs", "Lpi2c.cs", "Lpspi.cs",
        "Lpuart.cs", "Ocotp.cs", "Pit.cs", "RegisterFile.cs", "Rtwdog.cs", "Snvs.cs", "Src.cs",
        "Trng.cs", "Wdog.cs",
    }  # fmt: skip


# Register files.


def test_register_file(shell) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100)
    for call in (
        "Preset 0x00 0x1234", "PresetMany 0x10 2 0x5", "AlwaysSet 0x20 0x80000000",
        "ReadOnly 0x00 0xFF", "ClearedByOne 0x30 0xF", "Preset 0x30 0xFF",
        "Acknowledge 0x40 0x3 16", "ReadyWhile 0x50 0x1 0x1 0x80", "Expect 0x60 0xFF 0x12",
    ):  # fmt: skip
        shell.ask(f"call file {call}")
    writes = [(0x00, 0xFFFF), (0x20, 0x1), (0x30, 0x3), (0x40, 0xF), (0x50, 0x1), (0x60, 0x312)]
    for offset, value in writes:
        shell.write("file", offset, value)
    read = [shell.read("file", offset) for offset, _ in writes]
    assert read == [0xFF34, 0x8000_0001, 0x0C, 0x3_000F & ~(0x3 << 16) | 0x3 << 16, 0x81, 0x312]
    assert shell.ask("warnings") == ""
    shell.write("file", 0x60, 0x13)
    assert "0x13 written to offset 0x60 is not supported" in shell.ask("warnings")
    shell.ask("reset")
    assert [shell.read("file", o) for o in (0x00, 0x10, 0x14, 0x20, 0x50)] == [
        0x1234,
        5,
        5,
        0x8000_0000,
        0,
    ]


def test_register_file_with_set_clear_and_toggle(shell) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100, setClearToggle="true")
    shell.ask("call file PresetMany 0x10 2 0xF0")
    for offset, value in ((0x14, 0x0F), (0x18, 0x81), (0x1C, 0x0C)):
        shell.write("file", offset, value)
    assert [shell.read("file", o) for o in (0x10, 0x14, 0x20)] == [0x72, 0x72, 0xF0]


def test_register_file_that_is_retained(shell) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100, retained="true")
    shell.write("file", 0x10, 7)
    shell.ask("reset")
    assert shell.read("file", 0x10) == 7


@pytest.mark.parametrize("offset", ["0x100", "0x2", "-4"])
def test_a_preset_outside_the_file(shell, offset) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100)
    answer = shell.try_ask(f"call file Preset {offset} 1")
    assert answer.startswith("!RecoverableException: offset must be that of a register")


# Monitor commands.


def test_memory_is_saved_to_a_file(shell, tmp_path) -> None:
    shell.ask("bus sysbus")
    path = tmp_path / "memory"
    shell.ask(f"extension Rt1062.MachineExtensions SaveBytes sysbus 0x20200010 4 {path}")
    assert path.read_bytes() == b"\x10\x11\x12\x13"
    refused = shell.try_ask(
        "extension Rt1062.MachineExtensions SaveBytes sysbus 0 4 /no/such/folder/x"
    )
    assert refused.startswith("!RecoverableException: memory not saved")


def test_a_loaded_machine_runs_the_macro_after_each_reset(shell) -> None:
    shell.ask("after-load")
    before = shell.ask("parsed")
    shell.ask("reset")
    shell.ask("reset")
    assert (
        shell.ask("parsed")
        == (before + " | " if before else "") + "runMacro $reset | runMacro $reset"
    )


def carry_out(shell, path) -> str:
    shell.ask("bus sysbus")
    return shell.try_ask(f"extension Rt1062.MachineExtensions CarryOut sysbus {path}")


def test_the_boot_roms_accesses_are_carried_out(shell, tmp_path) -> None:
    path = tmp_path / "boot"
    # The stand-in's memory reads as the low byte of each address at first.
    path.write_text("write 4 256 4294967295\nset 2 18 40960\nclear 1 255 15\nset 4 16 1\n")
    assert carry_out(shell, path) == ""
    assert shell.ask("written") == "4:100=FFFFFFFF 2:12=B312 1:FF=F0 4:10=B3121111"


@pytest.mark.parametrize("line", ["write 4 256", "write 4 256 0x10", "write 4 -1 1", ""])
def test_an_access_that_is_none(shell, tmp_path, line) -> None:
    path = tmp_path / "boot"
    path.write_text(line + "\n")
    expected = "a boot access must be an operation and three numbers, not "
    assert carry_out(shell, path) == f"!RecoverableException: {expected}{line}"


def test_accesses_that_are_nowhere(shell, tmp_path) -> None:
    answer = carry_out(shell, tmp_path / "none")
    assert answer.startswith("!RecoverableException: boot accesses not read")
