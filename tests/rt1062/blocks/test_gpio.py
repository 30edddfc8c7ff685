"""GPIO and pads against the reference manual."""

import pytest

from rt1062.blocks.gpio import Gpio, Pads, share_line

DR, GDIR, PSR, ICR1, ICR2, IMR, ISR, EDGE_SEL = range(0, 0x20, 4)
DR_SET, DR_CLEAR, DR_TOGGLE = 0x84, 0x88, 0x8C
LOW, HIGH, RISING, FALLING = range(4)


class Bench:
    """One GPIO with its interrupt lines recorded by name."""

    def __init__(self) -> None:
        self.lines: dict[str, bool] = {}
        self.gpio = Gpio(
            self.line("low"), self.line("high"), pin_irqs=[self.line(f"INT{i}") for i in range(8)]
        )

    def line(self, name: str):
        def set_level(level: bool) -> None:
            assert level != self.lines.get(name, False), f"{name} is only told of changes"
            self.lines[name] = level

        return set_level

    @property
    def active(self) -> set[str]:
        return {name for name, level in self.lines.items() if level}

    def write(self, offset: int, value: int) -> None:
        self.gpio.write(offset, 4, value)

    def read(self, offset: int) -> int:
        return self.gpio.read(offset, 4)

    def condition(self, pin: int, value: int) -> None:
        self.write(ICR1 if pin < 16 else ICR2, value << 2 * (pin % 16))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_reset_values(bench: Bench) -> None:
    assert [bench.read(offset) for offset in (DR, GDIR, PSR, ICR1, ICR2, IMR, EDGE_SEL)] == [0] * 7


# Outputs.


def test_a_pad_follows_an_output(bench: Bench) -> None:
    seen: list[bool] = []
    bench.gpio.on_output(9, seen.append)
    bench.write(GDIR, 1 << 9)
    bench.write(DR, 1 << 9)
    bench.write(DR, 1 << 9 | 1 << 3)
    bench.write(DR, 0)
    assert seen == [True, False]
    assert bench.read(PSR) == 0


def test_data_shows_when_the_direction_turns(bench: Bench) -> None:
    seen: list[bool] = []
    bench.gpio.on_output(13, seen.append)
    bench.gpio.set_input(13, True)
    bench.write(DR, 0)
    bench.write(GDIR, 1 << 13)
    assert seen == [True, False]
    bench.write(GDIR, 0)
    assert seen == [True, False, True]  # the pull-up again


@pytest.mark.parametrize(
    ("offset", "value", "expected"),
    [(DR_SET, 0x200, 0x203), (DR_CLEAR, 0x1, 0x2), (DR_TOGGLE, 0x6, 0x5)],
)
def test_set_clear_and_toggle_touch_the_written_bits_only(
    bench: Bench, offset: int, value: int, expected: int
) -> None:
    bench.write(GDIR, 0xFFFF_FFFF)
    bench.write(DR, 3)
    bench.write(offset, value)
    assert bench.read(DR) == expected
    assert bench.read(offset) == 0


def test_data_reads_the_register_for_outputs_and_the_pad_for_inputs(bench: Bench) -> None:
    bench.gpio.set_input(0, True)
    bench.gpio.set_input(1, True)
    bench.write(DR, 0b1100)
    bench.write(GDIR, 0b1110)
    assert bench.read(DR) == 0b1101
    assert bench.read(PSR) == 0b1101


def test_the_pad_of_an_output_does_not_follow_the_outside(bench: Bench) -> None:
    bench.write(GDIR, 1)
    bench.gpio.set_input(0, True)
    assert bench.read(PSR) == 0


# Inputs and interrupts.


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
    bench: Bench, pin: int, condition: int, levels: list[bool], expected: bool
) -> None:
    bench.condition(pin, condition)
    bench.write(IMR, 1 << pin)
    bench.write(ISR, 0xFFFF_FFFF)
    for level in levels:
        bench.gpio.set_input(pin, level)
    assert bool(bench.read(ISR) >> pin & 1) == expected
    assert ("low" if pin < 16 else "high") in bench.active or not expected
    assert bool(bench.active) == expected


