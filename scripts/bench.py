"""Measure how fast the bench is, against the bare emulator core where that makes sense.

Nothing here passes or fails: the table shows each figure beside its target, and build/bench.json
holds the figures for whoever wants to compare runs. Wall times depend on the machine and on what
else it does; the ratio is of two measurements made one after the other in this run.
"""

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table
from unicorn import Uc, arm_const, unicorn_const

from rt1062 import emulators, images
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.errors import SetupError, SimError
from rt1062.files import write_whole
from rt1062.symbols import Symbols
from rt1062.unicorn.core import Core
from rt1062.unicorn.hardware import Hardware
from rt1062.unicorn.machine import UnicornMachine
from rtbench import frames, items
from rtbench.evaluation import loop
from rtbench.exit_codes import PASSED, SETUP_WRONG
from rtbench.link.firmware import Firmware
from rtbench.scenes import classification_scene, render
from rtbench.tasks import TASKS, Task

# Key in bench.json, what it is, target, whether more is better.
FIGURES = (
    ("emulation_ratio", "inference: bench to bare unicorn core", 0.9, True),
    ("seconds_per_frame", "one frame, command to result, s", 0.3, False),
    (
        "counted_frames_per_second",
        "frames counted a second, on all cores",
        5.0,
        True,
    ),
    ("evaluated_frames_per_second", "frames of rtbench evaluate a second, all cores", 20.0, True),
    ("sim_test_seconds", "the suites after the build, s", 60.0, False),
    ("startup_seconds", "process start to first instruction, s", 1.5, False),
    ("register_access_microseconds", "one LPSPI register read, us", 0.8, False),
    ("idle_seconds_per_second", "one idle virtual second, s", 0.02, False),
    ("renode_seconds_per_frame", "Renode: one frame, command to result, s", 0.3, False),
    ("renode_startup_seconds", "Renode: process start to first instruction, s", 5.0, False),
    ("renode_idle_seconds_per_second", "Renode: one idle virtual second, s", 0.1, False),
    ("renode_sim_test_seconds", "Renode: the suites after the build, s", 180.0, False),
)
INVOKE = "_ZN6tflite16MicroInterpreter6InvokeEv"
REGISTERS = (*(f"R{i}" for i in range(13)), "SP", "LR", "XPSR", "FPSCR", "CONTROL")
EVALUATED, COUNTED = 40, 24  # frames
LPSPI1_FSR, LPSPI1_RDR = 0x4039_405C, 0x4039_4074


def frame(number: int) -> bytes:
    """A scene of the test seeds as the camera sends it."""
    return frames.to_rgb565(render(classification_scene(number, "test")).image)


def measure_frames(folder: Path, emulator: str = "unicorn", count: int = 7) -> float:
    """Seconds from the command to the result, the median of `count` frames."""
    with emulators.create(folder / "classify.bin", folder / "classify.elf", emulator) as machine:
        firmware = Firmware(machine)
        firmware.boot()
        seconds = []
        for number in track(range(count), "frames"):
            picture = frame(number)
            begin = time.perf_counter()
            firmware.infer(picture)
            seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def measure_evaluation(folder: Path) -> float:
    """Classified frames, drawing included."""
    task = TASKS["classify"]
    return measure_loop(task, folder, items.draw_scenes(task.scene, EVALUATED, 0, "test"))


def measure_counting(folder: Path) -> float:
    """Counted frames that were drawn before."""
    task = TASKS["count"]
    scenes = items.draw_scenes(task.scene, COUNTED, 0, "test")
    return measure_loop(task, folder, [scene.ready() for scene in scenes])


def measure_loop(task: Task, folder: Path, shown: Sequence[items.Item]) -> float:
    """Answered frames a second as `rtbench evaluate` does them, rows included."""
    numbered = list(enumerate(shown))
    with UnicornMachine(folder / f"{task.app}.bin", folder / f"{task.app}.elf") as machine:
        firmware = Firmware(machine)
        firmware.boot()
        loop.warm_up(firmware)
        begin = time.perf_counter()
        jobs = len(os.sched_getaffinity(0))
        answers = loop.show_all(firmware, task, numbered, loop.Policy.RESTART, jobs=jobs)
        errors = [row.error for row, _ in answers if row.error]
        seconds = time.perf_counter() - begin
    if errors:
        raise SimError(f"{task.app}: {len(errors)} frames were not answered: {errors[0]}")
    return len(shown) / seconds


