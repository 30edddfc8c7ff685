"""LPI2C and LPSPI with the camera on a real Renode: the C# models beside their Python twins."""

import pytest

from rt1062.blocks.lpi2c import Lpi2c
from rt1062.blocks.lpspi import Lpspi
from rt1062.devices.arducam import Arducam
from rt1062.devices.ov2640 import Ov2640
from rt1062.renode.machine import CAMERA
from tests.rt1062.renode.twins import Twins, offsets

pytest_plugins = "tests.rt1062.renode.fixtures"

# As the boot ROM leaves the clock tree; test_renode_clocks.py compares the roots.
LPI2C_HZ, LPSPI_HZ = 60_000_000, 41_142_857
CHIP_SELECT = 1 << 13  # of GPIO3

SETTLE_US = 2_000  # more than a command takes


@pytest.fixture
def lpi2c(chip):
    chip.wait_us(100_000)  # until the camera is ready

    def make(twins):
        twins.sensor = Ov2640(twins.scheduler)
        return Lpi2c(twins.scheduler, lambda: LPI2C_HZ, twins.line("IRQ"), {0x30: twins.sensor})

    twins = Twins(chip, "lpi2c1", make)
    for offset, value in ((0x10, 2), (0x10, 0), (0x24, 1), (0x48, 0x1928_373B), (0x10, 1)):
        twins.write(offset, value)
    return twins


MSR, MTDR, MRDR, MFSR = 0x14, 0x60, 0x70, 0x5C
START, STOP, RECEIVE = 4 << 8, 2 << 8, 1 << 8


def commands(lpi2c: Twins, *words: int) -> int:
    for word in words:
        lpi2c.write(MTDR, word)
        lpi2c.wait_us(SETTLE_US)
    return lpi2c.read(MSR)


def test_lpi2c_after_reset(chip) -> None:
    def make(twins):
        return Lpi2c(twins.scheduler, lambda: LPI2C_HZ, twins.line("IRQ"), {})

    lpi2c = Twins(chip, "lpi2c1", make)
    for offset in offsets(lpi2c.python).values():
        lpi2c.read(offset)


def test_lpi2c_makes_no_start_while_the_sensor_holds_sda(lpi2c) -> None:
    lpi2c.chip.do(f'{CAMERA} SetFault "sda_low" 1')
    lpi2c.sensor.hold_sda(1)
    lpi2c.python.sda_held = lambda: lpi2c.sensor.held_clocks > 0
    assert commands(lpi2c, START | 0x60, 0xFF) == 0
    assert lpi2c.read(MFSR) == 2
    lpi2c.chip.drive(CAMERA, 1, False)
    lpi2c.sensor.scl(False)
    assert commands(lpi2c, STOP) == 0x301


def test_lpi2c_writes_and_reads_the_sensor(lpi2c) -> None:
    assert commands(lpi2c, START | 0x60, 0xFF, 0x01, STOP) == 0x301
    lpi2c.write(MSR, 0x7F00)
    lpi2c.read(MSR)
    commands(lpi2c, START | 0x60, 0x0A, STOP, START | 0x61, RECEIVE | 1)
    assert lpi2c.read(MFSR) == 2 << 16
    lpi2c.read(MSR)
    assert [lpi2c.read(MRDR) for _ in range(3)] == [0x26, 0x26, 0x4000]
    commands(lpi2c, STOP)
    commands(lpi2c, START | 0x60, 0x0B, START | 0x61, RECEIVE, STOP)
    assert lpi2c.read(MRDR) == 0x42


def test_lpi2c_nobody_at_the_address(lpi2c) -> None:
    status = commands(lpi2c, START | 0x42)
    assert status & 0x400
    lpi2c.write(MSR, 0x7F00)
    lpi2c.read(MSR)


def test_lpi2c_a_sensor_that_does_not_acknowledge(lpi2c) -> None:
    lpi2c.sensor.acknowledges = False
    lpi2c.chip.machine.set_fault("sccb_nack")
    assert commands(lpi2c, START | 0x60) & 0x400
    lpi2c.write(MSR, 0x7F00)
    lpi2c.sensor.acknowledges = True
    lpi2c.chip.machine.clear_faults()
    commands(lpi2c, START | 0x60, 0x0A, STOP)
    assert not lpi2c.read(MSR) & 0x400


def test_lpi2c_interrupts(lpi2c) -> None:
    lpi2c.write(0x18, 0x200)
    lpi2c.compare_lines()
    commands(lpi2c, START | 0x60, STOP)
    lpi2c.compare_lines()
    assert lpi2c.lines["IRQ"]
    lpi2c.write(MSR, 0x7F00)
    lpi2c.compare_lines()
    assert not lpi2c.lines["IRQ"]


def test_lpi2c_storage(lpi2c) -> None:
    for offset, value in (
        (0x1C, 3),
        (0x28, 0x0F0F_0FFF),
        (0x2C, 0xF_FF00),
        (0x40, 0xFF_00FF),
        (0x58, 0x3_0003),
    ):
        lpi2c.write(offset, value)
        lpi2c.read(offset)
    lpi2c.write(0x10, 2)
    for offset in offsets(lpi2c.python).values():
        lpi2c.read(offset)


@pytest.fixture
def lpspi(chip):
    chip.wait_us(100_000)  # until the camera is ready
    chip.write("gpio3", 0, CHIP_SELECT)
    chip.write("gpio3", 4, CHIP_SELECT)

    def make(twins):
        camera = Arducam(twins.scheduler, Ov2640(twins.scheduler))
        twins.camera = camera
        return Lpspi(
            twins.scheduler, lambda: LPSPI_HZ, twins.line("IRQ"),
            lambda pcs, byte: camera.transfer(byte) if pcs == 0 else 0xFF,
        )  # fmt: skip

    return Twins(chip, "lpspi1", make)


