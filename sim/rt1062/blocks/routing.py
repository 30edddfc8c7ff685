"""Where the signals of the serial blocks go, as the IOMUXC and the board's wires say.

RT1060 reference manual, chapter 11 (IOMUX Controller): a signal is on a pad whose SW_MUX_CTL_PAD
register has its MUX_MODE; an input that could come from several pads listens to the one that its
SELECT_INPUT register names. The answers are kept until a register of the IOMUXC changes.
"""

from collections.abc import Callable, Mapping

from rt1062.blocks.iomuxc import CTL, MUX, PULL, SW_MUX_CTL_PAD, SW_PAD_CTL_PAD, Iomuxc
from rt1062.chip.routes import ROUTES, Route


class Routing:
    """`wires`: signals that the board wants on a certain pad; others may be on any of theirs.

    `output`, `input` and `open_drain` say what is wrong with a signal, register and value, ""
    where it is connected. `listeners` are called when an answer may have changed.
    """

    def __init__(self, iomuxc: Iomuxc, wires: Mapping[str, str]) -> None:
        self._iomuxc = iomuxc
        self._wires = wires
        self._known: dict[tuple[Callable[..., str], str, bool], str] = {}
        self.listeners: list[Callable[[], None]] = []
        iomuxc.listeners.append(self._changed)

    def _changed(self) -> None:
        self._known.clear()
        for listener in self.listeners:
            listener()

    def output(self, signal: str) -> str:
        """Of a signal that the chip drives."""
        return self._ask(self._multiplexed, signal)

    def input(self, signal: str) -> str:
        """Of a signal that the chip listens to."""
        return self._ask(self._selected, signal)

    def open_drain(self, signal: str, pulled_up: bool) -> str:
        """Of a bus that the chip drives and listens to; `pulled_up` by a resistor of the board."""
        return self._ask(self._shared, signal, pulled_up)

    def _ask(self, question: Callable[..., str], signal: str, pulled_up: bool = False) -> str:
        key = question, signal, pulled_up
        wrong = self._known.get(key)
        if wrong is None:
            wires = self._wires.get(signal)
            ways = [way for way in ROUTES[signal] if wires in (None, way.pad)]
            found = [question(way, pulled_up) for way in ways]
            wrong = "" if "" in found else _nearest(found)
            self._known[key] = wrong
        return wrong

    def _multiplexed(self, way: Route, pulled_up: bool) -> str:
        value = self._iomuxc.value[MUX + way.pad]
        mode = SW_MUX_CTL_PAD.MUX_MODE.get(value)
        return "" if mode == way.mode else f"{MUX}{way.pad} is 0x{value:X}, MUX_MODE not {way.mode}"

    def _selected(self, way: Route, pulled_up: bool) -> str:
        wrong = self._multiplexed(way, pulled_up)
        if wrong or way.select is None:
            return wrong
        value = self._iomuxc.read(way.select)
        name = f"{way.signal}_SELECT_INPUT (IOMUXC + 0x{way.select:X})"
        return "" if value == way.daisy else f"{name} is {value}, not {way.daisy} for {way.pad}"

    def _shared(self, way: Route, pulled_up: bool) -> str:
        wrong = self._selected(way, pulled_up)
        if wrong:
            return wrong
        mux, control = (self._iomuxc.value[kind + way.pad] for kind in (MUX, CTL))
        if not mux & SW_MUX_CTL_PAD.SION:
            return f"no SION in {MUX}{way.pad} 0x{mux:X}, the block does not see the bus"
        if not control & SW_PAD_CTL_PAD.ODE:
            return f"no ODE in {CTL}{way.pad} 0x{control:X}, the pad is no open drain"
        pulls = control & PULL == PULL and control & SW_PAD_CTL_PAD.PUS
        if not (pulled_up or pulls):
            return f"no pull-up in {CTL}{way.pad} 0x{control:X}, and none on the board"
        return ""


def _nearest(found: list[str]) -> str:
    """Of what is wrong with each pad: that of the one with the right function, else all."""
    return next((text for text in found if not text.startswith(MUX)), "; ".join(found))
