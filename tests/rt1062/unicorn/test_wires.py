"""Signals that are not routed do not arrive, devices take what they are made for; each with a word.

Offsets and values are typed from the manual once more.
"""

from dataclasses import replace

import pytest

from rt1062 import boards
from tests.rt1062.unicorn.wired import UART_BASE, WiredBoard

EVK, TEENSY = boards.find("mimxrt1060-evk"), boards.find("teensy41")
GPIO2, GPIO3 = 0x401B_C000, 0x401C_0000
CONSOLE = ((0x0EC, 2), (0x0F0, 2))  # AD_B0_12, AD_B0_13
CAMERA_SPI = ((0x1BC, 4), (0x1C0, 5), (0x1C4, 4), (0x1C8, 4), (0x4F4, 1))
OPEN_DRAIN = 0xD8B0  # the SDK's: ODE, keeper
CAMERA_I2C = ((0x0FC, 0x13), (0x100, 0x13), (0x2EC, OPEN_DRAIN), (0x2F0, OPEN_DRAIN),
              (0x4CC, 1), (0x4D0, 1))  # fmt: skip
FAST = 12 << 24 | 18 << 16 | 26 << 8 | 28  # of 24 MHz: 413,793 Hz with the latency of two
SENSOR = 0x30
TEST_REGISTER = (0x80, 0x55), (0x00, 0x00)


@pytest.fixture
def evk() -> WiredBoard:
    return WiredBoard(EVK)


@pytest.fixture
def teensy() -> WiredBoard:
    return WiredBoard(TEENSY)


def test_register(board: WiredBoard, number: int = 1, **how: int) -> int:
    """Write 0x55 to the camera's test register and read it back."""
    select, pin = (GPIO3, 13) if number == 1 else (GPIO2, 0)
    for command in TEST_REGISTER:
        board.select_by_gpio(select, pin)
        answer = board.exchange(number, *command, **how)[1]
        board.write(select, 1 << pin)
    return answer


test_register.__test__ = False  # the camera's register, not a test of pytest's


# UART.


def test_a_routed_console_prints_and_hears(evk):
    evk.iomuxc(*CONSOLE)
    assert evk.print(1, "hello") == "hello"
    assert evk.typed(UART_BASE, "abc") == "abc"
    assert evk.said == []


@pytest.mark.parametrize(
    ("writes", "said"),
    [((), "0x5, MUX_MODE not 2"), (((0x0EC, 0x10),), "0x10, MUX_MODE not 2")],
)
def test_a_transmitter_without_its_pad_is_silent(evk, writes, said):
    evk.iomuxc((0x0F0, 2), *writes)
    assert evk.print(1, "hello") == ""
    assert evk.said == [f"LPUART1: TX is on no pad: SW_MUX_CTL_PAD_GPIO_AD_B0_12 is {said}"]


def test_a_receiver_without_its_pad_hears_nothing(evk):
    evk.iomuxc((0x0EC, 2))
    base = evk.start_uart(1)
    assert evk.typed(base, "abc") == ""
    assert evk.said == [
        "LPUART1: RX listens to no pad: SW_MUX_CTL_PAD_GPIO_AD_B0_13 is 0x5, MUX_MODE not 2"
    ]


def test_a_receiver_listens_where_its_input_select_says(teensy):
    teensy.iomuxc((0x0C4, 2), (0x0C8, 2), (0x550, 0))
    base = teensy.start_uart(6)
    assert teensy.typed(base, "abc") == ""
    (said,) = teensy.said
    assert said == (
        "LPUART6: RX listens to no pad: LPUART6_RX_SELECT_INPUT (IOMUXC + 0x550) is 0, "
        "not 1 for GPIO_AD_B0_03"
    )
    teensy.iomuxc((0x550, 1))
    assert teensy.typed(base, "abc") == "abc"


