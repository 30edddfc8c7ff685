"""scripts/summary.py on the files that the make targets leave."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

SCRIPT = Path(__file__).parents[2] / "scripts" / "summary.py"
ROBOT = """<testsuite name="Robot Tests" tests="3" errors="0" failures="1" skipped="1">
<testsuite name="Boot"><testcase classname="Boot" name="Boots" time="0.5"/>
<testcase classname="Boot" name="Refuses" time="0.25"><failure message="no"/></testcase></testsuite>
<testcase classname="Memory" name="Fits" time="0.25"><skipped message="host"/></testcase>
</testsuite>"""


@pytest.fixture
def build(tmp_path):
    """The build folder of a run."""
    folder = tmp_path / "build"
    (folder / "robot" / "unicorn").mkdir(parents=True)
    (folder / "robot" / "unicorn" / "xunit.xml").write_text(ROBOT)
    (folder / "inference").write_text("host\n")
    (folder / "bench.json").write_text(json.dumps({"idle_seconds_per_second": 0.01, "note": "x"}))
    return folder


def summary(build, *options):
    """Run the script."""
    return subprocess.run(
        [sys.executable, SCRIPT, "--build", build, "--models", build / "models", *options],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_closing_lines_count_and_name_the_failures(build):
    done = summary(build)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "inference: host",
        "Robot, unicorn: Boot: Refuses failed",
        "Robot, unicorn: 1 passed, 1 failed, 1 skipped",
    ]


def test_a_failed_case_shows_what_it_said_its_console_and_its_picture(build):
    robot = build / "robot" / "unicorn"
    (robot / "transcripts").mkdir()
    lines = [f"{number}: <line>" for number in range(30)]
    (robot / "transcripts" / "boot.refuses.log").write_text("\n".join(lines))
    picture = Image.new("RGB", (96, 96), (221, 46, 68))
    picture.paste((20, 20, 20), (0, 0, 96, 48))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    message = f'&lt;img alt="camera frame" src="data:image/png;base64,{data}"&gt;'
    (robot / "output.xml").write_text(
        f'<robot><test name="Boots"><msg>0</msg></test>'
        f'<test name="Refuses"><kw><msg>{message}</msg></kw></test></robot>'
    )
    text = summary(build, "--markdown").stdout
    assert "<details><summary>Boot: Refuses</summary>" in text
    assert "<pre>\nno\n\n10: &lt;line&gt;" in text
    assert "29: &lt;line&gt;\n</pre>" in text
    squares = [line for line in text.splitlines() if line.endswith("<br>")]
    assert squares == ["\u2b1b" * 24 + "<br>"] * 12 + ["\U0001f7e5" * 24 + "<br>"] * 12


def test_a_file_that_is_no_xunit_is_exit_code_2(build):
    (build / "robot" / "unicorn" / "xunit.xml").write_text("<testsuite><testcase")
    done = summary(build)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_markdown_has_counts_failures_and_figures(build):
    (build / "models" / "classification").mkdir(parents=True)
    (build / "models" / "classification" / "metrics.json").write_text('{"accuracy": 0.9}')
    text = summary(build, "--markdown").stdout
    assert "inference on `host`" in text
    assert "| Robot, unicorn | 1 | 1 | 1 | 1.0 |" in text
    assert "- Robot, unicorn: Boot: Refuses" in text
    assert "| idle_seconds_per_second | 0.01 |" in text
    assert "#### Model classification" in text
    assert "| accuracy | 0.9 |" in text


def test_markdown_shows_what_an_app_costs(build):
    (build / "gate" / "classify").mkdir(parents=True)
    (build / "gate" / "classify" / "summary.json").write_text(
        json.dumps({"app": "classify", "accuracy": 0.94, "instructions": {"invoke": 38003036}})
    )
    text = summary(build, "--markdown").stdout
    assert "#### App classify" in text
    assert "| accuracy | 0.94 |" in text
    assert "| instructions, invoke | 38,003,036 |" in text


def test_empty_build_folder_is_said_and_no_error(tmp_path):
    done = summary(tmp_path)
    assert (done.returncode, done.stdout) == (0, "inference: not decided\n")


def test_broken_file_is_exit_code_2_and_one_line(build):
    (build / "robot" / "unicorn" / "xunit.xml").write_text("<testsuite>")
    done = summary(build)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
