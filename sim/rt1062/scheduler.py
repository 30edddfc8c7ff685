"""Virtual time and the queue of coming events; all peripherals and devices live by it."""

import heapq
from collections.abc import Callable

NEVER = 1 << 62


class Event:
    """One call to come; `time` in ticks. Made by Scheduler, given back to cancel it.

    `quiet` while it changes nothing that can be seen: a sleeping core need not be told in time.
    `apart` from blocks on a bus: it neither looks at them nor changes them.
    """

    __slots__ = ("apart", "callback", "quiet", "time")

    def __init__(self, time: int, callback: Callable[[], None]):
        self.time = time
        self.callback: Callable[[], None] | None = callback
        self.quiet = self.apart = False

    @property
    def pending(self) -> bool:
        """True until the event has been called or cancelled."""
        return self.callback is not None


Held = list[tuple[Event, int]]  # events and ticks


class Scheduler:
    """Events in order of time, and of their making where times are equal.

    `clock` returns the present in ticks (rt1062.chip.clock). Without one the scheduler keeps its
    own time, which only `advance` moves: that is what unit tests use. `on_earlier` is called when
    a new event comes before all others, so that a running core can be told.
    """

    def __init__(self, clock: Callable[[], int] | None = None):
        self._time = 0
        self._heap: list[tuple[int, int, Event]] = []
        self._made = 0
        self._clock = clock
        self.on_earlier: Callable[[int], None] | None = None

    @property
    def now(self) -> int:
        """The present, in ticks since power on."""
        return self._time if self._clock is None else self._clock()

    def at(self, time: int, callback: Callable[[], None]) -> Event:
        """Call `callback` at `time` (ticks); a time in the past is due at once."""
        event = Event(time, callback)
        self._made += 1
        heap = self._heap
        heapq.heappush(heap, (time, self._made, event))
        # An event that was cancelled is no other one, though it may still lie in front.
        while heap[0][2].callback is None:
            heapq.heappop(heap)
        if heap[0][2] is event and self.on_earlier is not None:
            self.on_earlier(time)
        return event

    def after(self, delay: int, callback: Callable[[], None]) -> Event:
        """Call `callback` in `delay` ticks."""
        return self.at(self.now + delay, callback)

    @staticmethod
    def cancel(event: Event | None) -> None:
        """Forget an event; None and events already called are accepted."""
        if event is not None:
            event.callback = None

    def hold(self, *events: Event | None) -> Held:
        """Take pending events out until `release`; they stay pending and keep what is left."""
        now = self.now
        held = [(one, one.time - now) for one in events if one is not None and one.pending]
        self._put([(one, NEVER) for one, _ in held])
        return held

    def release(self, held: Held) -> None:
        """Put held events back, unless they were cancelled, as far ahead as they were."""
        now = self.now
        self._put([(one, now + left) for one, left in held if one.pending])

    def _put(self, times: Held) -> None:
        for event, time in times:
            event.time = time
        self._heap = [(event.time, made, event) for _, made, event in self._heap]
        heapq.heapify(self._heap)

    @property
    def next_time(self) -> int:
        """When the next event is due, NEVER without one."""
        heap = self._heap
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else NEVER

    def next_besides(self, one: Event) -> int:
        """When the next event is due that is not quiet and not this one, NEVER without one."""
        if self.next_time == NEVER:
            return NEVER
        time, _, first = self._heap[0]  # by far most often the one that is asked for
        if first is not one and not first.quiet:
            return time
        return min(
            (
                time
                for time, _, event in self._heap
                if event.callback is not None and event is not one and not event.quiet
            ),
            default=NEVER,
        )

    def run_due(self, now: int) -> None:
        """Call all events up to and including `now`, those they add included."""
        while self.next_time <= now:
            self._run_first()

    def run_apart(self) -> bool:
        """Call the next event if it is `apart`; whether it was."""
        if self.next_time == NEVER or not self._heap[0][2].apart:
            return False
        self._run_first()
        return True

    def _run_first(self) -> None:
        event = heapq.heappop(self._heap)[2]
        callback, event.callback = event.callback, None
        callback()

    def advance(self, delay: int) -> None:
        """Unit tests only: move the scheduler's own time, stopping at each event on the way."""
        end = self._time + delay
        while (next_time := self.next_time) <= end:
            self._time = max(self._time, next_time)
            self.run_due(self._time)
        self._time = end
