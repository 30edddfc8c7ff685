"""OV2640 image sensor on SCCB (OmniVision OV2640 data sheet 1.6; defaults: its register tables).

The register file; what it makes of a picture is in rt1062.devices.ov2640_output.
"""

from collections.abc import Callable
from functools import cached_property

from rt1062.camera_faults import FRAME_US
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices.ov2640_output import Output
from rt1062.scheduler import Scheduler

ADDRESS = 0x30
BANK_DSP, BANK_SENSOR = 0, 1

BANK_SELECT = 0xFF  # RA_DLMT, in both banks
PIDH, PIDL = 0x0A, 0x0B  # sensor: product number and version
COM7 = 0x12  # sensor: bit 7 resets all registers
COM7_SRST = 0x80
AEC, COM8, COM8_AEC = 0x10, 0x13, 0x01  # sensor: bits 9:2 of the exposure; set by the sensor itself
RESET_US = 3_000  # of a reset or of waking up; drivers give it 5 ms at least
FRAME_TICKS = FRAME_US * TICKS_PER_MICROSECOND

IDENTITY = (0x26, 0x42)
OTHER_IDENTITY = (0x77, 0x21)  # an OV7725: what the fault wrong_identity shows

# Registers that are not zero after power-on: address and value in turn, per bank.
DEFAULTS = (
    bytes.fromhex(
        "0501 440C 5140 52F0 5508 5A58 5B48 860D 8750 C080 C160 C20C"
        "C3FF D382 E004 F004 F760 F801 F940 FC80"
    ),
    bytes.fromhex(
        "030F 0420 0840 0C38 0D07 1033 13C7 1450 1711 1875 1901 1A97 1C7F 1DA2"
        "2478 2568 26D4 3008 3130 3236 3420 4B20 4FCA 50A8 6180 6290"
    ),
)
READ_ONLY = (PIDH, PIDL, 0x1C, 0x1D)  # sensor bank


class Ov2640:
    """The sensor as an I2C target; `acknowledges`, `identity` and `settling` are for faults.

    `awake` is False while its reset or power-down pin is active: SCCB is then not answered. Frames
    follow each other from `began` on; `on_restart` is told when they begin anew. Over the first
    `settling` of them the exposure settles. It holds SDA low for as many clocks as `hold_sda` said.
    """

    address = ADDRESS

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.on_restart: Callable[[], None] = lambda: None
        self.acknowledges = True
        self.identity = IDENTITY
        self.settling = 0
        self.held_clocks = 0  # until it lets SDA go
        self.on_sda: Callable[[bool], None] = lambda level: None
        self.awake = True
        self._writing = 0  # bytes written since START
        self._set_defaults()
        self.began = scheduler.now  # ticks: SCCB answers and the first frame begins

    def reset(self, cold: bool = True) -> None:
        """Power-on state; the reset of the microcontroller does not reach the sensor."""
        self._writing = 0
        if cold:
            self._set_defaults()
            self.restart()

    def restart(self, microseconds: int = RESET_US) -> None:
        """Silence on SCCB for so long, then the first frame."""
        self.began = self._scheduler.now + microseconds * TICKS_PER_MICROSECOND
        self.on_restart()

    # Frames.

    def next_frame(self, time: int) -> int:
        """When the first frame begins that does not begin before `time`, in ticks."""
        return max(self.began, self.began - (self.began - time) // FRAME_TICKS * FRAME_TICKS)

    def light(self, time: int) -> tuple[int, int]:
        """How far the exposure has settled by then: (n, of so many)."""
        steps = self.settling + 1
        if not self.registers[BANK_SENSOR][COM8] & COM8_AEC:
            return 1, steps
        return min(max(0, time - self.began) // FRAME_TICKS + 1, steps), steps

    def _set_defaults(self) -> None:
        self.registers = [bytearray(256), bytearray(256)]
        for bank, defaults in zip(self.registers, DEFAULTS, strict=True):
            for register, value in zip(defaults[::2], defaults[1::2], strict=True):
                bank[register] = value
        self.__dict__.pop("output", None)
        self.bank = BANK_DSP
        self.selected = 0  # the register that the next byte reads or writes

    @cached_property
    def output(self) -> Output:
        """What the registers say now."""
        return Output(*self.registers)

    # SDA, held as if a byte had been cut off in the middle.

    def hold_sda(self, clocks: int) -> None:
        """SDA is low until SCL has had so many clocks; 0 lets go."""
        self.held_clocks = clocks
        self.on_sda(not clocks)

    def scl(self, level: bool) -> None:
        """An edge of SCL that does not come from a transfer; a falling one ends a clock."""
        if self.held_clocks and not level:
            self.hold_sda(self.held_clocks - 1)

    # The I2C target.

    def start(self, read: bool) -> bool:
        """START or repeated START with our address; True acknowledges."""
        self._writing = 0
        answers = self.acknowledges and self.awake and not self.held_clocks
        return answers and self._scheduler.now >= self.began

    def write(self, byte: int) -> bool:
        """The first byte addresses a register, the second is its value, more are not looked at."""
        self._writing += 1
        if self._writing == 1:
            self.selected = byte
        elif self._writing == 2:
            self._store(byte)
        return True

    def read(self) -> int:
        """The addressed register; it stays addressed."""
        if self.selected == BANK_SELECT:
            return self.bank
        if self.bank == BANK_SENSOR and self.selected in (PIDH, PIDL):
            return self.identity[self.selected - PIDH]
        if self.bank == BANK_SENSOR and self.selected == AEC and self.settling:
            steps, _ = self.light(self._scheduler.now)
            return self.registers[BANK_SENSOR][AEC] + steps - 1 & 0xFF
        return self.registers[self.bank][self.selected]

    def stop(self) -> None:
        """STOP: the address stays for a read that follows (SCCB's two transmissions)."""
        self._writing = 0

    def _store(self, value: int) -> None:
        if self.selected == BANK_SELECT:
            self.bank = value & 1
        elif self.bank == BANK_SENSOR and self.selected == COM7 and value & COM7_SRST:
            self._set_defaults()
            self.restart()
        elif not (self.bank == BANK_SENSOR and self.selected in READ_ONLY):
            self.registers[self.bank][self.selected] = value
            self.__dict__.pop("output", None)
