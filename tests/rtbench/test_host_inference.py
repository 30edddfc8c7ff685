"""The mailbox is answered like the contract says, and a request is never taken for another."""

import zlib

import numpy as np
import pytest

from rt1062.errors import MachineError, SetupError
from rtbench import host_inference
from rtbench.host_inference import DONE, FAILED, IDLE, LAYOUT, MAGIC, REQUEST, HostInference
from tests.rt1062.tiny_elf import OBJECT, write_elf
from tests.rtbench.fake_machine import FakeMachine

BASE = 0x2020_0000
INPUT, OUTPUT = BASE + 0x100, BASE + 0x200
MODEL = b"a model"
CRC = zlib.crc32(MODEL)


class FakeReference:
    """Answers with the input's first two values plus one; dies of a first value of 99."""

    made = 0

    def __init__(self, path):
        type(self).made += 1

    def invoke_all(self, values: np.ndarray) -> list[np.ndarray]:
        if values.size != 4:
            raise ValueError("input must be int8 (4,)")
        if values[0] == 99:
            raise MachineError("died")
        return [values[:1] + np.int8(1), values[1:2] + np.int8(1)]

    def close(self) -> None:
        pass


@pytest.fixture
def machine() -> FakeMachine:
    machine = FakeMachine()
    machine.memory[BASE] = bytearray(0x300)
    machine.write_memory(INPUT, bytes([1, 2, 3, 4]))
    return machine


@pytest.fixture
def service(machine: FakeMachine, tmp_path, monkeypatch) -> HostInference:
    monkeypatch.setattr(host_inference, "Reference", FakeReference)
    FakeReference.made = 0
    (tmp_path / "model.tflite").write_bytes(MODEL)
    return HostInference(machine, BASE, [tmp_path / "model.tflite"])


def post(machine: FakeMachine, **changes: int) -> None:
    fields = {
        "magic": MAGIC,
        "state": REQUEST,
        "sequence": 1,
        "input_address": INPUT,
        "input_bytes": 4,
        "output_address": OUTPUT,
        "output_bytes": 2,
        "model_crc32": CRC,
    }
    machine.write_memory(BASE, LAYOUT.pack(*(fields | changes).values()))


def state(machine: FakeMachine) -> int:
    return LAYOUT.unpack(machine.read_memory(BASE, LAYOUT.size))[1]


def test_a_request_is_answered(machine, service):
    post(machine)
    service()
    assert state(machine) == DONE
    assert machine.read_memory(OUTPUT, 3) == bytes([2, 3, 0])


def test_only_the_state_word_and_the_output_change(machine, service):
    post(machine)
    before = machine.read_memory(BASE, 0x300)
    service()
    after = machine.read_memory(BASE, 0x300)
    changed = [place for place in range(0x300) if before[place] != after[place]]
    assert changed == [4, 0x200, 0x201]


@pytest.mark.parametrize("changes", [{"state": IDLE}, {"state": DONE}, {"magic": 0}])
def test_nothing_is_done_without_a_request(machine, service, changes: dict[str, int]):
    post(machine, **changes)
    before = machine.read_memory(BASE, 0x300)
    service()
    assert machine.read_memory(BASE, 0x300) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"input_address": 0x1000_0000},
        {"output_address": 0},
        {"input_bytes": 3},
        {"output_bytes": 5},
    ],
)
def test_a_request_that_cannot_be_served_fails(machine, service, changes: dict[str, int]):
    post(machine, **changes)
    service()
    assert state(machine) == FAILED


def test_a_reference_that_died_is_started_again(machine, service):
    machine.write_memory(INPUT, bytes([99, 2, 3, 4]))
    post(machine)
    service()
    assert state(machine) == FAILED
    machine.write_memory(INPUT, bytes([1, 2, 3, 4]))
    post(machine)
    service()
    assert state(machine) == DONE
    assert FakeReference.made == 2


def test_one_reference_serves_many_requests(machine, service):
    for _ in range(3):
        post(machine)
        service()
        assert state(machine) == DONE
    assert FakeReference.made == 1


def test_a_forked_process_has_a_reference_of_its_own(machine, service, monkeypatch):
    post(machine)
    service()
    monkeypatch.setattr(host_inference.os, "getpid", lambda: 4_000_000)
    for _ in range(2):
        post(machine)
        service()
    assert (state(machine), FakeReference.made) == (DONE, 2)


def test_a_firmware_with_another_model_is_told(machine, service):
    post(machine, model_crc32=0x1234)
    with pytest.raises(SetupError, match=r"no model has the CRC-32 00001234 .* rebuild"):
        service()


def test_attached_serves_only_a_firmware_with_a_mailbox(machine, tmp_path):
    (tmp_path / "classification").mkdir()
    (tmp_path / "classification" / "model.tflite").write_bytes(MODEL)
    machine.elf = write_elf(tmp_path / "a.elf", {"inference_mailbox": (BASE, 32, OBJECT)})
    with host_inference.attached(machine, tmp_path) as service:
        assert machine.services == [service]
        assert service.address == BASE
        assert [path.name for path in service.models] == ["model.tflite"]
    assert machine.services == []

    machine.elf = write_elf(tmp_path / "b.elf", {"main": (BASE, 32, OBJECT)})
    with host_inference.attached(machine, tmp_path) as service:
        assert service is None
        assert machine.services == []

    machine.elf = None
    with host_inference.attached(machine, tmp_path) as service:
        assert service is None
