"""An access to a block whose clock gate is closed: a fault, where a board hangs, and a word."""

import pytest

from rt1062.chip.clock_gates import CLOCK_GATES, HANGS_WITHOUT_CLOCK
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import boot_image

# Closes a gate, opens it again where asked, reads the block, leaves 1 at OCRAM2 if it came back.
READS = """
start: ldr r0, =0x{gate:08X}
 ldr r1, [r0]
 bic r2, r1, #0x{mask:X}
 str r2, [r0]
 {again}
 b 1f  @ in force from the next block of instructions on
1:
 ldr r3, =0x{register:08X}
 ldr r3, [r3]
 ldr r0, =0x20200000
 movs r1, #1
 str r1, [r0]
99: b 99b
"""
CCGR = 0x400F_C068


@pytest.fixture
def run(tmp_path):
    def run(number: int, position: int, register: int, again: str = "") -> UnicornMachine:
        source = READS.format(
            gate=CCGR + 4 * number, mask=3 << 2 * position, register=register, again=again
        )
        (tmp_path / "a.bin").write_bytes(boot_image(source))
        machine = UnicornMachine(tmp_path / "a.bin")
        machine.power_on()
        machine.run_for(0.001)
        return machine

    return run


@pytest.mark.parametrize(
    ("name", "register"),
    [("LPUART1", 0x4018_4014), ("LPSPI1", 0x4039_4014), ("LPI2C1", 0x403F_0014),
     ("GPIO1", 0x401B_8000), ("GPT1", 0x401E_C000), ("DMA", 0x400E_8000), ("TRNG", 0x400C_C000)],
)  # fmt: skip
def test_a_block_without_its_clock_does_not_answer(run, name, register):
    machine = run(*CLOCK_GATES[name], register)
    assert machine.read_memory(0x2020_0000, 4) == bytes(4)
    assert machine.faults[-1].names == "PRECISERR"
    assert machine.faults[-1].address == register
    number, position = CLOCK_GATES[name]
    said = f"its clock gate closed (CCM_CCGR{number}, CG{position}): a board's bus hangs here"
    assert [said in line for line in machine.warnings] == [True]


def test_a_gate_that_is_opened_again_lets_it_answer(run):
    machine = run(5, 12, 0x4018_4014, again="str r1, [r0]")
    assert machine.read_memory(0x2020_0000, 4) == bytes([1, 0, 0, 0])
    assert (machine.faults, machine.warnings) == ([], [])


def test_a_gate_that_is_opened_in_front_of_the_access_lets_it_answer(run):
    """In the same straight piece of code, as compilers make it of CLOCK_EnableClock."""
    opens = "b 2f\n2: str r1, [r0]\n ldr r4, =0x40184014\n ldr r4, [r4]"
    machine = run(5, 12, 0x4018_4014, again=opens)
    assert machine.read_memory(0x2020_0000, 4) == bytes([1, 0, 0, 0])
    assert (machine.faults, machine.warnings) == ([], [])
    assert machine.register("R4") == 0x00C0_0000  # STAT after reset: TDRE and TC


def test_a_reset_opens_all_gates(run):
    machine = run(5, 12, 0x4018_4014)
    machine.reset()
    machine.run_for(0.0000001)  # before the program closes it again
    # SEMC's is closed after reset; firmware or DCD opens it.
    assert machine.hardware.processor.bus.closed == {"SEMC"}


def test_registers_of_the_clock_controller_itself_always_answer():
    assert not {"CCM_ANALOG", "IOMUXC", "SNVS", "FLEXSPI"} & HANGS_WITHOUT_CLOCK
    assert {"LPUART8", "GPIO5", "PIT", "ADC2"} <= HANGS_WITHOUT_CLOCK
