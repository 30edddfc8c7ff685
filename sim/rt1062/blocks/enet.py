"""ENET: the Ethernet controller as far as a driver without a cable gets: a PHY that has no link.

Source: RT1060 reference manual, chapter 10/100-Mbps Ethernet MAC; IEEE 802.3, clause 22 (management
of a PHY). No frame is sent or received, no time stamps are taken, counters stand still.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.boards.phy import Phy
from rt1062.chip.clock import ticks
from rt1062.registers import R, Register, register, rw, w1c
from rt1062.scheduler import Event, Scheduler

FRAME_CLOCKS = 64  # of MDC, preamble included
READ, WRITE = 2, 1  # MMFR.OP
NOBODY = 0xFFFF  # what is read where no PHY drives MDIO


class EIR(Register, at=0x004, polled=True):
    TS_TIMER, TS_AVAIL, WAKEUP, PLR, UN, RL, LC, EBERR, MII = (w1c(bit) for bit in range(15, 24))
    RXB, RXF, TXB, TXF, GRA, BABT, BABR = (w1c(bit) for bit in range(24, 31))


class EIMR(Register, at=0x008):
    """A one lets the interrupt pass that EIR has in the same place."""


class RDAR(Register, at=0x010):
    RDAR = rw(24)


class TDAR(Register, at=0x014, polled=True):
    TDAR = rw(24)


class ECR(Register, at=0x024, reset=0x7000_0000, polled=True):
    RESET, ETHEREN, MAGICEN, SLEEP, EN1588 = rw(0), rw(1), rw(2), rw(3), rw(4)
    DBGEN, DBSWP, RESERVED9 = rw(6), rw(8), rw(9, 23)


class MMFR(Register, at=0x040):
    DATA, TA, RA, PA, OP, ST = rw(0, 16), rw(16, 2), rw(18, 5), rw(23, 5), rw(28, 2), rw(30, 2)


class MSCR(Register, at=0x044):
    MII_SPEED, DIS_PRE, HOLDTIME = rw(1, 6), rw(7), rw(8, 3)


class TCR(Register, at=0x0C4):
    GTS, FDEN, TFC_PAUSE, RFC_PAUSE, ADDSEL, ADDINS, CRCFWD = (
        rw(0), rw(2), rw(3), rw(4), rw(5, 3), rw(8), rw(9),
    )  # fmt: skip


STORED = (
    register("MIBC", 0x064, reset=0xC000_0000),
    register("RCR", 0x084, reset=0x05EE_0001),
    register("PALR", 0x0E4),
    register("PAUR", 0x0E8, reset=0x8808),
    register("OPD", 0x0EC, reset=0x0001_0000),
    register("TXIC", 0x0F0),
    register("RXIC", 0x100),
    register("IAUR", 0x118),
    register("IALR", 0x11C),
    register("GAUR", 0x120),
    register("GALR", 0x124),
    register("TFWR", 0x144),
    register("RDSR", 0x180),
    register("TDSR", 0x184),
    register("MRBR", 0x188),
    register("RSFL", 0x190),
    register("RSEM", 0x194),
    register("RAEM", 0x198, reset=4),
    register("RAFL", 0x19C, reset=4),
    register("TSEM", 0x1A0),
    register("TAEM", 0x1A4, reset=4),
    register("TAFL", 0x1A8, reset=8),
    register("TIPG", 0x1AC, reset=12),
    register("FTRL", 0x1B0, reset=0x7FF),
    register("TACC", 0x1C0),
    register("RACC", 0x1C4),
    register("COUNTER", 0x200, count=57, access=R),  # RMON_T_DROP to IEEE_R_OCTETS_OK
    register("ATCR", 0x400),
    register("ATVR", 0x404),
    register("ATOFF", 0x408),
    register("ATPER", 0x40C, reset=1_000_000_000),
    register("ATCOR", 0x410),
    register("ATINC", 0x414),
    register("ATSTMP", 0x418, access=R),
    register("TGSR", 0x604),
    *(register(f"TCSR{i}", 0x608 + 8 * i) for i in range(4)),
    *(register(f"TCCR{i}", 0x60C + 8 * i) for i in range(4)),
)


class Enet(Block):
    """`clock_hz` is IPG, `phy` what is on MDIO, None for nothing."""

    REGISTERS = (EIR, EIMR, RDAR, TDAR, ECR, MMFR, MSCR, TCR, *STORED)

    def __init__(
        self, scheduler: Scheduler, clock_hz: Callable[[], int], irq: Line, phy: Phy | None
    ) -> None:
        super().__init__(irq)
        self._scheduler = scheduler
        self._clock_hz = clock_hz
        self._phy = phy
        self._event: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._event)
        self._event = None

    def next_event_time(self) -> int:
        return self.next_event(self._event)

    def write_ecr(self, written: int) -> None:
        if written & ECR.RESET:
            self.reset(cold=False)
            return
        if not self.store(ECR, written) & ECR.ETHEREN:
            self.value["RDAR"] = self.value["TDAR"] = 0

    def write_eir(self, written: int) -> None:
        self.store(EIR, written)
        self._update()

    def write_eimr(self, written: int) -> None:
        self.store(EIMR, written)
        self._update()

    def write_tcr(self, written: int) -> None:
        if self.store(TCR, written) & TCR.GTS:
            self._flag(EIR.GRA)  # nothing is being sent

    def write_tdar(self, written: int) -> None:
        if self.value["ECR"] & ECR.ETHEREN:
            self.value["TDAR"] = TDAR.TDAR
            self.diagnose("TDAR: a frame to send, and no link: it is never sent")

    def write_rdar(self, written: int) -> None:
        if self.value["ECR"] & ECR.ETHEREN:
            self.value["RDAR"] = RDAR.RDAR

    def write_mmfr(self, written: int) -> None:
        """A management frame to the PHY, which takes its time on MDIO; none without MDC."""
        self.value["MMFR"] = written
        speed = MSCR.MII_SPEED.get(self.value["MSCR"])
        hz = self._clock_hz()
        if speed and hz and self._event is None:
            clocks = FRAME_CLOCKS * 2 * (speed + 1)
            self._event = self._scheduler.after(ticks(clocks, hz), self._managed)

    def _managed(self) -> None:
        self._event = None
        frame = self.value["MMFR"]
        there = self._phy is not None and MMFR.PA.get(frame) == self._phy.address
        if MMFR.OP.get(frame) == READ:
            found = self._phy.read(MMFR.RA.get(frame)) if there else NOBODY
            self.value["MMFR"] = frame & ~MMFR.DATA | found
        self._flag(EIR.MII)

    def _flag(self, flag: int) -> None:
        self.value["EIR"] |= flag
        self._update()

    def _update(self) -> None:
        self.raise_line(bool(self.value["EIR"] & self.value["EIMR"]))
