"""Objects of machine code: made by LLVM for this host, kept on disk, run from memory.

A file is written aside and moved into place, so of two writers the later one wins; one that was cut
short or damaged does not have the digest in its first line and counts as none.
"""

import contextlib
import hashlib
from pathlib import Path

import llvmlite.binding as llvm

from rt1062.errors import SetupError
from rt1062.files import write_whole

_OPTIMISATION = 2


def target_machine() -> llvm.TargetMachine:
    """Code for this host's CPU, wherever it lies."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=_OPTIMISATION,
        reloc="pic",
        codemodel="small",
    )


def host_cpu() -> str:
    """What machine code depends on besides its source."""
    features = llvm.get_host_cpu_features().flatten()
    host = llvm.get_default_triple(), llvm.get_host_cpu_name(), features, llvm.llvm_version_info
    return repr(host)


class MachineCode:
    """An object file in memory."""

    def __init__(self, contents: bytes):
        empty = llvm.parse_assembly("")
        # The manager that keeps code and its tables together: a jump reaches 2 GB.
        self._engine = llvm.create_mcjit_compiler(empty, target_machine(), use_lmm=True)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(contents))
        self._engine.finalize_object()

    def address(self, name: str) -> int:
        """Where one of its functions is."""
        return self._engine.get_function_address(name)


def keep(path: Path, body: bytes) -> None:
    """Write a file for `kept`; a disk that is full or closed is no error."""
    with contextlib.suppress(OSError, SetupError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def kept(path: Path) -> bytes | None:
    """What is in a file, None if it is not there or not whole."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest().encode() == digest else None


def remove_oldest(folder: Path, most: int) -> None:
    """Leave so many files in a folder."""
    with contextlib.suppress(OSError):  # another one removes the same
        files = sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime_ns)
        for old in files[:-most]:
            old.unlink()
