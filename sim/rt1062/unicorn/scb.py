"""System control block: vector table, interrupt control, fault status, reset request, caches.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.2; Cortex-M7 TRM (DDI 0489), chapter 3:
CPUID r1p1, as on a MIMXRT1062DVJ6A, 32 KB instruction and data cache, no cache is modelled.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.registers_old import W1C, Field, R, Register, W, register_array
from rt1062.unicorn import exceptions as e

_VECTKEY = 0x05FA
_CONFIGURABLE = (4, 5, 6, 11, 12, 14, 15)
# SHCSR enable bits and the exceptions they enable.
_ENABLES = {16: e.MEM_MANAGE, 17: e.BUS_FAULT, 18: e.USAGE_FAULT}
_ACTIVE = {0: 4, 1: 5, 3: 6, 7: 11, 8: 12, 10: 14, 11: 15}
_PENDED = {12: 6, 13: 4, 14: 5, 15: 11}
# CCSIDR of the 32 KB data cache (4 ways, 256 sets) and instruction cache (2 ways, 512 sets).
_CCSIDR = {0: 0xF01F_E019, 1: 0xF03F_E009}
_MAINTENANCE = {
    "ICIALLU": 0xF50,
    "ICIMVAU": 0xF58,
    "DCIMVAC": 0xF5C,
    "DCISW": 0xF60,
    "DCCMVAU": 0xF64,
    "DCCMVAC": 0xF68,
    "DCCSW": 0xF6C,
    "DCCIMVAC": 0xF70,
    "DCCISW": 0xF74,
    "BPIALL": 0xF78,
}


class Scb(Peripheral):
    """Registers at offsets of the system control space (0xE000E000).

    `request_reset` is called for SYSRESETREQ; `sleep_changed` is not needed: SCR is read.
    """

    REGISTERS = (
        Register("ACTLR", 0x008),
        Register("CPUID", 0xD00, reset=0x411F_C271, access=R),
        Register("ICSR", 0xD04),
        Register("VTOR", 0xD08, [Field("TBLOFF", 7, 25)]),
        Register("AIRCR", 0xD0C, reset=0xFA05_0000),
        Register(
            "SCR", 0xD10, [Field("SLEEPONEXIT", 1), Field("SLEEPDEEP", 2), Field("SEVONPEND", 4)]
        ),
        Register(
            "CCR",
            0xD14,
            [
                Field("NONBASETHRDENA", 0),
                Field("USERSETMPEND", 1),
                Field("UNALIGN_TRP", 3),
                Field("DIV_0_TRP", 4),
                Field("BFHFNMIGN", 8),
                Field("STKALIGN", 9, access=R, reset=1),
                Field("DC", 16),
                Field("IC", 17),
                Field("BP", 18, access=R, reset=1),
            ],
        ),
        *register_array("SHPR", 0xD18, 12, step=1, width=8),
        Register("SHCSR", 0xD24),
        Register("CFSR", 0xD28),
        Register("HFSR", 0xD2C),
        Register("DFSR", 0xD30, access=W1C),
        Register("MMFAR", 0xD34),
        Register("BFAR", 0xD38),
        Register("AFSR", 0xD3C),
        Register("ID_PFR0", 0xD40, reset=0x0000_0030, access=R),
        Register("ID_PFR1", 0xD44, reset=0x0000_0200, access=R),
        Register("ID_DFR0", 0xD48, reset=0x0010_0000, access=R),
        Register("ID_AFR0", 0xD4C, access=R),
        Register("ID_MMFR0", 0xD50, reset=0x0010_0030, access=R),
        Register("ID_MMFR1", 0xD54, access=R),
        Register("ID_MMFR2", 0xD58, reset=0x0100_0000, access=R),
        Register("ID_MMFR3", 0xD5C, access=R),
        Register("ID_ISAR0", 0xD60, reset=0x0110_1110, access=R),
        Register("ID_ISAR1", 0xD64, reset=0x0211_2000, access=R),
        Register("ID_ISAR2", 0xD68, reset=0x2023_2231, access=R),
        Register("ID_ISAR3", 0xD6C, reset=0x0111_1131, access=R),
        Register("ID_ISAR4", 0xD70, reset=0x0131_0132, access=R),
        Register("CLIDR", 0xD78, reset=0x0900_0003, access=R),
        Register("CTR", 0xD7C, reset=0x8303_C003, access=R),
        Register("CCSIDR", 0xD80, access=R),
        Register("CSSELR", 0xD84, [Field("IND", 0), Field("LEVEL", 1, 3)]),
        Register("CPACR", 0xD88),
        Register("DHCSR", 0xDF0),
        Register("DCRSR", 0xDF4),
        Register("DCRDR", 0xDF8),
        Register("DEMCR", 0xDFC),
        Register("FPCCR", 0xF34, reset=0xC000_0000),
        Register("FPCAR", 0xF38),
        Register("FPDSCR", 0xF3C),
        Register("MVFR0", 0xF40, reset=0x1011_0221, access=R),
        Register("MVFR1", 0xF44, reset=0x1200_0011, access=R),
        Register("MVFR2", 0xF48, reset=0x0000_0040, access=R),
        *(Register(name, offset, access=W) for name, offset in _MAINTENANCE.items()),
        Register("ITCMCR", 0xF90, reset=0x1),
        Register("DTCMCR", 0xF94, reset=0x1),
        Register("AHBPCR", 0xF98),
        Register("CACR", 0xF9C),
        Register("AHBSCR", 0xFA0),
        Register("ABFSR", 0xFA8),
    )

    def __init__(
        self,
        exceptions: e.Exceptions,
        request_reset: Callable[[], None],
        trace_changing: Callable[[], None],
    ):
        super().__init__()
        self._exceptions = exceptions
        self._request_reset = request_reset
        self._trace_changing = trace_changing

    @property
    def trace_enabled(self) -> bool:
        """DEMCR.TRCENA, without which the DWT does not count."""
        return bool(self.value["DEMCR"] >> 24 & 1)

    def read_icsr(self) -> int:
        x = self._exceptions
        active = x.active[-1] if x.active else 0
        left = x.pending & x.enabled
        first = x._first_pending() if left else 0
        value = active | first << 12
        value |= (len(x.active) <= 1) << 11  # RETTOBASE
        value |= bool(x.pending >> e.FIRST_IRQ) << 22  # ISRPENDING
        value |= (x.pending >> e.SYSTICK & 1) << 26 | (x.pending >> e.PENDSV & 1) << 28
        return value | (x.pending >> e.NMI & 1) << 31

    def write_icsr(self, value: int) -> None:
        x = self._exceptions
        for clear, put, exception in ((25, 26, e.SYSTICK), (27, 28, e.PENDSV)):
            if value >> clear & 1:
                x.clear_pending(exception)
            if value >> put & 1:
                x.pend(exception)
        if value >> 31:
            x.pend(e.NMI)

    def write_vtor(self, value: int) -> None:
        self.value["VTOR"] = self._exceptions.vtor = value & 0xFFFF_FF80

    def write_aircr(self, value: int) -> None:
        if value >> 16 != _VECTKEY:
            return
        group = value >> 8 & 7
        self.value["AIRCR"] = 0xFA05_0000 | group << 8
        self._exceptions.set_priority_group(group)
        if value & 4:
            self._request_reset()

    def write_scr(self, value: int) -> None:
        self.value["SCR"] = value & 0x16
        self._exceptions.sleep_on_exit = bool(value & 2)

    def write_shpr(self, index: int, value: int) -> None:
        exception = 4 + index
        if exception in _CONFIGURABLE:
            self.value[f"SHPR{index}"] = value & e.PRIORITY_BITS
            self._exceptions.priority[exception] = value & e.PRIORITY_BITS
            self._exceptions.look_soon()

    def read_shcsr(self) -> int:
        x = self._exceptions
        value = sum(1 << bit for bit, number in _ENABLES.items() if x.enabled >> number & 1)
        value |= sum(1 << bit for bit, number in _ACTIVE.items() if number in x.active)
        return value | sum(1 << bit for bit, number in _PENDED.items() if x.pending >> number & 1)

    def write_shcsr(self, value: int) -> None:
        x = self._exceptions
        for bit, exception in _ENABLES.items():
            x.enabled = x.enabled & ~(1 << exception) | (value >> bit & 1) << exception
        for bit, exception in _PENDED.items():
            x.pending = x.pending & ~(1 << exception) | (value >> bit & 1) << exception
        x.look_soon()

    def read_cfsr(self) -> int:
        return self._exceptions.cfsr

    def write_cfsr(self, value: int) -> None:
        self._exceptions.cfsr &= ~value

    def read_hfsr(self) -> int:
        return self._exceptions.hfsr

    def write_hfsr(self, value: int) -> None:
        self._exceptions.hfsr &= ~value

    def read_mmfar(self) -> int:
        return self._exceptions.mmfar

    def write_mmfar(self, value: int) -> None:
        self._exceptions.mmfar = value

    def read_bfar(self) -> int:
        return self._exceptions.bfar

    def write_bfar(self, value: int) -> None:
        self._exceptions.bfar = value

    def read_ccsidr(self) -> int:
        return _CCSIDR.get(self.value["CSSELR"] & 0xF, 0)

    def write_cpacr(self, value: int) -> None:
        """Only CP10 and CP11 are there (the FPU)."""
        self.value["CPACR"] = value & 0x00F0_0000

    def write_dhcsr(self, value: int) -> None:
        """No debugger is attached: the core itself cannot set C_DEBUGEN."""

    def write_demcr(self, value: int) -> None:
        self._trace_changing()
        self.value["DEMCR"] = value & 0x010F_07F1
