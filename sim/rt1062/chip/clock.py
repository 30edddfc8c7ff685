"""The unit of virtual time: one tick is one core cycle at 600 MHz (RT1060 data sheet, 1.1)."""

TICKS_PER_SECOND = 600_000_000
TICKS_PER_MICROSECOND = 600


def ticks(count: int, hz: int) -> int:
    """Ticks that `count` periods of a clock of `hz` take, rounded up; ValueError if hz <= 0."""
    if hz <= 0:
        raise ValueError(f"hz must be positive, not {hz!r}")
    return -(-count * TICKS_PER_SECOND // hz)