def test_a_port_that_the_board_says_nothing_of_may_be_on_any_of_its_pads(evk):
    evk.iomuxc((0x184, 2), (0x144, 3))  # LPUART3: no pad of it, then B0_08... of another function
    assert evk.print(3, "no") == ""
    (said,) = evk.said
    assert said.count("MUX_MODE not") == 3
    evk.iomuxc((0x15C, 3))
    assert evk.send(UART_BASE + 0x8000, "yes") == "yes"


def test_what_is_not_used_is_not_judged(evk):
    evk.start_uart(1)
    evk.exchange(1)
    assert evk.said == []


# SPI.


def test_a_routed_camera_answers(evk):
    evk.iomuxc(*CAMERA_SPI)
    assert test_register(evk) == 0x55
    assert evk.said == []


@pytest.mark.parametrize(
    ("offset", "value", "answer", "said"),
    [
        (0x1BC, 5, 0xFF, "SCK is on no pad: SW_MUX_CTL_PAD_GPIO_SD_B0_00 is 0x5, MUX_MODE not 4"),
        (0x1C4, 0, 0x00, "SDO is on no pad: SW_MUX_CTL_PAD_GPIO_SD_B0_02 is 0x0, MUX_MODE not 4"),
        (0x1C8, 5, 0xFF, "SDI listens to no pad: SW_MUX_CTL_PAD_GPIO_SD_B0_03 is 0x5, "
                         "MUX_MODE not 4"),
        (0x4F4, 0, 0xFF, "SDI listens to no pad: LPSPI1_SDI_SELECT_INPUT (IOMUXC + 0x4F4) is 0, "
                         "not 1 for GPIO_SD_B0_03"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_routed(evk, offset, value, answer, said):
    evk.iomuxc(*CAMERA_SPI, (offset, value))
    answered = test_register(evk)
    assert evk.said == [f"LPSPI1: {said}"]
    if answer == 0xFF:
        assert answered == 0xFF
    evk.iomuxc(*CAMERA_SPI)
    # Without SCK or SDO the camera has seen no write; without SDI it has.
    for byte_pair in TEST_REGISTER[1:]:
        evk.select_by_gpio(GPIO3, 13)
        held = evk.exchange(1, *byte_pair)[1]
    assert held == (0x55 if "SDI" in said else 0x00)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"tcr": 1 << 30 | 7}, "TCR 0x40000007 is SPI mode 1, the device takes 0"),
        ({"tcr": 3 << 30 | 7}, "TCR 0xC0000007 is SPI mode 3, the device takes 0"),
        ({"tcr": 1 << 16 | 7}, "TCR 0x00010007 has several data lines, the device has one"),
        ({"tcr": 1 << 23 | 7}, "TCR 0x00800007 has LSBF, the device takes bit 7 first"),
        ({"ccr": 0}, "CCR 0x00000000 makes an SCK of 20571428 Hz, the device takes 8000000"),
        ({"ccr": 3}, "CCR 0x00000003 makes an SCK of 8228571 Hz, the device takes 8000000"),
    ],
)
def test_a_camera_takes_mode_0_bit_7_first_at_8_mhz(evk, how, said):
    evk.iomuxc(*CAMERA_SPI)
    assert test_register(evk, **how) != 0x55
    assert evk.said == [f"LPSPI1: {said}"]


def test_a_camera_that_is_not_selected_does_not_mind(evk):
    evk.iomuxc(*CAMERA_SPI)
    assert evk.exchange(1, 0x80, 0x55, ccr=0, tcr=3 << 30 | 7) == [0xFF, 0xFF]
    evk.iomuxc((0x1BC, 5))
    assert evk.exchange(1, 0x80, 0x55) == [0xFF, 0xFF]
    assert evk.said == []


# I2C.


