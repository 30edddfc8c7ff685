"""GPIO and pads against the reference manual."""

import pytest

from rt1062.blocks.gpio import Gpio, Pads, share_line
from tests.rt1062.blocks.rig import Rig

DR, GDIR, PSR, ICR1, ICR2, IMR, ISR, EDGE_SEL = range(0, 0x20, 4)
DR_SET, DR_CLEAR, DR_TOGGLE = 0x84, 0x88, 0x8C
LOW, HIGH, RISING, FALLING = range(4)
ALL = 0xFFFF_FFFF


def free_pads() -> Pads:
    return Pads(pulled_up=lambda: 0, pulled_down=lambda: 0)


class GpioRig(Rig):
    """One GPIO with a line for each of its first eight pins."""

    def __init__(self) -> None:
        super().__init__()
        lines = [self.line(name) for name in ("low", "high", *(f"INT{i}" for i in range(8)))]
        self.pads = free_pads()
        self.hold(Gpio(*lines, pads=self.pads, connected=lambda: ALL))

    @property
    def active(self) -> set[str]:
        return {name for name, level in self.levels.items() if level}

    def condition(self, pin: int, value: int) -> None:
        self.write(ICR1 if pin < 16 else ICR2, value << 2 * (pin % 16))


@pytest.fixture
def rig() -> GpioRig:
    return GpioRig()


def test_reset_values(rig: GpioRig) -> None:
    assert [rig.read(offset) for offset in (DR, GDIR, PSR, ICR1, ICR2, IMR, EDGE_SEL)] == [0] * 7


# Outputs.


def test_a_pad_follows_an_output(rig: GpioRig) -> None:
    seen: list[bool] = []
    rig.pads.on_output(9, seen.append)
    rig.write(GDIR, 1 << 9)
    rig.write(DR, 1 << 9)
    rig.write(DR, 1 << 9 | 1 << 3)
    rig.write(DR, 0)
    assert seen == [True, False]
    assert rig.read(PSR) == 0


def test_data_shows_when_the_direction_turns(rig: GpioRig) -> None:
    seen: list[bool] = []
    rig.pads.on_output(13, seen.append)
    rig.pads.set_input(13, True)
    rig.write(DR, 0)
    rig.write(GDIR, 1 << 13)
    assert seen == [True, False]
    rig.write(GDIR, 0)
    assert seen == [True, False, True]  # the pull-up again


@pytest.mark.parametrize(
    ("offset", "value", "expected"),
    [(DR_SET, 0x200, 0x203), (DR_CLEAR, 0x1, 0x2), (DR_TOGGLE, 0x6, 0x5)],
)
def test_set_clear_and_toggle_touch_the_written_bits_only(
    rig: GpioRig, offset: int, value: int, expected: int
) -> None:
    rig.write(GDIR, 0xFFFF_FFFF)
    rig.write(DR, 3)
    rig.write(offset, value)
    assert rig.read(DR) == expected
    assert rig.read(offset) == 0


def test_data_reads_the_register_for_outputs_and_the_pad_for_inputs(rig: GpioRig) -> None:
    rig.pads.set_input(0, True)
    rig.pads.set_input(1, True)
    rig.write(DR, 0b1100)
    rig.write(GDIR, 0b1110)
    assert rig.read(DR) == 0b1101
    assert rig.read(PSR) == 0b1101


def test_the_pad_of_an_output_does_not_follow_the_outside(rig: GpioRig) -> None:
    rig.write(GDIR, 1)
    rig.pads.set_input(0, True)
    assert rig.read(PSR) == 0


# Inputs and interrupts.


@pytest.mark.parametrize("pin", range(32))
def test_each_pin_has_a_condition_of_its_own(rig: GpioRig, pin: int) -> None:
    rig.condition(pin, HIGH)  # all others wait for a low level, which is there
    assert rig.read(ISR) == ALL & ~(1 << pin)
    rig.pads.set_input(pin, True)
    assert rig.read(ISR) == ALL


@pytest.mark.parametrize(
    ("condition", "levels", "expected"),
    [
        (RISING, [True], True),
        (RISING, [True, False], True),
        (RISING, [False], False),
        (FALLING, [True], False),
        (FALLING, [True, False], True),
        (HIGH, [True], True),
        (HIGH, [True, False], False),
        (LOW, [True], False),
        (LOW, [True, False], True),
    ],
)
@pytest.mark.parametrize("pin", [0, 15, 16, 31])
def test_interrupt_conditions(
    rig: GpioRig, pin: int, condition: int, levels: list[bool], expected: bool
) -> None:
    rig.condition(pin, condition)
    rig.write(IMR, 1 << pin)
    rig.write(ISR, 0xFFFF_FFFF)
    for level in levels:
        rig.pads.set_input(pin, level)
    assert bool(rig.read(ISR) >> pin & 1) == expected
    assert ("low" if pin < 16 else "high") in rig.active or not expected
    assert bool(rig.active) == expected


def test_edge_select_takes_both_edges_whatever_the_condition(rig: GpioRig) -> None:
    rig.condition(5, HIGH)
    rig.write(EDGE_SEL, 1 << 5)
    rig.write(IMR, 1 << 5)
    for level in (True, False):
        rig.pads.set_input(5, level)
        assert rig.active == {"low", "INT5"}
        rig.write(ISR, 1 << 5)
        assert rig.active == set()


def test_an_edge_stays_until_cleared_and_a_level_as_long_as_it_lasts(rig: GpioRig) -> None:
    rig.condition(2, HIGH)
    rig.write(IMR, 1 << 2)
    rig.pads.set_input(2, True)
    rig.write(ISR, 1 << 2)
    assert rig.active == {"low", "INT2"}
    rig.pads.set_input(2, False)
    assert rig.active == set()


