"""A firmware around any .tflite: what can be said before, the build, and the size of its arena."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError, SimError
from rtbench.link.events import Boot, ErrorEvent, Log
from rtbench.link.firmware import Firmware
from rtbench.tflite.inspect import describe
from rtbench.tflite.operators import missing_in_tflm
from rtbench.tflite.tflite_file import ModelFile

# What DTCM (384 KB) leaves beside stack, frame buffer and the firmware's other data.
LARGEST_ARENA = 336 * 1024
ARENA_STEP = 1024  # the arena is what was used, rounded up to this
# An answer of more classes does not fit the protocol's line of 512 bytes.
MOST_CLASSES = 20
INPUT_SHAPE = (1, 96, 96, 3)
INPUT_SCALE, INPUT_ZERO = 1 / 255, -128  # what the firmware's preprocessing makes
BUILD_SECONDS = 600


@dataclass(frozen=True)
class FirmwareFiles:
    """Flash image and ELF."""

    image: Path
    elf: Path


def check(model: ModelFile) -> list[str]:
    """Warnings; SetupError, one line, for a model that this firmware cannot run."""
    missing = missing_in_tflm([operator.name for operator in model.operators])
    custom = [operator.name for operator in model.operators if operator.custom]
    if missing or custom:
        raise SetupError(f"{model.path}: TFLM has no operator {', '.join(missing or custom)}")
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise SetupError(
            f"{model.path}: the firmware runs models of one input and one output, not of "
            f"{len(model.inputs)} and {len(model.outputs)}"
        )
    given, answer = model.tensors[model.inputs[0]], model.tensors[model.outputs[0]]
    if given.shape != INPUT_SHAPE or given.type != "INT8":
        raise SetupError(
            f"{model.path}: the input is {describe(given)}, the firmware hands over int8 "
            f"{list(INPUT_SHAPE)}"
        )
    if answer.type != "INT8":
        raise SetupError(f"{model.path}: the output is {describe(answer)}, it must be int8")
    if answer.elements > MOST_CLASSES:
        raise SetupError(
            f"{model.path}: {answer.elements} classes do not fit a line of the console, at most "
            f"{MOST_CLASSES} do"
        )
    scale = given.scales[0] if given.scales else 0.0
    zero = given.zero_points[0] if given.zero_points else 0
    if abs(scale - INPUT_SCALE) > 1e-4 or zero != INPUT_ZERO:
        return [
            f"the input's scale is {scale:.6g} and its zero point {zero}; the firmware makes "
            f"{INPUT_SCALE:.6g} and {INPUT_ZERO} (pixel - 128), so labels may be off"
        ]
    return []


def tflm_directory() -> Path:
    """Where TFLM is: TFLM_DIR, or what `make firmware` has fetched; SetupError without."""
    named = os.environ.get("TFLM_DIR")
    path = Path(named) if named else checkout.CACHE / "tflm"
    if (path / "lib/cm7/armgcc/libtflm.a").is_file():
        return path
    raise SetupError(
        f"no TFLM in {path}: `make firmware INFERENCE=tflm` fetches it, TFLM_DIR names one"
    )


def build(model: ModelFile, labels: list[str], folder: Path, arena_bytes: int) -> FirmwareFiles:
    """Build `classify` around the model in `folder`; SetupError with the compiler's reason."""
    sources = checkout.needed("firmware")
    names, out, log = folder / "labels.txt", folder / "firmware", folder / "build.log"
    folder.mkdir(parents=True, exist_ok=True)
    names.write_text("".join(f"{label}\n" for label in labels), encoding="utf-8")
    configure = [
        "cmake", "-S", sources, "-B", out, "-G", "Ninja", "--log-level=WARNING",
        f"-DCMAKE_TOOLCHAIN_FILE={sources / 'cmake/arm-none-eabi.cmake'}", "-DINFERENCE=tflm",
        f"-DTFLM_DIR={tflm_directory()}", f"-DPYTHON={sys.executable}",
        f"-DMODEL={model.path.resolve()}", f"-DMODEL_LABELS={names.resolve()}",
        f"-DTENSOR_ARENA_BYTES={arena_bytes}",
    ]  # fmt: skip
    log.write_text("", encoding="utf-8")
    for command in (configure, ["cmake", "--build", out, "--target", "classify"]):
        _call([str(word) for word in command], log)
    return FirmwareFiles(out / "classify.bin", out / "classify.elf")


def _call(command: list[str], log: Path) -> None:
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", timeout=BUILD_SECONDS, check=False,
        )  # fmt: skip
    except OSError as error:
        raise SetupError(f"{command[0]}: cannot be run ({error.strerror}); `make setup`") from error
    with log.open("a", encoding="utf-8") as stream:
        stream.write(done.stdout)
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "rror" in line or "overflow" in line]
        reason = lines[0].strip() if lines else f"{command[0]} ended with {done.returncode}"
        raise SetupError(f"the firmware does not build: {reason} (all of it in {log})")


def first_run(firmware: Firmware, model: ModelFile) -> int:
    """Bytes of arena that the model took on the chip; SetupError if it did not start."""
    boot = firmware.boot()
    try:
        answer = firmware.expect(ErrorEvent, timeout_s=0.5)
    except SimError:
        answer = None  # no error is what is hoped for
    if answer is not None and answer.code == "model_invalid":
        raise SetupError(f"{model.path}: TFLM on the chip refuses the model: {_reason(firmware)}")
    if not boot.arena_used:
        raise SetupError(f"{model.path}: the firmware does not say what arena it took")
    return boot.arena_used


def _reason(firmware: Firmware) -> str:
    said = [
        event.message
        for event in firmware.events
        if isinstance(event, Log) and event.level == "warning"
    ]
    boot = next(event for event in firmware.events if isinstance(event, Boot))
    reserved = f"the arena holds {boot.arena_reserved:,} bytes, the most that fits the DTCM"
    return "; ".join([*said, reserved]) if said else reserved


def arena_for(used: int) -> int:
    """What to reserve for `used` bytes."""
    return -(-used // ARENA_STEP) * ARENA_STEP
