"""The wheel holds two packages with their data and nothing else, and works outside a clone."""

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from rtbench import __version__
from rtbench.cli import COMMANDS
from tests.rt1062.documented import ten_lines, write_firmware
from tests.rtbench.robot import talking_firmware

ROOT = Path(__file__).parents[1]
# Of each kind of data one file that a run needs.
DATA = (
    "rt1062/renode/rt1062.repl",
    "rt1062/renode/boards/mimxrt1060_evk.repl",
    "rt1062/renode/boards/mimxrt1060_evk.resc",
    "rt1062/renode/ArducamOv2640.cs",
    "rtbench/report/page.css",
    "rtbench/report/page.js",
    "rtbench/report/page.html.j2",
    "rtbench/robot/machine_keywords.py",
    "rtbench/evaluation/baselines/classify.json",
)
# Python with the wheel's packages in place of the clone's.
ONLY_THE_WHEEL = """
import runpy, sys
sys.path[:] = [{site!r}, *(path for path in sys.path if path not in ({clone!r}, {sim!r}))]
import rt1062, rtbench
assert rt1062.__file__.startswith({site!r}) and rtbench.__file__.startswith({site!r})
try:
    import sim
except ImportError:
    pass
else:
    raise AssertionError("`sim` can be imported")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    if not importlib.util.find_spec("hatchling"):
        pytest.skip("hatchling, which builds the wheel, is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    command = "wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation"
    subprocess.run(
        [sys.executable, "-m", "pip", *command.split(), "--wheel-dir", folder, ROOT], check=True
    )
    (path,) = folder.iterdir()
    with zipfile.ZipFile(path) as file:
        yield file


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory):
    """Runs code in a process that has the wheel and not the clone, in a folder of its own."""
    site = tmp_path_factory.mktemp("site")
    wheel.extractall(site)

    def run(code: str, folder: Path) -> subprocess.CompletedProcess:
        names = {"site": str(site), "clone": str(ROOT), "sim": str(ROOT / "sim")}
        return subprocess.run(
            [sys.executable, "-I", "-c", ONLY_THE_WHEEL.format(**names) + code],
            cwd=folder, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    return run


def rtbench_command(*words: str) -> str:
    """What the console script does."""
    return f"from rtbench.cli import main\nsys.exit(main({list(words)!r}))"


def test_the_wheel_holds_what_sim_holds_and_nothing_else(wheel):
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "sim"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    files = {name.removeprefix("sim/") for name in listed if name and (ROOT / name).is_file()}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == files
    assert {name.partition("/")[0] for name in held} == {"rt1062", "rtbench"}
    assert [name for name in DATA if name not in held] == []


def test_the_wheel_has_the_console_script_and_the_version(wheel):
    (entry,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "rtbench = rtbench.cli:main" in wheel.read(entry).decode()
    assert entry.startswith(f"rt1062_vision_bench-{__version__}.dist-info/")


def test_the_ten_lines_run_with_the_wheel_alone(fresh, tmp_path):
    write_firmware(tmp_path)
    done = fresh(ten_lines(), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["pressed 1 times", "before 0 times"]


def test_rtbench_runs_with_the_wheel_alone(fresh, tmp_path):
    done = fresh(rtbench_command("--version"), tmp_path)
    assert (done.returncode, done.stdout.split()) == (0, ["rtbench", __version__])
    done = fresh(rtbench_command("--help"), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = fresh(rtbench_command("doctor"), tmp_path)
    assert re.search(r"^clone +none, this is an installed package$", done.stdout, re.MULTILINE)
    assert "hello.bin; `make firmware` in a clone builds it" in done.stdout
    assert done.returncode == 2, "there is no firmware here"


def test_every_command_can_be_asked_with_the_wheel_alone(fresh, tmp_path):
    code = (
        "import contextlib\nfrom rtbench import cli\n"
        "for name in cli.COMMANDS:\n    with contextlib.suppress(SystemExit):\n"
        "        cli.main([name, '--help'])\n    print('\\nasked', name)"
    )
    done = fresh(code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("usage: rtbench") == done.stdout.count("\nasked ") == len(COMMANDS)


def test_what_needs_a_clone_says_so_in_one_line(fresh, tmp_path):
    Image.new("RGB", (96, 96)).save(tmp_path / "grey.png")
    model = ROOT / "tests/models/odd_operators.tflite"
    done = fresh(rtbench_command("try", str(model), "--images", "grey.png"), tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("rtbench: `firmware` is in a clone of the project only")


def test_a_suite_of_ones_own_runs_with_the_wheel_alone(wheel, tmp_path):
    site, folder = tmp_path / "site", tmp_path / "somewhere"
    wheel.extractall(site)
    folder.mkdir()
    image = talking_firmware.write_firmware(folder)
    whose = f"    Should Match Regexp    ${{{{ __import__('rtbench').__file__ }}}}    ^{site}\n"
    (folder / "own.robot").write_text(
        f"{talking_firmware.page_suite()}*** Test Cases ***\nThe Wheel Runs\n{whose}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "rtbench.robot", "own.robot", "--variable", f"IMAGE:{image.name}"],
        cwd=folder, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(site)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 tests, 6 passed, 0 failed" in done.stdout


def test_the_cache_is_the_users(fresh, tmp_path):
    code = (
        "import os\nos.environ['XDG_CACHE_HOME'] = '/somewhere'\n"
        "from rt1062.renode import installation\nprint(installation.CACHE)"
    )
    assert fresh(code, tmp_path).stdout == "/somewhere/rt1062-vision-bench/renode\n"


BOOT = """
import os
os.environ.update(HOME={home!r}, XDG_CACHE_HOME={cache!r}, NUMBA_CACHE_DIR={cache!r})
"""


def test_a_run_is_the_same_without_a_home_and_with_damaged_caches(fresh, tmp_path):
    write_firmware(tmp_path)
    (image,) = tmp_path.glob("*.bin")
    words = ("boot", image.name, "--seconds", "0.01", "--json", "boot.json")

    def boot(home: Path, cache: Path) -> tuple[str, bytes]:
        done = fresh(
            BOOT.format(home=str(home), cache=str(cache)) + rtbench_command(*words), tmp_path
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout, (tmp_path / "boot.json").read_bytes()

    nowhere = Path("/dev/null/none")  # not even root can make it
    cache = tmp_path / "cache"
    expected = boot(nowhere, nowhere)
    assert boot(tmp_path, cache) == expected
    files = [file for file in cache.rglob("*") if file.is_file()]
    assert files
    for number, file in enumerate(files):  # cut, and something else instead
        file.write_bytes(file.read_bytes()[:1000] if number % 2 else b"garbage")
    assert boot(tmp_path, cache) == expected
