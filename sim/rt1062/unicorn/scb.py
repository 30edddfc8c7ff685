"""System control block: vector table, interrupt control, fault status, reset request, caches.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.2; Cortex-M7 TRM (DDI 0489), chapter 3:
CPUID r1p1, as on a MIMXRT1062DVJ6A, 32 KB instruction and data cache, no cache is modelled.
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.registers import R, Register, W, r, register, rw, w, w1c
from rt1062.unicorn import exceptions as e

VECTKEY = 0x05FA
# B3.2.5: the table's length, rounded up to a power of two.
VECTORS_ALIGNMENT = 1 << (4 * e.EXCEPTIONS - 1).bit_length()
_CONFIGURABLE = (4, 5, 6, 11, 12, 14, 15)


class ICSR(Register, at=0xD04):
    VECTACTIVE, RETTOBASE, VECTPENDING = r(0, 9), r(11), r(12, 9)
    ISRPENDING, ISRPREEMPT = r(22), r(23)
    PENDSTCLR, PENDSTSET, PENDSVCLR, PENDSVSET = w(25), rw(26), w(27), rw(28)
    NMIPENDSET = rw(31)


class VTOR(Register, at=0xD08):
    TBLOFF = rw(7, 25)


class AIRCR(Register, at=0xD0C):
    VECTRESET, VECTCLRACTIVE, SYSRESETREQ = w(0), w(1), w(2)
    PRIGROUP, ENDIANNESS = rw(8, 3), r(15)
    VECTKEY = rw(16, 16, reset=0xFA05)  # reads as VECTKEYSTAT


class SCR(Register, at=0xD10):
    SLEEPONEXIT, SLEEPDEEP, SEVONPEND = rw(1), rw(2), rw(4)


class CCR(Register, at=0xD14):
    NONBASETHRDENA, USERSETMPEND, UNALIGN_TRP, DIV_0_TRP = rw(0), rw(1), rw(3), rw(4)
    BFHFNMIGN, STKALIGN = rw(8), r(9, reset=1)
    DC, IC, BP = rw(16), rw(17), r(18, reset=1)


class SHPR(Register, at=0xD18, count=12, step=1, width=8):
    """The priority of exception 4 and so on; the manual's SHPR1 to 3 are four of them each."""


class SHCSR(Register, at=0xD24):
    MEMFAULTACT, BUSFAULTACT, USGFAULTACT = rw(0), rw(1), rw(3)
    SVCALLACT, MONITORACT, PENDSVACT, SYSTICKACT = rw(7), rw(8), rw(10), rw(11)
    USGFAULTPENDED, MEMFAULTPENDED, BUSFAULTPENDED, SVCALLPENDED = (
        rw(bit) for bit in range(12, 16)
    )
    MEMFAULTENA, BUSFAULTENA, USGFAULTENA = rw(16), rw(17), rw(18)


class DFSR(Register, at=0xD30):
    HALTED, BKPT, DWTTRAP, VCATCH, EXTERNAL = (w1c(bit) for bit in range(5))


class CSSELR(Register, at=0xD84):
    IND, LEVEL = rw(0), rw(1, 3)


class CPACR(Register, at=0xD88):
    CP10, CP11 = rw(20, 2), rw(22, 2)  # the FPU; there are no other coprocessors


class DEMCR(Register, at=0xDFC):
    VC_CORERESET = rw(0)
    VC_MMERR, VC_NOCPERR, VC_CHKERR, VC_STATERR = (rw(bit) for bit in range(4, 8))
    VC_BUSERR, VC_INTERR, VC_HARDERR = rw(8), rw(9), rw(10)
    MON_EN, MON_PEND, MON_STEP, MON_REQ = (rw(bit) for bit in range(16, 20))
    TRCENA = rw(24)


