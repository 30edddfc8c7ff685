"""From an answer to its cause: what a frame was at each step on chip and host, as page and PNG."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image, ImageDraw

from rtbench import frames
from rtbench.evaluation.both_sides import BothSides
from rtbench.report.page import FOLDER
from rtbench.report.tensor_picture import GAP_PX, MOST_CHANNELS, TILE_PX, tensor_picture
from rtbench.tasks import Task
from rtbench.tasks.reasoning import ZOOM
from rtbench.tflite.tflite_file import ModelFile

SIDE = 96 * ZOOM
INK, SOFT, PAPER, BAD = (28, 35, 48), (90, 100, 117), (255, 255, 255), (179, 38, 30)
TEXT_PX, MARGIN = 15, 12
COLUMN_PX = MOST_CHANNELS * (TILE_PX + GAP_PX)
NAME_PX = 190


@dataclass(frozen=True)
class Step:
    """One layer: its name, what became of it, and its output on the chip and on the host."""

    name: str
    shape: str
    verdict: str
    differs: bool
    chip: Image.Image
    host: Image.Image


@dataclass(frozen=True)
class Explanation:
    """The answer, its cause in sentences, the pictures of the way, and the layers."""

    title: str
    answer: str
    cause: str
    lines: tuple[str, ...]
    pictures: tuple[tuple[str, Image.Image], ...]
    steps: tuple[Step, ...]


def explain(task: Task, model: ModelFile, sides: BothSides) -> Explanation:
    """What there is to see of a frame's way."""
    outputs = [sides.chip[number] for number in model.outputs]
    reasons = task.reasoning(sides.row, sides.frame.data, outputs, model)
    said, truth = task.said(sides.row.answer), task.expected(sides.row.truth)
    right = task.is_right(sides.row)
    verdict = "truth not known" if right is None else "right" if right else f"wrong, truth {truth}"
    return Explanation(
        title=sides.row.id,
        answer=f"answer {said}: {verdict}",
        cause=cause(sides, bool(right is False)),
        lines=reasons.lines,
        pictures=(*_way(sides, model), *reasons.pictures),
        steps=tuple(_steps(sides)),
    )


def cause(sides: BothSides, wrong: bool) -> str:
    """The first step at which chip and host part; the network itself where they do not."""
    if sides.captured is None:
        return "the firmware's memory holds no frame with the CRC that it told: its buffer is gone"
    if sides.captured != sides.frame.data:
        apart = sum(a != b for a, b in zip(sides.captured, sides.frame.data, strict=True))
        return f"the frame was damaged on its way from the camera: {apart} bytes differ"
    if sides.wrong_input:
        return f"preprocessing: the input tensor differs from the host's: {sides.wrong_input}"
    first = next((one for one in sides.layers if one.wrong), None)
    if first is not None:
        return f"layer {first.index} {first.operator} differs from TFLM on the host: {first.tflm}"
    equal = f"captured whole; input and {len(sides.layers)} layers equal TFLM on the host"
    return f"{equal}: the network itself {'is wrong here' if wrong else 'answers so'}"


def _way(sides: BothSides, model: ModelFile) -> list[tuple[str, Image.Image]]:
    tensor = sides.chip[model.inputs[0]]
    found = [("as fed to the camera", _enlarged(sides.frame.data))]
    if sides.captured is not None:
        found.append(("as captured, in the chip's memory", _enlarged(sides.captured)))
    if tensor.ndim == 4 and tensor.shape[-1] == 3:
        seen = Image.fromarray((tensor[0].astype(int) + 128).astype("uint8"))
        found.append(
            ("the input tensor, as the network saw it", seen.resize((SIDE, SIDE), Image.NEAREST))
        )
    return found


def _enlarged(frame: bytes) -> Image.Image:
    return Image.fromarray(frames.from_rgb565(frame)).resize((SIDE, SIDE), Image.NEAREST)


def _steps(sides: BothSides) -> list[Step]:
    return [
        Step(
            name=f"{layer.index} {layer.operator}",
            shape="x".join(map(str, layer.shape)),
            verdict="equal" if layer.tflm is None else str(layer.tflm),
            differs=layer.wrong,
            chip=tensor_picture(sides.chip[layer.tensor], sides.host[layer.tensor]),
            host=tensor_picture(sides.host[layer.tensor]),
        )
        for layer in sides.layers
    ]


def page(found: Explanation) -> str:
    """One HTML file without anything from the network."""
    environment = Environment(
        loader=PackageLoader("rtbench.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("explanation.html.j2").render(
        found=found, data=_data, style=(FOLDER / "page.css").read_text(encoding="utf-8")
    )


def _data(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def sheet(found: Explanation) -> Image.Image:
    """All of it as one picture."""
    words = [found.title, found.answer, found.cause, *found.lines]
    columns = max(len(found.pictures), 1)
    width = max(columns * (SIDE + MARGIN), NAME_PX + 2 * (COLUMN_PX + MARGIN)) + MARGIN
    lines = [line for text in words for line in _wrapped(text, width // 7)]
    top = MARGIN + len(lines) * TEXT_PX + MARGIN
    tall = max((picture.height for _, picture in found.pictures), default=0)
    rows = [max(step.chip.height, 2 * TEXT_PX) + GAP_PX for step in found.steps]
    picture = Image.new("RGB", (width, top + tall + 5 * TEXT_PX + sum(rows) + MARGIN), PAPER)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((MARGIN, MARGIN + number * TEXT_PX), line, INK)
    for number, (caption, one) in enumerate(found.pictures):
        left = MARGIN + number * (SIDE + MARGIN)
        draw.text((left, top), caption, SOFT)
        picture.paste(one, (left, top + TEXT_PX + 3))
    top += tall + 3 * TEXT_PX
    chip_x, host_x = NAME_PX, NAME_PX + COLUMN_PX + MARGIN
    draw.text((chip_x, top), "each layer's output on the chip; red: differs", SOFT)
    draw.text((host_x, top), "and on the host", SOFT)
    top += TEXT_PX + 5
    for step, height in zip(found.steps, rows, strict=True):
        draw.text((MARGIN, top), step.name, BAD if step.differs else INK)
        short = step.verdict if len(step.verdict) < 24 else "differs"
        draw.text((MARGIN, top + TEXT_PX), f"{step.shape} {short}", SOFT)
        picture.paste(step.chip, (chip_x, top))
        picture.paste(step.host, (host_x, top))
        top += height
    return picture


def _wrapped(text: str, columns: int) -> Sequence[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
