"""What decides how long the core waits, as registers of a running machine say it."""

import pytest

from rt1062.memory_system import Area, Kind, Policy, SerialMemory
from rt1062.unicorn.machine import UnicornMachine
from rt1062.unicorn.memory_system import prefetch_bytes
from tests.rt1062.boot_image import boot_image
from tests.rt1062.unicorn import test_psram

EMPTY, SMALL = 0x8000_0000, 0x8000_0008  # of AHBRXBUFnCR0: no bytes and 64, with prefetch
PREFETCH = 0x20  # of AHBCR
SLOW_HZ = 480_000_000 * 18 // 34 // 8


def system(tmp_path, *writes: tuple[int, int]):
    """Behind these writes to registers, from where the boot ROM starts the image."""
    stores = "".join(
        f" ldr r0, ={at:#x}\n ldr r1, ={value:#x}\n str r1, [r0]\n" for at, value in writes
    )
    (tmp_path / "a.bin").write_bytes(boot_image(f"start:\n{stores}1: b 1b\n"))
    machine = UnicornMachine(tmp_path / "a.bin")
    machine.power_on()
    machine.run_for(0.0001)
    assert machine.faults == []
    return machine.memory_system()


def area_at(found, address) -> Area:
    return next(area for area in found.areas if area.start <= address < area.end)


def test_as_the_boot_rom_leaves_it(tmp_path):
    found = system(tmp_path)
    assert found.core_hz == 396_000_000
    assert (found.icache, found.dcache) == (False, False)
    # As an FCB without a frequency has it: command on one pad, address and 6 dummy clocks on four;
    # the buffers are one, and prefetch is on.
    assert found.flash == SerialMemory(hz=SLOW_HZ, command_clocks=20, lanes=4, prefetch_bytes=1024)
    assert found.psram is None
    assert [area_at(found, at).kind for at in (0, 0x2000_0000, 0x2020_0000, 0x6000_0000)] == [
        Kind.ITCM, Kind.DTCM, Kind.OCRAM, Kind.FLASH,
    ]  # fmt: skip
    # The system address map: code and flash by no region.
    assert area_at(found, 0x6000_0000).policy == Policy.ALLOCATE
    assert not any(area.kind == Kind.SDRAM for area in found.areas)


def test_caches_as_ccr_has_them(tmp_path):
    found = system(tmp_path, (0xE000_ED14, 0x3_0200))
    assert (found.icache, found.dcache) == (True, True)
    assert not system(tmp_path, (0xE000_ED14, 0x1_0200)).icache


def test_areas_are_cut_where_the_mpu_says_another_thing(tmp_path):
    # Region 0: the first 64 KB of OCRAM2 are not cached, within the default map.
    found = system(
        tmp_path, (0xE000_ED9C, 0x2020_0010), (0xE000_EDA0, 0x0308_001F), (0xE000_ED94, 5)
    )
    ocram = [area for area in found.areas if area.kind == Kind.OCRAM]
    assert [(area.start, area.policy) for area in ocram[:2]] == [
        (0x2020_0000, Policy.UNCACHED), (0x2021_0000, Policy.ALLOCATE),
    ]  # fmt: skip


def test_clocks_as_the_tree_has_them(tmp_path):
    halved = system(tmp_path, (0x400F_C014, 0x000A_8600))  # CBCDR.AHB_PODF: by two
    assert halved.core_hz == 198_000_000
    assert halved.flash.hz == SLOW_HZ


def test_another_sequence_and_prefetch_off_are_seen(tmp_path):
    flexspi = 0x402A_8000
    found = system(
        tmp_path,
        (flexspi + 0x18, 0x5AF0_5AF0), (flexspi + 0x1C, 2),
        (flexspi + 0x210, 0x0818_040B), (flexspi + 0x214, 0x2404_3008),
        (flexspi + 0x80, 1),  # FLSHCR2.ARDSEQID
        (flexspi + 0x0C, 0x18),
    )  # fmt: skip
    assert (found.flash.command_clocks, found.flash.lanes) == (8 + 24 + 8, 1)
    assert found.flash.prefetch_bytes == 0


def test_a_psram_is_there_where_the_board_has_one(tmp_path):
    machine = test_psram.run(tmp_path, test_psram.program(quad=True))
    found = machine.memory_system()
    assert found.psram.command_clocks == 2 + 6 + 6 and found.psram.lanes == 4
    # Reset values: of the buffers of 256 bytes the first is the core's; prefetch is off.
    assert found.psram.prefetch_bytes == 0
    assert area_at(found, 0x7000_0000).kind == Kind.PSRAM


@pytest.mark.parametrize(
    ("buffers", "control", "expected"),
    [
        ([EMPTY, EMPTY, EMPTY, EMPTY], PREFETCH, 1024),
        ([EMPTY, EMPTY, EMPTY, EMPTY], 0, 0),
        ([SMALL | 1 << 16, EMPTY, EMPTY, EMPTY], PREFETCH, 1024 - 64),  # another master's
        ([SMALL, EMPTY, EMPTY, EMPTY], PREFETCH, 64),
        ([SMALL & 0xFF, EMPTY, EMPTY, EMPTY], PREFETCH, 0),  # its own, without PREFETCHEN
    ],
)
def test_how_far_a_read_goes_on(buffers, control, expected):
    assert prefetch_bytes(buffers, control) == expected