# The bits of SHCSR and their exceptions.
_ENABLES = {
    SHCSR.MEMFAULTENA: e.MEM_MANAGE,
    SHCSR.BUSFAULTENA: e.BUS_FAULT,
    SHCSR.USGFAULTENA: e.USAGE_FAULT,
}
_ACTIVE = {
    SHCSR.MEMFAULTACT: e.MEM_MANAGE,
    SHCSR.BUSFAULTACT: e.BUS_FAULT,
    SHCSR.USGFAULTACT: e.USAGE_FAULT,
    SHCSR.SVCALLACT: e.SVCALL,
    SHCSR.MONITORACT: e.DEBUG_MONITOR,
    SHCSR.PENDSVACT: e.PENDSV,
    SHCSR.SYSTICKACT: e.SYSTICK,
}
_PENDED = {
    SHCSR.USGFAULTPENDED: e.USAGE_FAULT,
    SHCSR.MEMFAULTPENDED: e.MEM_MANAGE,
    SHCSR.BUSFAULTPENDED: e.BUS_FAULT,
    SHCSR.SVCALLPENDED: e.SVCALL,
}
# CCSIDR of the 32 KB data cache (4 ways, 256 sets) and instruction cache (2 ways, 512 sets).
_CCSIDR = {0: 0xF01F_E019, CSSELR.IND: 0xF03F_E009}
# What the core is: name, offset, value.
IDENTITY = (
    ("CPUID", 0xD00, 0x411F_C271),
    ("ID_PFR0", 0xD40, 0x0000_0030),
    ("ID_PFR1", 0xD44, 0x0000_0200),
    ("ID_DFR0", 0xD48, 0x0010_0000),
    ("ID_AFR0", 0xD4C, 0),
    ("ID_MMFR0", 0xD50, 0x0010_0030),
    ("ID_MMFR1", 0xD54, 0),
    ("ID_MMFR2", 0xD58, 0x0100_0000),
    ("ID_MMFR3", 0xD5C, 0),
    ("ID_ISAR0", 0xD60, 0x0110_1110),
    ("ID_ISAR1", 0xD64, 0x0211_2000),
    ("ID_ISAR2", 0xD68, 0x2023_2231),
    ("ID_ISAR3", 0xD6C, 0x0111_1131),
    ("ID_ISAR4", 0xD70, 0x0131_0132),
    ("CLIDR", 0xD78, 0x0900_0003),
    ("CTR", 0xD7C, 0x8303_C003),
    ("CCSIDR", 0xD80, 0),
    ("MVFR0", 0xF40, 0x1011_0221),
    ("MVFR1", 0xF44, 0x1200_0011),
    ("MVFR2", 0xF48, 0x0000_0040),
)
# Cache maintenance is complete at once.
MAINTENANCE = (
    ("ICIALLU", 0xF50),
    ("ICIMVAU", 0xF58),
    ("DCIMVAC", 0xF5C),
    ("DCISW", 0xF60),
    ("DCCMVAU", 0xF64),
    ("DCCMVAC", 0xF68),
    ("DCCSW", 0xF6C),
    ("DCCIMVAC", 0xF70),
    ("DCCISW", 0xF74),
    ("BPIALL", 0xF78),
)


