"""ArduCAM Mini 2MP Plus: the ArduChip, a frame FIFO behind SPI registers.

Source: Arducam's "Arducam Chip" page and its Arduino library (register names and order of use).
`arducam_vectors.txt` beside this file says what a driver may observe; both emulators' cameras obey
it. A fed frame of 18,432 bytes is a picture, of which the sensor's registers make what comes out;
one of any other length stands for itself and comes out as it is. The FIFO length counts 8 bytes
more than were put in, as the Plus does. What the page leaves open is decided there: a start empties
the FIFO, the done flag falls only by FIFO_CLEAR, registers not listed read zero, and a write to the
FIFO control while a frame comes in leaves of the frame what comes after it.
"""

from collections import deque
from collections.abc import Callable

from rt1062 import camera_faults
from rt1062.camera_faults import FRAME_BYTES
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices.ov2640 import FRAME_TICKS, IDENTITY, OTHER_IDENTITY, Ov2640
from rt1062.ledger import Ledger
from rt1062.scheduler import NEVER, Event, Scheduler

REVISION = 0x73
MAX_FIFO_LENGTH = 0x7FFFFF  # 8 MB, and all that three length registers can say
SURPLUS_BYTES = 8  # that the Plus counts behind a frame (public logs of it)
NOT_DRIVEN = 0xFF  # MISO is pulled up
SPI_MODE, MAX_SPI_HZ = 0, 8_000_000  # and the most significant bit first
READY_US = 100_000  # after power-on, on both buses
CPLD_RESET_US = 1_000  # drivers give it 100 ms

# ArduChip registers.
TEST, FRAMES, MODE, TIM, FIFO, GPIO_DIR, GPIO = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
CPLD_RESET = 0x07
BURST_FIFO_READ, SINGLE_FIFO_READ = 0x3C, 0x3D
REV, TRIG, FIFO_SIZE1, FIFO_SIZE2, FIFO_SIZE3, GPIO_READ = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45
STORED = (TEST, FRAMES, MODE, TIM, GPIO_DIR, GPIO, CPLD_RESET)

FIFO_CLEAR, FIFO_START, FIFO_RDPTR_RST, FIFO_WRPTR_RST = 0x01, 0x02, 0x10, 0x20
GPIO_RESET, GPIO_PWDN, GPIO_PWREN = 0x01, 0x02, 0x04
CAP_DONE = 0x08
UNTIL_FULL = 7  # in FRAMES