def test_status_does_not_depend_on_the_mask(rig: GpioRig) -> None:
    rig.condition(20, RISING)
    rig.pads.set_input(20, True)
    assert rig.read(ISR) >> 20 & 1
    assert rig.active == set()
    rig.write(IMR, 1 << 20)
    assert rig.active == {"high"}
    rig.write(IMR, 0)
    assert rig.active == set()


def test_a_new_condition_counts_at_once(rig: GpioRig) -> None:
    rig.write(ICR1, 0x5555_5555)
    rig.write(IMR, 1 << 10)
    assert rig.active == set()
    rig.write(ICR1, 0)
    assert rig.active == {"low"}
    rig.write(EDGE_SEL, 1 << 10)
    assert rig.active == set()


def test_the_default_condition_is_low_level(rig: GpioRig) -> None:
    rig.pads.set_input(7, True)
    assert rig.read(ISR) == 0xFFFF_FFFF & ~(1 << 7)


def test_pins_have_their_own_lines_beside_the_common_one(rig: GpioRig) -> None:
    rig.write(ICR1, RISING << 2 | RISING << 14)
    rig.write(IMR, 1 << 1 | 1 << 7)
    rig.pads.set_input(1, True)
    assert rig.active == {"low", "INT1"}
    rig.pads.set_input(7, True)
    assert rig.active == {"low", "INT1", "INT7"}
    rig.write(ISR, 1 << 1)
    assert rig.active == {"low", "INT7"}


def test_an_output_can_interrupt_too(rig: GpioRig) -> None:
    rig.condition(4, RISING)
    rig.write(IMR, 1 << 4)
    rig.write(GDIR, 1 << 4)
    rig.write(DR_SET, 1 << 4)
    assert rig.active == {"low", "INT4"}


def test_reset_gives_the_pads_back_and_drops_the_lines(rig: GpioRig) -> None:
    seen: list[bool] = []
    rig.pads.set_input(13, True)
    rig.pads.on_output(13, seen.append)
    rig.write(GDIR, 1 << 13)
    rig.condition(3, HIGH)
    rig.write(IMR, 1 << 3)
    rig.pads.set_input(3, True)
    rig.block.reset(cold=False)
    assert seen == [False, True]
    assert rig.active == set()
    assert (rig.read(GDIR), rig.read(IMR), rig.block.output) == (0, 0, 0)


def test_a_pin_outside_the_port_is_refused(rig: GpioRig) -> None:
    with pytest.raises(ValueError, match="pin must be 0 to 31, not 32"):
        rig.pads.set_input(32, True)


# The fast instance on the same pads.


class Pair:
    """A GPIO and its fast twin; `select` is the IOMUXC_GPR register between them."""

    def __init__(self) -> None:
        self.select = 0
        self.pads = free_pads()
        self.fast_line: list[bool] = []
        nobody = [lambda level: None] * 2
        self.slow = Gpio(*nobody, pads=self.pads, connected=lambda: ~self.select & ALL)
        fast = share_line(self.fast_line.append, 2)
        self.fast = Gpio(*fast, pads=self.pads, connected=lambda: self.select)

    def choose(self, mask: int) -> None:
        self.select = mask
        self.pads.update()


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_only_the_selected_instance_drives_the_pad(pair: Pair) -> None:
    seen: list[bool] = []
    pair.pads.on_output(3, seen.append)
    for gpio in (pair.slow, pair.fast):
        gpio.write(GDIR, 4, 1 << 3)
    pair.fast.write(DR, 4, 1 << 3)
    assert not pair.pads.level(3)
    pair.choose(1 << 3)
    assert pair.pads.level(3)
    pair.slow.write(DR_TOGGLE, 4, 1 << 3)
    pair.fast.write(DR_TOGGLE, 4, 1 << 3)
    pair.choose(0)
    assert seen == [True, False, True]


def test_only_the_selected_instance_sees_the_pad(pair: Pair) -> None:
    pair.pads.set_input(8, True)
    assert (pair.slow.read(PSR, 4), pair.fast.read(PSR, 4)) == (1 << 8, 0)
    pair.choose(1 << 8)
    assert (pair.slow.read(PSR, 4), pair.fast.read(PSR, 4)) == (0, 1 << 8)


def test_the_fast_instances_share_one_line(pair: Pair) -> None:
    pair.choose(0xFFFF_FFFF)
    pair.fast.write(ICR1, 4, RISING << 2)
    pair.fast.write(ICR2, 4, RISING << 2)
    pair.fast.write(IMR, 4, 1 << 1 | 1 << 17)
    pair.pads.set_input(1, True)
    pair.pads.set_input(17, True)
    pair.fast.write(ISR, 4, 1 << 1)
    assert pair.fast_line == [True]
    pair.fast.write(ISR, 4, 1 << 17)
    assert pair.fast_line == [True, False]


def test_pads_that_nobody_drives_follow_their_pulls():
    up, down = [0], [0]
    pads = Pads(lambda: up[0], lambda: down[0])
    gpio = Gpio(*[lambda level: None] * 2, pads=pads, connected=lambda: ALL)
    up[0] = 1 << 4
    pads.update()
    assert gpio.read(PSR) == 1 << 4
    up[0] = 0
    pads.update()
    assert gpio.read(PSR) == 1 << 4  # kept
    down[0] = 1 << 4
    pads.update()
    assert gpio.read(PSR) == 0
    pads.set_input(4, True)
    assert gpio.read(PSR) == 1 << 4  # what is outside is stronger
    gpio.write(GDIR, 4, 1 << 4)
    assert gpio.read(PSR) == 0  # and an output stronger still
