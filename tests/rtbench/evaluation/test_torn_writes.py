"""A run folder after a full disk or a kill at each of its writes: the next run is right.

tests/failing_writes.c is preloaded into a run that writes three rows; it lets the nth change of a
file below the folder fail, or ends the process there.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import failing_writes

MOST_CHANGES = 60
pytestmark = failing_writes.NEEDED

RUN = """
import sys
from pathlib import Path
from rt1062.errors import SetupError
from rtbench.evaluation.run_folder import RunFolder, write_json
from rtbench.items import Frame, GroundTruth
from rtbench.tasks import TASKS
from rtbench.tasks.row import Row

try:
    folder = RunFolder(Path(sys.argv[1]), TASKS["classify"])
    done = folder.resume({"of": "this"}, fresh=False)
    rows = list(done.values())
    for index in range(3):
        frame = Frame(f"frame {index}", bytes([index]) * 18432, GroundTruth(label="cup"))
        row = Row.unanswered(index, str(index), frame)
        if row.key not in done:
            folder.add(row, frame.data)
            rows.append(row)
    rows.sort(key=lambda row: row.index)
    folder.finish(rows)
    write_json(folder.path / "summary.json", {"frames": len(rows)})
    folder.close()
except SetupError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""


@pytest.fixture(scope="module")
def preload(tmp_path_factory) -> Path:
    return failing_writes.build(tmp_path_factory.mktemp("preload"))


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-B", "-c", RUN, folder],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("kill", [False, True], ids=["full disk", "kill"])
def test_after_a_cut_at_any_write_the_next_run_is_as_an_undisturbed_one(
    tmp_path, preload: Path, kill: bool
):
    assert run(tmp_path / "undisturbed").returncode == 0
    right = contents(tmp_path / "undisturbed")
    assert len(right) == 9  # head, rows, others, table, summary, lock, three frames
    cuts = 0
    for change in range(1, MOST_CHANGES):
        folder = tmp_path / f"cut{change}"
        cut = run(
            folder,
            LD_PRELOAD=str(preload), AT_UNDER=str(folder), AT_CHANGE=str(change),
            **({"AT_KILL": "1"} if kill else {}),
        )  # fmt: skip
        if cut.returncode == 0:
            break
        cuts += 1
        assert cut.returncode == (-9 if kill else 2), cut.stderr
        if not kill:
            assert len(cut.stderr.splitlines()) == 1 and "cannot be written" in cut.stderr
        assert run(folder).returncode == 0
        assert contents(folder) == right, f"after a cut at change {change}"
    assert 20 <= cuts < MOST_CHANGES - 1
