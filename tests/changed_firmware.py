"""The firmware that is built, with one source file changed: the mistakes of its authors to be.

Compiles that file alone, with the command that built it, and links it with the objects of the rest.
"""

import json
import shlex
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES, BUILT = ROOT / "firmware", ROOT / "build/firmware"
CAN_BUILD = (BUILT / "build.ninja").is_file() and all(
    shutil.which(tool) for tool in ("ninja", "arm-none-eabi-g++")
)


def _ninja(*words: str) -> str:
    command = ["ninja", "-C", str(BUILT), "--quiet", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def changed(app: str, source: str, changes: dict[str, str], folder: Path) -> Path:
    """`app`.elf in `folder`, of which `source` has each text of `changes` replaced by its other.

    Each must be there exactly once. CalledProcessError, with the compiler's words, if it does not
    compile.
    """
    text = (SOURCES / source).read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, f"{source}: {old!r} must be there once, not {text.count(old)}x"
        text = text.replace(old, new)
    (folder / source).parent.mkdir(parents=True, exist_ok=True)
    (folder / source).write_text(text)
    objects = [
        (entry["output"], shlex.split(entry["command"]))
        for entry in json.loads(_ninja("-t", "compdb"))
        if entry["file"] == str(SOURCES / source)
        and entry["output"].split("/")[1] in ("platform.dir", f"{app}.dir")
    ]
    ((old_object, compiler),) = objects
    new_object = str(folder / "changed.obj")
    compiler[compiler.index("-c") + 1] = str(folder / source)
    compiler[compiler.index("-o") + 1] = new_object
    # What the change leaves unused is no error here.
    _run([*compiler, "-Wno-error"])
    command = _ninja("-t", "commands", f"{app}.elf").splitlines()[-1]
    linker = shlex.split(command.removeprefix(": && ").partition(" && ")[0])
    linker = [new_object if word == old_object else word for word in linker]
    linker = [f"-Wl,-Map={folder / 'changed.map'}" if "-Map=" in word else word for word in linker]
    elf = folder / f"{app}.elf"
    linker[linker.index("-o") + 1] = str(elf)
    _run(linker)
    return elf


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=BUILT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
