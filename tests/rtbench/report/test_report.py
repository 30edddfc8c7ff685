"""The evidence page: what it says, and that a browser shows it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rtbench import cli
from rtbench.evaluation import baseline
from rtbench.evaluation.run_folder import RunFolder, write_json
from rtbench.evaluation.summary import summarise
from rtbench.report.content import document, load
from rtbench.report.gallery import thumbnail
from rtbench.tasks import TASKS
from rtbench.timing.interval import Interval
from rtbench.timing.waterfall import Part, Waterfall
from tests.rtbench.rows import CYCLES, HEAD, classified, counted

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
FRAME = b"\x84\x10" * 9216
LAYERS = [{"layer": 0, "op": "CONV_2D", "cycles": 900}, {"layer": 1, "op": "SOFTMAX", "cycles": 90}]
PART = Part("3 CONV_2D", 1, 100, Interval(3, 4, 6), 2.0, 0.5, 0.0, 1.0, 0.5, 0.0, 7.0)
FALL = Waterfall(
    "frame <script>alert(2)</script>", 600_000_000, 1, (PART,), doubts=("it is <odd>",)
)
NASTY = "<script>alert(1)</script>.png"


def make_run(path, rows, app="classify"):
    """A run's folder as `rtbench evaluate` leaves it."""
    head = {**HEAD, "app": app, "bench_sha256": "22"}
    folder = RunFolder(path, TASKS[app])
    folder.resume(head, fresh=True)
    for one in rows:
        folder.add(one, FRAME)
    folder.finish(rows)
    data = {"name": "drawn scenes", "frames": len(rows), "sha256": "33"}
    summary = summarise(head, rows, data, LAYERS) | {"estimate": FALL.to_json()}
    write_json(path / "summary.json", summary)
    folder.close()
    return summary


@pytest.fixture
def run(tmp_path):
    """Four frames: right, right, wrong, and one with a nasty name that was not answered."""
    rows = [
        classified(0, "dog", "dog", score=0.9, axes={"light": 0.5}),
        classified(1, "car", "car", score=0.8, axes={"light": 0.7}),
        classified(2, "dog", "car", score=0.7, axes={"light": 0.9}),
        classified(
            3, "car", None, axes={"light": 1.1}, id=NASTY,
            error="camera_timeout <no> frame", console=('{"event":"error"} & <more>',),
        ),
    ]  # fmt: skip
    make_run(tmp_path / "classify", rows)
    return tmp_path / "classify"


def report(tmp_path, *arguments):
    out = tmp_path / "page/index.html"
    code = cli.main([str(one) for one in ("report", "--out", out, *arguments)])
    return code, out.read_text(encoding="utf-8") if out.is_file() else ""


def test_the_verdict_comes_first_and_says_why(run, tmp_path, capsys):
    code, text = report(tmp_path, "--run", run)
    assert code == 1
    assert text.index("Failed") < text.index("Truth and answer")
    assert "1 frames were not answered" in text
    assert "classify: 1 frames were not answered" in capsys.readouterr().out


def test_a_run_of_which_nothing_was_asked_is_answered_and_not_judged(tmp_path, capsys):
    make_run(tmp_path / "run", [classified(0, "dog", "dog", score=0.9)])
    code, text = report(tmp_path, "--run", tmp_path / "run")
    assert code == 0
    assert "<strong>Answered, not judged</strong>" in text
    assert "not compared with a baseline" in text
    out = capsys.readouterr().out
    assert "answered, not judged" in out
    assert "answers not compared with TFLM on the host" in out


def test_nothing_comes_from_the_network_and_nothing_breaks_out(run, tmp_path):
    _, text = report(tmp_path, "--run", run)
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', text) == []
    assert "http://" not in text
    assert "https://" not in text
    assert NASTY not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "&amp; &lt;more&gt;" in text


def test_milliseconds_are_an_estimate_and_a_click_from_their_errors(run, tmp_path):
    _, text = report(tmp_path, "--run", run)
    assert "The core takes 4.00 ms (3.00 to 6.00), and waits 7.0 ms for devices" in text
    assert 'an estimate, not measured on silicon (<a href="#timing">' in text
    assert ">3 CONV_2D</text>" in text
    assert "&lt;script&gt;alert(2)" in text and "<script>alert(2)" not in text
    assert "it is &lt;odd&gt;" in text
    section = text.partition('<section id="timing">')[2]
    assert "<details>" in section and "misprediction" in section  # docs/timing.md
    assert "low 1.00, mid 2.00, high 3.00 ms" in text


