"""ADC1 and ADC2: 12-bit converters, triggered by software.

Source: RT1060 reference manual, chapter Analog-to-Digital Converter. Not modelled: triggers from
ADC_ETC, DMA requests, the accuracy that a calibration gains.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.chip.clock import ticks
from rt1062.registers import Register, r, rw, w1c
from rt1062.scheduler import Event, Held, Scheduler

SLOTS = 8
NO_CONVERSION, VREFSH = 0x1F, 0x19  # HC.ADCH: none; the reference itself
ASYNCHRONOUS_HZ = 10_000_000  # ADACK, the converter's own clock; 20 MHz with ADHSC
# Clocks of one conversion (table "Single or first continuous time adder" and the ones behind it).
FIRST_CLOCKS, FIRST_BUS_CLOCKS = 4, 2
BITS = (8, 10, 12, 12)  # CFG.MODE
BIT_CLOCKS = (17, 21, 25, 25)
SHORT_SAMPLE, LONG_SAMPLE = (3, 5, 7, 9), (13, 17, 21, 25)  # CFG.ADSTS
CALIBRATION_CLOCKS = 14_000


class HC(Register, at=0x00, count=SLOTS):
    ADCH, AIEN = rw(0, 5, reset=NO_CONVERSION), rw(7)


class HS(Register, at=0x20, polled=True):
    COCO0 = r(0)


class R(Register, at=0x24, count=SLOTS):
    CDATA = r(0, 12)


class CFG(Register, at=0x44):
    ADICLK, MODE, ADLSMP, ADIV, ADLPC = rw(0, 2), rw(2, 2), rw(4), rw(5, 2), rw(7)
    ADSTS, ADHSC, REFSEL, ADTRG = rw(8, 2, reset=2), rw(10), rw(11, 2), rw(13)
    AVGS, OVWREN = rw(14, 2), rw(16)


class GC(Register, at=0x48, polled=True):
    ADACKEN, DMAEN, ACREN, ACFGT, ACFE, AVGE, ADCO, CAL = (rw(bit) for bit in range(8))


class GS(Register, at=0x4C):
    ADACT, CALF, AWKST = r(0), w1c(1), rw(2)


class CV(Register, at=0x50):
    CV1, CV2 = rw(0, 12), rw(16, 12)


class OFS(Register, at=0x54):
    OFS, SIGN = rw(0, 12), rw(12)


class CAL(Register, at=0x58):
    CAL_CODE = rw(0, 4)


class Adc(Block):
    """Constructor: scheduler, `clock_hz()` of the IPG clock, interrupt line.

    `level(channel)` is the voltage at an input as a share of the reference, 0.0 to 1.0. HC0 starts
    conversions; the other seven are for the triggers of ADC_ETC, which are not modelled.
    """

    REGISTERS = (HC, HS, R, CFG, GC, GS, CV, OFS, CAL)

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Line,
        level: Callable[[int], float],
    ) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.level = level
        self._event: Event | None = None
        self._held: Held = []

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.scheduler.cancel(self._event)
        self._event = None

    def stop_clock(self) -> str:
        super().stop_clock()
        self._held = self.scheduler.hold(self._event)
        return "converts" if self._held else ""

    def start_clock(self) -> None:
        super().start_clock()
        self.scheduler.release(self._held)

    def next_event_time(self) -> int:
        return self.next_event(self._event)

    # Conversions.

    def _clocks(self, first: bool) -> int:
        """Ticks of a conversion."""
        config = self.value["CFG"]
        bus = max(self.clock_hz(), 1)
        clock = (bus, bus // 2, bus, ASYNCHRONOUS_HZ << CFG.ADHSC.get(config))
        hz = clock[CFG.ADICLK.get(config)] >> CFG.ADIV.get(config)
        samples = LONG_SAMPLE if config & CFG.ADLSMP else SHORT_SAMPLE
        each = BIT_CLOCKS[CFG.MODE.get(config)] + samples[CFG.ADSTS.get(config)]
        times = 4 << CFG.AVGS.get(config) if self.value["GC"] & GC.AVGE else 1
        total = ticks(times * each, max(hz, 1))
        if first:
            total += ticks(FIRST_CLOCKS, max(hz, 1)) + ticks(FIRST_BUS_CLOCKS, bus)
        return total

    def _start(self, first: bool) -> None:
        self.scheduler.cancel(self._event)
        self.value["GS"] |= GS.ADACT
        self._event = self.scheduler.after(self._clocks(first), self._converted)

    def _stop(self) -> None:
        self.scheduler.cancel(self._event)
        self._event = None
        self.value["GS"] &= ~GS.ADACT

    def _result(self, channel: int) -> int:
        share = 1.0 if channel == VREFSH else min(max(self.level(channel), 0.0), 1.0)
        bits = BITS[CFG.MODE.get(self.value["CFG"])]
        value = round(share * 4095)
        offset = OFS.OFS.get(self.value["OFS"])
        value += -offset if self.value["OFS"] & OFS.SIGN else offset
        return min(max(value, 0), 4095) >> (12 - bits)

    def _converted(self) -> None:
        self._stop()
        channel = HC.ADCH.get(self.value["HC0"])
        self.value["R0"] = R.CDATA.put(self._result(channel))
        self.value["HS"] |= HS.COCO0
        self._update_irq()
        if self.value["GC"] & GC.ADCO:
            self._start(first=False)

    def _update_irq(self) -> None:
        self.raise_line(bool(self.value["HS"] & HS.COCO0 and self.value["HC0"] & HC.AIEN))

    # Registers.

    def write_hc(self, slot: int, written: int) -> None:
        channel = HC.ADCH.get(self.store(HC, written, slot))
        if slot:
            return
        self.value["HS"] &= ~HS.COCO0
        if not self.value["GC"] & GC.CAL:
            self._stop()
            if channel != NO_CONVERSION and not self.value["CFG"] & CFG.ADTRG:
                self._start(first=True)
        self._update_irq()

    def read_r(self, slot: int) -> int:
        if not slot:
            self.value["HS"] &= ~HS.COCO0
            self._update_irq()
        return self.value[f"R{slot}"]

    def write_gc(self, written: int) -> None:
        calibrating = self.value["GC"] & GC.CAL
        self.store(GC, written | calibrating)
        if written & GC.CAL and not calibrating:
            self._stop()
            hz = max(self.clock_hz() // 2, 1)
            self._event = self.scheduler.after(ticks(CALIBRATION_CLOCKS, hz), self._calibrated)

    def _calibrated(self) -> None:
        self._event = None
        self.value["GC"] &= ~GC.CAL
        self.value["HS"] |= HS.COCO0
        self._update_irq()
