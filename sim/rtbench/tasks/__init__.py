"""What each application is asked, what its answers are worth, and the table of them all.

task: what all have in common. row: one frame and what the firmware made of it. figure: a number
that is summarised, printed, gated and shown. classification and counting: the two tasks there are.
"""

from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tasks.counting import COUNTING
from rtbench.tasks.task import Task

TASKS: dict[str, Task] = {task.app: task for task in (CLASSIFICATION, COUNTING)}
# `hello` and `log` answer nothing that could be right or wrong, so they have no task.
CAMERA_APPS = ("log", *TASKS)
APPS = ("hello", *CAMERA_APPS)

__all__ = ["APPS", "CAMERA_APPS", "TASKS", "Task"]
