"""Accesses to registers that compiled code hands to Python."""

import gc

import pytest

from rt1062.block import Block
from rt1062.registers import Register
from rt1062.scheduler import Scheduler
from rt1062.unicorn.access_log import AccessLog
from rt1062.unicorn.bus import Bus
from rt1062.unicorn.core import Core
from tests.rt1062.unicorn.assembler import assemble

BASE, CODE = 0x4000_0000, 0x2000_0000


class Word(Register, at=0x10, width=32):
    """Any."""


class Odd(Block):
    """A block whose register gives what it is told to, or raises it."""

    REGISTERS = (Word,)

    def __init__(self) -> None:
        super().__init__()
        self.given: object = 0
        self.taken: list[tuple[int, int, int]] = []

    def read(self, offset: int, size: int) -> int:
        return self._give()

    def read_word(self) -> int:
        return self._give()

    def _give(self) -> int:
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given

    def write(self, offset: int, size: int, value: int) -> None:
        self.taken.append((offset, size, value))

    def write_word(self, value: int) -> None:
        if isinstance(self.given, BaseException):
            raise self.given
        self.taken.append((0x10, 4, value))


class Rig:
    def __init__(self) -> None:
        self.core = Core()
        scheduler = Scheduler(lambda: self.core.now)
        log = AccessLog(lambda: self.core.now, lambda: 0)
        self.bus = Bus(self.core, scheduler, log)
        self.block = Odd()
        self.bus.attach("ODD", BASE, self.block, 0x1000)
        self.core.uc.mem_map(CODE, 0x1000)

    def run(self, code: str) -> None:
        """Run some instructions, R1 the block's address."""
        self.core.uc.mem_write(CODE, assemble(code + "\n wfi"))
        self.core.set("R1", BASE)
        self.core.pc = CODE
        self.core.words[1] = 1 << 40
        self.core.run()


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.mark.parametrize("value", [0, 1, 0xFFFF_FFFF, True])
def test_a_value_arrives(rig, value):
    rig.block.given = value
    rig.run(" ldr r0, [r1, #16]")
    assert rig.core.get("R0") == value
    assert rig.bus.error is None


def test_a_value_is_taken(rig):
    rig.core.set("R2", 0xFEDC_BA98)
    rig.run(" str r2, [r1, #16]\n strb r2, [r1, #16]\n strh r2, [r1, #34]")
    assert rig.block.taken == [(0x10, 4, 0xFEDC_BA98), (0x10, 1, 0x98), (0x22, 2, 0xBA98)]


@pytest.mark.parametrize("raised", [ValueError("odd"), KeyboardInterrupt(), SystemExit(3)])
@pytest.mark.parametrize("code", [" ldr r0, [r1, #16]", " str r0, [r1, #16]"])
def test_what_a_block_raises_is_kept(rig, raised, code):
    rig.block.given = raised
    rig.run(code)
    assert rig.bus.error is raised


@pytest.mark.parametrize("value", [None, "7", 1.5])
def test_what_is_no_number_is_told_and_leaves_nothing_behind(rig, value, monkeypatch):
    told = []
    monkeypatch.setattr("sys.unraisablehook", lambda what: told.append(what.exc_type))
    rig.block.given = value
    rig.run(" ldr r0, [r1, #16]")
    rig.block.given = 7
    rig.run(" ldr r0, [r1, #16]")
    assert rig.core.get("R0") == 7
    assert told == [TypeError]


def test_one_comes_without_the_interpreter_s_lock(rig):
    """uc_mem_read through a ctypes function that gives it away."""
    rig.block.given = 0x1234_5678
    assert bytes(rig.core.uc.mem_read(BASE + 0x10, 4)) == b"\x78\x56\x34\x12"
    rig.core.uc.mem_write(BASE + 0x10, b"\1\2\3\4")
    assert rig.block.taken == [(0x10, 4, 0x0403_0201)]


def test_a_double_word_is_no_access_to_the_register_behind(rig):
    rig.run(" vldr d0, [r1, #8]\n vstr d0, [r1, #8]")
    sizes = {(offset, size) for offset, size, _ in rig.block.taken}
    assert sizes in ({(8, 8)}, {(8, 4), (0x10, 4)}, {(8, 4), (0xC, 4)})


def test_callbacks_are_kept_from_the_garbage_collector(rig):
    gc.collect()
    rig.block.given = 5
    for _ in range(3):
        rig.run(" ldr r0, [r1, #16]")
        gc.collect()
    assert rig.core.get("R0") == 5
