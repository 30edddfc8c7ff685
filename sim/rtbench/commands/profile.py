"""`rtbench profile`: instructions by function, a flame graph, how deep the stack was."""

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.files import write_whole
from rt1062.machine import Machine
from rt1062.observations import Executed
from rtbench.commands import board_options, boot, firmware_files, interruption, sources
from rtbench.commands.boot_teller import Teller
from rtbench.commands.diagnoses import told
from rtbench.commands.outputs import need_folder
from rtbench.commands.subject import head_of, running
from rtbench.evaluation import loop
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.profile import memory
from rtbench.profile.functions import FunctionCost, costs, folded, total
from rtbench.profile.stack import StackUse, stack_use
from rtbench.tasks import TASKS
from rtbench.tasks.task import Task

SHOWN = 20


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `profile` with its options."""
    parser = subparsers.add_parser(
        "profile",
        help="in which functions the instructions are, and how deep the stack was",
        description="Runs a firmware as `rtbench boot` does, or an application of the bench over "
        "frames, and lists the functions by instructions: alone, and with all that they call. "
        "Nothing is added to the firmware; its symbols are asked for.",
        epilog="Exit codes: 0 told, 1 the run did not do what was asked, 2 the set-up is wrong, "
        "130 interrupted. Examples: rtbench profile build/app.elf --seconds 5; "
        "rtbench profile --app count --scenes 3 --folded build/count.folded",
    )
    add_subject(parser)
    parser.add_argument("--all", action="store_true", help=f"all functions, not the first {SHOWN}")
    parser.add_argument(
        "--folded", metavar="FILE", type=Path,
        help="write call paths for a flame graph there (flamegraph.pl, speedscope)",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write all of it there")
    parser.set_defaults(handler=run)


def add_subject(parser: argparse.ArgumentParser) -> None:
    """The options of what is run: a firmware as `boot` does, or an application over frames."""
    parser.add_argument("image", metavar="IMAGE", type=Path, nargs="?", help="the firmware")
    parser.add_argument("--elf", metavar="ELF", type=Path, help="symbols of an IMAGE without any")
    parser.add_argument(
        "--app", choices=list(TASKS), help="an application of the bench, its frames without boot"
    )
    parser.add_argument(
        "--firmware", metavar="DIR", type=Path, default=firmware_files.default_directory(),
        help="where that is: <app>.bin and <app>.elf (default: %(default)s)",
    )  # fmt: skip
    sources.add_options(parser)
    boot.add_run_options(parser)


@dataclass(frozen=True)
class Profile:
    """One run: what it was, and where its instructions went."""

    title: str
    machine: Machine
    executed: Executed
    functions: list[FunctionCost]
    stack: StackUse | None
    begin: tuple[float, int]  # microseconds and instructions, when it began
    frames: int = 0
    trouble: str = ""

    @property
    def seconds(self) -> float:
        """Virtual."""
        return (self.machine.time_us - self.begin[0]) / 1e6


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench profile`."""
    need_folder("--folded", chosen.folded)
    need_folder("--json", chosen.json)
    with interruption.noticed() as stop, ExitStack() as stack:
        found = measured(chosen, stop, stack)
        _print(found, None if chosen.all else SHOWN)
        if chosen.folded is not None:
            write_whole(chosen.folded, folded(found.executed))
        if chosen.json is not None:
            write_json(chosen.json, _report(found))
    if stop:
        return INTERRUPTED
    return CLAIM_FAILED if found.trouble else PASSED


def measured(
    chosen: argparse.Namespace, stop: interruption.Interruption, stack: ExitStack
) -> Profile:
    """What was asked for, run; the machine lives as long as `stack`."""
    if (chosen.image is None) == (chosen.app is None):
        raise SetupError("one of both is needed: IMAGE, or --app APP with frames")
    board = board_options.find(chosen)
    if chosen.app is None:
        create = partial(emulators.create, chosen.image, chosen.elf, chosen.emulator, board)
        return _of_any(create, chosen, stop, stack)
    image, elf = firmware_files.find(chosen)
    create = partial(emulators.create, image, elf, chosen.emulator, board)
    return _of_frames(create, TASKS[chosen.app], chosen, stop, stack)


