"""Looking at the core while it executes a stretch of code; neither it nor time is changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from unicorn import Uc, unicorn_const

from rt1062.unicorn.core import Core


@contextmanager
def watched(core: Core, first: int, last: int, look: Callable[[int], None]) -> Iterator[None]:
    """Within the `with`, `look` is called before each instruction from `first` to `last`.

    What it raises ends the `with`, not the machine: nothing may go through Unicorn's C code.
    """
    trouble: list[Exception] = []

    def hook(uc: Uc, address: int, size: int, data: object) -> None:
        try:
            look(address)
        except (ArithmeticError, LookupError, ValueError, TypeError, RuntimeError) as error:
            trouble.append(error)

    core.hold_translated(True)
    handle = core.uc.hook_add(unicorn_const.UC_HOOK_CODE, hook, begin=first, end=last)
    core.uc.ctl_flush_tb()  # code that is translated already has no hook in it
    try:
        yield
    finally:
        core.hold_translated(False)
        core.uc.hook_del(handle)
        core.uc.ctl_flush_tb()
    if trouble:
        raise trouble[0]
