"""IOMUXC: the registers that the boards' pin tables name (MIMXRT1060-EVK, Teensy 4.1)."""

import pytest

from rt1062.blocks.iomuxc import Iomuxc, IomuxcSnvs


@pytest.fixture
def ports():
    """GPIO ports whose pads have changed, in the order of being told."""
    return []


@pytest.fixture
def iomuxc(rig, ports):
    return rig.hold(Iomuxc(ports.append))


@pytest.fixture
def snvs(rig, ports):
    return rig.hold(IomuxcSnvs(ports.append))


@pytest.mark.parametrize(
    ("offset", "register"),
    [
        (0x014, "SW_MUX_CTL_PAD_GPIO_EMC_00"),
        (0x0C4, "SW_MUX_CTL_PAD_GPIO_AD_B0_02"),  # Teensy Serial1 TX
        (0x0E0, "SW_MUX_CTL_PAD_GPIO_AD_B0_09"),  # LED of the EVK
        (0x0EC, "SW_MUX_CTL_PAD_GPIO_AD_B0_12"),  # console of the EVK
        (0x0FC, "SW_MUX_CTL_PAD_GPIO_AD_B1_00"),  # LPI2C1
        (0x13C, "SW_MUX_CTL_PAD_GPIO_B0_00"),  # Teensy LPSPI4
        (0x1BC, "SW_MUX_CTL_PAD_GPIO_SD_B0_00"),  # LPSPI1 of the EVK
        (0x200, "SW_MUX_CTL_PAD_GPIO_SD_B1_11"),
        (0x204, "SW_PAD_CTL_PAD_GPIO_EMC_00"),
        (0x2D0, "SW_PAD_CTL_PAD_GPIO_AD_B0_09"),
        (0x2DC, "SW_PAD_CTL_PAD_GPIO_AD_B0_12"),
        (0x2EC, "SW_PAD_CTL_PAD_GPIO_AD_B1_00"),
        (0x32C, "SW_PAD_CTL_PAD_GPIO_B0_00"),
        (0x3F0, "SW_PAD_CTL_PAD_GPIO_SD_B1_11"),
        (0x6B0, "SW_MUX_CTL_PAD_GPIO_SPI_B1_07"),
        (0x708, "SW_PAD_CTL_PAD_GPIO_SPI_B1_07"),
    ],
)
def test_a_register_lies_where_the_manual_says(iomuxc, offset, register):
    iomuxc.write(offset, 4, 0x2)
    assert iomuxc.value[register] in (0x2, 0x0)  # bit 1 is no field of a pad control register
    iomuxc.write(offset, 4, 0x10)
    assert iomuxc.value[register] == 0x10


@pytest.mark.parametrize("offset", [0x4CC, 0x4F0, 0x51C, 0x554, 0x65 << 4 | 8, 0x70C, 0x78C])
def test_an_input_select_is_stored(iomuxc, offset):
    iomuxc.write(offset, 4, 1)
    assert iomuxc.read(offset) == 1


def test_pads_come_up_as_gpio_and_the_flash_is_connected(iomuxc):
    assert iomuxc.read(0x0EC) == 0x5
    assert iomuxc.read(0x2DC) == 0x10B0
    assert iomuxc.value["SW_MUX_CTL_PAD_GPIO_SD_B1_08"] == 0x11


def test_every_word_of_the_window_up_to_the_last_register_is_known(iomuxc):
    assert sorted(iomuxc.by_offset) == list(range(0x14, 0x790, 4))


def test_reset_restores_the_pads(iomuxc):
    iomuxc.write(0x0EC, 4, 2)
    iomuxc.reset(False)
    assert iomuxc.read(0x0EC) == 5


def test_the_wakeup_pad_is_gpio5_pin_0(snvs):
    assert snvs.read(0x00) == 5
    assert snvs.read(0x18) == 0x1B0A0


def test_pads_of_a_gpio_port_are_those_with_mux_mode_5(iomuxc):
    assert iomuxc.gpio(1) >> 9 & 1 == 0  # AD_B0_09 is a JTAG pin after reset
    assert iomuxc.gpio(3) >> 13 & 1 == 1
    iomuxc.write(0x0E0, 4, 0x15)
    assert iomuxc.gpio(1) >> 9 & 1 == 1
    iomuxc.write(0x1C0, 4, 0x4)  # SD_B0_01 as LPSPI1_PCS0
    assert iomuxc.gpio(3) >> 13 & 1 == 0


def test_pull_of_a_pad(iomuxc):
    iomuxc.write(0x2D0, 4, 0xB0B0)  # PKE, PUE, PUS 2
    assert iomuxc.pulled_up(1) >> 9 & 1
    assert not iomuxc.pulled_down(1) >> 9 & 1
    iomuxc.write(0x2D0, 4, 0x30B0)  # PUS 0
    assert iomuxc.pulled_down(1) >> 9 & 1
    iomuxc.write(0x2D0, 4, 0xD0B0)  # PUE clear: the keeper
    assert not (iomuxc.pulled_up(1) | iomuxc.pulled_down(1)) >> 9 & 1


def test_who_is_told_of_a_change(iomuxc, ports):
    assert ports == []
    iomuxc.write(0x1BC, 4, 0x5)
    assert ports == [3]
    iomuxc.write(0x2D0, 4, 0x30B0)
    assert ports == [3, 1]
    iomuxc.write(0x6B0, 4, 0x5)  # SPI_B1_07 is no GPIO's
    assert ports == [3, 1]
    ports.clear()
    iomuxc.reset()
    assert sorted(ports) == [1, 2, 3, 4]


def test_the_snvs_pads_are_those_of_gpio5(snvs, ports):
    snvs.write(0x00, 4, 0x5)
    assert ports == [5]
    assert snvs.gpio(5) == 1


def test_input_enable_is_no_part_of_the_function(iomuxc):
    iomuxc.write(0x0E0, 4, 0x10)
    assert iomuxc.mux_mode("GPIO_AD_B0_09") == 0
    iomuxc.write(0x0E0, 4, 0x3)
    assert iomuxc.mux_mode("GPIO_AD_B0_09") == 3


def test_a_keeper_pulls_nowhere(iomuxc):
    for control in (0x90B0, 0xA0B0):  # PKE without PUE, PUE without PKE; PUS 2
        iomuxc.write(0x2D0, 4, control)
        assert not (iomuxc.pulled_up(1) | iomuxc.pulled_down(1)) >> 9 & 1
