"""Nested vectored interrupt controller: enable, pending, active and priority of 158 interrupts.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.4; RT1060 reference manual, chapter 4
(158 interrupts, four priority bits). Lines are level sensitive: one that is still high when its
handler returns pends again.
"""

from rt1062.block import Block, Line
from rt1062.chip.block_table import NVIC_INTERRUPTS
from rt1062.registers import R, Register, r, register, w
from rt1062.unicorn.exceptions import FIRST_IRQ, PRIORITY_BITS, Exceptions

_WORDS = (NVIC_INTERRUPTS + 31) // 32
_ALL = ((1 << NVIC_INTERRUPTS) - 1) << FIRST_IRQ


class ICTR(Register, at=0x004):
    INTLINESNUM = r(0, 4, reset=_WORDS - 1)


class IPR(Register, at=0x400, count=_WORDS * 32, step=1, width=8):
    """The priority of one interrupt; the manual's IPRn are four of them."""


class STIR(Register, at=0xF00):
    INTID = w(0, 9)


class Nvic(Block):
    """Registers at offsets of the system control space (0xE000E000)."""

    REGISTERS = (
        ICTR,
        register("ISER", 0x100, count=_WORDS),
        register("ICER", 0x180, count=_WORDS),
        register("ISPR", 0x200, count=_WORDS),
        register("ICPR", 0x280, count=_WORDS),
        register("IABR", 0x300, count=_WORDS, access=R),
        IPR,
        STIR,
    )

    def __init__(self, exceptions: Exceptions) -> None:
        super().__init__()
        self._exceptions = exceptions
        self._levels = 0  # exception-numbered bits of the lines that are high
        exceptions.on_return = self._returned

    def reset(self, cold: bool = True) -> None:
        """The exceptions themselves are cleared by the machine."""
        super().reset(cold)
        self._levels = 0

    def line(self, interrupt: int) -> Line:
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
        interrupt = STIR.INTID.get(value)
        if interrupt < NVIC_INTERRUPTS:
            self._exceptions.pend(FIRST_IRQ + interrupt)

    def _look(self) -> None:
        if self._exceptions.pending & self._exceptions.enabled:
            self._exceptions.look_soon()
