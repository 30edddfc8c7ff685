"""Clocks and voltage out of range: the store that does it is told, and where a board stops."""

import pytest

from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import boot_image

CCM, ANALOG, DCDC = 0x400F_C000, 0x400D_8000, 0x4008_0000
CBCDR, CBCMR, CACRR, CSCMR1 = CCM + 0x14, CCM + 0x18, CCM + 0x10, CCM + 0x1C
CSCDR1, CCGR1, CCGR6 = CCM + 0x24, CCM + 0x6C, CCM + 0x80
PLL_ARM, PLL_USB1, PFD_480 = ANALOG, ANALOG + 0x10, ANALOG + 0xF0
REG0, REG3 = DCDC, DCDC + 0xC
SET, CLEAR = 4, 8
DONE = 0x2020_0000


def put(address: int, value: int) -> str:
    return f" ldr r0, =0x{address:08X}\n ldr r1, =0x{value:08X}\n str r1, [r0]\n"


def change(address: int, clear: int, bits: int) -> str:
    """As the SDK does: read, change a field, write."""
    return (
        f" ldr r0, =0x{address:08X}\n ldr r1, [r0]\n ldr r2, =0x{clear:08X}\n bics r1, r2\n"
        f" ldr r2, =0x{bits:08X}\n orrs r1, r2\n str r1, [r0]\n"
    )


def until(address: int, mask: int, level: bool) -> str:
    branch = "beq" if level else "bne"
    look = f" ldr r0, =0x{address:08X}\n ldr r2, =0x{mask:08X}\n"
    return f"{look}1: ldr r1, [r0]\n tst r1, r2\n {branch} 1b\n"


HANDSHAKE = until(CCM + 0x48, 0xFFFF_FFFF, False)
TO_OSCILLATOR = change(CBCMR, 0x3000, 0x1000) + HANDSHAKE + change(CBCDR, 0, 1 << 25) + HANDSHAKE
VOLTAGE = change(REG3, 0x1F, 0x13) + until(REG0, 1 << 31, True)
DIVIDERS = change(CBCDR, 0x1C00, 0) + HANDSHAKE + change(CBCDR, 0x300, 0x300)
DIVIDERS += change(CACRR, 7, 1) + HANDSHAKE
ARM_PLL = (
    put(PLL_ARM + SET, 1 << 16) + put(PLL_ARM, 0x0001_2064) + until(PLL_ARM, 1 << 31, True)
    + put(PLL_ARM + CLEAR, 1 << 16)
)  # fmt: skip
BACK = change(CBCMR, 0xC_0000, 0xC_0000) + change(CBCDR, 1 << 25, 0) + HANDSHAKE
SDK = TO_OSCILLATOR + VOLTAGE + DIVIDERS + ARM_PLL + BACK


@pytest.fixture
def run(tmp_path):
    def run(body: str) -> UnicornMachine:
        source = f"start:\n{body}\n{put(DONE, 1)}\n99: b 99b"
        (tmp_path / "a.bin").write_bytes(boot_image(source))
        machine = UnicornMachine(tmp_path / "a.bin")
        machine.power_on()
        machine.run_for(0.002)
        return machine

    return run


def finished(machine: UnicornMachine) -> bool:
    return machine.read_memory(DONE, 1) == b"\1"


# Start-ups that run on boards.


def test_the_sdk_s_way_to_600_mhz(run):
    machine = run(SDK)
    assert machine.warnings == []
    assert finished(machine)
    assert machine.hardware.chip.clocks.hz("core") == 600_000_000


def test_teensy_s_way_to_600_mhz(run):
    """Voltage first, 120 MHz from PLL3 meanwhile, all PFDs gated for two stores before."""
    gate = put(PFD_480 + SET, 0x8080_8080) + put(PFD_480, 0x1311_0D0C)
    machine = run(
        gate
        + change(CSCMR1, 0x3F, 0x40)
        + change(CSCDR1, 0x3F, 0x40)
        + put(PLL_USB1 + SET, 1 << 6)
        + gate
        + change(REG3, 0x1F, 0x12) + until(REG0, 1 << 31, True)
        + change(CBCDR, 7 << 27, 3 << 27) + change(CBCDR, 0, 1 << 25) + HANDSHAKE
        + put(PLL_ARM, 1 << 12) + put(PLL_ARM, 0x2064) + until(PLL_ARM, 1 << 31, True)
        + change(CBCDR, 0x300, 0x300) + change(CBCDR, 1 << 25, 0) + HANDSHAKE
    )  # fmt: skip
    assert machine.warnings == []
    assert finished(machine)
    assert machine.hardware.chip.clocks.hz("core") == 600_000_000


