"""What `rtbench boot` prints while a firmware runs, line by line, and keeps for --json."""

from collections.abc import Iterator

from rt1062.boards.board import Pin
from rt1062.machine import Machine

SHOWN_CHANGES = 20  # of a pad, and resets; all are kept


class Teller:
    """Prints what is new on a machine, and remembers it for --json."""

    def __init__(self, machine: Machine, pins: list[Pin], quiet: bool = False) -> None:
        """`quiet`: only to remember; the terminal is somebody else's."""
        self.machine = machine
        self.events: list[dict[str, object]] = []
        self._quiet = quiet
        self._lines = dict.fromkeys(machine.uarts, 0)
        self._pads = {str(one): machine.pad(one) for one in pins}
        self._idle = machine.board.led and machine.board.led.idle
        if machine.board.led is not None:
            self._pads["LED"] = machine.pad("LED")
        self._edges = dict.fromkeys(self._pads, 0)
        self._resets = 0
        self._times: dict[str, list[float]] = {}

    def tell(self) -> list[str]:
        """Print what has come since, in the order of time; the texts of new lines."""
        new = sorted(self._new(), key=lambda one: one[0])
        for time_us, source, text, event in new:
            self.events.append({"time_us": time_us, **event})
            if "text" not in event:
                self._times.setdefault(source, []).append(time_us)
                if len(self._times[source]) > SHOWN_CHANGES:
                    continue
            if not self._quiet:
                print(f"{time_us / 1e6:12.6f}  {source:8}  {text}", flush=True)
        return [str(event["text"]) for *_, event in new if "text" in event]

    def _new(self) -> Iterator[tuple[float, str, str, dict[str, object]]]:
        for name, uart in self.machine.uarts.items():
            lines = uart.lines
            for line in lines[self._lines[name] :]:
                yield line.time_us, name, line.text, {"uart": name, "text": line.text}
            self._lines[name] = len(lines)
        for name, pad in self._pads.items():
            edges = pad.edges
            for edge in edges[self._edges[name] :]:
                text = "high" if edge.level else "low"
                if name == "LED":
                    text = "off" if edge.level == self._idle else "on"
                yield edge.time_us, name, text, {"pad": name, "level": edge.level}
            self._edges[name] = len(edges)
        resets = self.machine.resets
        for reset in resets[self._resets :]:
            yield reset.time_us, "reset", reset.cause, {"reset": reset.cause}
        self._resets = len(resets)

    def unfinished(self) -> dict[str, str]:
        """Prompts: what no newline has ended, by port."""
        found = {name: uart.unfinished for name, uart in self.machine.uarts.items()}
        return {name: text for name, text in found.items() if text}

    def close(self) -> None:
        """Print what was left out, and prompts."""
        now = self.machine.time_us / 1e6
        for source, times in self._times.items():
            if len(times) > SHOWN_CHANGES and not self._quiet:
                every = (times[-1] - times[0]) / (len(times) - 1)
                count = f"{len(times) - SHOWN_CHANGES} more, {len(times)} in all"
                print(f"{now:12.6f}  {source:8}  {count}, every {every:.1f} us")
        for name, text in self.unfinished().items():
            if not self._quiet:
                print(f"{now:12.6f}  {name:8}  {text} (no end of line)")
