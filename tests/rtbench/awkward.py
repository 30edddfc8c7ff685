"""Forty pictures as people have them: right ones of every kind, and wrong ones."""

from pathlib import Path

import numpy as np
from PIL import Image

GRADIENT = np.tile(np.arange(0, 240, 2, dtype=np.uint8)[:, None], (1, 120))


def make(root: Path) -> dict[str, bool]:
    """Write them below `root`, in folders of labels; by id whether each can be read."""
    folder = root / "köter"
    folder.mkdir(parents=True)
    colour = Image.merge("RGB", [Image.fromarray(GRADIENT)] * 3)
    good = _right(folder, colour) | _names(root, colour)
    return {**good, **dict.fromkeys(_wrong(folder, colour), False)}


def _right(folder: Path, colour: Image.Image) -> dict[str, bool]:
    grey = colour.convert("L")
    alpha = colour.convert("RGBA")
    alpha.putalpha(grey)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    deep = Image.fromarray(GRADIENT.astype(np.uint16) * 257)
    unit = Image.fromarray(GRADIENT.astype(np.float32) / 255)
    images = {
        "grey.png": grey, "alpha.png": alpha, "two.png": grey.convert("1"),
        "palette.gif": colour.convert("P"), "cmyk.jpg": colour.convert("CMYK"), "rgb.jpg": colour,
        "rgb.bmp": colour, "rgb.webp": colour, "rgb.tif": colour, "rgb.ppm": colour,
        "rgb.tga": colour, "deep.png": deep, "deep.tif": deep, "unit.tif": unit,
        "levels.tif": Image.fromarray(GRADIENT.astype(np.float32)),
        "lab.tif": colour.convert("LAB"),
        "whole.tif": Image.fromarray(GRADIENT.astype(np.int32)), "tiny.png": colour.resize((1, 1)),
        "tall.png": colour.resize((3, 900)), "wide.png": colour.resize((900, 3)),
        "grey_alpha.png": alpha.convert("LA"), "upper.JPG": colour, "frame10.png": colour,
        "frame9.png": colour,
    }  # fmt: skip
    for name, image in images.items():
        image.save(folder / name)
    colour.save(folder / "turned.jpg", exif=exif)
    colour.save(folder / "walk.gif", save_all=True, append_images=[grey.rotate(90)])
    (folder / "link.png").symlink_to(folder / "grey.png")
    names = [*images, "turned.jpg", "walk.gif[0]", "walk.gif[1]", "link.png"]
    return dict.fromkeys((f"köter/{name}" for name in names), True)


def _names(root: Path, colour: Image.Image) -> dict[str, bool]:
    """Names and labels that something may stumble over."""
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    colour.save(elsewhere / "far.png")
    (root / "person").symlink_to(elsewhere, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    found = {"person/far.png": True}
    for name, shown in (
        ('<b>"&.png', '<b>"&.png'), ("=1+1.png", "=1+1.png"), ("[red]x.png", "[red]x.png"),
        ("a\nb\x1b[31m.png", "a\\nb\\x1b[31m.png"), ("\udcff\udcfe.png", "\\xff\\xfe.png"),
    ):  # fmt: skip
        (root / "=sum(1)").mkdir(exist_ok=True)
        with (root / "=sum(1)" / name).open("wb") as file:  # pillow encodes names as UTF-8
            colour.save(file, "PNG")
        found[f"=sum(1)/{shown}"] = True
    return found


def _wrong(folder: Path, colour: Image.Image) -> list[str]:
    whole = (folder / "rgb.jpg").read_bytes()
    files = {"empty.png": b"", "text.jpg": b"this is no picture", "cut.jpg": whole[:400]}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    pages = [colour, colour.rotate(90)]
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:])
    Image.fromarray(GRADIENT.astype(np.float32) * 1000).save(folder / "radiance.tif")
    Image.fromarray(np.full((9, 9), np.nan, np.float32)).save(folder / "nan.tif")
    Image.fromarray(GRADIENT.astype(np.int32) * 10_000).save(folder / "huge.tif")
    names = [*files, "pages.tif", "radiance.tif", "nan.tif", "huge.tif"]
    # What is left out, and told by name.
    (folder / "phone.heic").write_bytes(b"ftypheic")
    (folder / "notes.txt").write_text("no picture")
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    return [f"köter/{name}" for name in names]
