"""ADC1 and ADC2: 12-bit converters, triggered by software.

Source: RT1060 reference manual, chapter Analog-to-Digital Converter. Not modelled: triggers from
ADC_ETC, DMA requests, the accuracy that a calibration gains.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.clock import ticks
from rt1062.registers_old import W1C, Field, R, Register, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

SLOTS = 8
IDLE = 0x1F  # HC.ADCH: no conversion
VREFSH = 0x19  # HC.ADCH: the reference itself
CFG = Register(
    "CFG",
    0x44,
    [
        Field("ADICLK", 0, 2),
        Field("MODE", 2, 2),
        Field("ADLSMP", 4),
        Field("ADIV", 5, 2),
        Field("ADLPC", 7),
        Field("ADSTS", 8, 2, reset=2),
        Field("ADHSC", 10),
        Field("REFSEL", 11, 2),
        Field("ADTRG", 13),
        Field("AVGS", 14, 2),
        Field("OVWREN", 16),
    ],
)
GC = Register(
    "GC",
    0x48,
    [
        Field("ADACKEN", 0),
        Field("DMAEN", 1),
        Field("ACREN", 2),
        Field("ACFGT", 3),
        Field("ACFE", 4),
        Field("AVGE", 5),
        Field("ADCO", 6),
        Field("CAL", 7),
    ],
    polled=True,
)
GS = Register(
    "GS", 0x4C, [Field("ADACT", 0, access=R), Field("CALF", 1, access=W1C), Field("AWKST", 2)]
)
OFS = Register("OFS", 0x54, [Field("OFS", 0, 12), Field("SIGN", 12)])
ADCO, CAL, ADACT, AVGE, AIEN = GC["ADCO"].mask, GC["CAL"].mask, 1, GC["AVGE"].mask, 1 << 7
ASYNCHRONOUS_HZ = 10_000_000  # ADACK, the converter's own clock; 20 MHz with ADHSC
# Clocks of one conversion (table "Single or first continuous time adder" and the ones behind it).
FIRST_CLOCKS, FIRST_BUS_CLOCKS = 4, 2
BIT_CLOCKS = (17, 21, 25, 25)  # MODE: 8, 10, 12 bits
SHORT_SAMPLE, LONG_SAMPLE = (3, 5, 7, 9), (13, 17, 21, 25)  # ADSTS
CALIBRATION_CLOCKS = 14_000


class Adc(Peripheral):
    """Constructor: scheduler, `bus_hz()` of the IPG clock, `irq`.

    `level(channel)` is the voltage at an input as a share of the reference, 0.0 to 1.0.
    """

    REGISTERS = (
        *register_array(
            "HC", 0x00, SLOTS, first=0, fields=[Field("ADCH", 0, 5, reset=IDLE), Field("AIEN", 7)]
        ),
        Register("HS", 0x20, access=R, polled=True),
        *register_array("R", 0x24, SLOTS, first=0, access=R),
        CFG,
        GC,
        GS,
        Register("CV", 0x50, [Field("CV1", 0, 12), Field("CV2", 16, 12)]),
        OFS,
        Register("CAL", 0x58, [Field("CAL_CODE", 0, 4)]),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        bus_hz: Callable[[], int],
        irq: Callable[[bool], None],
        level: Callable[[int], float] = lambda channel: 0.0,
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._bus_hz = bus_hz
        self._irq = irq
        self.level = level
        self._event: Event | None = None
        self._slot = 0

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._event)
        self._event = None
        self._irq(False)

    def next_event_time(self) -> int:
        return self._event.time if self._event is not None and self._event.pending else NEVER

    # Conversions.

    def _clocks(self, first: bool) -> int:
        """Ticks of a conversion."""
        config = self.value["CFG"]
        bus = max(self._bus_hz(), 1)
        clock = (bus, bus // 2, bus, ASYNCHRONOUS_HZ << CFG["ADHSC"].get(config))
        hz = clock[CFG["ADICLK"].get(config)] >> CFG["ADIV"].get(config)
        samples = LONG_SAMPLE if CFG["ADLSMP"].get(config) else SHORT_SAMPLE
        each = BIT_CLOCKS[CFG["MODE"].get(config)] + samples[CFG["ADSTS"].get(config)]
        times = 4 << CFG["AVGS"].get(config) if self.value["GC"] & AVGE else 1
        total = ticks(times * each, max(hz, 1))
        if first:
            total += ticks(FIRST_CLOCKS, max(hz, 1)) + ticks(FIRST_BUS_CLOCKS, bus)
        return total

    def _start(self, slot: int, first: bool = True) -> None:
        self._scheduler.cancel(self._event)
        self._slot = slot
        self.value["GS"] |= ADACT
        self._event = self._scheduler.after(self._clocks(first), self._converted)

    def _stop(self) -> None:
        self._scheduler.cancel(self._event)
        self._event = None
        self.value["GS"] &= ~ADACT

    def _result(self, channel: int) -> int:
        share = 1.0 if channel == VREFSH else min(max(self.level(channel), 0.0), 1.0)
        bits = (8, 10, 12, 12)[CFG["MODE"].get(self.value["CFG"])]
        value = round(share * 4095)
        offset = OFS["OFS"].get(self.value["OFS"])
        value += -offset if OFS["SIGN"].get(self.value["OFS"]) else offset
        return min(max(value, 0), 4095) >> (12 - bits)

    def _converted(self) -> None:
        self._stop()
        control = self.value[f"HC{self._slot}"]
        self.value[f"R{self._slot}"] = self._result(control & IDLE)
        self.value["HS"] |= 1 << self._slot
        self._update_irq()
        if self.value["GC"] & ADCO and self._slot == 0:
            self._start(0, first=False)

    def _update_irq(self) -> None:
        flags = self.value["HS"]
        self._irq(any(flags >> i & 1 and self.value[f"HC{i}"] & AIEN for i in range(SLOTS)))

    # Registers.

    def write_hc(self, slot: int, written: int) -> None:
        self.value[f"HC{slot}"] = written & (IDLE | AIEN)
        self.value["HS"] &= ~(1 << slot)
        # Slots other than the first are for the triggers of ADC_ETC.
        if slot == 0 and not self.value["GC"] & CAL:
            self._stop()
            if written & IDLE != IDLE and not CFG["ADTRG"].get(self.value["CFG"]):
                self._start(slot)
        self._update_irq()

    def read_r(self, slot: int) -> int:
        self.value["HS"] &= ~(1 << slot)
        self._update_irq()
        return self.value[f"R{slot}"]

    def write_gc(self, written: int) -> None:
        calibrating = self.value["GC"] & CAL
        self.store(GC, written | calibrating)
        if written & CAL and not calibrating:
            self._stop()
            hz = max(self._bus_hz() // 2, 1)
            self._event = self._scheduler.after(ticks(CALIBRATION_CLOCKS, hz), self._calibrated)

    def _calibrated(self) -> None:
        self._event = None
        self.value["GC"] &= ~CAL
        self.value["HS"] |= 1
        self._update_irq()
