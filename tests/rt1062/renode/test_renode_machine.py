"""RenodeMachine on a stand-in for Renode: what it sends, what it makes of the answers."""

import re
import zipfile
from pathlib import Path

import pytest

from rt1062.errors import BootImageError, ConsoleTimeoutError, SetupError
from rt1062.machine import ConsoleLine
from rt1062.renode import installation, process
from rt1062.renode.machine import RenodeMachine, seconds_text
from rt1062.renode.monitor import Monitor, RenodeError
from tests.rt1062.renode.image import DCD, FLASH, flash_image
from tests.rt1062.renode.test_renode_monitor import is_gone, launcher, members
from tests.rt1062.tiny_elf import OBJECT, write_elf


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "CACHE", tmp_path / "cache")
    yield
    process.close_idle()


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.bin"
    path.write_bytes(flash_image())
    return path


@pytest.fixture
def make(tmp_path, image):
    """Makes machines on a stand-in of some mode, and closes them."""
    machines = []

    def make(mode: str = "machine", path: Path = image, **limits) -> RenodeMachine:
        machines.append(RenodeMachine(path, renode=launcher(tmp_path, mode), **limits))
        return machines[-1]

    yield make
    for machine in machines:
        machine.close()


@pytest.fixture
def machine(make):
    machine = make()
    machine.power_on()
    return machine


def group_of(machine: RenodeMachine) -> int:
    return machine._monitor._process.pid


def log(machine: RenodeMachine) -> str:
    return machine._process.log.read_text()


# Life cycle.


def test_the_boot_rom_speaks_before_renode_is_looked_for(tmp_path) -> None:
    path = tmp_path / "bad.bin"
    path.write_bytes(b"\0" * 0x3000)
    with pytest.raises(BootImageError, match=r"FCB\.tag"):
        RenodeMachine(path, renode="/no/such/renode").power_on()


def test_an_image_that_is_not_there(tmp_path) -> None:
    with pytest.raises(SetupError, match="flash image cannot be read"):
        RenodeMachine(tmp_path / "none.bin")


def test_a_renode_that_is_not_installed(image, monkeypatch) -> None:
    monkeypatch.setattr(installation, "find", lambda: None)
    with pytest.raises(SetupError, match="Renode is not installed: `make renode` does it"):
        RenodeMachine(image).power_on()


def test_the_vector_table_is_that_of_the_image(make, tmp_path) -> None:
    machine = make()
    machine.power_on()
    assert f"cpu VectorTableOffset 0x{FLASH + 0x2000:X}" in log(machine)


def test_the_boot_roms_accesses_come_first_after_each_reset(make, tmp_path) -> None:
    path = tmp_path / "dcd.bin"
    path.write_bytes(flash_image(dcd=DCD))
    machine = make(path=path)
    machine.power_on()
    folder = machine._process.directory
    lines = (folder / "boot").read_text().splitlines()
    assert f"cpu: macro sysbus CarryOut @{folder}/boot; cpu VectorTableOffset" in log(machine)
    # The ROM's own (tests/rt1062/test_boot_rom.py knows them all), then those of the image.
    assert lines[0] == f"write 4 {0x400D_80F0} {0x0F1A_2322}"
    assert lines[-3:] == [
        f"write 4 {0x401F_8000} 5", f"set 2 {0x400F_C000} 3", f"clear 1 {0x400F_C001} 255",
    ]  # fmt: skip


def test_an_entry_that_is_code_sets_stack_and_program_counter(make, tmp_path) -> None:
    path = tmp_path / "code.bin"
    path.write_bytes(flash_image(entry=FLASH + 0x2081))
    machine = make(path=path)
    machine.power_on()
    assert re.search(r"cpu SP 0x[0-9A-F]+; cpu PC 0x60002081", log(machine))


def test_the_image_is_in_the_flash(machine, image) -> None:
    data = image.read_bytes()
    assert machine.read_memory(FLASH, len(data)) == data


