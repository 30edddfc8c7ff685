"""A firmware around any .tflite: what can be said before, the build, and where its arena goes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rt1062 import checkout
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.emulators import create
from rt1062.errors import SetupError
from rt1062.files import lock_file, write_whole
from rt1062.guard import NOT_STARTED, Guarded
from rtbench.evaluation.tensor_firmware import ModelRefusedError, TensorFirmware
from rtbench.tflite.arena import ArenaUse, arena_use
from rtbench.tflite.refusals import refusals
from rtbench.tflite.tflite_file import ModelFile

KIB = 1024
TWO_ALLOCATORS = 64  # what TFLM keeps more where it has two buffers, and to spare
ARENA_STEP = 1024  # the arena is what was used, rounded up to this
MOST_TENSORS = 64  # inputs and outputs, of the firmware's table
BUILD_SECONDS = 600
FAILURE = "error:|undefined reference|overflow|CMake Error"  # of compiler, linker, CMake


@dataclass(frozen=True)
class Arena:
    """Where TFLM's buffer lies: `bytes` in `memory`, and `kept` of DTCM for what lasts as long as
    the model, where that is a buffer of its own.
    """

    memory: str
    bytes: int
    kept: int = 0

    def holds(self, use: ArenaUse) -> bool:
        """Whether a model that takes so much starts in it."""
        if self.kept:
            return use.planned <= self.bytes and use.kept + TWO_ALLOCATORS <= self.kept
        return use.needed <= self.bytes

    def cut_to(self, use: ArenaUse) -> "Arena":
        """No larger than such a model needs."""
        if self.kept:
            kept = arena_for(use.kept + TWO_ALLOCATORS)
            return Arena(self.memory, arena_for(max(use.planned, use.starting - use.kept)), kept)
        return Arena(self.memory, arena_for(use.needed))

    def __str__(self) -> str:
        if self.kept:
            return f"{self.bytes:,} bytes in OCRAM2 and {self.kept:,} in DTCM"
        return f"{self.bytes:,} bytes in {self.memory.upper()}"


# The largest of each kind, the fastest memory first. DTCM has 384 KB, stack and the firmware's own
# data included; OCRAM2 is 512 KB; the SDRAM is that of the board that the firmware is for.
ARENAS = (
    Arena("dtcm", 336 * KIB),
    Arena("ocram2", 512 * KIB),
    Arena("both", 512 * KIB, 336 * KIB),
    Arena("sdram", MIMXRT1060_EVK.sdram.size),
)


@dataclass(frozen=True)
class FirmwareFiles:
    """Flash image and ELF, and where the arena is in them."""

    image: Path
    elf: Path
    arena: Arena


def check(model: ModelFile) -> None:
    """SetupError, one line with what to do, for a model that TFLM on the chip cannot run."""
    found = refusals(model)
    if found:
        more = f" (and {len(found) - 1} more such layers)" if len(found) > 1 else ""
        raise SetupError(f"{model.path}: {found[0]}{more}")
    if not model.outputs:
        raise SetupError(f"{model.path}: the model has no output")
    numbers = (*model.inputs, *model.outputs)
    if len(numbers) > MOST_TENSORS:
        raise SetupError(
            f"{model.path}: {len(numbers)} inputs and outputs, the firmware has room for "
            f"{MOST_TENSORS}"
        )
    for number in numbers:
        if model.tensors[number].dtype is None:
            raise SetupError(
                f"{model.path}: {model.tensors[number].name} is of type "
                f"{model.tensors[number].type}, which cannot be handed over"
            )


def tflm_directory() -> Path:
    """Where TFLM is: TFLM_DIR, or what `make firmware` has fetched; SetupError without."""
    named = os.environ.get("TFLM_DIR")
    path = Path(named) if named else checkout.CACHE / "tflm"
    if (path / "lib/cm7/armgcc/libtflm.a").is_file():
        return path
    raise SetupError(
        f"no TFLM in {path}: `make firmware INFERENCE=tflm` fetches it, TFLM_DIR names one"
    )


def build(model: ModelFile, folder: Path, arena: Arena) -> FirmwareFiles:
    """Build `tensors` around the model, into `folder`; SetupError with the compiler's reason.

    All models share one folder of objects: what is not about the model is compiled once.
    """
    sources = checkout.needed("firmware")
    out, log = checkout.CACHE / "tensors", folder / "build.log"
    for path in (folder, out):
        path.mkdir(parents=True, exist_ok=True)
    configure = [
        "cmake", "-S", sources, "-B", out, "-G", "Ninja", "--log-level=WARNING",
        f"-DCMAKE_TOOLCHAIN_FILE={sources / 'cmake/arm-none-eabi.cmake'}", "-DINFERENCE=tflm",
        f"-DTFLM_DIR={tflm_directory()}", f"-DPYTHON={sys.executable}",
        f"-DTENSORS_MODEL={model.path.resolve()}", f"-DTENSORS_ARENA={arena.memory}",
        f"-DTENSORS_ARENA_BYTES={arena.bytes}", f"-DTENSORS_KEPT_BYTES={arena.kept}",
    ]  # fmt: skip
    log.write_text("", encoding="utf-8")
    files = FirmwareFiles(folder / "tensors.bin", folder / "tensors.elf", arena)
    with (out / ".lock").open("w") as lock:
        lock_file(lock)
        for command in (configure, ["cmake", "--build", out, "--target", "tensors"]):
            _call([str(word) for word in command], log)
        for file in (files.image, files.elf):
            write_whole(file, (out / file.name).read_bytes())
    return files


def _call(command: list[str], log: Path) -> None:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        # Compilers and all: none of them goes on when this process has been killed.
        process = Guarded(command, errors="replace", **options)
    except OSError as error:
        raise SetupError(f"{command[0]}: cannot be run ({error.strerror}); `make setup`") from error
    try:
        said, _ = process.communicate(timeout=BUILD_SECONDS)
    except subprocess.TimeoutExpired:
        raise SetupError(f"{command[0]} took more than {BUILD_SECONDS} s") from None
    finally:
        process.end()
    with log.open("a", encoding="utf-8") as stream:
        stream.write(said)
    if process.returncode:
        lines = [line.strip() for line in said.splitlines() if re.search(FAILURE, line)]
        reason = lines[0] if lines else f"{command[0]} ended with {process.returncode}"
        if process.returncode == NOT_STARTED:
            reason = f"{said.strip()}; `make setup`"
        raise SetupError(f"the firmware does not build: {reason} (all of it in {log})")


def build_where_it_fits(model: ModelFile, folder: Path, limit_s: float) -> FirmwareFiles:
    """The firmware with an arena of what the model takes, in the fastest memory that holds it.

    ModelRefusedError, in TFLM's words, when the model runs in none.
    """
    use = arena_use(model)
    for arena in candidates(use):
        files = build(model, folder, arena)
        try:
            with running(files, model, limit_s) as firmware:
                used = firmware.boot.arena_used
        except ModelRefusedError as error:
            if not error.memory:
                raise
            if arena == ARENAS[-1]:
                raise ModelRefusedError(
                    f"{error}; the arena holds {arena}, the most that the board has",
                    error.said, memory=True,
                ) from error  # fmt: skip
            continue
        if arena in ARENAS and not arena.kept:  # all of a memory, to see what it takes
            return build(model, folder, Arena(arena.memory, arena_for(max(used, use.needed))))
        return files
    raise AssertionError("the last arena either runs or raises")


def candidates(use: ArenaUse) -> list[Arena]:
    """What to try, in this order: an arena of what the model should take, in the fastest memory
    that holds it, then all of that memory, then all of each larger one.
    """
    fits = [number for number, arena in enumerate(ARENAS) if arena.holds(use)]
    first = fits[0] if fits else len(ARENAS) - 1
    exact = ARENAS[first].cut_to(use)
    return [*([exact] if fits and use.whole else []), *ARENAS[first:]]


@contextmanager
def running(files: FirmwareFiles, model: ModelFile, limit_s: float) -> Iterator[TensorFirmware]:
    """The firmware, booted, within the `with`; ModelRefusedError when TFLM does not take it."""
    with create(files.image, files.elf, "unicorn") as machine:
        yield TensorFirmware(machine, model, limit_s)


def arena_for(used: int) -> int:
    """What to reserve for `used` bytes."""
    return -(-used // ARENA_STEP) * ARENA_STEP
