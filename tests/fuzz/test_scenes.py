"""Scenes of others: refused in a line that names file and line, or drawn, the same each time."""

import json
from pathlib import Path

from hypothesis import given

from rt1062.errors import SetupError
from rtbench import items
from rtbench.scenes.sampling import classification_scene, counting_scene
from tests.fuzz.mutated import as_text, changed, mutated, nested

GOOD = [
    {"scene": json.loads(scene.to_json())}
    for scene in (classification_scene(5, "test", "dog"), counting_scene(7, "test"))
]
EDITED = changed(GOOD[0]) | changed(GOOD[1])


def found(path: Path, lines: list[bytes]) -> list[items.Item] | None:
    path.write_bytes(b"\n".join(lines))
    try:
        return items.find([path])
    except SetupError as error:
        said = str(error)
        assert said.startswith(str(path))
        assert "\n" not in said
        return None


@given(EDITED)
def test_an_edited_scene_is_refused_or_drawn_as_its_text_says(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("scenes")
    drawn = found(folder / "scenes.jsonl", [as_text(value)])
    if drawn is None:
        return
    frame, wrong = drawn[0].draw_or_say()
    # What is taken can be drawn, and written and read again it is the same frame.
    assert not wrong
    again = found(
        folder / "again.jsonl", [as_text({"scene": json.loads(drawn[0].scene.to_json())})]
    )
    assert again[0].draw() == frame
    assert again[0].key == drawn[0].key


@given(mutated(as_text(GOOD[0]) + b"\n" + as_text(GOOD[1])))
def test_an_edited_file_is_refused_or_read(tmp_path_factory, data):
    found(tmp_path_factory.mktemp("scenes") / "scenes.jsonl", [data])


def test_deep_nesting_is_refused(tmp_path):
    for text in (nested(100_000), '{"scene":' * 100_000):
        assert found(tmp_path / "scenes.jsonl", [text.encode()]) is None