def test_a_routed_sensor_acknowledges(evk):
    evk.iomuxc(*CAMERA_I2C)
    assert evk.acknowledged(1, SENSOR, FAST)
    assert evk.said == []


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [
        (0x0FC, 0x15, "SCL is not connected: SW_MUX_CTL_PAD_GPIO_AD_B1_00 is 0x15, MUX_MODE not 3"),
        (0x100, 0x05, "SDA is not connected: SW_MUX_CTL_PAD_GPIO_AD_B1_01 is 0x5, MUX_MODE not 3"),
        (0x0FC, 0x03, "SCL is not connected: no SION in SW_MUX_CTL_PAD_GPIO_AD_B1_00 0x3, "
                      "the block does not see the bus"),
        (0x2F0, 0xD0B0, "SDA is not connected: no ODE in SW_PAD_CTL_PAD_GPIO_AD_B1_01 0xD0B0, "
                        "the pad is no open drain"),
        (0x4CC, 0, "SCL is not connected: LPI2C1_SCL_SELECT_INPUT (IOMUXC + 0x4CC) is 0, "
                   "not 1 for GPIO_AD_B1_00"),
    ],
)  # fmt: skip
def test_a_bus_that_is_not_connected_acknowledges_nothing(evk, offset, value, said):
    evk.iomuxc(*CAMERA_I2C, (offset, value))
    assert not evk.acknowledged(1, SENSOR, FAST)
    assert evk.said == [f"LPI2C1: {said}"]


def test_a_bus_needs_a_pull_up_of_the_board_or_of_the_pad():
    board = WiredBoard(replace(EVK, camera=replace(EVK.camera, pull_ups=False)))
    board.iomuxc(*CAMERA_I2C)
    assert not board.acknowledged(1, SENSOR, FAST)
    assert board.said == [
        "LPI2C1: SCL is not connected: no pull-up in SW_PAD_CTL_PAD_GPIO_AD_B1_00 0xD8B0, "
        "and none on the board"
    ]
    board.iomuxc((0x2EC, 0xF8B0), (0x2F0, 0xF8B0))
    assert board.acknowledged(1, SENSOR, FAST)


@pytest.mark.parametrize(("clock", "hz"), [(20 << 8 | 20, 545455), (9 << 8 | 9, 1090909)])
def test_a_clock_above_400_khz_is_not_followed(evk, clock, hz):
    evk.iomuxc(*CAMERA_I2C)
    assert not evk.acknowledged(1, SENSOR, clock)
    assert evk.said == [
        f"LPI2C1: MCCR0 0x{clock:08X} makes an SCL of {hz} Hz, the target takes 400000"
    ]


def test_nobody_at_an_address_is_no_mistake(evk):
    evk.iomuxc(*CAMERA_I2C)
    assert not evk.acknowledged(1, 0x20, 9 << 8 | 9)
    assert evk.said == []


# Start-ups of others, re-enacted from their public sources: no word about them.


def test_the_sdk_s_pins_and_buses_are_good(evk):
    # BOARD_InitPins and BOARD_InitI2C1Pins of evkmimxrt1060; lpspi example at 500 kHz with PCS0.
    evk.iomuxc(*CONSOLE, (0x2DC, 0x10B0), (0x2E0, 0x10B0))
    evk.iomuxc((0x1BC, 4), (0x4F0, 1), (0x1C0, 4), (0x4EC, 0), (0x1C4, 4), (0x4F8, 1), (0x1C8, 4),
               (0x4F4, 1))  # fmt: skip
    evk.iomuxc(*CAMERA_I2C)
    assert evk.print(1, "hello world.") == "hello world."
    assert evk.exchange(1, 0x4000, ccr=80, tcr=15) == [0x73]  # the camera's revision
    assert evk.acknowledged(1, SENSOR, FAST)
    assert evk.said == []