class Scb(Block):
    """Registers at offsets of the system control space (0xE000E000).

    Constructor: the exceptions, `request_reset()` for SYSRESETREQ, `trace_changing()` before a
    write of DEMCR, `traps_changed()` after one of CPACR or CCR.
    """

    REGISTERS = (
        register("ACTLR", 0x008),
        ICSR,
        VTOR,
        AIRCR,
        SCR,
        CCR,
        SHPR,
        SHCSR,
        register("CFSR", 0xD28),
        register("HFSR", 0xD2C),
        DFSR,
        register("MMFAR", 0xD34),
        register("BFAR", 0xD38),
        register("AFSR", 0xD3C),
        CSSELR,
        CPACR,
        register("DHCSR", 0xDF0),
        register("DCRSR", 0xDF4),
        register("DCRDR", 0xDF8),
        DEMCR,
        register("FPCCR", 0xF34, reset=0xC000_0000),
        register("FPCAR", 0xF38),
        register("FPDSCR", 0xF3C),
        register("ITCMCR", 0xF90, reset=0x1),
        register("DTCMCR", 0xF94, reset=0x1),
        register("AHBPCR", 0xF98),
        register("CACR", 0xF9C),
        register("AHBSCR", 0xFA0),
        register("ABFSR", 0xFA8),
        *(register(name, at, access=R, reset=value) for name, at, value in IDENTITY),
        *(register(name, at, access=W) for name, at in MAINTENANCE),
    )

    def __init__(
        self,
        exceptions: e.Exceptions,
        request_reset: Callable[[], None],
        trace_changing: Callable[[], None],
        traps_changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._exceptions = exceptions
        self._request_reset = request_reset
        self._trace_changing = trace_changing
        self._traps_changed = traps_changed

    @property
    def trace_enabled(self) -> bool:
        """DEMCR.TRCENA, without which the DWT does not count."""
        return bool(self.value["DEMCR"] & DEMCR.TRCENA)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._traps_changed()

    def allows_floating_point(self, privileged: bool) -> bool:
        """CPACR.CP10: off, privileged code only, or everyone (B3.2.20)."""
        return CPACR.CP10.get(self.value["CPACR"]) in ((1, 3) if privileged else (3,))

    def traps(self, field: int) -> bool:
        """CCR.UNALIGN_TRP or CCR.DIV_0_TRP."""
        return bool(self.value["CCR"] & field)

    def write_ccr(self, value: int) -> None:
        self.store(CCR, value)
        self._traps_changed()

    def write_cpacr(self, value: int) -> None:
        self.store(CPACR, value)
        self._traps_changed()

    def read_icsr(self) -> int:
        x = self._exceptions
        active = x.active[-1] if x.active else 0
        left = x.pending & x.enabled
        first = x._first_pending() if left else 0
        value = ICSR.VECTACTIVE.put(active) | ICSR.VECTPENDING.put(first)
        for holds, field in (
            (len(x.active) <= 1, ICSR.RETTOBASE),
            (x.pending >> e.FIRST_IRQ, ICSR.ISRPENDING),
            (x.pending >> e.SYSTICK & 1, ICSR.PENDSTSET),
            (x.pending >> e.PENDSV & 1, ICSR.PENDSVSET),
            (x.pending >> e.NMI & 1, ICSR.NMIPENDSET),
        ):
            if holds:
                value |= field
        return value

    def write_icsr(self, value: int) -> None:
        x = self._exceptions
        for clear, put, exception in (
            (ICSR.PENDSTCLR, ICSR.PENDSTSET, e.SYSTICK),
            (ICSR.PENDSVCLR, ICSR.PENDSVSET, e.PENDSV),
        ):
            if value & clear:
                x.clear_pending(exception)
            if value & put:
                x.pend(exception)
        if value & ICSR.NMIPENDSET:
            x.pend(e.NMI)

    def set_vectors(self, address: int) -> None:
        """Where the vector table is, as a boot ROM says."""
        self._exceptions.vtor = self.store(VTOR, address)

    def write_vtor(self, value: int) -> None:
        if value % VECTORS_ALIGNMENT:
            self.diagnose(
                f"VTOR 0x{value:08X} is no multiple of {VECTORS_ALIGNMENT}, as a table of "
                f"{e.EXCEPTIONS} vectors must be"
            )
        self.set_vectors(value)

    def write_aircr(self, value: int) -> None:
        if AIRCR.VECTKEY.get(value) != VECTKEY:
            return
        group = AIRCR.PRIGROUP.get(value)
        self.value["AIRCR"] = AIRCR.reset | AIRCR.PRIGROUP.put(group)
        self._exceptions.set_priority_group(group)
        if value & AIRCR.SYSRESETREQ:
            self._request_reset()

    def write_scr(self, value: int) -> None:
        self._exceptions.sleep_on_exit = bool(self.store(SCR, value) & SCR.SLEEPONEXIT)

    def write_shpr(self, index: int, value: int) -> None:
        exception = 4 + index
        if exception in _CONFIGURABLE:
            self.value[f"SHPR{index}"] = value & e.PRIORITY_BITS
            self._exceptions.priority[exception] = value & e.PRIORITY_BITS
            self._exceptions.look_soon()

    def read_shcsr(self) -> int:
        x = self._exceptions
        value = sum(field for field, number in _ENABLES.items() if x.enabled >> number & 1)
        value |= sum(field for field, number in _ACTIVE.items() if number in x.active)
        return value | sum(field for field, number in _PENDED.items() if x.pending >> number & 1)

    def write_shcsr(self, value: int) -> None:
        x = self._exceptions
        for field, exception in _ENABLES.items():
            x.enabled = x.enabled & ~(1 << exception) | field.get(value) << exception
        for field, exception in _PENDED.items():
            x.pending = x.pending & ~(1 << exception) | field.get(value) << exception
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
        return _CCSIDR.get(self.value["CSSELR"], 0)

    def write_dhcsr(self, value: int) -> None:
        """No debugger is attached: the core itself cannot set C_DEBUGEN."""

    def write_demcr(self, value: int) -> None:
        self._trace_changing()
        self.store(DEMCR, value)
