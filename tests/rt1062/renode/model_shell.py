"""Compiles the C# models of rt1062.renode under mono and talks to them (`mono` beside this)."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODELS = sorted((ROOT / "sim" / "rt1062" / "renode").glob("*.cs"))
STAND_INS = sorted((ROOT / "tests" / "rt1062" / "renode" / "mono").glob("*.cs"))
# Renode 1.16.1 compiles at run time with mono's compiler; 7 is the last complete level it knows.
COMPILE = ("mcs", "-langversion:7", "-warn:4", "-warnaserror", "-r:System.Core.dll")


def build() -> Path:
    """The shell program, compiled once for each state of its sources; skips without mono."""
    if shutil.which("mcs") is None or shutil.which("mono") is None:
        pytest.skip("mono-mcs and mono-runtime are not installed")
    sources = [*MODELS, *STAND_INS]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    program = ROOT / "build" / "renode-models" / f"{digest[:16]}.exe"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.parent) as directory:
            made = Path(directory) / "shell.exe"
            run = subprocess.run(
                [*COMPILE, f"-out:{made}", *map(str, sources)], capture_output=True, text=True
            )
            assert run.returncode == 0, run.stdout + run.stderr
            made.rename(program)
    return program


class ModelShell:
    """One mono process; `ask` runs one command of ModelShell.cs and returns its answer."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["mono", str(build())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def ask(self, command: str) -> str:
        """The answer; AssertionError if the model threw something."""
        answer = self.try_ask(command)
        assert not answer.startswith("!"), f"{command}: {answer}"
        return answer

    def try_ask(self, command: str) -> str:
        """The answer, an exception included."""
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"{command}: the program ended"
        return answer.rstrip("\n")

    def new(self, name: str, kind: str, **parameters: object) -> None:
        """Make a model in the present machine."""
        settings = " ".join(f"{key}={value}" for key, value in parameters.items())
        self.ask(f"new {name} {kind} {settings}")

    def read(self, name: str, offset: int, width: int = 32) -> int:
        return int(self.ask(f"r{width} {name} {offset}"), 16)

    def write(self, name: str, offset: int, value: int, width: int = 32) -> None:
        self.ask(f"w{width} {name} {offset} {value}")

    def line(self, name: str, line: str | int) -> bool:
        return self.ask(f"line {name} {line}") == "1"

    def drive(self, name: str, number: int, level: bool) -> None:
        """Set an input."""
        self.ask(f"input {name} {number} {int(level)}")

    def wait_us(self, microseconds: float) -> None:
        self.ask(f"wait {round(microseconds * 1000)}")