def test_teensy_s_pins_and_buses_are_good(teensy):
    # Serial1, SPI and Wire as begin() sets them; Wire at 400 kHz, pads with pull-ups of 22 kOhm.
    teensy.iomuxc((0x0C8, 2), (0x550, 1), (0x0C4, 2), (0x554, 0))
    teensy.iomuxc((0x140, 0x13), (0x524, 0), (0x144, 0x13), (0x528, 0), (0x148, 0x13), (0x520, 0),
                  (0x13C, 5))  # fmt: skip
    teensy.iomuxc((0x0FC, 0x13), (0x4CC, 1), (0x2EC, 0xF861), (0x100, 0x13), (0x4D0, 1),
                  (0x2F0, 0xF861))  # fmt: skip
    base = teensy.start_uart(6, baud=25 << 24 | 8)  # 24 MHz / (26 * 8) = 115,385
    assert teensy.send(base, "hello") == "hello"
    assert teensy.typed(base, "abc") == "abc"
    assert test_register(teensy, number=4) == 0x55
    assert teensy.acknowledged(1, SENSOR, FAST)
    assert teensy.said == []


def test_zephyr_s_pins_are_good(evk):
    # pinmux_lpuart1, pinmux_lpspi1 and pinmux_lpi2c1 (input-enable, drive-open-drain, no pull).
    evk.iomuxc((0x0F0, 2), (0x0EC, 2), (0x2DC, 0xB0), (0x2E0, 0xB0))
    evk.iomuxc((0x1C0, 4), (0x4EC, 0), (0x1BC, 4), (0x4F0, 1), (0x1C8, 4), (0x4F4, 1), (0x1C4, 4),
               (0x4F8, 1))  # fmt: skip
    evk.iomuxc((0x100, 0x13), (0x4D0, 1), (0x2F0, 0x08B0), (0x0FC, 0x13), (0x4CC, 1),
               (0x2EC, 0x08B0))  # fmt: skip
    assert evk.print(1, "*** Booting Zephyr") == "*** Booting Zephyr"
    assert evk.exchange(1, 0x4000, ccr=80, tcr=15) == [0x73]
    assert evk.acknowledged(1, SENSOR, 56 << 8 | 59)
    assert evk.said == []


# Baud rates.

OFF_THE_ROOT = 0x0649_0B00  # CSCDR1 after reset: 80 MHz and not the 24 that a driver counts on


@pytest.mark.parametrize("sbr", [13, 156, 3])  # 115,385, 9,615 and 500,000 baud
def test_a_terminal_that_follows_takes_any_usual_rate(evk, sbr):
    evk.iomuxc(*CONSOLE)
    base = evk.start_uart(1, baud=15 << 24 | sbr)
    assert evk.send(base, "hello") == "hello"
    assert evk.said == []


def test_a_rate_that_no_terminal_has_gets_a_word(evk):
    evk.iomuxc(*CONSOLE)
    base = evk.start_uart(1)
    evk.write(0x400F_C024, OFF_THE_ROOT)
    assert evk.send(base, "hello") == "hello"
    assert evk.said == [
        "LPUART1: BAUD 0x0F00000D makes 384615 baud of a clock of 80000000 Hz, "
        "16.5% off 460800, the nearest usual rate"
    ]


@pytest.mark.parametrize(
    ("root", "baud", "off"),
    [(OFF_THE_ROOT, 15 << 24 | 13, "233.9%"), (0x0649_0B41, 15 << 24 | 13, "49.9%"),
     (0x0649_0B40, 12 << 24 | 15, "6.8%"), (0x0649_0B40, 30 << 24 | 7, "4.0%"),
     (0x0649_0B40, 17 << 24 | 12, "3.5%")],
)  # fmt: skip
def test_a_wrong_rate_garbles_both_directions(evk, root, baud, off):
    evk.chip.uart_wires["LPUART1"].baud = 115_200
    evk.iomuxc(*CONSOLE)
    base = evk.start_uart(1, baud=baud)
    evk.write(0x400F_C024, root)
    evk.pass_time(100_000)
    text = "The Quick~"
    assert evk.send(base, text) != text
    assert evk.typed(base, text) != text
    (said,) = evk.said
    assert said.startswith(f"LPUART1: BAUD 0x{baud:08X} makes ")
    assert said.endswith(f" Hz, {off} off 115200, the terminal's")


