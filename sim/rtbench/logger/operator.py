"""Who says what is wished for: the bench's list, or somebody at the keys, or a number a label."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from rtbench.logger.collector import Wish

AHEAD = 7  # wishes that are out at a time, as many as the collector asks for at once
HELP = "1-9 label, space capture, c go on and pause, u undo, s next label, q end"


class ListOperator:
    """Wishes that are known beforehand."""

    def __init__(self, wishes: Iterable[Wish]) -> None:
        self._wishes = list(wishes)

    def wishes(self, waiting: int) -> list[Wish]:
        """What is wished for now; all of them, once."""
        wishes, self._wishes = self._wishes, []
        return wishes

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be wished for."""
        return not self._wishes


class LabelOperator:
    """`each` frames of each label (0: any number), one label after the other, or as somebody at the
    keys says (`by_hand`).

    `counts` are the frames by label that are there. A frame's label is that of the moment in which
    it was asked for by key, whatever is pressed before it arrives.
    """

    def __init__(self, labels: Sequence[str], each: int, counts: Counter[str], by_hand: bool):
        self.labels, self.each = list(labels) or [""], each
        self.label = self.labels[0]
        self._counts = Counter(counts)  # with those that are asked for
        self._goes_on = not by_hand
        self._singles: deque[str] = deque()  # labels of frames that space has asked for
        self._ended = False
        self.undo = 0  # frames to be taken back
        if not by_hand:
            self._skip_full()

    def press(self, keys: str) -> None:
        """What the keys say."""
        for key in keys:
            if key.isdecimal() and 1 <= int(key) <= len(self.labels):
                self.label = self.labels[int(key) - 1]
            elif key == " ":
                self._singles.append(self.label)
            elif key == "c":
                self._goes_on = not self._goes_on
            elif key == "u":
                self.undo += 1
            elif key == "s":
                self._next_label()
            elif key == "q":
                self._ended = True

    def forget(self, label: str) -> None:
        """A frame of this label will not be there after all."""
        self._counts[label] -= 1

    def _is_full(self, label: str) -> bool:
        return bool(self.each) and self._counts[label] >= self.each

    def _next_label(self) -> None:
        self.label = self.labels[(self.labels.index(self.label) + 1) % len(self.labels)]

    def _skip_full(self) -> None:
        for _ in self.labels:
            if not self._is_full(self.label):
                return
            self._next_label()

    def wishes(self, waiting: int) -> list[Wish]:
        """What is wished for now, where so many wishes have not come true yet."""
        wishes = []
        while not self.is_done and waiting + len(wishes) < AHEAD:
            if self._singles:
                label = self._singles.popleft()
                if self._is_full(label):
                    continue
            elif self._goes_on:
                self._skip_full()
                label = self.label
            else:
                break
            self._counts[label] += 1
            wishes.append(Wish(label))
        return wishes

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be wished for."""
        ended = self._ended and not self._singles
        return ended or (bool(self.each) and all(map(self._is_full, self.labels)))