def test_a_run_without_an_estimate_has_a_page_all_the_same(run, tmp_path):
    summary = json.loads((run / "summary.json").read_text())
    write_json(run / "summary.json", {**summary, "estimate": {"reason": "no symbols"}})
    assert "The core takes" not in report(tmp_path, "--run", run)[1]
    write_json(run / "summary.json", {**summary, "estimate": {"stages": [1]}})
    assert report(tmp_path, "--run", run)[0] == 2


def test_wrong_frames_come_first_and_have_a_text(run, tmp_path):
    _, text = report(tmp_path, "--run", run)
    states = re.findall(r'<figure class="(\w+)"', text)
    assert states == ["error", "wrong", "right", "right"]
    assert 'alt="camera frame f2: truth dog, answer car"' in text


def test_layers_memory_and_hashes_are_there(run, tmp_path):
    _, text = report(tmp_path, "--run", run)
    for words in (
        "0 CONV_2D",
        "90.9%",
        "10 of 20 bytes",
        "Instructions a frame, by stage",
        "33",
        "tflm",
    ):
        assert words in text


PROFILE = {
    "image_sha256": HEAD["image_sha256"],
    "title": "classify, 3 scenes",
    "functions": [{"name": "drivers::Lpspi::Transfer", "instructions": 750}]
    + [{"name": f"small_{n}", "instructions": 10} for n in range(25)],
    "memory": [{"name": "ITCM", "used": 500, "code": 400, "budget": 1000}],
    "symbols": [{"name": "_ZN3app5arenaE", "memory": "DTCM", "size": 2000}],
    "stack": {"used": 25, "size": 100},
}


def test_functions_stack_and_symbols_of_a_profile_are_there(run, tmp_path):
    write_json(tmp_path / "profile.json", PROFILE)
    _, text = report(tmp_path, "--run", run, "--profile", tmp_path / "profile.json")
    for words in (
        "drivers::Lpspi::Transfer", "75.0%", "6 more", "500 of 1,000 bytes", "25 of 100 bytes",
        "app::arena, DTCM", "classify, 3 scenes",
    ):  # fmt: skip
        assert words in text
    assert "small_18" in text
    assert "small_19" not in text


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({**PROFILE, "image_sha256": "other"}, "of another firmware than any run's"),
        ({"functions": []}, "not what `rtbench profile --json` writes"),
    ],
)
def test_a_profile_that_is_none_of_the_runs_is_exit_code_2(run, tmp_path, capsys, profile, said):
    write_json(tmp_path / "profile.json", profile)
    code, text = report(tmp_path, "--run", run, "--profile", tmp_path / "profile.json")
    assert (code, text) == (2, "")
    assert said in capsys.readouterr().err


def test_a_regression_is_in_the_verdict(run, tmp_path):
    summary = json.loads((run / "summary.json").read_text())
    old = baseline.make({**summary, "arena_used": 1, "errors": 1})
    write_json(tmp_path / "b.json", old)
    code, text = report(tmp_path, "--run", run, "--baseline", tmp_path / "b.json")
    assert code == 1
    assert "worse than the baseline allows: arena_used" in text
    assert "too far" in text


def test_a_layer_that_differs_is_in_the_verdict(run, tmp_path):
    wrong = {"count": 3, "elements": 9, "largest": 2, "index": [0, 1], "chip": 4, "host": 5}
    layer = {"index": 7, "operator": "ADD", "name": "sum", "tflm": wrong}
    difference = {
        "image_sha256": HEAD["image_sha256"],
        "frames": [
            {"frame": "e", "input": "", "layers": [{**layer, "tflm": None}]},
            {"frame": "f", "input": "", "layers": [layer]},
        ],
    }
    write_json(tmp_path / "d.json", difference)
    _, text = report(tmp_path, "--run", run, "--diff", tmp_path / "d.json")
    assert "f: layer 7 ADD differs from TFLM on the host" in text
    assert "e: <span" in text
    assert "3 of 9 values, the first at [0, 1]: chip 4, host 5" in text


