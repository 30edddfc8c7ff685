"""How a command ends, whatever happens in it: an exit code, and one line where it is not 0."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from rt1062.errors import BootImageError, SetupError, SimError
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, SETUP_WRONG, TERMINATED
from rtbench.terminal import prepare_streams, printable


def run(program: str, command: Callable[[], int], arguments: Sequence[str]) -> int:
    """The exit code of a command; `arguments` are what a report of a bug tells.

    SystemExit, which argparse raises, goes on; so does the one of a signal, once all is put away.
    """
    prepare_streams()
    with _signals_raise():
        try:
            code = command()
            sys.stdout.flush()
            return code
        except (SetupError, BootImageError) as error:
            print(f"{program}: {_one_line(error)}", file=sys.stderr)
            return SETUP_WRONG
        except SimError as error:
            print(f"{program}: {_one_line(error)}", file=sys.stderr)
            return CLAIM_FAILED
        except KeyboardInterrupt:
            print(f"{program}: interrupted", file=sys.stderr)
            return INTERRUPTED
        except BrokenPipeError:
            # Whoever read our output has left (`... | head`); nothing more can be said to it.
            _drop_output()
            return CLAIM_FAILED
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            print(printable(f"{program}: {where}{error.strerror or error}"), file=sys.stderr)
            _drop_output()
            return SETUP_WRONG
        except Exception as error:  # noqa: BLE001 - the last door: the unexpected is no verdict
            from rtbench import bug

            print(printable(f"{program}: {bug.tell(error, arguments)}"), file=sys.stderr)
            return SETUP_WRONG


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Within the `with`, SIGTERM and a closed terminal end the command as an exception does: what
    was begun is put away, children end, locks are let go."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    before = {
        one: signal.signal(one, end)
        for one in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))  # not on Windows
        if signal.getsignal(one) is not signal.SIG_IGN  # nohup
    }
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _one_line(error: SimError) -> str:
    """The first line of a message; a console excerpt below it shrinks to its last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if len(lines) < 2:
        return printable("".join(lines) or type(error).__name__)
    return printable(f"{lines[0]} {lines[-1]}")


def _drop_output() -> None:
    """What could not be written to the console shall not fail once more at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
