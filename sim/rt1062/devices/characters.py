"""Characters on a serial line: their form, and what a receiver at another form or rate gets.

Start bit, data from bit 0 up, parity if there is one, stop bit; then the line is idle. A second
stop bit looks like an idle line and disturbs nobody.
"""

from dataclasses import dataclass

from rt1062.devices.baud import JITTER, TOLERANCE, off

PARITIES = "NEO"  # none, even, odd


@dataclass(frozen=True)
class Form:
    """Bits of data, parity (a letter of PARITIES), and whether 0 and 1 have changed places."""

    data_bits: int = 8
    parity: str = "N"
    inverted: bool = False

    def __str__(self) -> str:
        return f"{self.data_bits}{self.parity}1{' inverted' if self.inverted else ''}"

    @property
    def usual(self) -> bool:
        """Whether a terminal can be set to it."""
        return self.data_bits in (7, 8) and not self.inverted

    def levels(self, word: int) -> list[int]:
        """The bits of a character, in time; behind them the line is idle."""
        data = [word >> bit & 1 for bit in range(self.data_bits)]
        bits = [0, *data, *([] if self.parity == "N" else [self._parity(data)]), 1]
        return [1 - bit for bit in bits] if self.inverted else bits

    def _parity(self, data: list[int]) -> int:
        return (sum(data) + (self.parity == "O")) & 1

    def read(self, samples: list[int]) -> tuple[int, bool, bool]:
        """Word, framing error, parity error; `samples` in the middle of each bit, start bit too."""
        bits = [1 - bit for bit in samples] if self.inverted else samples
        data = bits[1 : 1 + self.data_bits]
        wrong = self.parity != "N" and bits[1 + self.data_bits] != self._parity(data)
        return sum(bit << place for place, bit in enumerate(data)), not bits[-1], wrong


EIGHT_NONE_ONE = Form()


End = tuple[float, Form]  # of a line: bits a second and form


def alike(sent: End, read: End) -> bool:
    """Whether a receiver makes of a character what was sent."""
    return off(sent[0], read[0]) <= TOLERANCE and sent[1] == read[1]


def sampled(word: int, sent: End, read: End) -> tuple[int, bool, bool]:
    """What a receiver makes of a character: word, framing error, parity error.

    Within the tolerance the receiver samples in the middle of bits, beyond it on the unlucky side
    of its jitter.
    """
    if alike(sent, read):
        return word, False, False
    (sent_at, sender), (read_at, receiver) = sent, read
    same_rate = off(sent_at, read_at) <= TOLERANCE
    levels, idle = sender.levels(word), int(not sender.inverted)
    place, ratio = 0.5, 1.0
    if not same_rate:
        place += JITTER if sent_at > read_at else -JITTER
        ratio = sent_at / read_at
    count = len(receiver.levels(0))
    at = [0, *(int((bit + place) * ratio) for bit in range(1, count))]
    return receiver.read([levels[bit] if bit < len(levels) else idle for bit in at])
