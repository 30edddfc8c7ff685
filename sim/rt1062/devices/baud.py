"""The rate of a serial line: which rates are usual, and what a character becomes at a wrong one."""

USUAL = (
    300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 31250, 38400, 57600, 76800, 100_000,
    115_200, 230_400, 250_000, 460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000, 1_500_000,
    2_000_000, 2_500_000, 3_000_000, 4_000_000, 6_000_000,
)  # fmt: skip
TOLERANCE = 0.03  # of a character of ten bits, both sides sampling in the middle with some jitter
JITTER = 0.26  # of a bit: how far from the middle a receiver may sample
DATA_BITS = 8


def nearest_usual(rate: float) -> int:
    """The usual rate that lies nearest, in proportion."""
    return min(USUAL, key=lambda usual: max(usual / rate, rate / usual))


def off(rate: float, wanted: float) -> float:
    """How far a rate lies from the wanted one, in parts of it."""
    return abs(rate / wanted - 1)


def sampled(byte: int, sent_at: float, read_at: float) -> int:
    """What a receiver at `read_at` bits a second makes of a character sent at `sent_at`.

    Eight bits, no parity. Within the tolerance it is the character; beyond, each bit is what is on
    the line where the receiver samples, on the unlucky side of its jitter.
    """
    if off(sent_at, read_at) <= TOLERANCE:
        return byte
    frame = byte << 1 | 1 << DATA_BITS + 1  # start bit low, data, stop bit; then the line is idle
    place = 0.5 + JITTER if sent_at > read_at else 0.5 - JITTER
    read = 0
    for bit in range(DATA_BITS):
        at = int((bit + 1 + place) * sent_at / read_at)
        read |= (frame >> at & 1 if at <= DATA_BITS + 1 else 1) << bit
    return read
