"""Measure how fast the bench is, against the bare emulator core where that makes sense.

Nothing here passes or fails: the table shows each figure beside its target, and build/bench.json
holds the figures for whoever wants to compare runs. Wall times depend on the machine and on what
else it does; the ratio is of two measurements made one after the other in this run.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from unicorn import Uc, arm_const, unicorn_const

from rt1062 import checkout, emulators, images
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.errors import SetupError, SimError
from rt1062.files import write_whole
from rt1062.symbols import Symbols
from rt1062.unicorn import native
from rt1062.unicorn.core import Core
from rt1062.unicorn.hardware import Hardware
from rt1062.unicorn.machine import UnicornMachine
from rt1062.unicorn.processor import Processor
from rtbench import frames, items
from rtbench.evaluation import loop
from rtbench.exit_codes import PASSED, SETUP_WRONG
from rtbench.link import record_line
from rtbench.link.events import Capture
from rtbench.link.firmware import Firmware
from rtbench.logger.begin import begin
from rtbench.logger.collector import Collector, Wish
from rtbench.logger.line import BenchLine
from rtbench.scenes import classification_scene, render
from rtbench.tasks import TASKS, Task

T = TypeVar("T")

# Key in bench.json, what it is, target, whether more is better.
FIGURES = (
    ("emulation_ratio", "inference in Unicorn: bench to bare core", 0.9, True),
    ("translated_ratio", "inference translated: bench to bare core", 8.0, True),
    ("seconds_per_frame", "one classified frame, command to result, s", 0.030, False),
    ("seconds_per_counted_frame", "one counted frame, command to result, s", 0.035, False),
    ("transfer_cpu_seconds", "18,432 bytes out of the camera's FIFO, CPU s", 0.005, False),
    ("capture_cpu_seconds", "a frame in the camera's FIFO to its answer, CPU s", 0.005, False),
    ("counted_frames_per_second", "frames counted a second, on all cores", 40.0, True),
    ("evaluated_frames_per_second", "frames of rtbench evaluate a second, all cores", 50.0, True),
    # The camera gives a frame every 133 ms, which is 62 ms at 3,000,000 baud and 201 ms at 921,600.
    ("logged_share_of_line", "frames logged: part of 3,000,000 baud that is used", 0.45, True),
    ("logged_share_at_921600", "the same of a line that is slower than the camera", 0.98, True),
    ("sim_test_seconds", "the suites after the build, s", 30.0, False),
    ("sim_test_cold_seconds", "the suites with nothing compiled before, s", 60.0, False),
    ("startup_seconds", "process start to first instruction, s", 0.3, False),
    ("startup_cold_seconds", "the same with nothing compiled before, s", 10.0, False),
    ("inspect_seconds", "rtbench model inspect of a 300 KB model, s", 1.0, False),
    ("try_seconds", "rtbench try of a model that is compiled, s", 6.0, False),
    ("time_seconds", "rtbench time --what-if of a frame of count, s", 10.0, False),
    ("traced_slow_down", "a frame behind a trace to one in front of it", 1.05, False),
    ("register_access_microseconds", "one LPSPI register read, us", 0.5, False),
    ("idle_seconds_per_second", "one idle virtual second, s", 0.010, False),
    ("renode_seconds_per_frame", "Renode: one frame, command to result, s", 0.3, False),
    ("renode_ratio", "a frame on Renode against ours", 5.0, True),
    ("renode_startup_seconds", "Renode: process start to first instruction, s", 5.0, False),
    ("renode_idle_seconds_per_second", "Renode: one idle virtual second, s", 0.1, False),
    ("renode_sim_test_seconds", "Renode: the suites after the build, s", 180.0, False),
)
INVOKE = "_ZN6tflite16MicroInterpreter6InvokeEv"
REGISTERS = (*(f"R{i}" for i in range(13)), "SP", "LR", "XPSR", "FPSCR", "CONTROL")
UNDEFINED, NEVER = b"\x00\xde", 1 << 62
EVALUATED, COUNTED, LOGGED = 40, 24, 12  # frames
BITS_OF_A_BYTE = 10
KEPT = "hooks", "translated", "answers"  # folders of the cache
MODEL, INSPECTED_BYTES = Path("models/classification/model.tflite"), 300_000
LPSPI1_FSR, LPSPI1_RDR = 0x4039_405C, 0x4039_4074


def frame(number: int) -> bytes:
    """A scene of the test seeds as the camera sends it."""
    return frames.to_rgb565(render(classification_scene(number, "test")).image)


def measure_frames(
    folder: Path, emulator: str = "unicorn", count: int = 20, app: str = "classify"
) -> float:
    """Seconds from the command to the result, the median of `count` frames."""
    with emulators.create(folder / f"{app}.bin", folder / f"{app}.elf", emulator) as machine:
        firmware = Firmware(machine)
        firmware.boot()
        firmware.infer(frame(0))
        machine.will_repeat(1000)
        seconds = []
        for number in track(range(count), "frames"):
            picture = frame(number)
            begin = time.perf_counter()
            firmware.infer(picture)
            seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def measure_capture(folder: Path, count: int = 30) -> dict[str, float]:
    """CPU seconds that a frame costs from when the camera has it, medians: until all of it is out
    of the camera, and until its capture is answered, with checks behind the transfer and the line.

    In turn, as whoever looks at the camera each millisecond makes the transfer dearer.
    """
    with UnicornMachine(folder / "classify.bin", folder / "classify.elf") as machine:
        firmware = Firmware(machine)
        firmware.boot()
        firmware.camera_ready()
        camera = machine.hardware.camera
        transfers, captures = [], []
        for number in track(range(-3, count), "captures"):
            if number == -1:
                machine.will_repeat(1000)
            for seconds, looks in ((transfers, True), (captures, False)):
                machine.feed_frame(frame(abs(number)))
                taken = len(machine.captured_ids)
                firmware.command("capture")
                machine.wait_until(lambda before=taken: len(machine.captured_ids) > before, 1)
                begin = time.process_time()
                if looks:
                    machine.wait_until(lambda: camera.selected, 1)
                    machine.wait_until(lambda: not camera.selected, 1)
                    seconds.append(time.process_time() - begin)
                firmware.expect(Capture)
                if not looks:
                    seconds.append(time.process_time() - begin)
    # The first ones translate the code.
    transfer, capture = (statistics.median(one[3:]) for one in (transfers, captures))
    return {"transfer_cpu_seconds": transfer, "capture_cpu_seconds": capture}


def measure_evaluation(folder: Path) -> float:
    """Classified frames, drawing included."""
    task = TASKS["classify"]
    return measure_loop(task, folder, items.draw_scenes(task.scene, EVALUATED, 0, "test"))


def measure_counting(folder: Path) -> float:
    """Counted frames that were drawn before."""
    task = TASKS["count"]
    scenes = items.draw_scenes(task.scene, COUNTED, 0, "test")
    return measure_loop(task, folder, [scene.ready() for scene in scenes])


def alone(measure: Callable[[Path], float], folder: Path) -> float:
    """What is measured in a process of its own, as a command has one: whatever this one has in its
    memory by now, each child of an evaluation would be forked with."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, folder).result()


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

    def __init__(self, core: Core, processor: Processor):
        self.pc = core.get("PC")
        self.registers = {name: core.get(name) for name in REGISTERS}
        self.memory = [
            (segment.base, segment.size, bytes(segment.view))
            for segment in processor.memory.segments
        ]

    def restore(self, core: Core, processor: Processor) -> None:
        """Put the core that it is of, and its memory, back to this state."""
        for segment, (_, _, contents) in zip(processor.memory.segments, self.memory, strict=True):
            segment.view[:] = contents
        for name, value in self.registers.items():
            core.set(name, value)
        core.pc = self.pc

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


