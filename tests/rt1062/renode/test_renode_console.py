"""The console on a real Renode: LPUART beside its Python twin, the tap, the typist, the clocks."""

import pytest

from rt1062.blocks.lpuart import Lpuart
from rt1062.line_faults import LineFaults
from rt1062.scheduler import Scheduler
from tests.rt1062.blocks.clock_rig import make_clocks
from tests.rt1062.renode.twins import Twins, offsets

pytest_plugins = "tests.rt1062.renode.fixtures"

GLOBAL, BAUD, STAT, CTRL, DATA, MODIR, FIFO, WATER = 8, 16, 20, 24, 28, 36, 40, 44
TE, RE, RIE, TIE = 1 << 19, 1 << 18, 1 << 21, 1 << 23
HZ = 80_000_000  # as the boot ROM leaves the clock tree
RATE = 0x0F00_002B  # 80 MHz / 16 / 43: 116,279 baud
CHARACTER_US = 86.0  # 10 bits


@pytest.fixture
def lpuart(chip):
    """LPUART1 with both FIFOs on; `sent` is what the Python one has sent."""
    sent: list[int] = []

    def make(twins):
        return Lpuart(twins.scheduler, lambda: HZ, twins.line("IRQ"), sent.append)

    twins = Twins(chip, "lpuart1", make)
    twins.sent = sent
    for offset, value in ((GLOBAL, 2), (GLOBAL, 0), (BAUD, RATE), (FIFO, 0xC088)):
        twins.write(offset, value)
    return twins


def receive(lpuart: Twins, byte: int) -> None:
    lpuart.python.receive(byte)
    lpuart.chip.do(f"lpuart1 WriteChar {byte}")


def test_lpuart_after_reset(lpuart) -> None:
    lpuart.write(GLOBAL, 2)
    lpuart.write(GLOBAL, 0)
    for offset in offsets(lpuart.python).values():
        if offset != DATA:
            lpuart.read(offset)


def test_lpuart_keeps_the_bits_that_it_has(lpuart) -> None:
    for offset in offsets(lpuart.python).values():
        if offset not in (GLOBAL, DATA):
            lpuart.write(offset, 0xFFFF_FFFF & ~(TE | RE | 1 << 16))
            lpuart.read(offset)


def test_characters_take_their_time(lpuart) -> None:
    lpuart.write(CTRL, TE)
    lpuart.wait_us(CHARACTER_US + 1)  # the preamble
    for byte in b"abcde\n":  # one in the shifter, four in the FIFO, one too many
        lpuart.write(DATA, byte)
    for _ in range(7):
        for offset in (STAT, FIFO, WATER):
            lpuart.read(offset)
        lpuart.wait_us(CHARACTER_US)
    assert bytes(lpuart.sent) == b"abcde"
    lpuart.write(DATA, ord("\n"))
    lpuart.wait_us(2 * CHARACTER_US)
    assert [line.text for line in lpuart.chip.machine.console] == ["abcde"]


def test_lpuart_interrupts_when_its_fifo_is_empty(lpuart) -> None:
    lpuart.write(CTRL, TE | TIE)
    lpuart.compare_lines()
    lpuart.write(DATA, 0x41)
    lpuart.write(DATA, 0x42)
    for _ in range(4):
        lpuart.compare_lines()
        lpuart.wait_us(CHARACTER_US)
    assert lpuart.lines["IRQ"]


def test_lpuart_receives_four_characters_and_loses_the_fifth(lpuart) -> None:
    lpuart.write(CTRL, RE | RIE)
    for byte in b"abcde":
        receive(lpuart, byte)
        lpuart.compare_lines()
        lpuart.read(WATER)
    assert lpuart.read(STAT) & 1 << 19
    # The Python twin has an idle line as well.
    assert [lpuart.chip.read("lpuart1", DATA) & 0xFF for _ in range(4)] == list(b"abcd")
    assert lpuart.chip.read("lpuart1", DATA) & 1 << 12
    assert not lpuart.chip.line("lpuart1", "IRQ")


def test_the_tap_has_the_time_of_a_lines_first_byte(lpuart) -> None:
    lpuart.write(CTRL, TE)
    for byte in "hü\n".encode():
        lpuart.write(DATA, byte)
    lpuart.wait_us(1000)
    (line,) = lpuart.chip.machine.console
    assert line.text == "hü"
    assert line.time_us == pytest.approx(2 * CHARACTER_US, abs=0.01)


