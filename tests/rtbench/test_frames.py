"""Pictures become the camera's bytes and the model's input exactly as contracted."""

import numpy as np
import pytest
from PIL import Image

from rt1062.errors import SetupError
from rtbench import frames


def one_colour(red: int, green: int, blue: int) -> np.ndarray:
    return np.full((96, 96, 3), (red, green, blue), np.uint8)


@pytest.mark.parametrize(
    ("colour", "first_pixel"),
    [
        ((255, 0, 0), "f800"),
        ((0, 255, 0), "07e0"),
        ((0, 0, 255), "001f"),
        ((7, 3, 7), "0000"),
        ((8, 4, 8), "0821"),
    ],
)
def test_encoding_is_big_endian_and_truncates(colour: tuple[int, int, int], first_pixel: str):
    frame = frames.to_rgb565(one_colour(*colour))
    assert len(frame) == frames.FRAME_BYTES
    assert frame[:2].hex() == first_pixel


def test_decoding_replicates_the_high_bits():
    frame = bytes.fromhex("0821") * (96 * 96)
    assert frames.from_rgb565(frame)[0, 0].tolist() == [8, 4, 8]
    frame = bytes.fromhex("ffff") * (96 * 96)
    assert frames.from_rgb565(frame)[95, 95].tolist() == [255, 255, 255]
    frame = bytes.fromhex("8410") * (96 * 96)
    assert frames.from_rgb565(frame)[0, 0].tolist() == [132, 130, 132]


def test_a_decoded_frame_encodes_to_itself():
    frame = np.random.default_rng(1).integers(0, 256, frames.FRAME_BYTES, np.uint8).tobytes()
    assert frames.to_rgb565(frames.from_rgb565(frame)) == frame


def test_input_tensor_is_the_colour_minus_128_in_rgb_order():
    tensor = frames.input_tensor(frames.to_rgb565(one_colour(255, 0, 132)))
    assert tensor.shape == (1, 96, 96, 3)
    assert tensor.dtype == np.int8
    assert tensor[0, 5, 7].tolist() == [127, -128, 4]


def test_wrong_sizes_are_misuse():
    with pytest.raises(ValueError, match="frame must be 18432 bytes, not 3"):
        frames.from_rgb565(b"abc")
    with pytest.raises(ValueError, match=r"rgb must be uint8 \(96, 96, 3\), not uint8 \(2, 2, 3\)"):
        frames.to_rgb565(np.zeros((2, 2, 3), np.uint8))


def test_a_wide_picture_is_cropped_around_its_centre(tmp_path):
    pixels = np.zeros((96, 288, 3), np.uint8)
    pixels[:, :96], pixels[:, 96:192], pixels[:, 192:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    assert (frames.load_picture(tmp_path / "wide.png") == (0, 255, 0)).all()


def test_a_camera_picture_is_turned_upright(tmp_path):
    pixels = np.zeros((96, 96, 3), np.uint8)
    pixels[:48] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # Orientation: rotated by 180 degrees
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    upright = frames.load_picture(tmp_path / "turned.png")
    assert (upright[:48] == 0).all()
    assert (upright[48:] == 255).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_black(tmp_path, mode: str):
    colour = (255, 255, 255, 0) if mode == "RGBA" else (255, 0)
    Image.new(mode, (96, 96), colour).save(tmp_path / "clear.png")
    assert (frames.load_picture(tmp_path / "clear.png") == 0).all()


def test_sixteen_bit_grey_keeps_its_levels(tmp_path):
    levels = np.full((96, 96), 0x8000, np.uint16)
    Image.fromarray(levels).save(tmp_path / "deep.png")
    assert (frames.load_picture(tmp_path / "deep.png") == 0x80).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
def test_every_common_mode_is_read(tmp_path, mode: str):
    name = tmp_path / "picture.tif"
    Image.new("RGB", (130, 110), (255, 255, 255)).convert(mode).save(name)
    assert (frames.load_picture(name) == 255).all()


def test_a_damaged_picture_is_named(tmp_path):
    (tmp_path / "notes.png").write_text("this is text")
    with pytest.raises(SetupError, match=r"notes.png: not a picture that pillow can read"):
        frames.load_picture(tmp_path / "notes.png")


def test_a_truncated_picture_is_named(tmp_path):
    noise = np.random.default_rng(2).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "cut.jpg")
    data = (tmp_path / "cut.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 2])
    with pytest.raises(SetupError, match=r"cut.jpg: not a picture"):
        frames.load_picture(tmp_path / "cut.jpg")


def test_a_missing_picture_and_a_folder_are_named(tmp_path):
    with pytest.raises(SetupError, match=r"none.png: no such picture"):
        frames.load_picture(tmp_path / "none.png")
    with pytest.raises(SetupError, match="not a picture"):
        frames.load_picture(tmp_path)