class Inference:
    """MicroInterpreter::Invoke of `classify`, to be run again and again from its entry.

    `plain` and `translated` are seconds on the machine's core, without and with its second tier,
    `bare` on a core without hooks.
    """

    def __init__(self, machine: UnicornMachine, elf: Path):
        self._processor = processor = machine.hardware.processor
        self._core = core = processor.core
        firmware = Firmware(machine)
        firmware.boot()
        firmware.infer(frame(0))
        processor.will_repeat(1000)  # so that it pays to translate
        core.hold_translated(True)
        address = Symbols(elf).address(INVOKE) & ~1
        hook = core.uc.hook_add(
            unicorn_const.UC_HOOK_CODE, self._entered, begin=address, end=address
        )
        core.uc.ctl_flush_tb()  # code that is translated already has no hook in it
        firmware.infer(frame(0))
        core.uc.hook_del(hook)
        core.uc.ctl_flush_tb()
        self.end = self.snapshot.registers["LR"] & ~1
        self.instructions = self._count()
        core.hold_translated(False)
        self._bare = self.snapshot.bare()

    def _entered(self, *_: object) -> None:
        self.snapshot = Snapshot(self._core, self._processor)

    def _count(self) -> int:
        """Instructions to the return, where an undefined one is put for once."""
        core, memory = self._core, self._processor.memory
        self.snapshot.restore(core, self._processor)
        code = memory.read(self.end, len(UNDEFINED))
        memory.write(self.end, UNDEFINED)
        begin, core.words[native.DEADLINE] = core.now, NEVER
        core.run()
        core.take_back_unexecuted()
        memory.write(self.end, code)
        return core.now - begin

    def translated(self) -> float:
        """Seconds on the machine's core."""
        core = self._core
        self.snapshot.restore(core, self._processor)
        core.words[native.DEADLINE] = core.now + self.instructions
        begin = time.process_time()
        core.run()
        seconds = time.process_time() - begin
        if core.pc != self.end:
            raise SimError(f"Invoke ended at 0x{core.pc:08X}")
        return seconds

    def plain(self) -> float:
        """The same with its second tier held."""
        self._core.hold_translated(True)
        seconds = self.translated()
        self._core.hold_translated(False)
        return seconds

    def bare(self) -> float:
        """Seconds on a core without hooks."""
        for name, value in self.snapshot.registers.items():
            self._bare.reg_write(getattr(arm_const, f"UC_ARM_REG_{name}"), value)
        begin = time.process_time()
        self._bare.emu_start(self.snapshot.pc | 1, self.end)
        return time.process_time() - begin