def test_typed_bytes_arrive_one_character_time_apart(chip) -> None:
    for offset, value in ((BAUD, RATE), (FIFO, 0xC088), (CTRL, RE)):
        chip.write("lpuart1", offset, value)
    chip.machine.send("ab")
    chip.machine.send("\n")
    seen = []
    for _ in range(4):
        chip.wait_us(CHARACTER_US + 0.1)
        seen.append(chip.read("lpuart1", WATER) >> 24)
    assert seen == [1, 2, 3, 3]


@pytest.mark.parametrize("text", ["6", "zz", "616"])
def test_typed_bytes_that_are_none(chip, text) -> None:
    answer = chip.machine._monitor.attempt(f'lpuart1 TypeBytes "{text}"')
    assert "bytes must be pairs" in answer


def test_a_transcript_that_cannot_be_opened(chip) -> None:
    answer = chip.machine._monitor.attempt("lpuart1 CreateConsoleTap @/no/such/folder/tap")
    assert "transcript not opened" in answer


@pytest.mark.parametrize(
    "writes",
    [
        (),
        (("CCM", 0x24, 0x0649_0B40), ("CCM", 0x38, 0x0004_9150), ("CCM", 0x18, 0x0DAE_8324)),
        (("CCM", 0x24, 0x0649_0B05), ("CCM", 0x38, 0x0012_9150)),
        (("CCM", 0x18, 0x15AE_8314), ("CCM_ANALOG", 0xF0, 0x0F1A_230D)),
        (("CCM", 0x18, 0xF5AE_8134), ("CCM_ANALOG", 0x10, 0x8000_0000)),
        (("CCM", 0x18, 0xF5AE_8124), ("CCM_ANALOG", 0x50, 5), ("CCM_ANALOG", 0x30, 0x8000_3001)),
        (("CCM_ANALOG", 0x10, 0x8001_3000), ("CCM_ANALOG", 0xF0, 0x0F1A_A30D)),
    ],
)
def test_the_serial_clocks_are_those_of_the_clock_tree(chip, writes) -> None:
    scheduler = Scheduler()
    tree = make_clocks(scheduler)
    blocks = {"CCM": tree.ccm, "CCM_ANALOG": tree.analog}
    for block in blocks.values():
        block.reset()
    for name, offset, value in writes:
        blocks[name].write(offset, 4, value)
        chip.write(name.lower(), offset, value)
    scheduler.advance(600_000)
    roots = {"lpuart": "LpuartHz", "lpspi": "LpspiHz", "lpi2c": "Lpi2cHz"}
    for name, root in roots.items():
        assert int(chip.ask(f"ccm {root}"), 16) == tree.hz(name), name


@pytest.mark.parametrize("seed", [0, 5])
def test_a_bad_line_does_the_same_to_the_same_bytes(lpuart, seed) -> None:
    faults = LineFaults(0.1, seed)
    lpuart.chip.machine.set_line_faults(faults)
    way = faults.of_board()
    lpuart.chip.write("lpuart1", CTRL, TE, 32)
    lpuart.chip.wait_us(2 * CHARACTER_US)
    sent = bytes(range(11, 11 + 200)) + b"\n" * 300
    for start in range(0, len(sent), 4):
        for byte in sent[start : start + 4]:
            lpuart.chip.write("lpuart1", DATA, byte, 32)
        lpuart.chip.wait_us(6 * CHARACTER_US)
    expected = b"".join(map(way.carry, sent))
    assert way.count > 10
    seen = b"".join(line.data + b"\n" for line in lpuart.chip.machine.console)
    assert seen == expected[: expected.rindex(b"\n") + 1]


def test_what_is_typed_passes_the_bad_line_too(lpuart) -> None:
    faults = LineFaults(0.3, 2, ["drop", "flip", "insert", "break"])
    lpuart.chip.machine.set_line_faults(faults)
    lpuart.chip.write("lpuart1", CTRL, RE, 32)
    way, got = faults.of_terminal(), []
    for byte in b"what is typed":
        lpuart.chip.machine.send(chr(byte))
        lpuart.chip.wait_us(2 * CHARACTER_US)
        for _ in range(2):
            word = lpuart.chip.read("lpuart1", DATA, 32)
            if not word & 1 << 12:
                got.append(word & 0xFF)
    assert bytes(got) == b"".join(map(way.carry, b"what is typed"))