CR, SR, IER, DER, CFGR1, CCR, FCR, FSR, TCR, TDR, RSR, RDR = (
    0x10, 0x14, 0x18, 0x1C, 0x24, 0x40, 0x58, 0x5C, 0x60, 0x64, 0x70, 0x74,
)  # fmt: skip


def enable(lpspi: Twins, command: int) -> None:
    for offset, value in ((CR, 2), (CR, 0), (CFGR1, 3), (CCR, 12), (CR, 1), (TCR, command)):
        lpspi.write(offset, value)
    lpspi.wait_us(10)


def select(lpspi: Twins, level: bool) -> None:
    lpspi.python.sync()
    lpspi.camera.select(level)
    lpspi.chip.write("gpio3", 0, CHIP_SELECT if level else 0)


def exchange(lpspi: Twins, *words: int) -> list[int]:
    for word in words:
        lpspi.write(TDR, word)
    lpspi.wait_us(1_000)
    answers = [lpspi.read(RDR) for _ in words]
    assert lpspi.read(FSR) == 0
    return answers


def test_lpspi_after_reset(lpspi) -> None:
    for offset in offsets(lpspi.python).values():
        lpspi.read(offset)


def test_lpspi_bytes_to_the_camera(lpspi) -> None:
    enable(lpspi, 7)
    select(lpspi, False)
    exchange(lpspi, 0x80, 0x55)
    select(lpspi, True)
    select(lpspi, False)
    assert exchange(lpspi, 0x00, 0x00) == [0x00, 0x55]
    select(lpspi, True)
    assert exchange(lpspi, 0, 0) == [0xFF, 0xFF]
    lpspi.read(SR)
    lpspi.write(SR, 0x3F00)
    lpspi.read(SR)
    lpspi.read(TCR)


@pytest.mark.parametrize(
    "command", [7, 15, 31, 23, 0x0040_001F, 0x0080_0007, 0x00C0_001F, 0x0000_003F, 11, 0x0008_0007]
)
def test_lpspi_words_of_all_kinds(lpspi, command) -> None:
    enable(lpspi, command)
    select(lpspi, False)
    for word in (0x8055_1234, 0x0102_0304):
        lpspi.write(TDR, word)
    lpspi.wait_us(1_000)
    select(lpspi, True)
    select(lpspi, False)
    for word in (0x0000_0000, 0x0000_0000):
        lpspi.write(TDR, word)
    lpspi.wait_us(1_000)
    for _ in range(5):
        lpspi.read(RSR)
        lpspi.read(FSR)
        lpspi.read(RDR)
    lpspi.read(SR)


def test_lpspi_continuous_transfer_keeps_the_last_word_back(lpspi) -> None:
    enable(lpspi, 0x0020_0007)
    select(lpspi, False)
    for word in (0x40, 0x00):
        lpspi.write(TDR, word)
    lpspi.wait_us(100)
    assert lpspi.read(FSR) == 1 << 16
    lpspi.read(SR)
    lpspi.write(TCR, 0x0000_0007)
    lpspi.wait_us(100)
    lpspi.read(SR)
    assert [lpspi.read(RDR), lpspi.read(RDR)] == [0x00, 0x73]


def test_lpspi_stops_when_the_receive_fifo_is_full(lpspi) -> None:
    enable(lpspi, 7)
    for _ in range(20):
        lpspi.write(TDR, 0)
        lpspi.wait_us(10)
    assert lpspi.read(FSR) == 16 << 16 | 4
    lpspi.read(SR)
    lpspi.read(RDR)
    lpspi.wait_us(10)
    assert lpspi.read(FSR) == 16 << 16 | 3
    lpspi.write(CR, 0x301)
    assert lpspi.read(FSR) == 0


def test_lpspi_interrupts(lpspi) -> None:
    enable(lpspi, 7)
    lpspi.write(FCR, 1 << 16)
    lpspi.write(IER, 2)
    for _ in range(2):
        lpspi.compare_lines()
        assert not lpspi.lines["IRQ"]
        lpspi.write(TDR, 0)
        lpspi.wait_us(10)
    lpspi.compare_lines()
    assert lpspi.lines["IRQ"]
    lpspi.read(RDR)
    lpspi.compare_lines()
    lpspi.write(IER, 1)
    lpspi.compare_lines()
    assert lpspi.lines["IRQ"]
    lpspi.write(IER, 0x2000)
    lpspi.compare_lines()
    assert not lpspi.lines["IRQ"]


def test_lpspi_receives_only_with_masked_transmit(lpspi) -> None:
    enable(lpspi, 7)
    select(lpspi, False)
    exchange(lpspi, 0x40)
    lpspi.write(TCR, 0x0004_0007)
    lpspi.wait_us(10)
    assert lpspi.read(RDR) == 0x73
    assert not lpspi.read(TCR) & 1 << 18


def test_lpspi_a_module_that_is_off_keeps_its_words(lpspi) -> None:
    lpspi.write(CFGR1, 3)
    lpspi.write(TCR, 7)
    lpspi.write(TDR, 0)
    assert lpspi.read(FSR) & 0x1F == 2
    lpspi.read(SR)
    lpspi.write(CR, 1)
    lpspi.wait_us(10)
    assert lpspi.read(FSR) == 1 << 16