def test_edge_select_takes_both_edges_whatever_the_condition(bench: Bench) -> None:
    bench.condition(5, HIGH)
    bench.write(EDGE_SEL, 1 << 5)
    bench.write(IMR, 1 << 5)
    for level in (True, False):
        bench.gpio.set_input(5, level)
        assert bench.active == {"low", "INT5"}
        bench.write(ISR, 1 << 5)
        assert bench.active == set()


def test_an_edge_stays_until_cleared_and_a_level_as_long_as_it_lasts(bench: Bench) -> None:
    bench.condition(2, HIGH)
    bench.write(IMR, 1 << 2)
    bench.gpio.set_input(2, True)
    bench.write(ISR, 1 << 2)
    assert bench.active == {"low", "INT2"}
    bench.gpio.set_input(2, False)
    assert bench.active == set()


def test_status_does_not_depend_on_the_mask(bench: Bench) -> None:
    bench.condition(20, RISING)
    bench.gpio.set_input(20, True)
    assert bench.read(ISR) >> 20 & 1
    assert bench.active == set()
    bench.write(IMR, 1 << 20)
    assert bench.active == {"high"}
    bench.write(IMR, 0)
    assert bench.active == set()


def test_a_new_condition_counts_at_once(bench: Bench) -> None:
    bench.write(ICR1, 0x5555_5555)
    bench.write(IMR, 1 << 10)
    assert bench.active == set()
    bench.write(ICR1, 0)
    assert bench.active == {"low"}
    bench.write(EDGE_SEL, 1 << 10)
    assert bench.active == set()


def test_the_default_condition_is_low_level(bench: Bench) -> None:
    bench.gpio.set_input(7, True)
    assert bench.read(ISR) == 0xFFFF_FFFF & ~(1 << 7)


def test_pins_have_their_own_lines_beside_the_common_one(bench: Bench) -> None:
    bench.write(ICR1, RISING << 2 | RISING << 14)
    bench.write(IMR, 1 << 1 | 1 << 7)
    bench.gpio.set_input(1, True)
    assert bench.active == {"low", "INT1"}
    bench.gpio.set_input(7, True)
    assert bench.active == {"low", "INT1", "INT7"}
    bench.write(ISR, 1 << 1)
    assert bench.active == {"low", "INT7"}


def test_an_output_can_interrupt_too(bench: Bench) -> None:
    bench.condition(4, RISING)
    bench.write(IMR, 1 << 4)
    bench.write(GDIR, 1 << 4)
    bench.write(DR_SET, 1 << 4)
    assert bench.active == {"low", "INT4"}


def test_reset_gives_the_pads_back_and_drops_the_lines(bench: Bench) -> None:
    seen: list[bool] = []
    bench.gpio.set_input(13, True)
    bench.gpio.on_output(13, seen.append)
    bench.write(GDIR, 1 << 13)
    bench.condition(3, HIGH)
    bench.write(IMR, 1 << 3)
    bench.gpio.set_input(3, True)
    bench.gpio.reset(cold=False)
    assert seen == [False, True]
    assert bench.active == set()
    assert (bench.read(GDIR), bench.read(IMR), bench.gpio.output) == (0, 0, 0)


def test_a_pin_outside_the_port_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="pin must be 0 to 31, not 32"):
        bench.gpio.set_input(32, True)


# The fast instance on the same pads.


class Pair:
    """A GPIO and its fast twin; `select` is the IOMUXC_GPR register between them."""

    def __init__(self) -> None:
        self.select = 0
        self.pads = Pads()
        self.fast_line: list[bool] = []
        fast_low, fast_high = share_line(self.fast_line.append, 2)
        self.slow = Gpio(
            lambda level: None, lambda level: None, self.pads, lambda: ~self.select & 0xFFFF_FFFF
        )
        self.fast = Gpio(fast_low, fast_high, self.pads, lambda: self.select)

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
    gpio = Gpio(lambda level: None, lambda level: None, pads)
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
