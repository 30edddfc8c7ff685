"""What a machine has to say of its firmware at the end of a command: one line each, to stderr."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rt1062.errors import SimError
from rt1062.machine import Machine

SHOWN_FAULTS = 3  # the last
PLACE = re.compile(r"\b(?:pc|lr) 0x([0-9A-F]{8})\b")


def explained(machine: Machine, text: str) -> str:
    """A line with symbol and source line behind each pc, as far as the ELF knows them."""
    return PLACE.sub(lambda found: found[0] + machine.whereabouts(int(found[1], 16)), text)


@contextmanager
def told(machine: Machine, elsewhere: Sequence[str] = ()) -> Iterator[None]:
    """Print `machine.warnings` when the `with` ends, and its last faults where it ends badly.

    `elsewhere`: warnings of machines that were forked off this one.
    """
    try:
        yield
    except SimError:
        for fault in _faults(machine)[-SHOWN_FAULTS:]:
            print(f"fault: {explained(machine, fault)}", file=sys.stderr)
        raise
    finally:
        for line in dict.fromkeys([*machine.warnings, *elsewhere]):
            print(f"note: {explained(machine, line)}", file=sys.stderr)


def _faults(machine: Machine) -> list[str]:
    try:
        return [f"{fault.time_us / 1e6:.6f} s {fault}" for fault in machine.faults]
    except SimError:  # an emulator that notes none
        return []
