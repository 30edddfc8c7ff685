"""failing_writes.c as a library to be preloaded: the nth change below a folder fails, or kills."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPILER = shutil.which("cc") or shutil.which("gcc")
NEEDED = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux", reason="needs Linux and a C compiler"
)


def build(folder: Path) -> Path:
    """Compile it into `folder`; where it is."""
    library = folder / "failing_writes.so"
    source = Path(__file__).with_suffix(".c")
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library
