"""GPIO1 to GPIO9 and the pads they share (i.MX RT1060 reference manual, rev. 2, chapter 12).

The fast GPIO6-9 sit on the pads of GPIO1-4; per pad IOMUXC_GPR_GPR26-29 say which of the two is
connected, and the pad multiplexer whether either is. `Pads` is the view from outside the chip: an
LED or a chip select belongs to a pad, whoever drives it.

PSR reads the level of the pad, of an output too: on silicon that asks for the pad's SION bit,
without which an output's PSR is not specified.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.registers import W1C, R, Register, W, register, rw

LOW_LEVEL, HIGH_LEVEL, RISING_EDGE, FALLING_EDGE = range(4)  # a pin's field in ICR1, ICR2


class DR(Register, at=0x00):
    """What the outputs are to be, a bit a pin as in all registers but ICR1 and ICR2."""


class GDIR(Register, at=0x04):
    """Ones are outputs."""


class PSR(Register, at=0x08, access=R, polled=True):
    """The levels of the pads."""


class ICR1(Register, at=0x0C):
    ICR0, ICR1, ICR2, ICR3, ICR4, ICR5, ICR6, ICR7 = (rw(2 * pin, 2) for pin in range(8))
    ICR8, ICR9, ICR10, ICR11, ICR12, ICR13, ICR14, ICR15 = (rw(2 * pin, 2) for pin in range(8, 16))


class ICR2(Register, at=0x10):
    ICR16, ICR17, ICR18, ICR19, ICR20, ICR21, ICR22, ICR23 = (rw(2 * pin, 2) for pin in range(8))
    ICR24, ICR25, ICR26, ICR27, ICR28, ICR29, ICR30, ICR31 = (
        rw(2 * pin, 2) for pin in range(8, 16)
    )


class IMR(Register, at=0x14):
    """Ones may interrupt."""


class ISR(Register, at=0x18, access=W1C, polled=True):
    """The condition of ICR1, ICR2 or EDGE_SEL has come."""


class EDGE_SEL(Register, at=0x1C):
    """Ones look for both edges, whatever ICR1 and ICR2 say."""


# By pin: the register and the field of its condition.
CONDITIONS = [
    (half, half.fields[f"ICR{16 * number + pin}"])
    for number, half in enumerate((ICR1, ICR2))
    for pin in range(16)
]


class Pads:
    """32 pads, each driven by a connected output of the chip or else from outside.

    What nobody drives follows its pull (`pulled_up()`, `pulled_down()`: masks), or keeps its level.
    """

    def __init__(self, pulled_up: Callable[[], int], pulled_down: Callable[[], int]) -> None:
        self.levels = 0  # what a voltmeter shows, one bit a pad
        self._pulled_up = pulled_up
        self._pulled_down = pulled_down
        self._outside = 0
        self._held = 0  # pads that something outside drives
        self._gpios: list[Gpio] = []
        self._watchers: list[tuple[int, Callable[[bool], None]]] = []

    def connect(self, gpio: "Gpio") -> None:
        """Put a GPIO instance behind the pads."""
        self._gpios.append(gpio)

    def set_input(self, pin: int, level: bool) -> None:
        """What drives or pulls the pad from outside; it shows where no output does."""
        self._check(pin)
        bit = 1 << pin
        self._held |= bit
        self._outside = self._outside | bit if level else self._outside & ~bit
        self.update()

    def on_output(self, pin: int, callback: Callable[[bool], None]) -> None:
        """Call `callback(level)` whenever the level of the pad changes."""
        self._check(pin)
        self._watchers.append((pin, callback))

    def level(self, pin: int) -> bool:
        """The level of a pad."""
        self._check(pin)
        return bool(self.levels >> pin & 1)

    def update(self) -> None:
        """Outputs, directions or connections have changed: settle the levels, tell who watches."""
        driven = high = 0
        for gpio in self._gpios:
            mask = gpio.driven()
            driven |= mask
            high |= mask & gpio.output
        old = self.levels
        free = old & ~self._pulled_down() | self._pulled_up()
        outside = self._outside & self._held | free & ~self._held
        self.levels = high | outside & ~driven
        changed = old ^ self.levels
        for gpio in self._gpios:
            gpio.look_at_pads()
        if changed:
            for pin, callback in self._watchers:
                if changed >> pin & 1:
                    callback(bool(self.levels >> pin & 1))

    @staticmethod
    def _check(pin: int) -> None:
        if not 0 <= pin < 32:
            raise ValueError(f"pin must be 0 to 31, not {pin!r}")


class Gpio(Block):
    """One GPIO. `connected()` is a mask of the pads whose multiplexers lead here.

    `irq_low` and `irq_high` are the lines of pins 0-15 and 16-31; `pin_irqs` those that single
    pins have beside them, from pin 0 up (GPIO1: INT0 to INT7). After a change of `connected` call
    `pads.update`.
    """

    REGISTERS = (
        DR,
        GDIR,
        PSR,
        ICR1,
        ICR2,
        IMR,
        ISR,
        EDGE_SEL,
        register("DR_SET", 0x84, access=W),
        register("DR_CLEAR", 0x88, access=W),
        register("DR_TOGGLE", 0x8C, access=W),
    )

    def __init__(
        self,
        irq_low: Line,
        irq_high: Line,
        *pin_irqs: Line,
        pads: Pads,
        connected: Callable[[], int],
    ) -> None:
        super().__init__(irq_low, irq_high, *pin_irqs)
        self.pads = pads
        self.connected = connected
        self._pin_lines = len(pin_irqs)
        self.output = 0  # what DR holds
        self._seen = 0  # levels of the connected pads when last looked at
        self._pending = 0  # ISR bits of edges
        self._active = 0  # ISR & IMR as the interrupt lines show it
        self._look_for()
        self.pads.connect(self)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.output = 0
        self._look_for()
        self._pending = 0
        self.pads.update()
        self._pending = 0
        self._update_lines()

    # Registers.

    def read_dr(self) -> int:
        direction = self.value["GDIR"]
        return self.output & direction | self.read_psr() & ~direction

    def write_dr(self, value: int) -> None:
        self.output = value
        self.pads.update()

    def write_dr_set(self, value: int) -> None:
        self.write_dr(self.output | value)

    def write_dr_clear(self, value: int) -> None:
        self.write_dr(self.output & ~value)

    def write_dr_toggle(self, value: int) -> None:
        self.write_dr(self.output ^ value)

    def write_gdir(self, value: int) -> None:
        self.value["GDIR"] = value
        self.pads.update()

    def read_psr(self) -> int:
        return self.pads.levels & self.connected()

    def write_icr1(self, value: int) -> None:
        self.value["ICR1"] = value
        self._look_for()
        self._update_lines()

    def write_icr2(self, value: int) -> None:
        self.value["ICR2"] = value
        self._look_for()
        self._update_lines()

    def write_edge_sel(self, value: int) -> None:
        self.value["EDGE_SEL"] = value
        self._look_for()
        self._update_lines()

    def write_imr(self, value: int) -> None:
        self.value["IMR"] = value
        self._update_lines()

    def read_isr(self) -> int:
        return self._pending | self._active_levels()

    def write_isr(self, value: int) -> None:
        self._pending &= ~value
        self._update_lines()

    # Pads and interrupts.

    def driven(self) -> int:
        """Mask of the pads that this instance drives."""
        direction = self.value["GDIR"]
        return direction & self.connected() if direction else 0

    def _look_for(self) -> None:
        """Which pins wait for what: masks by level and by edge."""
        pins = [0, 0, 0, 0]
        for pin, (half, field) in enumerate(CONDITIONS):
            pins[field.get(self.value[half.name])] |= 1 << pin
        both = self.value["EDGE_SEL"]
        self._low, self._high = pins[LOW_LEVEL] & ~both, pins[HIGH_LEVEL] & ~both
        self._rising, self._falling = pins[RISING_EDGE] | both, pins[FALLING_EDGE] | both

    def look_at_pads(self) -> None:
        """Find edges since the last look."""
        levels = self.read_psr()
        old, self._seen = self._seen, levels
        self._pending |= levels & ~old & self._rising | old & ~levels & self._falling
        self._update_lines()

    def _active_levels(self) -> int:
        """Pins whose level condition holds; ISR shows them as long as it does."""
        levels = self.read_psr()
        return levels & self._high | ~levels & self._low

    def _update_lines(self) -> None:
        mask = self.value["IMR"]
        if not mask and not self._active:
            return
        old, self._active = self._active, (self._pending | self._active_levels()) & mask
        if old == self._active:
            return
        self.raise_line(bool(self._active & 0xFFFF))
        self.raise_line(bool(self._active >> 16), 1)
        for pin in range(self._pin_lines):
            self.raise_line(bool(self._active >> pin & 1), 2 + pin)


def share_line(irq: Line, inputs: int) -> list[Line]:
    """`inputs` interrupt outputs wired to one line (GPIO6 to GPIO9): active while any is."""
    levels = [False] * inputs

    def connect(index: int) -> Line:
        def set_level(level: bool) -> None:
            old = any(levels)
            levels[index] = level
            if any(levels) != old:
                irq(level)

        return set_level

    return [connect(index) for index in range(inputs)]
