"""What comes out of a picture, worked out here pixel by pixel; the bytes of it are vectors."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from rt1062.devices import jpeg
from rt1062.devices.ov2640_output import Output

DSP = {0x05: 0, 0x50: 0x92, 0x51: 150, 0x52: 150, 0x53: 100, 0x5A: 24, 0x5B: 24, 0x86: 0x3D}
DSP |= {0xC0: 100, 0xC1: 75, 0xC2: 0x0E, 0xDA: 0x08}
SENSOR = {0x04: 0x28, 0x12: 0x40, 0x17: 0x11, 0x18: 0x43, 0x1A: 0x4B}
NOISE = np.random.default_rng(7).integers(0, 0x10000, (96, 96))
PICTURE = struct.pack(">9216H", *NOISE.ravel().tolist())


def output(dsp=(), sensor=()) -> Output:
    banks = bytearray(256), bytearray(256)
    for bank, values in zip(banks, (DSP | dict(dsp), SENSOR | dict(sensor)), strict=True):
        for register, value in values.items():
            bank[register] = value
    return Output(*banks)


def pixels(data: bytes, width: int = 96, order: str = ">") -> np.ndarray:
    return np.frombuffer(data, f"{order}u2").reshape(-1, width)


def colours(values: np.ndarray) -> np.ndarray:
    """(height, width, 3) of 5, 6 and 5 bits."""
    return np.stack([values >> 11, values >> 5 & 63, values & 31], 2)


def test_set_up_well_a_picture_comes_out_byte_for_byte():
    assert output().objection == ""
    assert output().render(PICTURE) == PICTURE


def test_the_low_byte_first():
    assert (pixels(output({0xDA: 9}).render(PICTURE), order="<") == NOISE).all()


def test_mirrors():
    assert (pixels(output(sensor={0x04: 0xA8}).render(PICTURE)) == NOISE[:, ::-1]).all()
    assert (pixels(output(sensor={0x04: 0x78}).render(PICTURE)) == NOISE[::-1]).all()


def test_twice_as_large_each_pixel_is_there_twice():
    large = output({0x5A: 48, 0x5B: 48, 0x50: 0x80})
    assert (large.width, large.height) == (192, 192)
    shown = pixels(large.render(PICTURE), 192)
    assert (shown == NOISE.repeat(2, 0).repeat(2, 1)).all()


def test_a_quarter_of_the_window_shows_a_quarter_of_the_picture():
    zoomed = output({0x51: 75, 0x52: 75, 0x50: 0x89}).render(PICTURE)
    assert (pixels(zoomed) == NOISE[:48, :48].repeat(2, 0).repeat(2, 1)).all()


def test_outside_of_the_middle_square_the_border_goes_on():
    wide = output({0x51: 200, 0x53: 0, 0x5A: 32, 0x50: 0x89})
    shown = pixels(wide.render(PICTURE), 128)
    assert (shown[:, 16:112] == NOISE).all()
    assert (shown[:, :16] == NOISE[:, :1]).all()
    assert (shown[:, 112:] == NOISE[:, -1:]).all()


def test_phases():
    fed = colours(NOISE)
    both = colours(pixels(output(sensor={0x04: 0x30}).render(PICTURE)))
    assert (both == fed[:, :, ::-1] * np.array([1, 1, 1])).all()
    one = colours(pixels(output(sensor={0x04: 0x20}).render(PICTURE)))
    assert (one[:, :, 0] == fed[:, :, 1] >> 1).all()
    assert (one[:, :, 2] == fed[:, :, 1] >> 1).all()


def test_raw_data_has_one_colour_a_pixel_blue_first():
    eight = colours(NOISE) * [[[8, 4, 8]]]  # without the bits that are repeated below
    raw = np.frombuffer(output({0xDA: 4, 0xC2: 1}).render(PICTURE), np.uint8).reshape(96, 96)
    for plane, rows, columns in ((2, 0, 0), (1, 0, 1), (1, 1, 0), (0, 1, 1)):
        upper = raw[rows::2, columns::2] & (0xFC if plane == 1 else 0xF8)
        assert (upper == eight[rows::2, columns::2, plane]).all()


@pytest.mark.parametrize(
    ("dsp", "luma", "u", "v"),
    [
        ({0xDA: 0}, 1, 0, 2),
        ({0xDA: 1}, 0, 1, 3),
        ({0xDA: 0, 0xC2: 0x1E}, 1, 2, 0),
        ({0xDA: 1, 0xC2: 0x1E}, 0, 3, 1),
    ],
)
def test_yuv422_in_each_order(dsp, luma, u, v):
    """A picture of one colour: pure blue has a high U and a low V."""
    data = output(dsp).render(b"\x00\x1f" * 9216)
    assert len(data) == 18432
    assert set(data[luma::2]) == {28}  # 29 * 255 / 256
    assert set(data[u::4]) == {255}
    assert set(data[v::4]) == {107}


def test_a_path_that_is_off_gives_zeros():
    assert output({0xC2: 0x0C}).render(PICTURE) == bytes(18432)
    assert output({0xC2: 0x02, 0xDA: 0x10}).render(PICTURE) == bytes(18432)


def test_jpeg_is_one_that_others_decode():
    smooth = np.add.outer(np.arange(96) // 3 << 11, np.arange(96) * 2 // 3 << 5)
    data = output({0xDA: 0x10}).render(struct.pack(">9216H", *smooth.ravel().tolist()))
    with Image.open(io.BytesIO(data)) as file:
        shown = np.asarray(file.convert("RGB")).astype(int)
    assert shown.shape == (96, 96, 3)
    assert abs(shown - colours(smooth) * [[[8, 4, 8]]]).mean() < 8


@pytest.mark.parametrize("shape", [(52, 100), (8, 16), (1, 2)])
def test_jpeg_of_any_size_keeps_its_luma(shape):
    rows, columns = shape
    luma = (np.add.outer(np.arange(rows) * 3, np.arange(columns) * 2)) % 256
    grey = np.full((rows, columns // 2), 128)
    with Image.open(io.BytesIO(jpeg.encode(luma, grey, grey, 1))) as file:
        assert file.size == (columns, rows)
        assert abs(np.asarray(file.convert("L")).astype(int) - luma).max() <= 3


@pytest.mark.parametrize("seed", range(20))
def test_any_registers_give_bytes_of_the_length_that_they_say(seed):
    random = np.random.default_rng(seed)
    one = Output(random.bytes(256), random.bytes(256))
    data = one.render(PICTURE)
    if one.format != "JPEG":
        assert len(data) == one.width * one.height * (1 if one.format == "RAW" else 2)
    assert isinstance(one.objection, str)
