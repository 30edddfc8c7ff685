"""`rtbench run --app count`: what is wrong is told before anything boots; figures; pictures."""

import csv

import pytest

from rt1062.errors import SetupError
from rtbench import cli
from rtbench.commands.count import COLUMNS, Account, Outputs, _write_csv
from rtbench.frames import FRAME_BYTES
from rtbench.link.events import Box
from rtbench.overlay import SEEN, TRUE, annotated


def row(count: int, true_count: int | None, error: str = "") -> dict[str, object]:
    return {
        "id": "a", "error": error, "count": count, "true_count": true_count,
        "boxes": [Box(1.0, 2.0, 3.5, 4.0, -3, 7)], "true_boxes": [], "crossings": [],
        "cycles": {"capture": 5, "total": 9}, "crc32": "0" * 8,
    }  # fmt: skip


@pytest.fixture
def image(tmp_path):
    (tmp_path / "count.bin").write_bytes(b"\xff" * 0x3000)
    return tmp_path / "count.bin"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "count needs one of --images, --scenes and --video-frames"),
        (["--scenes", "a.json", "--images", "b.png"], "count needs one of"),
        (["--video-frames", "no-such-directory"], "no-such-directory: no such directory"),
        (["--images", "b.png", "--line", "1", "2", "1", "2"], "two different points"),
        (["--images", "b.png", "--line", "1", "2", "1", "97"], "two different points"),
        (["--scenes", "no-such.json"], "no-such.json: no such file"),
    ],
)
def test_a_wrong_set_up_is_told_in_a_line(image, capsys, arguments, message):
    assert cli.main(["run", "--app", "count", "--image", str(image), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_errors_are_over_the_frames_with_a_known_truth():
    account = Account(5, [row(2, 2), row(3, 1), row(4, None), row(0, 9, "camera_timeout")])
    assert account.accuracy() == {"frames": 2, "mae": 1.0, "exact_rate": 0.5}
    assert account.counts() == {
        "pictures": 5, "fed": 4, "results": 3, "errors": 1, "not_fed": 1,
    }  # fmt: skip


def test_without_any_truth_there_is_no_figure():
    assert Account(1, [row(2, None)]).accuracy() is None


def test_the_table_has_a_line_a_picture(tmp_path):
    _write_csv(tmp_path / "rows.csv", [row(2, None)])
    with (tmp_path / "rows.csv").open(newline="") as file:
        head, line = csv.reader(file)
    assert tuple(head) == COLUMNS
    values = dict(zip(head, line, strict=True))
    assert values["boxes"] == "[[1.0,2.0,3.5,4.0,-3,7]]"
    assert (values["true_count"], values["total"], values["invoke"]) == ("", "9", "")


def test_outputs_that_cannot_be_written_are_refused_at_once(tmp_path):
    with pytest.raises(SetupError, match="the directory for it does not exist"):
        Outputs(csv=tmp_path / "no" / "rows.csv").check()
    Outputs(pictures=tmp_path / "new", csv=tmp_path / "new" / "rows.csv").check()


def test_both_kinds_of_boxes_are_drawn():
    frame = bytes(FRAME_BYTES)
    picture = annotated(frame, [Box(10.0, 20.0, 30.0, 60.0, 100, 1)], [(50.0, 20.0, 70.0, 60.0)])
    assert picture.size == (384, 384)
    assert picture.getpixel((40, 120)) == SEEN
    assert picture.getpixel((200, 120)) == TRUE
    assert picture.getpixel((380, 380)) == (0, 0, 0)
