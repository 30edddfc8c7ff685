"""SNVS: registers on the coin cell (LPGPR), the low-power real-time counter, the HP one.

Source: RT1060 reference manual, chapter Secure Non-Volatile Storage. Everything of the LP half
outlives every reset but the first power on.
"""

from sim.chip.clock import TICKS_PER_SECOND
from sim.registers import W1C, Field, Peripheral, R, Register, register_array
from sim.scheduler import Scheduler

RTC_HZ = 32_768
SRTC_ENV, RTC_EN = 1 << 0, 1 << 0


class _Counter:
    """A counter of 47 bits on the 32 kHz crystal that can stand still."""

    def __init__(self, scheduler: Scheduler):
        self._scheduler = scheduler
        self._since: int | None = None  # ticks at which it showed `_count`
        self._count = 0

    def get(self) -> int:
        if self._since is None:
            return self._count
        passed = (self._scheduler.now - self._since) * RTC_HZ // TICKS_PER_SECOND
        return (self._count + passed) & ((1 << 47) - 1)

    def set(self, count: int) -> None:
        self._count = count
        if self._since is not None:
            self._since = self._scheduler.now

    def run(self, on: bool) -> None:
        if on and self._since is None:
            self._since = self._scheduler.now
        elif not on and self._since is not None:
            self._count, self._since = self.get(), None


class Snvs(Peripheral):
    """LPGPR0..7 at +0x100 with their aliases: LPGPR0 at +0x68, LPGPR0..3 at +0x90."""

    REGISTERS = (
        Register("HPLR", 0x00),
        Register("HPCOMR", 0x04),
        Register("HPCR", 0x08),
        Register("HPSICR", 0x0C),
        Register("HPSVCR", 0x10),
        Register("HPSR", 0x14, reset=0x8000_B000, access=R),
        Register("HPSVSR", 0x18, reset=0x8000_0000, access=W1C),
        Register("HPHACIVR", 0x1C),
        Register("HPHACR", 0x20, access=R),
        Register("HPRTCMR", 0x24),
        Register("HPRTCLR", 0x28),
        Register("HPTAMR", 0x2C),
        Register("HPTALR", 0x30),
        Register("LPLR", 0x34, retained=True),
        Register("LPCR", 0x38, reset=0x0000_0020, retained=True),
        Register("LPMKCR", 0x3C, retained=True),
        Register("LPSVCR", 0x40, retained=True),
        Register("LPTDCR", 0x48, retained=True),
        Register(
            "LPSR",
            0x4C,
            [Field("FLAGS", 0, 18, W1C, reset=8), Field("LPNS_LPS", 30, 2, R)],
            retained=True,
        ),
        Register("LPSRTCMR", 0x50),
        Register("LPSRTCLR", 0x54),
        Register("LPTAR", 0x58, retained=True),
        Register("LPSMCMR", 0x5C, access=R, retained=True),
        Register("LPSMCLR", 0x60, access=R, retained=True),
        Register("LPPGDR", 0x64, retained=True),
        Register("LPGPR0_LEGACY", 0x68),
        *register_array("LPZMKR", 0x6C, 8, retained=True),
        *register_array("LPGPR_ALIAS", 0x90, 4),
        *register_array("LPGPR", 0x100, 8, retained=True),
        Register("HPVIDR1", 0xBF8, reset=0x003E_0300, access=R),
        Register("HPVIDR2", 0xBFC, reset=0x0600_0300, access=R),
    )

    def __init__(self, scheduler: Scheduler):
        super().__init__()
        self._srtc = _Counter(scheduler)
        self._rtc = _Counter(scheduler)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._rtc.run(False)
        self._rtc.set(0)
        if cold:
            self._srtc.run(False)
            self._srtc.set(0)

    def read_lpgpr0_legacy(self) -> int:
        return self.value["LPGPR0"]

    def write_lpgpr0_legacy(self, value: int) -> None:
        self.value["LPGPR0"] = value

    def read_lpgpr_alias(self, index: int) -> int:
        return self.value[f"LPGPR{index}"]

    def write_lpgpr_alias(self, index: int, value: int) -> None:
        self.value[f"LPGPR{index}"] = value

    def write_lpcr(self, value: int) -> None:
        self.value["LPCR"] = value
        self._srtc.run(bool(value & SRTC_ENV))

    def write_hpcr(self, value: int) -> None:
        """HP_TS 16 takes the low-power counter over and clears itself."""
        if value >> 16 & 1:
            self._rtc.set(self._srtc.get())
        self.value["HPCR"] = value & ~(1 << 16)
        self._rtc.run(bool(value & RTC_EN))

    def read_lpsrtcmr(self) -> int:
        return self._srtc.get() >> 32

    def read_lpsrtclr(self) -> int:
        return self._srtc.get() & 0xFFFF_FFFF

    def write_lpsrtcmr(self, value: int) -> None:
        self._srtc.set((value & 0x7FFF) << 32 | self._srtc.get() & 0xFFFF_FFFF)

    def write_lpsrtclr(self, value: int) -> None:
        self._srtc.set(self._srtc.get() >> 32 << 32 | value)

    def read_hprtcmr(self) -> int:
        return self._rtc.get() >> 32

    def read_hprtclr(self) -> int:
        return self._rtc.get() & 0xFFFF_FFFF

    def write_hprtcmr(self, value: int) -> None:
        self._rtc.set((value & 0x7FFF) << 32 | self._rtc.get() & 0xFFFF_FFFF)

    def write_hprtclr(self, value: int) -> None:
        self._rtc.set(self._rtc.get() >> 32 << 32 | value)