def test_an_interrupted_run_is_not_passed(tmp_path):
    summary = make_run(tmp_path / "run", [classified(0, "dog", "dog", score=1.0)])
    summary["data"]["frames"] = 500
    write_json(tmp_path / "run/summary.json", summary)
    code, text = report(tmp_path, "--run", tmp_path / "run")
    assert code == 1
    assert "499 of 500 frames were not run" in text


def test_persons_have_boxes_and_an_error_by_their_number(tmp_path):
    rows = [
        counted(0, 2, 1, boxes=[[2, 2, 31, 41, 90, 1]], true_boxes=[[1, 2, 30, 40]]),
        counted(1, 0, 0),
    ]
    make_run(tmp_path / "count", rows, app="count")
    code, text = report(tmp_path, "--run", tmp_path / "count")
    assert code == 0
    assert '<rect class="true" x="1" y="2" width="29" height="38"/>' in text
    assert '<rect class="found" x="2" y="2" width="29" height="39"/>' in text
    assert "Counting error by true count" in text


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert report(tmp_path, "--run", tmp_path)[0] == 2
    assert "not a run of `rtbench evaluate`" in capsys.readouterr().err
    with pytest.raises(SetupError, match="a frame of the run is missing"):
        thumbnail(tmp_path / "none")


def test_the_fidelity_page_becomes_tables_and_its_html_text(tmp_path):
    page = tmp_path / "fidelity.md"
    page.write_text("| a | b |\n|---|---|\n| [exact](x.md) | <b>no</b> |\n")
    text = document(page)
    assert "<table>" in text
    assert "<td>exact</td>" in text
    assert "&lt;b&gt;no&lt;/b&gt;" in text
    assert document(tmp_path / "none.md") is None
    assert document(None) is None  # outside a clone


def test_only_as_many_frames_as_asked_for_are_shown(run):
    assert load(run, {}, [], [], 2).left_out == 2
    assert CYCLES.invoke == load(run, {}, [], [], 2).summary["instructions"]["invoke"]


def test_contents_verdict_and_recipe_come_before_any_figure(run, tmp_path):
    _, text = report(tmp_path, "--run", run)
    figures = text.index('<dl class="figures">')
    assert text.index("Failed") < text.index("rtbench evaluate --app classify") < figures
    jumps = re.findall(r'<a href="#([^"]+)"', text[:figures])
    assert {"classify", "classify-cost", "classify-frames", "fidelity"} <= set(jumps)
    for name in jumps:
        assert f'id="{name}"' in text


def opened(page, fragment, *options):
    """What Chromium makes of the page: its document, and what its console said."""
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        "--virtual-time-budget=2000", *options, f"file://{page}#{fragment}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console


@browser
def test_chromium_shows_it_without_an_error_and_filters(run, tmp_path):
    report(tmp_path, "--run", run)
    page = (tmp_path / "page/index.html").resolve()
    for fragment, number in (
        ("", 4), ("classify=state:wrong", 1), ("classify=state:right", 2),
        ("classify=truth:dog", 2), ("classify=state:error", 1),
    ):  # fmt: skip
        document, console = opened(page, fragment, "--dump-dom")
        assert console == []
        assert f'data-shown="{number}"' in document
        assert len(re.findall(r'<figure [^>]*hidden=""', document)) == 4 - number


@browser
def test_a_hundred_frames_are_shown_until_somebody_asks(tmp_path):
    rows = [classified(index, "dog", "dog") for index in range(130)]
    make_run(tmp_path / "classify", rows)
    report(tmp_path, "--run", tmp_path / "classify")
    page = (tmp_path / "page/index.html").resolve()
    document, console = opened(page, "", "--dump-dom")
    assert console == []
    assert 'data-shown="100"' in document
    assert "show 30 more" in document
    asks = page.read_text().replace(
        "</body>", '<script>document.querySelector(".more").click()</script></body>'
    )
    page.write_text(asks)
    document, _ = opened(page, "", "--dump-dom")
    assert 'data-shown="130"' in document


@browser
def test_chromium_draws_it_on_a_phone_and_prints_it(run, tmp_path):
    report(tmp_path, "--run", run)
    page = (tmp_path / "page/index.html").resolve()
    picture, paper = Path(tmp_path / "phone.png"), Path(tmp_path / "page.pdf")
    opened(page, "", f"--screenshot={picture}", "--window-size=500,900")
    opened(page, "", f"--print-to-pdf={paper}")
    assert picture.stat().st_size > 10_000
    assert paper.read_bytes().startswith(b"%PDF")