def measure_ratios(folder: Path, rounds: int = 7) -> dict[str, float]:
    """How fast inference is against a bare core, without and with the second tier; best times."""
    with UnicornMachine(folder / "classify.bin", folder / "classify.elf") as machine:
        inference = Inference(machine, folder / "classify.elf")
        bare, plain, translated = [], [], []
        for _ in track(range(rounds), "inference"):
            bare.append(inference.bare())
            plain.append(inference.plain())
            translated.append(inference.translated())
    # The first rounds translate the code.
    return {
        "emulation_ratio": min(bare) / min(plain),
        "translated_ratio": min(bare) / min(translated),
    }


def measure_logging(folder: Path, baud: int) -> float:
    """What part of the line's time its bits take while frames are logged: virtual, so exact."""
    with UnicornMachine(folder / "log.bin", folder / "log.elf") as machine:
        machine.power_on()
        line = BenchLine(machine)
        begin(line, reset=False)
        collector = Collector(line, baud=baud)
        for number in range(LOGGED):
            collector.wish(Wish(prepare=partial(machine.feed_frame, frame(number))))
        while collector.waiting:
            collector.step()
    records = [one for one in machine.console if record_line.is_record(one.data)]
    if len(records) != LOGGED:
        raise SimError(f"{len(records)} records came, not {LOGGED}")
    seconds = (records[-1].time_us - records[0].time_us) / 1e6
    sent = sum(len(one.data) + len(b"\n\n") for one in records[:-1])
    return sent * BITS_OF_A_BYTE / baud / seconds


def measure_startup(folder: Path, emulator: str = "unicorn", rounds: int = 5) -> float:
    """Seconds from starting a process to the firmware's first instruction, median.

    Python's own compiler has run before, as it has for everybody who starts a program twice: where
    it is told to keep nothing (PYTHONDONTWRITEBYTECODE), half of a start is its work.
    """
    with tempfile.TemporaryDirectory(prefix="bytecode-") as kept:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": kept}
        start(folder, emulator, environment)
        return statistics.median(start(folder, emulator, environment) for _ in range(rounds))


def start(folder: Path, emulator: str, environment: Mapping[str, str] | None = None) -> float:
    """Seconds of one process that does nothing else."""
    program = (
        "import sys; from pathlib import Path\n"
        "from rt1062.emulators import create\n"
        "machine = create(Path(sys.argv[1]), None, sys.argv[2])\n"
        "machine.power_on()\n"
        "machine.run_for(0.000001)\n"
        "assert machine.instructions > 0\n"
    )
    arguments = [folder / "classify.bin", emulator]
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, env=environment)
    return time.perf_counter() - begin


@contextmanager
def cold() -> Iterator[None]:
    """Within the `with`, nothing of what was compiled or computed on this host is there."""
    folders = [checkout.CACHE / name for name in KEPT]
    with tempfile.TemporaryDirectory(dir=checkout.CACHE, prefix="aside-") as aside:
        kept = [folder for folder in folders if folder.is_dir()]
        for folder in kept:
            folder.rename(Path(aside) / folder.name)
        try:
            yield
        finally:
            for folder in kept:
                shutil.rmtree(folder, ignore_errors=True)
                (Path(aside) / folder.name).rename(folder)


def measure_cold_startup(folder: Path) -> float:
    """Where the first process compiles."""
    with cold():
        return start(folder, "unicorn")