class Arducam:
    """The camera module; `sensor` sits on the I2C bus and is told of reset, power and faults.

    `select` is the chip-select pin, `transfer` one byte on SPI. `feed` queues a frame; a capture
    takes the oldest, without one it repeats the last (black before the first). `diagnose` is told
    why a fed picture came out otherwise than it was fed; `power` is the ledger of what it does.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        sensor: Ov2640,
        diagnose: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.scheduler = scheduler
        self._diagnose = diagnose
        self.sensor = sensor
        self.captured_ids: list[str] = []
        self.faults: dict[str, int | None] = {}
        self._queue: deque[tuple[bytes, str]] = deque()
        self._last_frame = bytes(FRAME_BYTES)
        self._selected = False
        self._frame_begin = 0  # of the frame that is waited for
        self._frame_end: Event | None = None
        self._cut = 0  # when the FIFO control was written while the frame came in
        self._ready = scheduler.now  # ticks: before, nothing answers on SPI
        self.power = Ledger(lambda: scheduler.now, "idle")
        self._set_defaults()
        sensor.on_restart = self._expect_anew

    def reset(self, cold: bool = True) -> None:
        """Power off and on; a warm reset (of the microcontroller) only raises the chip select."""
        self.select(True)
        self.sensor.reset(cold)
        if cold:
            self._set_defaults()
            self._ready = self.scheduler.now + READY_US * TICKS_PER_MICROSECOND
            self.sensor.restart(READY_US)

    def _set_defaults(self) -> None:
        self.scheduler.cancel(self._frame_end)
        self._frame_end = None
        self._registers = dict.fromkeys(STORED, 0)
        self._fifo = bytearray()
        self._pointer = 0
        self._done = False
        self._frames_left = 0  # of the running capture, 0 without one
        self._address = 0
        self._answer: Callable[[int], int] = self._command
        self._drive_sensor_pins()

    # The world.

    def feed(self, frame: bytes, frame_id: str = "") -> None:
        """Queue a picture, 96x96 RGB565 with the high byte first, or bytes of another length."""
        if not frame:
            raise ValueError("frame must hold at least one byte, not none")
        self._queue.append((bytes(frame), frame_id))

    @property
    def queued(self) -> int:
        """Frames fed and not yet captured."""
        return len(self._queue)

    def set_fault(self, name: str, value: int | None = None) -> None:
        """Switch on a fault, at once; `value` where it takes one."""
        self.faults[name] = camera_faults.checked(name, value)
        if name == "sda_low":
            self.sensor.hold_sda(self.faults[name] or 0)
        self._tell_sensor()

    def clear_faults(self) -> None:
        """The camera works again; a capture that a fault swallowed stays unfinished."""
        self.faults.clear()
        self.sensor.hold_sda(0)
        self._tell_sensor()

    def _tell_sensor(self) -> None:
        self.sensor.acknowledges = not self.faults.keys() & {"absent", "sccb_nack"}
        self.sensor.settling = self.faults.get("settling") or 0
        self.sensor.identity = OTHER_IDENTITY if "wrong_identity" in self.faults else IDENTITY

    # SPI.

    @property
    def selected(self) -> bool:
        """The chip select is low."""
        return self._selected

    def select(self, level: bool) -> None:
        """The chip-select pin: low selects; an edge ends a command and starts the next."""
        if self._selected == level:
            self._selected = not level
            ready = self.scheduler.now >= self._ready
            self._answer = self._command if ready else self._nothing

    def transfer(self, byte: int) -> int:
        """One byte in, the one that comes out meanwhile."""
        faults = self.faults
        if faults:
            if "absent" in faults:
                return NOT_DRIVEN
            if "dead_spi" in faults:
                return 0
        if not self._selected:
            return NOT_DRIVEN
        return self._answer(byte)

    def transfer_many(self, data: bytes) -> bytes:
        """The same for some bytes in a row; a burst out of the FIFO is one slice."""
        answers = self.coming(len(data))
        if answers is None or len(answers) < len(data):
            return bytes([self.transfer(byte) for byte in data])
        if self._in_burst:
            self._pointer = min(self._pointer + len(data), self._readable)
        return answers

    def coming(self, count: int) -> bytes | None:
        """The next bytes from here whatever is sent meanwhile, fewer where a fault comes into the
        way; None where it matters what is sent."""
        if self._in_burst:
            return self._burst(count)
        if "absent" in self.faults:
            return bytes([NOT_DRIVEN]) * count
        if "dead_spi" in self.faults or (self._selected and self._answer == self._be_silent):
            return bytes(count)
        return None

    @property
    def _in_burst(self) -> bool:
        """Bytes come out of the FIFO."""
        faults = self.faults
        gone = faults and ("absent" in faults or "dead_spi" in faults)
        return self._selected and self._answer == self._pop and not gone

    # A command is an address byte and one data byte; only a burst goes on until the deselection.

    def _command(self, byte: int) -> int:
        self._address = byte & 0x7F
        if byte & 0x80:
            self._answer = self._write_data
        elif self._address == BURST_FIFO_READ:
            self._answer = self._pop
        else:
            self._answer = self._read_data
        return 0

    def _read_data(self, _: int) -> int:
        self._answer = self._ignore
        return self._read_register(self._address)

    def _write_data(self, value: int) -> int:
        self._write_register(self._address, value)
        self._answer = self._ignore
        return 0

    def _ignore(self, _: int) -> int:
        self._answer = self._be_silent
        return 0

    def _be_silent(self, _: int) -> int:
        return 0

    def _nothing(self, _: int) -> int:
        return NOT_DRIVEN

    def _read_register(self, address: int) -> int:
        if address == SINGLE_FIFO_READ:
            return self._pop(0)
        if address == REV:
            return REVISION
        if address == TRIG:
            return CAP_DONE if self._done else 0
        if address in (FIFO_SIZE1, FIFO_SIZE2, FIFO_SIZE3):
            return self._shown_length() >> 8 * (address - FIFO_SIZE1) & 0xFF
        if address == GPIO_READ:
            return self._registers[GPIO]
        return self._registers.get(address, 0)

    def _write_register(self, address: int, value: int) -> None:
        if address == FIFO:
            self._control_fifo(value)
        elif address in self._registers:
            if address == CPLD_RESET and value & 0x80:
                self._set_defaults()
                self._ready = self.scheduler.now + CPLD_RESET_US * TICKS_PER_MICROSECOND
            self._registers[address] = value
            if address in (GPIO_DIR, GPIO):
                self._drive_sensor_pins()

    def _control_fifo(self, value: int) -> None:
        if self._registers[CPLD_RESET] & 0x80:
            return
        if self._frames_left and self.scheduler.now > self._frame_begin:
            self._cut = self.scheduler.now
            self._fifo, self._pointer = bytearray(), 0
        if value & FIFO_CLEAR:
            self._done = False
        if value & FIFO_RDPTR_RST:
            self._pointer = 0
        if value & FIFO_WRPTR_RST:
            self._fifo, self._pointer = bytearray(), 0
        if value & FIFO_START:
            self._start_capture()

    # The FIFO.

    def _length(self) -> int:
        length = len(self._fifo)
        if length and "exact_length" not in self.faults:
            length = min(length + SURPLUS_BYTES, MAX_FIFO_LENGTH)
        short = self.faults.get("short_fifo")
        return length if short is None else min(length, short)

    def _shown_length(self) -> int:
        if "length_zero" in self.faults:
            return 0
        if "length_too_long" in self.faults:
            return MAX_FIFO_LENGTH
        return self._length()

    def _pop(self, _: int) -> int:
        pointer = self._pointer
        if self.faults:
            return self._pop_faulty()
        if pointer >= len(self._fifo):
            return 0
        self._pointer = pointer + 1
        return self._fifo[pointer]

    def _pop_faulty(self) -> int:
        pointer = self._pointer
        if pointer == self.faults.get("unplugged"):
            self.set_fault("absent")
            return NOT_DRIVEN
        if pointer == self.faults.get("brown_out"):
            del self.faults["brown_out"]
            self.sensor.reset()
            self._set_defaults()
            return 0
        if pointer >= self._readable:
            return 0
        self._pointer = pointer + 1
        byte = self._fifo[min(pointer, self.faults.get("stuck_bytes", pointer))]
        flipped = self.faults.get("flipped_bytes")
        return byte ^ 1 if flipped and self._pointer % flipped == 0 else byte

    @property
    def _readable(self) -> int:
        """Where the pointer stops."""
        return min(self._length(), len(self._fifo)) if self.faults else len(self._fifo)

    def _burst(self, count: int) -> bytes:
        """What `_pop` will give, up to where a fault ends the burst."""
        pointer, faults = self._pointer, self.faults
        if not faults:
            return bytes(self._fifo[pointer : pointer + count].ljust(count, b"\0"))
        end = self._readable
        for name in ("unplugged", "brown_out"):
            moment = faults.get(name, NEVER)
            if pointer <= moment <= end:
                count = min(count, moment - pointer)
        data = self._fifo[pointer : min(pointer + count, end)]
        if "stuck_bytes" in faults and data:
            stuck = faults["stuck_bytes"]
            good = data[: max(stuck - pointer, 0)]
            data = good.ljust(len(data), self._fifo[stuck : stuck + 1] or b"\0")
        if flipped := faults.get("flipped_bytes"):
            first = -(pointer + 1) % flipped
            data[first::flipped] = bytes(byte ^ 1 for byte in data[first::flipped])
        return bytes(data.ljust(count, b"\0"))

    # Capture.

    def _drive_sensor_pins(self) -> None:
        # Reset and the LDO are driven only where GPIO_DIR makes the pin an output; Arducam's own
        # low-power examples set GPIO_PWDN alone, so power-down does not ask for the direction.
        low = self._registers[GPIO_DIR] & ~self._registers[GPIO]
        if low & (GPIO_RESET | GPIO_PWREN):
            self.sensor.reset()
        awake = not low & (GPIO_RESET | GPIO_PWREN) and not self._registers[GPIO] & GPIO_PWDN
        self._note_power()
        if awake == self.sensor.awake:
            return
        self.sensor.awake = awake
        self.sensor.restart()

    def _note_power(self) -> None:
        """What the module draws its current for."""
        if self._registers[GPIO_DIR] & ~self._registers[GPIO] & GPIO_PWREN:
            self.power.enter("off")
        elif self._registers[GPIO] & GPIO_PWDN:
            self.power.enter("low-power")
        else:
            self.power.enter("capturing" if self._frames_left else "idle")

    def _start_capture(self) -> None:
        self._fifo, self._pointer = bytearray(), 0
        self._frames_left = (self._registers[FRAMES] & 7) + 1
        self._note_power()
        self._expect_anew((self.faults.get("late_frame") or 0) * 1000)

    def _expect_anew(self, late_us: int = 0) -> None:
        self.scheduler.cancel(self._frame_end)
        if self._frames_left and self.sensor.awake:
            self._expect_frame(self.scheduler.now, late_us)

    def _expect_frame(self, time: int, late_us: int = 0) -> None:
        """The next one from `time` on."""
        self._frame_begin = self.sensor.next_frame(time) + late_us * TICKS_PER_MICROSECOND
        self._cut = 0
        self._frame_end = self.scheduler.at(self._frame_begin + FRAME_TICKS, self._end_frame)

    def _end_frame(self) -> None:
        if "capture_never_done" in self.faults:
            return
        output = self.sensor.output
        if output.held:
            self._diagnose(output.objection)
            self._expect_frame(self._frame_begin + FRAME_TICKS)
            return
        frame, frame_id = self._queue.popleft() if self._queue else (self._last_frame, "")
        self._last_frame = frame
        self.captured_ids.append(frame_id)
        if len(frame) == FRAME_BYTES:
            frame = self._through_sensor(frame)
        if self._cut:
            frame = frame[len(frame) * (self._cut - self._frame_begin) // FRAME_TICKS :]
        self._fifo += frame[: MAX_FIFO_LENGTH - len(self._fifo)]
        if self._registers[FRAMES] & 7 != UNTIL_FULL:
            self._frames_left -= 1
        elif len(self._fifo) == MAX_FIFO_LENGTH:
            self._frames_left = 0
        if self._frames_left:
            self._expect_frame(self._frame_begin + FRAME_TICKS)
        else:
            self._done = True
            self._note_power()

    def _through_sensor(self, picture: bytes) -> bytes:
        output, light = self.sensor.output, self.sensor.light(self._frame_begin)
        if output.objection:
            self._diagnose(output.objection)
        elif light[0] < light[1]:
            self._diagnose(
                f"frame {light[0]} since its start is taken, exposure settles over {light[1] - 1}: "
                "the picture comes out dark"
            )
        return output.render(picture, light)