def test_nothing_is_left_behind(make, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    machine = make()
    machine.power_on()
    group = group_of(machine)
    assert members(group)
    assert list((tmp_path / "t").iterdir())
    machine.close()
    machine.close()
    process.close_idle()
    assert is_gone(group)
    assert not list((tmp_path / "t").iterdir())


def test_a_renode_that_is_well_is_kept_for_the_next_machine(make) -> None:
    first = make("warns")
    first.power_on()
    group = group_of(first)
    first.run_for(0.01)
    assert first.console and first.warnings
    first.close()
    assert members(group)
    second = make("warns")
    second.power_on()
    assert group_of(second) == group
    assert (second.console, second.warnings, second.time_us) == ([], [], 0)


@pytest.mark.parametrize("mode", ["will-not-clear", "dies"])
def test_a_renode_that_is_not_well_is_not_kept(make, mode) -> None:
    machine = make(mode)
    machine.power_on()
    group = group_of(machine)
    if mode == "dies":
        with pytest.raises(RenodeError):
            machine.run_for(0.01)
    machine.close()
    assert is_gone(group)
    again = make("machine")
    again.power_on()
    assert group_of(again) != group


def test_two_machines_at_once_have_a_renode_each(make) -> None:
    machines = [make(), make()]
    for machine in machines:
        machine.power_on()
    groups = {group_of(machine) for machine in machines}
    assert len(groups) == 2
    for machine in machines:
        machine.close()
    assert sum(bool(members(group)) for group in groups) == 1  # one is kept


def test_power_off_and_on_begins_anew(machine) -> None:
    machine.run_for(0.5)
    machine.feed_frame(b"\1\2", "one")
    machine.power_on()
    assert (machine.time_us, machine.console, machine.frames_queued) == (0, [], 0)


def test_a_machine_that_is_off(make) -> None:
    machine = make()
    for use in (lambda: machine.run_for(1), machine.reset, lambda: machine.read_memory(0, 1)):
        with pytest.raises(SetupError, match="the machine is off: call power_on first"):
            use()
    assert (machine.console, machine.captured_ids, machine.led, machine.instructions) == (
        [],
        [],
        False,
        0,
    )
    assert machine.warnings == []
    machine.close()


def test_what_is_done_before_power_on_is_done_at_power_on(make) -> None:
    machine = make()
    machine.feed_frame(b"\1\2\3", "early")
    machine.set_fault("late_frame", 10)
    machine.send("capture\n")
    assert machine.frames_queued == 1
    machine.power_on()
    assert machine.frames_queued == 1
    machine.run_for(0.01)
    assert machine.captured_ids == ["early"]


def test_reset(machine) -> None:
    machine.run_for(0.01)
    machine.reset()
    machine.run_for(0.01)
    assert [line.text for line in machine.console] == ["boot power_on", "boot pin"]


# Time and console.


def test_time_passes_in_virtual_microseconds(machine) -> None:
    machine.run_for(0.25)
    assert machine.time_us == 250_000
    assert machine.instructions == 150_000_000


def test_a_second_takes_few_commands(machine, monkeypatch) -> None:
    """Each starts and stops all threads of a Renode, which costs milliseconds."""
    sent, send = [], Monitor._send
    monkeypatch.setattr(
        Monitor,
        "_send",
        lambda self, command, *rest: sent.append(command) or send(self, command, *rest),
    )
    machine.run_for(1)
    assert sum("RunFor" in command for command in sent) == len(sent) <= 11
    assert machine.time_us == 1_000_000


@pytest.mark.parametrize(
    "microseconds", [1, 3, 7, 10_000, 10_007, 33_333, 66_667, 999_999, 1_000_000]
)
def test_renode_reads_the_time_that_was_meant(microseconds) -> None:
    # TimeInterval.TryParse: whole seconds, and the decimals as a double times 10^9, cut.
    whole, decimals = seconds_text(microseconds).split(".")
    assert int(whole) * 10**9 + int(float("0." + decimals) * 10**9) == microseconds * 1000


def test_every_microsecond_of_a_second_is_read_as_it_was_meant() -> None:
    for microseconds in range(0, 1_000_000, 17):
        decimals = seconds_text(microseconds).split(".")[1]
        assert int(float("0." + decimals) * 10**9) == microseconds * 1000


def test_a_line_has_the_time_of_its_first_byte(machine) -> None:
    machine.run_for(0.01)
    assert machine.console == [ConsoleLine(1000.0, "boot power_on")]


def test_typed_text_arrives(machine) -> None:
    machine.run_for(0.01)
    machine.send("ünïcode\n")
    line = machine.wait_for(lambda line: line.text.startswith("you typed"), 1)
    assert line == ConsoleLine(10_010.5, "you typed ünïcode")


def test_long_text_is_typed_in_portions(machine) -> None:
    machine.send("x" * 5000 + "\n")
    machine.run_for(0.01)
    assert machine.console[-1].text == "you typed " + "x" * 5000


def test_what_never_comes(machine) -> None:
    with pytest.raises(ConsoleTimeoutError, match="last lines:\n  boot power_on"):
        machine.wait_for(lambda line: "nothing" in line.text, 0.05)
    assert machine.time_us == 50_000


# Camera and board.


def test_frames_and_their_ids(machine) -> None:
    machine.feed_frame(b"\0" * 18_432, 'an "id" with ; and ü')
    machine.feed_frame(b"\1" * 10)
    assert machine.frames_queued == 2
    machine.send("capture\ncapture\ncapture\n")
    machine.run_for(0.01)
    assert [line.text for line in machine.console[1:]] == [
        "captured 18432 bytes", "captured 10 bytes", "captured 0 bytes",
    ]  # fmt: skip
    assert machine.captured_ids == ['an "id" with ; and ü', "", ""]
    assert machine.captured_ids == ['an "id" with ; and ü', "", ""]
    assert machine.frames_queued == 0


def test_an_empty_frame_is_refused(machine) -> None:
    with pytest.raises(ValueError, match="frame must hold at least one byte"):
        machine.feed_frame(b"")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rain", None, "fault must be one of .*, not 'rain'"),
        ("absent", 1, "fault absent must have no value, not 1"),
        ("late_frame", -1, "value of fault late_frame must be at least 0, not -1"),
    ],
)
def test_faults_that_there_are_not(machine, name, value, message) -> None:
    with pytest.raises(ValueError, match=message):
        machine.set_fault(name, value)


