"""Run folders: no edit of a file in it is taken for an answer that was never given."""

import json

from hypothesis import given

from rt1062.errors import SetupError
from rtbench.evaluation.run_folder import read_rows
from rtbench.tasks import TASKS
from tests.fuzz.mutated import as_text, changed, mutated
from tests.rtbench.rows import classified

CLASSIFY = TASKS["classify"]
ROWS = [classified(0, "dog", "dog"), classified(1, "car", "dog"), classified(2, None, "car")]
LINES = [row.to_json().encode() for row in ROWS]


def rows_of(path, data: bytes):
    path.write_bytes(data)
    try:
        return read_rows(path, CLASSIFY)
    except SetupError as error:
        assert str(error).startswith(str(path))
        return None


@given(mutated(b"\n".join(LINES) + b"\n"))
def test_an_edited_file_of_rows_is_refused_or_reads_as_json_does(tmp_path_factory, data):
    found = rows_of(tmp_path_factory.mktemp("run") / "rows.jsonl", data)
    lines = data.decode().splitlines() if found else ()
    for row, line in zip(found or (), lines, strict=False):
        assert json.loads(row.to_json()) == json.loads(line)


@given(changed(json.loads(LINES[0])))
def test_an_edited_row_is_refused_or_of_the_right_types(tmp_path_factory, value):
    found = rows_of(
        tmp_path_factory.mktemp("run") / "rows.jsonl", as_text(value) + b"\n" + LINES[1]
    )
    if found is None:
        return
    for row in found:
        assert isinstance(row.index, int)
        assert isinstance(row.id, str)
        assert isinstance(row.error, str)
        assert row.time_us is None or isinstance(row.time_us, int | float)
        assert row.truth.label is None or isinstance(row.truth.label, str)
        if row.answer is not None:
            assert isinstance(row.answer.label, str)
            CLASSIFY.is_right(row)
