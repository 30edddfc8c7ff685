"""GPIO on a real Renode: the C# model beside its Python twin."""

import pytest

from rt1062.blocks.gpio import Gpio, Pads
from tests.rt1062.renode.twins import Twins

pytest_plugins = "tests.rt1062.renode.fixtures"


DR, GDIR, PSR, ICR1, ICR2, IMR, ISR, EDGE_SEL = range(0x00, 0x20, 4)
DR_SET, DR_CLEAR, DR_TOGGLE = 0x84, 0x88, 0x8C


@pytest.fixture
def gpio(chip):
    def make(twins: Twins) -> Gpio:
        lines = twins.line("LowIRQ"), twins.line("HighIRQ")
        pads = Pads(pulled_up=lambda: 0, pulled_down=lambda: 0)
        return Gpio(*lines, pads=pads, connected=lambda: 0xFFFF_FFFF)

    return Twins(chip, "gpio2", make)  # nothing is connected to GPIO2 on the board


def drive(gpio: Twins, pin: int, level: bool) -> None:
    gpio.python.pads.set_input(pin, level)
    gpio.chip.drive("gpio2", pin, level)


def test_gpio_set_clear_and_toggle_act_on_ones_only(gpio) -> None:
    gpio.write(GDIR, 0xFFFF_FFFF)
    gpio.write(DR, 0x100)
    for register, value in ((DR_SET, 0x200), (DR_CLEAR, 0x100), (DR_TOGGLE, 0x8000_0201)):
        gpio.write(register, value)
        gpio.read(DR)
        gpio.read(PSR)
        gpio.read(register)
    assert gpio.read(DR) == 0x8000_0001


def test_gpio_inputs_and_outputs_share_their_pads(gpio) -> None:
    gpio.write(GDIR, 0x0F)
    gpio.write(DR, 0xF5)
    for pin in range(4):
        drive(gpio, pin, False)
    drive(gpio, 4, True)
    drive(gpio, 31, True)
    assert gpio.read(PSR) == 0x8000_0015
    assert gpio.read(DR) == 0x8000_0015
    gpio.write(GDIR, 0)
    assert gpio.read(PSR) == 0x8000_0010


@pytest.mark.parametrize("pin", [3, 20])
@pytest.mark.parametrize("condition", range(4))
@pytest.mark.parametrize("both_edges", [False, True])
def test_gpio_interrupts(gpio, pin, condition, both_edges) -> None:
    gpio.write(ICR1 if pin < 16 else ICR2, condition << 2 * (pin % 16))
    gpio.write(EDGE_SEL, both_edges << pin)
    gpio.write(ISR, 0xFFFF_FFFF)
    gpio.write(IMR, 1 << pin)
    for level in (True, False, True):
        gpio.compare_lines()
        drive(gpio, pin, level)
        assert bool(gpio.read(ISR) >> pin & 1) == gpio.lines["LowIRQ" if pin < 16 else "HighIRQ"]
        gpio.compare_lines()
        gpio.write(ISR, 1 << pin)
        gpio.read(ISR)


def test_gpio_pull_ups_hold_what_nobody_drives(chip) -> None:
    chip.do("gpio2 PullUps 0x2001")
    assert chip.read("gpio2", PSR) == 0x2001
    chip.write("gpio2", GDIR, 0x2000)
    assert chip.read("gpio2", PSR) == 0x0001
    chip.reset()
    assert chip.read("gpio2", PSR) == 0x2001
    chip.drive("gpio2", 0, False)
    assert chip.read("gpio2", PSR) == 0x2000


def test_gpio_has_a_line_for_each_of_its_first_pins(chip) -> None:
    chip.write("gpio1", ICR1, 0xFFFF)
    chip.write("gpio1", IMR, 0xFF)
    for pin in range(8):
        chip.drive("gpio1", pin, True)
        assert not chip.line("gpio1", f"INT{pin}")
        chip.drive("gpio1", pin, False)
        assert chip.line("gpio1", f"INT{pin}")


def test_an_offset_that_no_register_has_is_told(chip) -> None:
    for name in ("gpio1", "src", "lpspi2", "lpi2c2", "lpuart2", "wdog2", "flexspi"):
        width = 16 if name == "wdog2" else 32
        chip.read(name, 0x3F00, width)
        chip.write(name, 0x3F00, 1, width)
        told = [line for line in chip.warnings if line.startswith(f"{name}: Unhandled")]
        assert len(told) == 2, (name, chip.warnings)
