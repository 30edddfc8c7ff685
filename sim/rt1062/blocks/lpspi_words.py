"""Words of the LPSPI on the wire: bit and byte order, frame sizes, and the data match.

i.MX RT1060 reference manual, rev. 2, chapter 48: TCR and CFGR1.MATCFG.
"""

from collections.abc import Callable

from rt1062.blocks.lpspi_registers import TCR, WORD


def exchange(transfer: Callable[[int, int], int], command: int, word: int, bits: int) -> int:
    """Shift a word of `bits` bits out as `command` says, and the received one in.

    `transfer(pcs, byte)` sees bytes in the order of the wire, the first bit as bit 7; the last
    byte of a word that is no multiple of 8 bits long has its unused bits at the bottom.
    """
    pcs = TCR.PCS.get(command)
    if command & TCR.TXMSK:
        word = WORD  # the pin is not driven
    elif command & TCR.BYSW:
        word = _swap_bytes(word)
    word &= (1 << bits) - 1
    if command & TCR.LSBF:
        word = _reverse(word, bits)
    received = 0
    for left in range(bits, 0, -8):
        count = min(8, left)
        byte = word >> (left - count) << (8 - count) & 0xFF
        received = received << count | transfer(pcs, byte) >> (8 - count)
    if command & TCR.LSBF:
        received = _reverse(received, bits)
    return _swap_bytes(received) if command & TCR.BYSW else received


def matches(
    mode: int, match0: int, match1: int, word: int, first: bool, previous: tuple[int, bool] | None
) -> bool:
    """CFGR1.MATCFG: modes 2, 4 and 6 look at a frame's first word, 3, 5 and 7 at any.

    `previous` is the word before in this frame and whether it was the first.
    """
    if mode in (2, 3):
        return word in (match0, match1) and (first or mode == 3)
    if mode in (4, 5):
        return word == match1 and previous in ((match0, True), (match0, mode == 4))
    if mode in (6, 7):
        return word & match1 == match0 & match1 and (first or mode == 7)
    return False


def _swap_bytes(word: int) -> int:
    return int.from_bytes(word.to_bytes(4, "little"), "big")


def _reverse(word: int, bits: int) -> int:
    return int(f"{word:0{bits}b}"[::-1], 2)
