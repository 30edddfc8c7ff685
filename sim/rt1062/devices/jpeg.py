"""Baseline JPEG, 4:2:2 (ITU-T T.81), in whole numbers, so that every camera writes the same bytes.

Simple and not small: one quantisation step for all coefficients, and Huffman codes of one length
(4 bits for DC, 8 for AC), which any decoder reads from the file.
"""

import struct

import numpy as np

_COSINES = (2048, 2009, 1892, 1703, 1448, 1138, 784, 400, 0)  # 2048 * cos(k * pi / 16)
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i) % 2 else i % 8))
END_OF_BLOCK, SIXTEEN_ZEROS = 0, 1  # codes of AC; the others are 2 + 10 * zeros before + bits - 1
AC_SYMBOLS = bytes(
    (0x00, 0xF0, *(zeros << 4 | bits for zeros in range(16) for bits in range(1, 11)))
)
DC_SYMBOLS = bytes(range(12))


def _cosine(k: int) -> int:
    k = min(k % 32, -k % 32)
    return _COSINES[k] if k <= 8 else -_COSINES[16 - k]


# 4096 times the matrix of the transform.
DCT = np.array(
    [[_cosine((2 * x + 1) * u) if u else _COSINES[4] for x in range(8)] for u in range(8)],
    np.int64,
)


def encode(luma: np.ndarray, u: np.ndarray, v: np.ndarray, step: int) -> bytes:
    """A file of `luma` (height, width) and `u` and `v` half as wide, 0 to 255; `step` 1 to 255."""
    height, width = luma.shape
    if not luma.size:
        return b""
    rows, columns = -(-height // 8), -(-width // 16)
    bright = _quantised(luma, rows, 2 * columns, step)
    first, second = (_quantised(plane, rows, columns, step) for plane in (u, v))
    bits: list[str] = []
    before = [0, 0, 0]
    for row, column in np.ndindex(rows, columns):
        for plane, block in (
            (0, bright[row, 2 * column]),
            (0, bright[row, 2 * column + 1]),
            (1, first[row, column]),
            (2, second[row, column]),
        ):
            values = block.tolist()
            _write(bits, values, before[plane])
            before[plane] = values[0]
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    data = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")
    return _header(width, height, step) + data + b"\xff\xd9"


def _quantised(plane: np.ndarray, rows: int, columns: int, step: int) -> np.ndarray:
    """Coefficients in zigzag order, (rows, columns, 64); the border goes on to whole blocks."""
    height, width = plane.shape
    padded = np.pad(plane, ((0, rows * 8 - height), (0, columns * 8 - width)), "edge")
    blocks = padded.astype(np.int64).reshape(rows, 8, columns, 8).swapaxes(1, 2) - 128
    exact = DCT @ blocks @ DCT.T
    values = np.sign(exact) * ((np.abs(exact) + (step << 23)) // (step << 24))
    return values.reshape(rows, columns, 64)[:, :, ZIGZAG]


def _write(bits: list[str], values: list[int], before: int) -> None:
    """One block, its DC as the difference from the one before."""
    difference = values[0] - before
    size = abs(difference).bit_length()
    bits.append(f"{size:04b}" + _amplitude(difference, size))
    zeros = 0
    for value in values[1:]:
        if not value:
            zeros += 1
            continue
        bits.extend([f"{SIXTEEN_ZEROS:08b}"] * (zeros // 16))
        size = abs(value).bit_length()
        bits.append(f"{2 + zeros % 16 * 10 + size - 1:08b}" + _amplitude(value, size))
        zeros = 0
    if zeros:
        bits.append(f"{END_OF_BLOCK:08b}")


def _amplitude(value: int, size: int) -> str:
    return f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else ""


def _header(width: int, height: int, step: int) -> bytes:
    def segment(marker: int, content: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content

    dc = bytes((0x00, 0, 0, 0, 12, *[0] * 12)) + DC_SYMBOLS
    ac = bytes((0x10, *[0] * 7, len(AC_SYMBOLS), *[0] * 8)) + AC_SYMBOLS
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + segment(0xDB, b"\0" + bytes((step,)) * 64)
        + segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + b"\1\x21\0\2\x11\0\3\x11\0")
        + segment(0xC4, dc)
        + segment(0xC4, ac)
        + segment(0xDA, b"\3\1\0\2\0\3\0\0\x3f\0")
    )