@pytest.mark.parametrize("baud", [15 << 24 | 13, 25 << 24 | 8, 28 << 24 | 7])
def test_a_rate_within_3_percent_is_as_good(evk, baud):
    evk.chip.uart_wires["LPUART1"].baud = 115_200
    evk.iomuxc(*CONSOLE)
    base = evk.start_uart(1, baud=baud)
    assert evk.send(base, "The Quick~") == "The Quick~"
    assert evk.typed(base, "The Quick~") == "The Quick~"
    assert evk.said == []


# Form of the characters. CTRL: PE bit 1, PT bit 0, M bit 4, M7 bit 11, TXINV bit 28; STAT.PF 16.


def start(board: WiredBoard, ctrl: int, stat: int = 0, baud: int | None = 115_200) -> int:
    board.chip.uart_wires["LPUART1"].baud = baud
    board.iomuxc(*CONSOLE)
    board.write(UART_BASE + 0x14, stat)
    base = board.start_uart(1)
    board.write(base + 0x18, 3 << 18 | ctrl)
    board.pass_time(100_000)
    return base


@pytest.mark.parametrize(
    ("ctrl", "shown", "form"),
    # Of 8E1 the parity bit is taken for the stop bit: it is a 1 for an odd number of ones.
    [(0x12, "ab\0d", "8E1"), (0x13, "\0\0c\0", "8O1"), (0x02, "\xe1\xe2c\xe4", "7E1"),
     (1 << 28 | 0, None, "8N1 inverted")],
)  # fmt: skip
def test_a_terminal_takes_8n1(evk, ctrl, shown, form):
    base = start(evk, ctrl)
    seen = []
    evk.hardware.terminals["LPUART1"].on_byte = lambda byte: seen.append(chr(byte))
    evk.send(base, "abcd")
    assert "".join(seen) != "abcd" if shown is None else "".join(seen) == shown
    assert evk.said == [
        f"LPUART1: CTRL 0x{3 << 18 | ctrl:08X} and BAUD 0x0F00000D make characters of {form}, the "
        "terminal's is 8N1"
    ]


def test_what_a_terminal_types_is_flagged_where_parity_is_asked_for(evk):
    base = start(evk, 0x12)  # the stop bit, a one, is taken for the parity
    assert evk.typed(base, "a") == "a"
    assert evk.read(base + 0x14) & 3 << 16 == 0
    evk.typed(base, "b")
    assert evk.read(base + 0x14) & 3 << 16 == 0
    evk.typed(base, "c")
    assert evk.read(base + 0x14) & 3 << 16 == 1 << 16


@pytest.mark.parametrize("ctrl", [0, 0x02, 0x03, 0x12, 0x13, 1 << 11])
def test_a_terminal_that_follows_takes_any_usual_form(evk, ctrl):
    base = start(evk, ctrl, baud=None)
    assert evk.send(base, "abc") == "abc"
    assert evk.typed(base, "abc") == "abc"
    assert evk.said == []


@pytest.mark.parametrize(("ctrl", "form"), [(0x10, "9N1"), (1 << 28, "8N1 inverted")])
def test_a_form_that_no_terminal_has_gets_a_word(evk, ctrl, form):
    base = start(evk, ctrl, baud=None)
    assert evk.send(base, "abc") == "abc"
    (said,) = evk.said
    assert said.endswith(f"make characters of {form}, which no terminal has")


def test_bit_7_first_is_told(evk):
    base = start(evk, 0, stat=1 << 29, baud=None)
    evk.send(base, "abc")
    assert evk.said == ["LPUART1: STAT.MSBF is 1, a terminal takes bit 0 first"]
