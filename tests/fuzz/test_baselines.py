"""The gate: whatever was done to a baseline, what it lets pass is no worse than it says itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt1062.errors import SetupError
from rtbench.evaluation import baseline
from rtbench.evaluation.summary import summarise
from rtbench.tasks import TASKS
from tests.fuzz.mutated import as_text, changed, mutated, nested
from tests.rtbench.rows import HEAD, classified

DATA = {"name": "own", "sha256": "00"}
SUMMARY = summarise(HEAD, [classified(0, "dog", "dog"), classified(1, "car", "dog")], DATA, [])
GOOD = json.loads(json.dumps(baseline.make(SUMMARY)))
# Which way each figure gets worse, typed here a second time.
HIGHER = ("accuracy", "class_accuracy")


def read(path):
    try:
        return baseline.read(path)
    except SetupError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
        return None


def allowed(text: str, before: float) -> float:
    return abs(before) * float(text[:-1]) / 100 if text.endswith("%") else float(text)


@given(changed(GOOD), st.floats(0, 1), st.integers(0, 10**6))
def test_no_edit_lets_pass_what_is_worse(tmp_path_factory, edited, accuracy, arena):
    path = tmp_path_factory.mktemp("gate") / "baseline.json"
    path.write_bytes(as_text(edited))
    old = read(path)
    if old is None:
        return
    now = {**SUMMARY, "accuracy": accuracy, "arena_used": arena}
    try:
        changes = baseline.compare(old, now)
    except SetupError as error:
        assert str(error)
        return
    held = {change.name for change in changes if not change.failed}
    for name, value in (("accuracy", accuracy), ("arena_used", arena)):
        before = old.get(name)
        tolerance = str(old["tolerances"].get(name, baseline.gated(TASKS[old["app"]])[name]))
        if name in held:
            worse = before - value if name in HIGHER else value - before
            assert worse <= allowed(tolerance, before) + 1e-6


@given(mutated(as_text(GOOD)))
def test_an_edited_file_is_refused_or_a_baseline(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("gate") / "baseline.json"
    path.write_bytes(data)
    old = read(path)
    assert old is None or old == {"tolerances": {}, **json.loads(data)}


def test_deep_nesting_is_refused(tmp_path):
    path = tmp_path / "baseline.json"
    path.write_text('{"a":' * 100_000 + nested(100_000))
    assert read(path) is None


@pytest.mark.parametrize("app", [[], {}, [["classify"]], 3, None, True, "a"])
def test_an_application_that_is_none_is_refused(tmp_path, app):
    path = tmp_path / "baseline.json"
    path.write_bytes(as_text(GOOD | {"app": app}))
    assert read(path) is None
