"""ADC1 and ADC2: conversions started by software, calibration.

Source: RT1060 reference manual, chapter Analog-to-Digital Converter. Hardware triggers (HC1..HC7
with ADC_ETC), the compare function and averaging of noise are not modelled.
"""

from collections.abc import Callable

from sim.chip.clock import TICKS_PER_MICROSECOND
from sim.registers import W1C, Field, Peripheral, R, Register, register_array
from sim.scheduler import NEVER, Event, Scheduler

CONTROLS = 8
CONVERSION_TICKS = 2 * TICKS_PER_MICROSECOND  # ours: of the order of 25 clocks of 20 MHz
CALIBRATION_TICKS = 1000 * TICKS_PER_MICROSECOND
NO_CHANNEL = 0x1F
HC_FIELDS = (Field("ADCH", 0, 5, reset=NO_CHANNEL), Field("AIEN", 7))
AIEN = 1 << 7
CFG = Register(
    "CFG",
    0x44,
    [Field("LOW", 0, 2), Field("MODE", 2, 2), Field("HIGH", 4, 13)],
    reset=0x0000_0200,
)
HARDWARE_TRIGGER = 1 << 13
BITS = (8, 10, 12, 12)  # of a result, by CFG.MODE
GC = Register("GC", 0x48, [Field("ALL", 0, 8)], polled=True)
CONTINUOUS, CAL = 1 << 6, 1 << 7
GS = Register(
    "GS",
    0x4C,
    [Field("ADACT", 0, access=R), Field("CALF", 1, access=W1C), Field("AWKST", 2, access=W1C)],
)


class Adc(Peripheral):
    """Constructor: scheduler, `irq`, `sample(channel)`, the voltage as a part of the reference."""

    REGISTERS = (
        *register_array("HC", 0x00, CONTROLS, fields=HC_FIELDS),
        Register("HS", 0x20, access=R, polled=True),
        *register_array("R", 0x24, CONTROLS, access=R),
        CFG,
        GC,
        GS,
        Register("CV", 0x50),
        Register("OFS", 0x54),
        Register("CAL", 0x58),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        irq: Callable[[bool], None] = lambda level: None,
        sample: Callable[[int], float] = lambda channel: 0.0,
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._irq = irq
        self._sample = sample
        self._conversion: Event | None = None
        self._calibration: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._conversion)
        self._scheduler.cancel(self._calibration)
        self._conversion = self._calibration = None
        self._update()

    def next_event_time(self) -> int:
        pending = [one.time for one in (self._conversion, self._calibration) if one is not None]
        return min(pending, default=NEVER)

    def _start(self) -> None:
        self._scheduler.cancel(self._conversion)
        self._conversion = self._scheduler.after(CONVERSION_TICKS, self._converted)

    def _converted(self) -> None:
        self._conversion = None
        channel = self.value["HC0"] & NO_CHANNEL
        top = (1 << BITS[CFG["MODE"].get(self.value["CFG"])]) - 1
        self.value["R0"] = min(max(round(self._sample(channel) * top), 0), top)
        self.value["HS"] |= 1
        if self.value["GC"] & CONTINUOUS:
            self._start()
        self._update()

    def _calibrated(self) -> None:
        self._calibration = None
        self.value["GC"] &= ~CAL

    def _update(self) -> None:
        self._irq(bool(self.value["HS"] & 1 and self.value["HC0"] & AIEN))

    def write_hc(self, index: int, written: int) -> None:
        """Writing HC0 starts a conversion or, with channel 31, ends the one at work."""
        self.value[f"HC{index}"] = written & (AIEN | NO_CHANNEL)
        if index == 0:
            self.value["HS"] &= ~1
            self._scheduler.cancel(self._conversion)
            self._conversion = None
            if written & NO_CHANNEL != NO_CHANNEL and not self.value["CFG"] & HARDWARE_TRIGGER:
                self._start()
            self._update()

    def read_r(self, index: int) -> int:
        """Reading a result clears its COCO flag."""
        self.value["HS"] &= ~(1 << index)
        self._update()
        return self.value[f"R{index}"]

    def write_gc(self, written: int) -> None:
        before = self.value["GC"]
        self.store(GC, written | before & CAL)
        if written & ~before & CAL:
            self._calibration = self._scheduler.after(CALIBRATION_TICKS, self._calibrated)

    def read_gs(self) -> int:
        busy = self._conversion is not None or self._calibration is not None
        return self.value["GS"] & ~1 | busy
