"""An exception that nobody expected: a bug of the bench, told in one line, with a file to send."""

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.files import write_whole
from rtbench import __version__


def tell(error: BaseException, arguments: Sequence[str]) -> str:
    """The one line about it; the traceback goes into a file beside other temporary ones."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error).strip().splitlines()
    what = ": ".join((type(error).__name__, *said[:1]))
    line = f"a bug of the bench: {what} ({Path(frame.filename).name}:{frame.lineno})"
    report = "\n".join(
        (
            f"rtbench {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {' '.join(map(repr, arguments))}",
            "".join(traceback.format_exception(error)),
        )
    )
    path = Path(tempfile.gettempdir()) / f"rtbench-bug-{os.getpid()}.txt"
    try:
        write_whole(path, report)
    except SetupError:
        print(report, file=sys.stderr)
        return line
    return f"{line}; please report it with {path}"
