"""Bytes of an emulated memory, of which this process keeps the pages that are written to."""

import ctypes
import functools
import mmap
import os
import sys

_PIECE = 1 << 20
_GIVES_BACK = sys.platform == "linux"  # pages, with what they were before (madvise(2))


class Store:
    """`size` bytes that begin as `fill` each; `host` is the address of `view` in this process.

    Private, so that a forked machine has its own copy. Most of a flash stays erased: on Linux that
    is one file for all machines of this process, and a fork does not copy the 2,048 entries that
    8 MB have in the page table, nor gives them back when it ends.
    """

    def __init__(self, size: int, fill: int = 0):
        self._fill = fill
        if fill and _GIVES_BACK:
            self._block = mmap.mmap(_filled(size, fill), size, mmap.MAP_PRIVATE)
        else:
            self._block = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            if fill:
                self.clear()
        self.view = memoryview(self._block)
        self.host = _address(self._block)

    def clear(self) -> None:
        """Every byte is `fill` again."""
        if _GIVES_BACK:
            self._block.madvise(mmap.MADV_DONTNEED)
        else:
            ctypes.memset(_address(self._block), self._fill, len(self._block))


def _address(block: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(block))


@functools.cache
def _filled(size: int, fill: int) -> int:
    """A file in memory."""
    file = os.memfd_create("rt1062")
    with open(file, "wb", closefd=False) as pieces:
        for begin in range(0, size, _PIECE):
            pieces.write(bytes([fill]) * min(_PIECE, size - begin))
    return file
