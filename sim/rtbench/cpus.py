"""How many processes are worth while."""

import os


def count() -> int:
    """The CPUs that this process may use, where the platform says which (Linux), else all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
