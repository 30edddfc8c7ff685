"""Truth and answer label by label, with what each label's figures are shares of."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from rtbench.commands.tables import new_table
from rtbench.tasks import Task
from rtbench.terminal import printable

MOST_ANSWERS = 12  # columns of answers; with more, the figures alone are readable


def label_table(task: Task, summary: Mapping[str, object]) -> Table | None:
    """The confusion of a run with the figures of each label; None where no truth is known."""
    figures = [one for one in task.figures if isinstance(summary.get(one.name), Mapping)]
    confusion = summary.get("confusion") or {}
    if not confusion:
        return None
    answers = sorted({answer for row in confusion.values() for answer in row} | set(confusion))
    answers = answers if len(answers) <= MOST_ANSWERS else []
    table = new_table("truth", narrow=True)
    for name in (*map(printable, answers), *(figure.title for figure in figures)):
        table.add_column(Text(name), justify="right")
    shares = summary["shares"]
    for truth in sorted(confusion):
        cells = [str(confusion[truth].get(answer, 0)) for answer in answers]
        for figure in figures:
            text = f"{summary[figure.name].get(truth, 0):{figure.form}}"
            hits = shares.get(figure.name, {}).get(truth)
            cells.append(f"{text} {hits[0]}/{hits[1]}" if hits else text)
        table.add_row(Text(printable(truth)), *cells)
    return table
