"""Asks a board for frames and gets each of them, whatever the line does to them.

The first frame that is not in hand and the last that was asked for are never further apart than
WINDOW, so what is lost on the line is still in the board's ring and is fetched again. Sequence
numbers are the board's, in the order of the asking: which frame a record is, and with it its label,
is known by its number and not by its time.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from rt1062.errors import MachineError, SetupError
from rtbench.boxes import Edges
from rtbench.link import record_line
from rtbench.link.events import (
    Baud,
    Boot,
    ErrorEvent,
    Event,
    Fatal,
    Logging,
    NotAnEvent,
    ProtocolError,
)
from rtbench.link.firmware import BAUD
from rtbench.link.frame_record import FrameRecord
from rtbench.link.parser import parse
from rtbench.logger.account import Account
from rtbench.logger.line import Line

WINDOW = 7  # of the eight records that the firmware keeps
ON_THE_WAY = 2  # records that the firmware may have queued when it says how far it is
RECORD_BITS = 187_000  # of the longest record on the line
PATIENCE_S = 0.5  # for an answer, beside what two records take on their way
BEAT_S = 0.5  # the firmware falls back to its first rate when it hears nothing for 2 s
FALL_BACK_S = 2.5
SWITCH_S = 0.05  # from the firmware's word on it to its new rate
ATTEMPTS = 3  # at another rate
DEAD_S = 30.0  # nothing at all for so long: the board is not there any more
MOST_FAILURES = 3  # captures in a row


@dataclass(frozen=True)
class Wish:
    """One frame to come: what is known of it, and what must be done before it is asked for.

    `source` names what it is of, `boxes` are those of the persons in it, pixels.
    """

    label: str = ""
    source: str = ""
    boxes: tuple[Edges, ...] = ()
    prepare: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Arrival:
    """A wish and its record."""

    wish: Wish
    record: FrameRecord


class Collector:
    """The board at the end of `line`, booted and at rest, its records to come at `baud`.

    After a restart of the board `restarted` is given the wishes that were asked for and are not in
    hand; what it returns is asked for again.
    """

    def __init__(
        self,
        line: Line,
        period_ms: int = 0,
        baud: int = BAUD,
        restarted: Callable[[list[Wish]], list[Wish]] = lambda wishes: wishes,
    ) -> None:
        self.line = line
        self.period_ms = period_ms
        self.baud, self.wanted_baud = BAUD, baud
        self.account = Account()
        self._restarted = restarted
        self._wishes: deque[Wish] = deque()
        self._asked: dict[int, Wish] = {}  # by sequence: asked for, and not in hand
        self._arrived: dict[int, Arrival] = {}  # in hand
        self._out: list[Arrival] = []
        self._last_asked = 0
        self._boot_id: str | None = None
        self._resends: dict[int, float] = {}  # when a record was asked for again
        self._attempts = 0
        self._failures = 0
        self._trouble = "it says nothing about it"  # the camera's last
        self._heard = self._spoken = line.now
        self._record_at = line.now  # when the last record came, or was waited for
        self._state_at = self._baud_at = -DEAD_S
        self._switch: tuple[float, int] | None = None  # when, and to which rate
        self._say("log stop")

    # What the caller wants.

    def wish(self, wish: Wish) -> None:
        """One frame more."""
        self._wishes.append(wish)

    @property
    def waiting(self) -> int:
        """Frames wished for and not given out yet."""
        return len(self._wishes) + len(self._asked) + len(self._arrived) + len(self._out)

    def forget_wishes(self) -> int:
        """Only what was asked for already is still to come: how many that are."""
        self._wishes.clear()
        return self.waiting

    def step(self, seconds: float = 0.05) -> list[Arrival]:
        """Let so much time pass at most; what is in hand, in the order of the wishes.

        MachineError when the board is gone or crashes, SetupError when its camera gives nothing.
        """
        self._ask()
        for line in self.line.read(seconds):
            self._take(line)
        self._look_at_time()
        for sequence in sorted(self._arrived):
            if sequence < min(self._asked, default=sequence + 1):
                self._out.append(self._arrived.pop(sequence))
        out, self._out = self._out, []
        return out

    def close(self) -> None:
        """Leave the board as it was found."""
        self._say("log stop")
        if self.baud != BAUD:
            self._say(f"baud {BAUD}")

    # Asking.

    @property
    def _patience_s(self) -> float:
        return PATIENCE_S + 2.5 * RECORD_BITS / self.baud + self.period_ms / 1000

    def _say(self, text: str) -> None:
        self._spoken = self.line.now
        self.line.write(f"{text}\n")

    @property
    def _room(self) -> int:
        """How many frames may be asked for now."""
        return WINDOW - (self._last_asked + 1 - min(self._asked, default=self._last_asked + 1))

    def _is_settled(self) -> bool:
        return self._boot_id is not None and (
            self.baud == self.wanted_baud or self._attempts > ATTEMPTS
        )

    def _ask(self) -> None:
        while self._wishes and self._room > 0 and self._is_settled():
            if not self._asked:
                self._heard = self._record_at = self.line.now
            first, label, count = self._last_asked + 1, self._wishes[0].label, 0
            while self._wishes and self._wishes[0].label == label and self._room > 0:
                wish = self._wishes.popleft()
                wish.prepare()
                self._last_asked += 1
                self._asked[self._last_asked] = wish
                count += 1
            self._ask_for(first, count, label)

    def _ask_for(self, first: int, count: int, label: str) -> None:
        period = f" period {self.period_ms}" if self.period_ms else ""
        self._say(f"log {count} from {first}{period}" + (f" label {label}" if label else ""))

    def _ask_again(self, sequence: int, why: str) -> None:
        now = self.line.now
        if now - self._resends.get(sequence, -DEAD_S) < self._patience_s:
            return
        self._resends[sequence] = now
        self.account.asked_again += 1
        self._lose(sequence, f"{why}, asked for again")
        self._say(f"resend {sequence}")

    def _ask_state(self) -> None:
        # A gap of the line takes commands by their bytes: where nobody answers, more get through.
        is_silent = self.line.now - self._heard > self._patience_s
        if self.line.now - self._state_at >= (BEAT_S if is_silent else self._patience_s):
            self._state_at = self.line.now
            self._say("log state")

    def _lose(self, sequences: object, what: str) -> None:
        self.account.losses.append(f"boot {self._boot_id}, frame {sequences}: {what}")

    # Hearing.

    def _take(self, line: bytes) -> None:
        if record_line.is_record(line):
            self._take_record(line)
            return
        text = line.decode("ascii", "backslashreplace").strip()
        if not text:
            return
        try:
            event = parse(text)
        except (NotAnEvent, ProtocolError):
            self.account.junk += 1
            return
        self._heard = self.line.now
        self._take_event(event)

    def _take_record(self, line: bytes) -> None:
        try:
            record = FrameRecord.decode(record_line.decode(line))
        except ValueError:
            self.account.damaged += 1
            if self._asked:  # records come in order, so it was the first
                self._ask_again(min(self._asked), "damaged on its way")
            return
        self._heard = self._record_at = self.line.now
        if f"{record.boot_id:08x}" != self._boot_id or record.sequence not in self._asked:
            self.account.doubles += 1
            return
        self._failures = 0
        self._resends.pop(record.sequence, None)
        self._arrived[record.sequence] = Arrival(self._asked.pop(record.sequence), record)
        self.account.arrived += 1
        for missing in [one for one in self._asked if one < record.sequence]:
            self._ask_again(missing, f"not there before {record.sequence}")

    def _take_event(self, event: Event) -> None:
        if isinstance(event, Logging):
            self._take_state(event)
        elif isinstance(event, Baud):
            if event.status == "changing":
                self._switch = self.line.now + SWITCH_S, event.rate
            else:
                self.account.fallbacks += 1
                self._change_baud(event.rate)
        elif isinstance(event, Boot):
            self._begin_anew()
        elif isinstance(event, Fatal):
            raise MachineError(f"{self.line.name}: the firmware crashed: {event.text}")
        elif isinstance(event, ErrorEvent):
            self._take_error(event)

    def _take_state(self, state: Logging) -> None:
        self.account.overruns = max(self.account.overruns, state.overruns)
        if self._boot_id is None:
            self._boot_id, self._last_asked = state.boot_id, state.sequence + state.left
        elif state.boot_id != self._boot_id:
            self._begin_anew()
        else:
            if state.status == "failed":
                self._failures += 1
            if self._failures > MOST_FAILURES:
                raise SetupError(f"{self.line.name}: the camera gives no frame: {self._trouble}")
            if state.status in ("state", "failed", "stopped"):
                self._compare(state)

    def _compare(self, state: Logging) -> None:
        """What was asked for against what the board has done and will do."""
        silent = self.line.now - self._record_at >= self._patience_s
        sent = state.sequence if silent else state.sequence - ON_THE_WAY
        for sequence in [one for one in self._asked if one <= sent]:
            self._ask_again(sequence, "did not come")
        coming = state.sequence + state.left
        unheard = [one for one in self._asked if one > coming]
        while unheard:  # commands that were lost: those for frames in a row, with one label, as one
            first, label = unheard[0], self._asked[unheard[0]].label
            count = 1
            while count < len(unheard) and self._asked[unheard[count]].label == label:
                count += 1
            self._ask_for(first, count, label)
            del unheard[:count]
        self._last_asked = max(self._last_asked, coming)  # a damaged command may ask for more

    def _take_error(self, error: ErrorEvent) -> None:
        if error.code.startswith("camera_"):
            self._trouble = f"{error.code} {error.detail}".strip()
        elif error.code == "resend_gone":
            word = error.detail.split()[-1]
            sequence = int(word) if word.isdecimal() else 0
            if sequence in self._asked and self._last_asked - sequence >= WINDOW:
                self.account.gone += 1
                self._lose(sequence, "gone")
                del self._asked[sequence]
        elif error.code != "busy":  # a command was damaged on its way
            self._state_at = -DEAD_S
            self._ask_state()

    def _begin_anew(self) -> None:
        """The board has restarted: its numbers begin anew, and what it kept is gone."""
        if self._boot_id is not None:
            self.account.restarts += 1
            if self._asked:
                numbers = ", ".join(map(str, self._asked))
                self._lose(numbers, "the board restarted, asked for anew")
            self._wishes.extendleft(reversed(self._restarted(list(self._asked.values()))))
            self._out += [self._arrived[one] for one in sorted(self._arrived)]
            self._asked, self._arrived, self._resends = {}, {}, {}
        self._boot_id, self._state_at = None, -DEAD_S
        self._change_baud(BAUD)
        self._attempts = 0

    # Time and rate.

    def _change_baud(self, baud: int) -> None:
        if baud != self.baud:
            self.baud = baud
            self.line.set_baud(baud)
            self._state_at = -DEAD_S
            self._ask_state()

    def _look_at_time(self) -> None:
        now = self.line.now
        if self._switch is not None:
            due, baud = self._switch
            if now < due:
                return
            self._switch = None
            self._change_baud(baud)
        silent = now - self._heard
        waits = bool(self._asked) or self._boot_id is None
        if self._boot_id is None or (waits and silent > self._patience_s):
            self._ask_state()
        if self.baud != BAUD and silent > FALL_BACK_S + self._patience_s:
            self._change_baud(BAUD)  # where the board has gone by now, if it is there
        if waits and silent > DEAD_S + self._patience_s:
            raise MachineError(f"{self.line.name}: nothing comes any more")
        if self._boot_id is not None and not self._is_settled():
            self._try_baud(now)
        if self.baud != BAUD and now - self._spoken > BEAT_S:
            self._say("ack")

    def _try_baud(self, now: float) -> None:
        if now - self._baud_at > FALL_BACK_S + self._patience_s:
            self._baud_at = now
            self._attempts += 1
            if self._attempts <= ATTEMPTS:
                self._say(f"baud {self.wanted_baud}")
