"""The bench's own frames as wishes: each is put before the camera when it is asked for."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rt1062.machine import Machine
from rtbench.items import Item
from rtbench.logger.collector import Wish


class BenchSource:
    """Items for the camera of `machine`, in the order in which they are asked for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def wish(self, item: Item, label: str) -> Wish:
        """A wish for the item's frame."""
        boxes = () if item.scene is None else item.draw().truth.boxes
        return Wish(label, item.id, boxes, partial(self._feed, item))

    def _feed(self, item: Item) -> None:
        frame = item.draw()
        self.machine.feed_frame(frame.data, frame.id)

    def restarted(self, wishes: Sequence[Wish]) -> list[Wish]:
        """Wishes that a restart has overtaken: what the camera still has comes first, and is not
        fed again."""
        queued = min(self.machine.frames_queued, len(wishes))
        taken, waiting = wishes[: len(wishes) - queued], wishes[len(wishes) - queued :]
        return [*(replace(one, prepare=_nothing) for one in waiting), *taken]


def _nothing() -> None:
    """What is before the camera already needs no more."""