def test_faults(machine) -> None:
    machine.set_fault("absent")
    machine.set_fault("late_frame", 10)
    machine.clear_faults()


def test_led_and_button(machine) -> None:
    assert machine.led is False
    machine.run_for(0.6)
    assert machine.led is True
    machine.press_button(True)
    machine.press_button(False)
    machine.run_for(0.01)
    assert [line.text for line in machine.console[-2:]] == ["button Press", "button Release"]


# Memory.


def test_memory_is_read_and_written(machine) -> None:
    machine.write_memory(0x2020_0010, b"hello")
    assert machine.read_memory(0x2020_000F, 7) == b"\0hello\0"
    assert machine.read_memory(0x2020_0000, 0) == b""
    machine.write_memory(0x2020_0000, b"")


@pytest.mark.parametrize(
    ("address", "length"),
    [
        (0x0008_0000, 1),
        (0x2007_FFFF, 2),
        (0x2030_0000, 1),
        (0x4018_4000, 4),
        (0x6080_0000, 1),
        (0, -1),
    ],
)
def test_where_no_memory_is(machine, address, length) -> None:
    with pytest.raises(ValueError, match="must be memory|must not be negative"):
        machine.read_memory(address, length)


def test_variables_are_read_and_written_by_their_names(machine, tmp_path) -> None:
    machine.elf = write_elf(tmp_path / "image.elf", {"presses": (0x2020_0010, 4, OBJECT)})
    machine.write_symbol("presses", b"\1\2\3\4")
    assert machine.read_symbol("presses") == b"\1\2\3\4"
    assert machine.read_symbol("presses", 2) == b"\1\2"


# State.


def test_save_and_load(machine, make, tmp_path) -> None:
    machine.feed_frame(b"\1\2\3", "first")
    machine.feed_frame(b"\4\5", "second")
    machine.send("capture\n")
    machine.run_for(0.01)
    machine.save(tmp_path / "state")
    before = machine.console
    machine.send("capture\n")
    machine.run_for(0.01)
    after = machine.console
    for other in (machine, make()):
        other.load(tmp_path / "state")
        assert (other.time_us, other.console) == (10_000, before)
        assert (other.captured_ids, other.frames_queued) == (["first"], 1)
        other.send("capture\n")
        other.run_for(0.01)
        assert other.console == after
        assert other.captured_ids == ["first", "second"]


