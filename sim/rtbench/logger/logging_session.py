"""One session: wishes to the board, frames into the folder, until all is there."""

from collections.abc import Callable

from rtbench.logger.collector import Collector
from rtbench.logger.folder import LogFolder
from rtbench.logger.keys import Keys
from rtbench.logger.operator import LabelOperator, ListOperator
from rtbench.logger.view import View


def log(
    collector: Collector,
    folder: LogFolder,
    operator: ListOperator | LabelOperator,
    view: View,
    keys: Keys,
    stop: Callable[[], bool],
) -> None:
    """Until nothing more is wished for and all is there; what was asked for before a `stop` too."""
    while (not operator.is_done and not stop()) or collector.waiting:
        if isinstance(operator, LabelOperator):
            operator.press(keys.pressed())
            _undo(operator, folder)
        if not stop():
            for wish in operator.wishes(collector.waiting):
                collector.wish(wish)
        elif collector.forget_wishes() == 0:
            return
        for arrival in collector.step():
            folder.add(arrival)
            view.frame(arrival.record.pixels)
        view.update(operator.label if isinstance(operator, LabelOperator) else "")


def _undo(operator: LabelOperator, folder: LogFolder) -> None:
    while operator.undo:
        operator.undo -= 1
        entry = folder.undo()
        if entry is not None:
            operator.forget(entry.label)