def _of_any(
    create: Callable[[], Machine],
    chosen: argparse.Namespace,
    stop: interruption.Interruption,
    stack: ExitStack,
) -> Profile:
    """A run as `rtbench boot` has it, from power on."""
    machine = stack.enter_context(create())
    stack.enter_context(told(machine))
    name = boot.port(machine, chosen.uart)
    machine.power_on()
    with machine.recorded() as executed:
        session = boot.Session(
            machine, Teller(machine, [], quiet=True), boot.Script(chosen), name, chosen, stop, None
        )
        trouble = session.play()
        return _profile(str(chosen.image), machine, executed(), (0.0, 0), trouble=trouble)


def _of_frames(
    create: Callable[[], Machine],
    task: Task,
    chosen: argparse.Namespace,
    stop: interruption.Interruption,
    stack: ExitStack,
) -> Profile:
    """Frames through an application, from where it has booted."""
    frames = sources.find(chosen, task)
    subject = stack.enter_context(running(create, task.app))
    machine = subject.firmware.machine
    subject.firmware.ready_for_frames()
    begin = machine.time_us, machine.instructions
    with machine.recorded() as executed:
        rows = [
            row
            for row, _ in loop.show_all(
                subject.firmware, task, list(enumerate(frames.items)), loop.Policy.STOP,
                stop=lambda: bool(stop),
            )
        ]  # fmt: skip
        done = executed()
    trouble = next((row.error for row in rows if row.error), "")
    title = f"{task.app}, {frames.name}"
    return _profile(title, machine, done, begin, len(rows), trouble)


def _profile(
    title: str,
    machine: Machine,
    executed: Executed,
    begin: tuple[float, int],
    frames: int = 0,
    trouble: str = "",
) -> Profile:
    use = stack_use(machine, executed)
    return Profile(title, machine, executed, costs(executed), use, begin, frames, trouble)


def _print(found: Profile, shown: int | None) -> None:
    """The table, numbers first: a name is never cut."""
    whole = total(found.functions)
    print(f"{found.title}: {whole:,} instructions in {found.seconds:.6f} s of virtual time")
    print(f"{'share':>6} {'instructions':>14} {'with callees':>14} {'calls':>9}  function")
    for one in found.functions[:shown]:
        share = one.instructions / max(1, whole)
        print(
            f"{share:6.1%} {one.instructions:14,} {one.with_callees:14,} {one.calls:9,}  {one.name}"
        )
    if shown and len(found.functions) > shown:
        rest = sum(one.instructions for one in found.functions[shown:])
        print(f"{rest / max(1, whole):6.1%} {rest:14,} {'':14} {'':9}  "
              f"in {len(found.functions) - shown} more (--all)")  # fmt: skip
    if found.executed.lost:
        print(f"{found.executed.lost:,} instructions found no room in the table of blocks")
    if found.stack is not None:
        print(f"stack: {found.stack}")
    if found.trouble:
        print(f"rtbench profile: {found.trouble}")


def _report(found: Profile) -> dict[str, object]:
    machine, use = found.machine, found.stack
    used, symbols = memory.read(machine.symbols.elf, machine.board)
    return {
        **{key: value for key, value in head_of(machine, "", None).items() if key != "boot"},
        "title": found.title,
        "frames": found.frames,
        "seconds": found.seconds,
        "instructions": total(found.functions),
        "functions": [asdict(one) for one in found.functions],
        "stack": use and {**asdict(use), "used": use.used, "size": use.size},
        "memory": [asdict(one) for one in used],
        "symbols": [asdict(one) for one in symbols],
    }
