"""GPIO1 to GPIO9 and the pads they share (i.MX RT1060 reference manual, rev. 2, chapter 12).

The fast GPIO6-9 sit on the pads of GPIO1-4; per pad IOMUXC_GPR_GPR26-29 say which of the two is
connected, and the pad multiplexer whether either is. `Pads` is the view from outside the chip: an
LED or a chip select belongs to a pad, whoever drives it.

PSR reads the level of the pad, of an output too: on silicon that asks for the pad's SION bit,
without which an output's PSR is not specified.
"""

from collections.abc import Callable, Sequence

from rt1062.block import Peripheral
from rt1062.registers_old import W1C, R, Register, W

ALL = 0xFFFF_FFFF
LOW_LEVEL, HIGH_LEVEL, RISING_EDGE, FALLING_EDGE = range(4)  # a pin's field in ICR1, ICR2


class Pads:
    """32 pads, each driven by a connected output of the chip or else from outside.

    What nobody drives follows its pull (`pulled_up()`, `pulled_down()`: masks), or keeps its level.
    """

    def __init__(
        self,
        pulled_up: Callable[[], int] = lambda: 0,
        pulled_down: Callable[[], int] = lambda: 0,
    ) -> None:
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


class Gpio(Peripheral):
    """One GPIO. `connected()` is a mask of the pads whose multiplexers lead here.

    `irq_low` and `irq_high` are the lines of pins 0-15 and 16-31; `pin_irqs` those that single
    pins have beside them (GPIO1: INT0 to INT7). After a change of `connected` call `pads.update`.
    """

    DR = Register("DR", 0x00)
    GDIR = Register("GDIR", 0x04)
    ICR1 = Register("ICR1", 0x0C)
    ICR2 = Register("ICR2", 0x10)
    IMR = Register("IMR", 0x14)
    EDGE_SEL = Register("EDGE_SEL", 0x1C)
    REGISTERS = (
        DR,
        GDIR,
        Register("PSR", 0x08, access=R, polled=True),
        ICR1,
        ICR2,
        IMR,
        Register("ISR", 0x18, access=W1C, polled=True),
        EDGE_SEL,
        Register("DR_SET", 0x84, access=W),
        Register("DR_CLEAR", 0x88, access=W),
        Register("DR_TOGGLE", 0x8C, access=W),
    )

    def __init__(
        self,
        irq_low: Callable[[bool], None],
        irq_high: Callable[[bool], None],
        pads: Pads | None = None,
        connected: Callable[[], int] = lambda: ALL,
        pin_irqs: Sequence[Callable[[bool], None]] = (),
    ) -> None:
        self.irq_low = irq_low
        self.irq_high = irq_high
        self.pads = Pads() if pads is None else pads
        self.connected = connected
        self.pin_irqs = pin_irqs
        self.output = 0  # what DR holds
        self._seen = 0  # levels of the connected pads when last looked at
        self._pending = 0  # ISR bits of edges
        self._lines = 0  # ISR & IMR as the interrupt lines show it
        super().__init__()
        self.pads.connect(self)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.output = 0
        self._pending = 0
        self.pads.update()
        self._pending = 0
        self._update_lines()

    def set_input(self, pin: int, level: bool) -> None:
        """See Pads.set_input."""
        self.pads.set_input(pin, level)

    def on_output(self, pin: int, callback: Callable[[bool], None]) -> None:
        """See Pads.on_output."""
        self.pads.on_output(pin, callback)

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
        self._update_lines()

    def write_icr2(self, value: int) -> None:
        self.value["ICR2"] = value
        self._update_lines()

    def write_edge_sel(self, value: int) -> None:
        self.value["EDGE_SEL"] = value
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

    def look_at_pads(self) -> None:
        """Find edges since the last look."""
        levels = self.read_psr()
        old, self._seen = self._seen, levels
        changed = old ^ levels
        while changed:
            pin = (changed & -changed).bit_length() - 1
            changed &= changed - 1
            condition = self._condition(pin)
            rising = levels >> pin & 1
            edge = RISING_EDGE if rising else FALLING_EDGE
            if self.value["EDGE_SEL"] >> pin & 1 or condition == edge:
                self._pending |= 1 << pin
        self._update_lines()

    def _condition(self, pin: int) -> int:
        return self.value["ICR1" if pin < 16 else "ICR2"] >> 2 * (pin % 16) & 3

    def _active_levels(self, mask: int = ALL) -> int:
        """Pins of `mask` whose level condition holds; ISR shows them as long as it does."""
        icr = self.value["ICR1"] | self.value["ICR2"] << 32
        levels = self.read_psr()
        mask &= ~self.value["EDGE_SEL"]
        active = 0
        while mask:
            pin = (mask & -mask).bit_length() - 1
            mask &= mask - 1
            if icr >> 2 * pin & 3 == levels >> pin & 1:
                active |= 1 << pin
        return active

    def _update_lines(self) -> None:
        mask = self.value["IMR"]
        if not mask and not self._lines:
            return
        old, self._lines = self._lines, self._pending & mask | self._active_levels(mask)
        if old == self._lines:
            return
        if bool(old & 0xFFFF) != bool(self._lines & 0xFFFF):
            self.irq_low(bool(self._lines & 0xFFFF))
        if bool(old >> 16) != bool(self._lines >> 16):
            self.irq_high(bool(self._lines >> 16))
        for pin, irq in enumerate(self.pin_irqs):
            if (old ^ self._lines) >> pin & 1:
                irq(bool(self._lines >> pin & 1))


def share_line(irq: Callable[[bool], None], inputs: int) -> list[Callable[[bool], None]]:
    """`inputs` interrupt outputs wired to one line (GPIO6 to GPIO9): active while any is."""
    levels = [False] * inputs

    def connect(index: int) -> Callable[[bool], None]:
        def set_level(level: bool) -> None:
            old = any(levels)
            levels[index] = level
            if any(levels) != old:
                irq(level)

        return set_level

    return [connect(index) for index in range(inputs)]