def test_zephyr_s_clock_init(run):
    """Its LPSPI root is PLL3 PFD0 undivided, which only counts once an LPSPI uses it."""
    machine = run(
        SDK
        + change(CSCDR1, 0x7F, 0)  # LPUART: PLL3 / 6
        + change(CCM + 0x38, 0x1F8_0000 | 1 << 18, 5 << 19)  # LPI2C
        + change(CBCMR, 0x30, 0x10) + change(CBCMR, 7 << 26, 0)
        + change(CCM + 0x54, 3, 0)
    )  # fmt: skip
    assert machine.warnings == []
    assert finished(machine)


# What a board does not stand.


def test_600_mhz_without_the_voltage_stops_the_core(run):
    machine = run(TO_OSCILLATOR + DIVIDERS + ARM_PLL + BACK)
    (line,) = machine.warnings
    assert line.startswith(
        "CCM: core at 600 MHz with VDD_SOC 1150 mV (DCDC_REG3.TRG 0x0E), it takes 1250 mV: a board "
        "stops here, since 0.000"
    )
    assert not finished(machine)
    assert machine.core_state().kind == "locked up"
    assert "1150 mV" in str(machine.core_state())


def test_the_voltage_lowered_before_the_clock_stops_the_core(run):
    machine = run(SDK + change(REG3, 0x1F, 0x0E) + TO_OSCILLATOR)
    assert "core at 600 MHz with VDD_SOC 1150 mV" in machine.warnings[0]
    assert not finished(machine)


def test_the_voltage_must_be_waited_for(run):
    machine = run(change(REG3, 0x1F, 0x13) + change(CACRR, 7, 0))
    assert "core at 792 MHz before the DCDC has reached 1250 mV (STS_DC_OK)" in machine.warnings[0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (put(PLL_USB1 + CLEAR, 1 << 12), "its clock stands still: PLL or PFD off, or gated"),
        (put(PLL_USB1 + CLEAR, 1 << 13), "its clock stands still"),
        (put(PFD_480 + SET, 1 << 7), "its clock stands still"),
        (change(CCGR6, 3 << 10, 0), "its clock gate is closed (CCM_CCGR6, CG5)"),
        (change(CSCMR1, 7 << 23, 0), "its clock runs at 254.118 MHz"),
    ],
)
def test_code_in_flash_ends_with_the_flash_s_clock(run, body, said):
    machine = run(body + (" nop\n" * 50 + " b 1f\n1:\n") * 3)
    assert any(line.startswith("FLEXSPI: fetch of 0x6") and said in line for line in
               machine.warnings)  # fmt: skip
    assert not finished(machine)
    assert machine.core_state().kind == "locked up"


def test_the_core_stops_with_its_own_pll(run):
    machine = run(put(PLL_ARM + SET, 1 << 12) + " b 1f\n1:\n")
    assert "the core's clock stands still" in machine.warnings[0]
    assert not finished(machine)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (change(CBCDR, 0x300, 0), "IPG_CLK_ROOT runs at 396 MHz, the manual allows 150 MHz"),
        (change(CSCMR1, 0x3F, 0), "PERCLK_CLK_ROOT runs at 132 MHz, the manual allows 75 MHz"),
        (
            change(CCM + 0x74, 0, 3 << 4) + change(CBCDR, 7 << 16, 0),
            "SEMC_CLK_ROOT runs at 396 MHz, the manual allows 166 MHz",
        ),
    ],
)
def test_a_root_that_is_too_fast_is_told_at_the_store(run, body, said):
    machine = run(body)
    assert machine.warnings[0].startswith(f"CCM: {said}, since 0.000")
    assert finished(machine)


def test_the_order_of_dividers_counts(run):
    """At the end IPG is legal; between the two stores it was not."""
    machine = run(TO_OSCILLATOR + VOLTAGE + change(CACRR, 7, 1) + ARM_PLL
                  + change(CBCDR, 0x300, 0) + BACK + change(CBCDR, 0x300, 0x300))  # fmt: skip
    assert "IPG_CLK_ROOT runs at 600 MHz" in machine.warnings[0]


def test_a_core_on_a_pll_that_has_not_locked(run):
    machine = run(VOLTAGE + change(PLL_ARM, 0x7F, 0x58))
    assert "core on PLL_ARM before it has locked" in machine.warnings[0]


def test_a_fast_spi_root_is_told_when_an_lpspi_uses_it(run):
    body = change(CBCMR, 0x30, 0x20) + change(CBCMR, 7 << 26, 2 << 26)
    assert run(body).warnings == []
    spi = 0x4039_4000
    machine = run(body + put(spi + 0x24, 1) + put(spi + 0x40, 4) + put(spi + 0x10, 1)
                  + put(spi + 0x60, 7) + put(spi + 0x64, 0x55))  # fmt: skip
    assert "LPSPI_CLK_ROOT runs at 176 MHz, the manual allows 132 MHz" in machine.warnings[0]


def test_a_reset_brings_the_clocks_back(run):
    machine = run(put(PLL_USB1 + CLEAR, 1 << 12) + (" nop\n" * 50 + " b 1f\n1:\n") * 3)
    assert machine.core_state().kind == "locked up"
    machine.reset()
    assert machine.hardware.processor.halted == ""