def measure_command(*words: object, rounds: int = 3) -> float:
    """Seconds of a whole `rtbench` command, median; SimError if it fails."""
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        command = [sys.executable, "-m", "rtbench.cli", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds.append(time.perf_counter() - begin)
        if done.returncode != PASSED:
            raise SimError(f"rtbench {words[0]}: {done.stderr.strip()}")
    return statistics.median(seconds)


def measure_inspect() -> float:
    """Of a file as large as a model of 300 KB: the classifier's, with zeros behind it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(MODEL.read_bytes().ljust(INSPECTED_BYTES, b"\0"))
        return measure_command("model", "inspect", path)


def measure_try() -> float:
    """Beyond compiling: the second time there is nothing left to compile."""
    with tempfile.TemporaryDirectory() as folder:
        words = "try", MODEL, "--build", folder
        measure_command(*words, rounds=1)
        return measure_command(*words)


def measure_time(folder: Path) -> float:
    """Of the application with the longer trace; the first may have to compile the passes."""
    words = "--firmware", folder, "--scenes", 1, "--what-if"
    return measure_command("time", "--app", "count", *words)


def measure_slow_down(folder: Path, count: int = 15) -> float:
    """What is left of a trace when it is over: CPU time of a frame then to one before, the best."""
    with UnicornMachine(folder / "classify.bin", folder / "classify.elf") as machine:
        firmware = Firmware(machine)
        firmware.boot()
        firmware.infer(frame(0))
        machine.will_repeat(1000)
        best = []
        for _ in range(2):
            seconds = []
            for number in range(count):
                begin = time.process_time()
                firmware.infer(frame(number % 2))
                seconds.append(time.process_time() - begin)
            best.append(min(seconds))
            with machine.recorded(1 << 24):
                firmware.infer(frame(0))
    return best[1] / best[0]


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


class Timed:
    """Calls what measures, and says what it does and how long it took, this time and the last."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._before = json.loads(file.read_text())
        except (OSError, ValueError):
            self._before = {}
        self._took: dict[str, float] = {}

    def __call__(self, what: str, measure: Callable[..., T], *arguments: object) -> T:
        """What `measure` returns."""
        before = self._before.get(what)
        last = "" if before is None else f" (last time {before:.0f} s)"
        print(f"measuring {what}{last}", file=sys.stderr, flush=True)
        begin = time.perf_counter()
        value = measure(*arguments)
        self._took[what] = time.perf_counter() - begin
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, json.dumps(self._before | self._took, indent=1) + "\n")
        return value


def main() -> int:
    """Measure, show, write; exit code 2 if the firmware is not built."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firmware", type=Path, default=Path("build/firmware"))
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--no-suites", action="store_true", help="leave the Robot suites out")
    options = parser.parse_args()
    try:
        for name in ("hello.bin", "log.bin", "log.elf", "classify.bin", "classify.elf"):
            if not (options.firmware / name).is_file():
                raise SetupError(f"{options.firmware / name} is missing: run `make firmware`")
        timed, folder = Timed(options.out.with_name("bench_took.json")), options.firmware
        figures = {
            "startup_seconds": timed("start", measure_startup, folder),
            "startup_cold_seconds": timed("a cold start", measure_cold_startup, folder),
            "inspect_seconds": timed("inspection of a model", measure_inspect),
            "register_access_microseconds": timed(
                "register accesses", measure_register_access, folder
            ),
            "idle_seconds_per_second": timed("an idle firmware", measure_idle, folder),
            "seconds_per_frame": timed("frames", measure_frames, folder),
            **timed("captures", measure_capture, folder),
            **timed("inference", measure_ratios, folder),
            "traced_slow_down": timed("frames behind a trace", measure_slow_down, folder),
            "evaluated_frames_per_second": timed("evaluation", alone, measure_evaluation, folder),
            "logged_share_of_line": timed("a log", measure_logging, folder, 3_000_000),
            "logged_share_at_921600": timed("a slower log", measure_logging, folder, 921_600),
        }
        if (folder / "count.bin").is_file():
            counted = partial(measure_frames, app="count")
            figures["seconds_per_counted_frame"] = timed("counted frames", counted, folder)
            figures["time_seconds"] = timed("rtbench time", measure_time, folder)
            rate = timed("counting", alone, measure_counting, folder)
            figures["counted_frames_per_second"] = rate
        if Symbols(folder / "classify.elf").address(INVOKE):
            figures["try_seconds"] = timed("rtbench try", measure_try)
        if not options.no_suites:
            figures["sim_test_seconds"] = timed("all suites", measure_suites)
            with cold():
                cold_suites = timed("all suites, cold", measure_suites)
            figures["sim_test_cold_seconds"] = cold_suites
        if emulators.find_renode():
            figures |= timed("all of it on Renode", measure_renode, folder, not options.no_suites)
            ours, theirs = figures["seconds_per_frame"], figures["renode_seconds_per_frame"]
            figures["renode_ratio"] = theirs / ours
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
