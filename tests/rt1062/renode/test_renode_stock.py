"""Why a block has a C# model of its own: what the stock model of Renode 1.16.1 does otherwise.

Each header of sim/rt1062/renode/*.cs says it; here it is seen on a real Renode, the stock model
beside ours with the same accesses.
"""

import pytest

from tests.rt1062.renode.real import Chip

pytest_plugins = "tests.rt1062.renode.fixtures"

STOCK = 0x5000_0000  # where the chip has nothing
OURS = {
    "gpio": 0x401B_C000,
    "lpuart": 0x4018_8000,
    "lpspi": 0x4039_4000,
    "lpi2c": 0x403F_0000,
    "gpt": 0x401E_C000,
}
KINDS = {
    "gpio": ("GPIOPort.IMXRT_GPIO",),
    "lpuart": ("UART.NXP_LPUART", "    frequency: 80000000", "    fifoSize: 4"),
    "lpspi": ("SPI.IMXRT_LPSPI", "    fifoSize: 16"),
    "lpi2c": ("I2C.S32K3XX_LowPowerInterIntegratedCircuit",),
    "flexspi": ("SPI.IMXRT_FlexSPI",),
    "gpt": ("Timers.IMX_GPTimer", "    frequency: 24000000"),
    "pit": (
        "Timers.S32K3XX_PeriodicInterruptTimer",
        "    oscillatorFrequency: 24000000",
    ),
}


class Beside:
    """Ours or the stock model, by offsets."""

    def __init__(self, chip: Chip, base: int):
        self.chip, self.base = chip, base

    def read(self, offset: int) -> int:
        return self.chip.read_at(self.base + offset)

    def write(self, *pairs: tuple[int, int]) -> None:
        for offset, value in pairs:
            self.chip.write_at(self.base + offset, value)


def both(chip: Chip, name: str) -> tuple[Beside, Beside]:
    """Ours, and the stock model."""
    return Beside(chip, OURS[name]), stock(chip, name)


def stock(chip: Chip, name: str) -> Beside:
    kind, *settings = KINDS[name]
    chip.add(f"stock: {kind} @ sysbus 0x{STOCK:X}", *settings)
    return Beside(chip, STOCK)


def test_gpio_sets_and_clears_all_pins_at_once(chip) -> None:
    for one, values in zip(both(chip, "gpio"), ((0x300, 0x200), (0xFFFF_FFFF, 0)), strict=True):
        one.write((0x04, 0xFFFF_FFFF), (0x00, 0x100), (0x84, 0x200))
        after_set = one.read(0x00)
        one.write((0x88, 0x100))
        assert (after_set, one.read(0x00)) == values


def test_gpio_shows_no_level_that_it_drives(chip) -> None:
    levels = []
    for one in both(chip, "gpio"):
        one.write((0x04, 0x1), (0x00, 0x1))
        levels.append(one.read(0x08) & 1)
    assert levels == [1, 0]


def test_lpuart_sends_in_no_time(chip) -> None:
    complete = []
    for one in both(chip, "lpuart"):
        one.write((0x28, 0x88), (0x10, 0x0F00_002B), (0x18, 1 << 19))
        chip.wait_us(100)
        one.write(*[(0x1C, 0x41)] * 4)
        complete.append((one.read(0x14) >> 22 & 1, one.read(0x2C) >> 8 & 7))
    assert complete == [(0, 3), (1, 0)]
    assert [one.read(0x00) for one in (Beside(chip, OURS["lpuart"]), Beside(chip, STOCK))] == [
        0x0401_0003, 0,
    ]  # fmt: skip


def test_lpspi_has_exchanged_a_word_at_once(chip) -> None:
    ours, other = both(chip, "lpspi")
    chip.add("device: Sensors.ArduCAMMini2MPPlus @ stock 0")
    counts = []
    for one in (ours, other):
        one.write((0x24, 3), (0x40, 12), (0x10, 1), (0x60, 7), *[(0x64, 0)] * 8)
        counts.append((one.read(0x5C), one.read(0x14) >> 24 & 1))
    assert counts == [(7, 1), (8 << 16, 0)]
    chip.wait_us(1000)
    assert (ours.read(0x5C), ours.read(0x14) >> 24 & 1) == (8 << 16, 0)


def test_lpspi_has_watermarks_of_two_bits(chip) -> None:
    for one in both(chip, "lpspi"):
        one.write((0x58, 0x000F_000F))
        values = one.read(0x58)
    assert values == 0x0003_0000
    assert any("TXWATER" in line for line in chip.warnings)


def test_lpi2c_knows_of_a_nack_at_once_and_of_no_timing(chip) -> None:
    ours, other = both(chip, "lpi2c")
    flags = []
    for one in (ours, other):
        one.write((0x24, 1), (0x48, 0x1928_373B), (0x10, 1), (0x60, 0x400 | 0x31 << 1))
        flags.append(one.read(0x14) >> 10 & 1)
    assert flags == [0, 1]  # nobody at 0x31: the stock model knows before the address is out
    chip.wait_us(1000)
    assert ours.read(0x14) >> 10 & 1
    assert any("Unhandled bits" in line and line.startswith("stock") for line in chip.warnings)


def test_pit_is_one_count_short(chip) -> None:
    # The stock model is what the platform has: nobody's firmware here uses the PIT.
    pit = stock(chip, "pit")
    pit.write((0x000, 0), (0x100, 23), (0x108, 3))
    chip.wait_us(0.94)
    assert not pit.read(0x10C) & 1
    chip.wait_us(0.04)  # 24 counts take 1 us, 23 take 0.958
    assert pit.read(0x10C) & 1


def test_gpt_counts_24_mhz_whatever_its_source(chip) -> None:
    counts = []
    for one in both(chip, "gpt"):
        one.write((0x00, 0x301), (0x10, 0xFFFF_FFFF))  # 32 kHz, free-running
        before = one.read(0x24)
        chip.wait_us(10_000)
        counts.append(one.read(0x24) - before)
    assert counts[0] == 327
    assert counts[1] == pytest.approx(240_000, rel=0.01)


def test_the_camera_has_captured_at_once(chip) -> None:
    chip.add(f"stock: SPI.IMXRT_LPSPI @ sysbus 0x{STOCK:X}")
    chip.add("device: Sensors.ArduCAMMini2MPPlus @ stock 0")
    name = "sysbus.stock.device"

    def exchange(*values: int) -> int:
        chip.do(f"{name} OnGPIO 0 False")
        answers = [chip.ask(f"{name} Transmit {value}") for value in values]
        chip.do(f"{name} OnGPIO 0 True")
        return int(answers[-1], 16)

    exchange(0x84, 0x02)  # capture
    assert exchange(0x41, 0x00) & 0x08  # done, though no time has passed
