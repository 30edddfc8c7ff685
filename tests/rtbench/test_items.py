"""rtbench.items: files of scenes that somebody else wrote."""

import json
from dataclasses import asdict

import pytest

from rt1062.errors import SetupError
from rtbench import items
from rtbench.scenes.sampling import classification_scene


def scene():
    """A dog, as the values of its line."""
    drawn = classification_scene(4, "test", "dog")
    return {"version": 1, **asdict(drawn)}


def written(path, *scenes):
    path.write_text("".join(json.dumps({"scene": one}) + "\n" for one in scenes))
    return path


def test_a_scene_comes_back_as_it_was(tmp_path):
    found = items.find([written(tmp_path / "x.jsonl", scene())])
    assert found[0].draw() == items.scene_item(classification_scene(4, "test", "dog")).draw()


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("backdrop.kind", "moon", "backdrop.kind must be one of gradient, indoor, street, texture"),
        ("backdrop.style", "x", "backdrop.style must be one of "),
        ("things.0.style", 0.5, "things[0].style must be text, not 0.5"),
        ("things.0.style", "cat", "things[0].style must be one of "),
        ("things.0.kind", "unicorn", "things[0].kind must be one of "),
        ("things.0.size_m", 0, "things[0].size_m must be more than 0, not 0"),
        ("things.0.colours.1", [2**64, 1, 1], "things[0].colours[1] must be three whole numbers"),
        ("things.0.x_m", "near", "things[0].x_m must be a number"),
        ("camera.focal_px", float("nan"), "camera.focal_px must be a number"),
        ("camera.focal_px", -1, "camera.focal_px must be more than 0"),
        ("optics.noise_seed", -1, "optics.noise_seed must be a whole number"),
        ("seed", 1.5, "seed must be a whole number, not negative, of 63 bits, not 1.5"),
        ("held_out", 1, "held_out must be true or false, not 1"),
        ("task", "dance", "task must be one of classification, counting, sequence"),
    ],
)
def test_a_wrong_value_is_named_with_file_line_key_and_what_is_expected(
    path, value, line, tmp_path
):
    wrong = scene()
    *way, last = path.split(".")
    part = wrong
    for name in way:
        part = part[int(name) if name.isdecimal() else name]
    part[int(last) if last.isdecimal() else last] = value
    file = written(tmp_path / "x.jsonl", scene(), wrong)
    with pytest.raises(SetupError) as raised:
        items.find([file])
    assert str(raised.value).startswith(f"{file}:2: {line}")
    assert "\n" not in str(raised.value)


def test_what_cannot_be_drawn_says_so(tmp_path):
    odd = scene()
    odd["things"][0]["colours"] = []
    item = items.find([written(tmp_path / "x.jsonl", odd)])[0]
    frame, reason = item.draw_or_say()
    assert frame.data == b""
    assert "cannot be drawn" in reason