class Snapshot:
    """Registers and memory of a core at one moment, to be run again on a bare one."""

    def __init__(self, core: Core, board: Hardware):
        self.pc = core.get("PC")
        self.registers = {name: core.get(name) for name in REGISTERS}
        self.memory = [
            (segment.base, segment.size, bytes(segment.view))
            for segment in board.processor.memory.segments
        ]

    def bare(self) -> Uc:
        """A core with this state, no hook and no peripheral."""
        uc = Uc(
            unicorn_const.UC_ARCH_ARM,
            unicorn_const.UC_MODE_THUMB,
            cpu=arm_const.UC_CPU_ARM_CORTEX_M7,
        )
        for base, size, contents in self.memory:
            uc.mem_map(base, size)
            uc.mem_write(base, contents)
        # Plain memory for the timers a profiler might read.
        uc.mem_map(0xE000_0000, 0x10_0000)
        for name, value in self.registers.items():
            uc.reg_write(getattr(arm_const, f"UC_ARM_REG_{name}"), value)
        return uc


def measure_ratio(folder: Path, rounds: int = 5) -> float:
    """Time of MicroInterpreter::Invoke on a bare core, divided by the same on the bench."""
    address = Symbols(folder / "classify.elf").address(INVOKE) & ~1
    with UnicornMachine(folder / "classify.bin", folder / "classify.elf") as machine:
        firmware = Firmware(machine)
        firmware.boot()
        uc = machine.hardware.processor.core.uc
        machine.hardware.processor.core.hold_translated(True)
        times: list[float] = []
        returns: list[int] = []
        snapshots: list[Snapshot] = []

        def entered(*arguments: object) -> None:
            if not returns:
                snapshots.append(Snapshot(machine.hardware.processor.core, machine.hardware))
                returns.append(snapshots[0].registers["LR"] & ~1)
                uc.hook_add(unicorn_const.UC_HOOK_CODE, left, begin=returns[0], end=returns[0])
            times.append(-time.process_time())

        def left(*arguments: object) -> None:
            times[-1] += time.process_time()

        uc.hook_add(unicorn_const.UC_HOOK_CODE, entered, begin=address, end=address)
        bench, bare = [], []
        picture = frame(0)
        core = None
        for number in track(range(rounds + 2), "inference"):
            times.clear()
            firmware.infer(picture)
            core = core or snapshots[0].bare()
            for name, value in snapshots[0].registers.items():
                core.reg_write(getattr(arm_const, f"UC_ARM_REG_{name}"), value)
            begin = time.process_time()
            core.emu_start(snapshots[0].pc | 1, returns[0])
            if number >= 2:  # the first rounds translate the code
                bare.append(time.process_time() - begin)
                bench.append(times[-1])
    return statistics.median(bare) / statistics.median(bench)


