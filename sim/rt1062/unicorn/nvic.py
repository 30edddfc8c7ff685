"""Nested vectored interrupt controller: enable, pending, active and priority of 158 interrupts.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.4; RT1060 reference manual, chapter 4
(158 interrupts, four priority bits). Lines are level sensitive: one that is still high when its
handler returns pends again.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.block_table import NVIC_INTERRUPTS
from rt1062.registers_old import R, Register, W, register_array
from rt1062.unicorn.exceptions import FIRST_IRQ, PRIORITY_BITS, Exceptions

_WORDS = (NVIC_INTERRUPTS + 31) // 32
_ALL = ((1 << NVIC_INTERRUPTS) - 1) << FIRST_IRQ


class Nvic(Peripheral):
    """Registers at offsets of the system control space (0xE000E000)."""

    REGISTERS = (
        Register("ICTR", 0x004, reset=_WORDS - 1, access=R),
        *register_array("ISER", 0x100, _WORDS),
        *register_array("ICER", 0x180, _WORDS),
        *register_array("ISPR", 0x200, _WORDS),
        *register_array("ICPR", 0x280, _WORDS),
        *register_array("IABR", 0x300, _WORDS, access=R),
        *register_array("IPR", 0x400, _WORDS * 32, step=1, width=8),
        Register("STIR", 0xF00, access=W),
    )

    def __init__(self, exceptions: Exceptions):
        super().__init__()
        self._exceptions = exceptions
        self._levels = 0  # exception-numbered bits of the lines that are high
        exceptions.on_return = self._returned

    def reset(self, cold: bool = True) -> None:
        """The exceptions themselves are cleared by the machine."""
        super().reset(cold)
        self._levels = 0

    def line(self, interrupt: int) -> Callable[[bool], None]:
        """The input of one interrupt, as a function of its level."""
        bit = 1 << (FIRST_IRQ + interrupt)

        def set_level(level: bool) -> None:
            if level:
                if not self._levels & bit:
                    self._levels |= bit
                    self._exceptions.pend(FIRST_IRQ + interrupt)
            elif self._levels & bit:
                self._levels &= ~bit
                # A level that goes away before it is taken is no longer pending.
                self._exceptions.clear_pending(FIRST_IRQ + interrupt)

        return set_level

    def _returned(self, exception: int) -> None:
        if self._levels >> exception & 1:
            self._exceptions.pend(exception)

    @staticmethod
    def _bits(index: int, value: int) -> int:
        return value << (FIRST_IRQ + 32 * index) & _ALL

    @staticmethod
    def _word(index: int, bits: int) -> int:
        return (bits & _ALL) >> (FIRST_IRQ + 32 * index) & 0xFFFF_FFFF

    def read_iser(self, index: int) -> int:
        return self._word(index, self._exceptions.enabled)

    def write_iser(self, index: int, value: int) -> None:
        self._exceptions.enabled |= self._bits(index, value)
        self._look()

    read_icer = read_iser

    def write_icer(self, index: int, value: int) -> None:
        self._exceptions.enabled &= ~self._bits(index, value)

    def read_ispr(self, index: int) -> int:
        return self._word(index, self._exceptions.pending)

    def write_ispr(self, index: int, value: int) -> None:
        self._exceptions.pending |= self._bits(index, value)
        self._look()

    read_icpr = read_ispr

    def write_icpr(self, index: int, value: int) -> None:
        self._exceptions.pending &= ~self._bits(index, value) | self._levels & ~self._active()

    def _active(self) -> int:
        return sum(1 << exception for exception in self._exceptions.active)

    def read_iabr(self, index: int) -> int:
        return self._word(index, self._active())

    def write_ipr(self, index: int, value: int) -> None:
        value &= PRIORITY_BITS
        self.value[f"IPR{index}"] = value
        if index < NVIC_INTERRUPTS:
            self._exceptions.priority[FIRST_IRQ + index] = value
            self._look()

    def write_stir(self, value: int) -> None:
        if (value & 0x1FF) < NVIC_INTERRUPTS:
            self._exceptions.pend(FIRST_IRQ + (value & 0x1FF))

    def _look(self) -> None:
        if self._exceptions.pending & self._exceptions.enabled:
            self._exceptions.look_soon()
