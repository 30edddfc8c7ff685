"""The rate of a serial line: which rates are usual, and how far off one may be."""

from functools import cache

USUAL = (
    300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 31250, 38400, 57600, 76800, 100_000,
    115_200, 230_400, 250_000, 460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000, 1_500_000,
    2_000_000, 2_500_000, 3_000_000, 4_000_000, 6_000_000,
)  # fmt: skip
TOLERANCE = 0.03  # of a character of ten bits, both sides sampling in the middle with some jitter
JITTER = 0.26  # of a bit: how far from the middle a receiver may sample


@cache
def nearest_usual(rate: float) -> int:
    """The usual rate that lies nearest, in proportion."""
    return min(USUAL, key=lambda usual: max(usual / rate, rate / usual))


def off(rate: float, wanted: float) -> float:
    """How far a rate lies from the wanted one, in parts of it."""
    return abs(rate / wanted - 1)
