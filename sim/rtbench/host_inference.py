"""Answers the inference mailbox of a firmware built with INFERENCE=host.

Such a firmware has no TFLM in it. It hands the int8 input through a struct in OCRAM2 (symbol
`inference_mailbox`, eight little-endian words, FIELDS below) to the bench, where TFLM on the host
answers. It fills the struct, sets `state` to REQUEST and sleeps until the state is DONE or FAILED.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rt1062 import checkout
from rt1062.errors import MachineError, SetupError
from rt1062.machine import Machine
from rt1062.symbols import Symbols
from rtbench.tflite.reference import Reference

SYMBOL = "inference_mailbox"
MAGIC = 0x3158_424D  # "MBX1"
IDLE, REQUEST, DONE, FAILED = range(4)
STATE_OFFSET = 4
LAYOUT = struct.Struct("<8I")
BANNER = (
    "INFERENCE=host: there is no TFLM in this firmware; its inference runs on the host "
    "(tflite-micro package), so arena, memory and cycles of the inference are not measured"
)
MODELS = checkout.own("models")  # None outside a clone


class Mailbox(NamedTuple):
    """The mailbox as the firmware lays it out, in this order."""

    magic: int
    state: int
    sequence: int
    input_address: int
    input_bytes: int
    output_address: int
    output_bytes: int
    model_crc32: int


class HostInference:
    """A machine's service: called between steps, it answers a request that has come up.

    `models` are the .tflite files that the firmware may have been built with; the one whose
    CRC-32 the mailbox names is used.
    """

    def __init__(self, machine: Machine, address: int, models: Iterable[Path]):
        self.machine, self.address = machine, address
        self.models = list(models)
        self._references: dict[int, Reference] = {}
        self._parents: dict[int, Reference] = {}
        self._process = os.getpid()

    def __call__(self) -> None:
        mailbox = Mailbox(*LAYOUT.unpack(self.machine.read_memory(self.address, LAYOUT.size)))
        if mailbox.magic != MAGIC or mailbox.state != REQUEST:
            return
        reference = self._reference(mailbox.model_crc32)
        try:
            self._answer(mailbox, reference)
            state = DONE
        except ValueError:  # a wrong address or size
            state = FAILED
        except MachineError:  # TFLM on the host died of the input; the next request gets a new one
            self._references.pop(mailbox.model_crc32).close()
            state = FAILED
        self.machine.write_memory(self.address + STATE_OFFSET, state.to_bytes(4, "little"))

    def close(self) -> None:
        """End the child processes."""
        for reference in self._references.values():
            reference.close()
        self._references.clear()

    def _answer(self, mailbox: Mailbox, reference: Reference) -> None:
        data = self.machine.read_memory(mailbox.input_address, mailbox.input_bytes)
        outputs = reference.invoke_all(np.frombuffer(data, np.int8))
        output = b"".join(one.tobytes() for one in outputs)
        if len(output) != mailbox.output_bytes:
            raise ValueError(f"output_bytes must be {len(output)}, not {mailbox.output_bytes}")
        self.machine.write_memory(mailbox.output_address, output)

    def _reference(self, model_crc32: int) -> Reference:
        if self._process != os.getpid():  # forked: two must not talk to the same child
            # The parent's are kept: letting go of them here would end them there.
            self._parents, self._references = self._references, {}
            self._process = os.getpid()
        if model_crc32 not in self._references:
            for path in self.models:
                if zlib.crc32(path.read_bytes()) == model_crc32:
                    self._references[model_crc32] = Reference(path)
                    break
            else:
                names = ", ".join(str(path) for path in self.models) or "(none found)"
                raise SetupError(
                    f"no model has the CRC-32 {model_crc32:08x} that the firmware was built with; "
                    f"looked at {names}: rebuild the firmware"
                )
        return self._references[model_crc32]


def networks(folder: Path | None = MODELS) -> list[Path]:
    """The .tflite files of a folder with a folder for each task; none outside a clone."""
    return sorted(folder.glob("*/model.tflite")) if folder else []


def wanted(elf: Path | None) -> bool:
    """Whether the firmware leaves inference to the host: its ELF has the mailbox."""
    return elf is not None and SYMBOL in Symbols(elf)


@contextmanager
def attached(machine: Machine, models: Path | None = MODELS) -> Iterator[HostInference | None]:
    """Answers the machine's mailbox within the `with`; does nothing if its ELF has none."""
    if not wanted(machine.elf):
        yield None
        return
    address = Symbols(machine.elf).address(SYMBOL)
    service = HostInference(machine, address, networks(models))
    machine.services.append(service)
    try:
        yield service
    finally:
        if service in machine.services:
            machine.services.remove(service)
        service.close()