def test_after_a_load_the_machine_still_boots_from_its_vector_table(machine, tmp_path) -> None:
    machine.save(tmp_path / "state")
    machine.load(tmp_path / "state")
    machine._monitor.do("runMacro $reset")
    assert log(machine).count(f"cpu VectorTableOffset 0x{FLASH + 0x2000:X}") == 2


def test_a_state_of_another_image(machine, make, tmp_path) -> None:
    machine.save(tmp_path / "state")
    (tmp_path / "other.bin").write_bytes(flash_image() + b"\0")
    with pytest.raises(SetupError, match="saved with another flash image"):
        make(path=tmp_path / "other.bin").load(tmp_path / "state")


def test_a_file_that_is_no_state(machine, tmp_path) -> None:
    (tmp_path / "state").write_bytes(b"something")
    with pytest.raises(SetupError, match="not a saved machine"):
        machine.load(tmp_path / "state")
    with pytest.raises(SetupError, match="not a saved machine"):
        machine.load(tmp_path / "none")


def test_a_state_that_renode_refuses(machine, tmp_path) -> None:
    machine.save(tmp_path / "state")
    with zipfile.ZipFile(tmp_path / "state") as archive:
        facts = archive.read("facts.json")
    with zipfile.ZipFile(tmp_path / "broken", "w") as archive:
        archive.writestr("facts.json", facts)
        archive.writestr("renode.save", b"garbage")
    with pytest.raises(SetupError, match="cannot go on from it: .*snapshot is incompatible"):
        machine.load(tmp_path / "broken")


# Misfortunes.


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("old", r"is Renode 1\.15\.3"),
        ("dies-at-start", "exit code 134"),
        ("not-renode", "is no Renode"),
        ("does-not-compile", "Errors during compilation"),
    ],
)
def test_a_renode_that_cannot_be_had(make, mode, message) -> None:
    machine = make(mode)
    with pytest.raises(SetupError, match=message):
        machine.power_on()
    with pytest.raises(SetupError, match="the machine is off"):
        machine.run_for(0.01)


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("dies", "exit code 134(.|\n)*something in Renode broke"),
        ("hangs", "Renode hangs"),
        ("aborts", r"CPU abort \[PC=0x10000000\]"),
    ],
)
def test_a_renode_that_fails_on_the_way(make, mode, message) -> None:
    machine = make(mode, command_limit_s=2)
    machine.power_on()
    group = group_of(machine)
    with pytest.raises(RenodeError, match=message):
        machine.run_for(0.01)
    assert is_gone(group)
    with pytest.raises(RenodeError, match=message):
        machine.run_for(0.01)


def test_nonsense_for_a_number(make) -> None:
    machine = make("nonsense")
    machine.power_on()
    with pytest.raises(RenodeError, match="answered 'banana'"):
        _ = machine.instructions


def test_nonsense_on_the_console(make) -> None:
    machine = make("bad-console")
    machine.power_on()
    machine.run_for(0.01)
    with pytest.raises(RenodeError, match="no time at all"):
        _ = machine.console


def test_too_little_memory(make) -> None:
    machine = make("short-memory")
    machine.power_on()
    with pytest.raises(RenodeError, match="15 bytes.*expected 16 bytes"):
        machine.read_memory(FLASH, 16)


def test_unmodelled_accesses_are_told_once_and_harmless_ones_not(make) -> None:
    machine = make("warns")
    machine.power_on()
    assert machine.warnings == []
    machine.run_for(0.01)
    assert machine.warnings == [
        "sysbus: [cpu: 0x60003000] ReadDoubleWord from non existing peripheral at 0x40300000.",
        "lpspi1: Unhandled write to offset 0x44, value 0x1.",
    ]


def test_renode_keeps_to_its_own_folders(machine, tmp_path) -> None:
    settings = (machine._process.directory / "renode.config").read_text()
    assert f"history-path = {machine._process.directory}/history" in settings
    environment = machine._process._environment(tmp_path / "home")
    assert environment["XDG_CONFIG_HOME"] == str(tmp_path / "home")
    assert environment["TMPDIR"] == str(machine._process.directory / "tmp")