def measure_startup(folder: Path, emulator: str = "unicorn", rounds: int = 5) -> float:
    """Seconds from starting a process to the firmware's first instruction, median."""
    program = (
        "import sys; from pathlib import Path\n"
        "from rt1062.emulators import create\n"
        "machine = create(Path(sys.argv[1]), None, sys.argv[2])\n"
        "machine.power_on()\n"
        "machine.run_for(0.000001)\n"
        "assert machine.instructions > 0\n"
    )
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        arguments = [folder / "classify.bin", emulator]
        subprocess.run([sys.executable, "-c", program, *arguments], check=True)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def measure_register_access(folder: Path, count: int = 200_000) -> float:
    """Microseconds that one read of LPSPI1's FSR or RDR takes, in turn as a driver reads them."""
    board = Hardware(MIMXRT1060_EVK)
    board.power_on(images.read(folder / "hello.bin", MIMXRT1060_EVK.flash))
    processor = board.processor
    # 1: ldr r0, [r1]; ldr r0, [r3]; subs r2, #1; bne 1b; b .
    loop = struct.pack("<5H", 0x6808, 0x6818, 0x3A01, 0xD1FB, 0xE7FE)
    processor.memory.write(0x2000_0000, loop)
    for name, value in (("R1", LPSPI1_FSR), ("R3", LPSPI1_RDR), ("R2", count)):
        processor.core.set(name, value)
    processor.core.pc = 0x2000_0000
    begin = time.perf_counter()
    processor.run_until(processor.now + 4 * count)
    seconds = time.perf_counter() - begin
    if processor.core.get("R2"):
        raise SimError("the loop of register reads did not end where it should")
    return seconds / (2 * count) * 1e6


def measure_idle(folder: Path, emulator: str = "unicorn", seconds: int = 10) -> float:
    """Wall time of a virtual second of `hello`: SysTick each millisecond, a line twice."""
    with emulators.create(folder / "hello.bin", None, emulator) as machine:
        machine.power_on()
        machine.run_for(1)
        begin = time.perf_counter()
        machine.run_for(seconds)
        return (time.perf_counter() - begin) / seconds


def measure_suites(emulator: str = "unicorn") -> float:
    """Seconds of all Robot suites."""
    begin = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "robot_tests",
            "--emulator",
            emulator,
            "--output",
            f"build/robot/bench-{emulator}",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - begin


def measure_renode(folder: Path, suites: bool) -> dict[str, float]:
    """The same on Renode, where there is one."""
    figures = {
        "renode_startup_seconds": measure_startup(folder, "renode", rounds=3),
        "renode_idle_seconds_per_second": measure_idle(folder, "renode"),
        "renode_seconds_per_frame": measure_frames(folder, "renode", count=40),
    }
    if suites:
        figures["renode_sim_test_seconds"] = measure_suites("renode")
    return figures


def main() -> int:
    """Measure, show, write; exit code 2 if the firmware is not built."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firmware", type=Path, default=Path("build/firmware"))
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--no-suites", action="store_true", help="leave the Robot suites out")
    options = parser.parse_args()
    try:
        for name in ("hello.bin", "classify.bin", "classify.elf"):
            if not (options.firmware / name).is_file():
                raise SetupError(f"{options.firmware / name} is missing: run `make firmware`")
        figures = {
            "startup_seconds": measure_startup(options.firmware),
            "register_access_microseconds": measure_register_access(options.firmware),
            "idle_seconds_per_second": measure_idle(options.firmware),
            "seconds_per_frame": measure_frames(options.firmware),
            "emulation_ratio": measure_ratio(options.firmware),
            "evaluated_frames_per_second": measure_evaluation(options.firmware),
        }
        if (options.firmware / "count.bin").is_file():
            figures["counted_frames_per_second"] = measure_counting(options.firmware)
        if not options.no_suites:
            figures["sim_test_seconds"] = measure_suites()
        if emulators.find_renode():
            figures |= measure_renode(options.firmware, not options.no_suites)
    except SimError as error:
        print(error, file=sys.stderr)
        return SETUP_WRONG
    show(figures)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(options.out, json.dumps(figures, indent=2) + "\n")
    print(f"written to {options.out}")
    return PASSED


def show(figures: dict[str, float]) -> None:
    """The table of figures, targets, and how far each is from its target."""
    table = Table(title="make bench")
    for title in ("what", "figure", "target", "of target", ""):
        table.add_column(title, justify="left" if title in ("what", "") else "right")
    for key, what, target, more in FIGURES:
        if key not in figures:
            table.add_row(what, "not measured", f"{target:g}", "", "")
            continue
        value = figures[key]
        good = value >= target if more else value <= target
        table.add_row(
            what,
            f"{value:.3g}",
            f"{'>=' if more else '<='} {target:g}",
            f"{value / target:.2f}",
            "reached" if good else "[bold red]missed",
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
