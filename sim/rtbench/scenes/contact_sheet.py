"""Pictures side by side with their labels and boxes, for people to look at."""

from PIL import Image, ImageDraw

from rtbench.scenes.render import RenderedScene
from rtbench.scenes.scene import IMAGE_SIZE, Scene, Truth

_INK, _PAPER, _BOX, _FAINT = (20, 20, 20), (250, 250, 248), (40, 230, 60), (240, 170, 40)
_CAPTION = 13


def caption(scene: Scene, truth: Truth) -> str:
    """What the sheet says under a picture; a star stands for held-out styles."""
    what, number = truth.label, str(scene.seed)
    if scene.task != "classification":
        count = len(truth.persons)
        what = f"{count} person{'' if count == 1 else 's'}"
    if scene.task == "sequence":
        number += f"/{scene.frame}"
    where = f"{scene.backdrop.style}{' *' if scene.held_out else ''}"
    return f"{number}: {what} {where}"


def contact_sheet(
    scenes: list[Scene],
    rendered: list[RenderedScene],
    columns: int = 8,
    zoom: int = 2,
    boxes: bool | None = None,
) -> Image.Image:
    """One sheet; boxes are drawn for counting scenes unless `boxes` says otherwise."""
    if len(scenes) != len(rendered) or not scenes:
        raise ValueError(f"scenes must be as many as pictures and some, not {len(scenes)}")
    columns = min(columns, len(scenes))
    side = IMAGE_SIZE * zoom
    rows = -(-len(scenes) // columns)
    sheet = Image.new("RGB", (columns * (side + 4) + 4, rows * (side + _CAPTION + 4) + 4), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for place, (scene, item) in enumerate(zip(scenes, rendered, strict=True)):
        left = 4 + place % columns * (side + 4)
        top = 4 + place // columns * (side + _CAPTION + 4)
        picture = Image.fromarray(item.image).resize((side, side), Image.Resampling.NEAREST)
        sheet.paste(picture, (left, top))
        show = scene.task != "classification" if boxes is None else boxes
        for target in item.truth.objects if show else ():
            counted = target in item.truth.persons or target.kind != "person"
            corners = [edge * zoom for edge in target.box]
            pen.rectangle(
                (left + corners[0], top + corners[1], left + corners[2] - 1, top + corners[3] - 1),
                outline=_BOX if counted else _FAINT,
            )
            if scene.task == "sequence":
                pen.text((left + corners[0] + 2, top + corners[1]), str(target.identity), fill=_BOX)
        pen.text((left, top + side), caption(scene, item.truth), fill=_INK)
    return sheet
