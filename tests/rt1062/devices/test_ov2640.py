"""The sensor as an I2C target; what a driver may observe is in the camera's vector file."""

import pytest

from rt1062.devices.ov2640 import Output, Ov2640


@pytest.fixture
def sensor() -> Ov2640:
    return Ov2640()


def write(sensor: Ov2640, *data: int) -> None:
    assert sensor.start(read=False)
    for byte in data:
        assert sensor.write(byte)
    sensor.stop()


def read(sensor: Ov2640, register: int) -> int:
    write(sensor, register)
    assert sensor.start(read=True)
    value = sensor.read()
    sensor.stop()
    return value


def test_it_is_at_sccb_address_60() -> None:
    assert Ov2640.address == 0x30


def test_registers_keep_what_is_written_per_bank(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 0)
    write(sensor, 0x42, 7)
    write(sensor, 0xFF, 1)
    assert read(sensor, 0x42) == 0
    write(sensor, 0xFF, 0)
    assert read(sensor, 0x42) == 7


def test_output_of_the_stock_rgb565_and_jpeg_settings(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 0)
    for register, value in ((0xDA, 0x08), (0x5A, 0x50), (0x5B, 0x3C), (0x5C, 0x00)):
        write(sensor, register, value)
    assert sensor.output == Output("RGB565", 320, 240, low_byte_first=False)
    for register, value in ((0xDA, 0x10), (0x5A, 0x90), (0x5B, 0x2C), (0x5C, 0x05)):
        write(sensor, register, value)
    assert sensor.output == Output("JPEG", 1600, 1200, low_byte_first=False)


def test_output_of_96_by_96(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 0)
    for register, value in ((0xDA, 0x09), (0x5A, 0x18), (0x5B, 0x18), (0x5C, 0x00)):
        write(sensor, register, value)
    assert sensor.output == Output("RGB565", 96, 96, low_byte_first=True)


def test_after_power_on_it_is_not_in_rgb565(sensor: Ov2640) -> None:
    assert sensor.output.format == "YUV422"


def test_a_soft_reset_within_a_write_ends_with_it(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 1)
    write(sensor, 0x11, 5)
    write(sensor, 0x12, 0x80, 0x33)
    write(sensor, 0xFF, 1)
    assert read(sensor, 0x11) == 0


def test_asleep_it_does_not_answer(sensor: Ov2640) -> None:
    sensor.awake = False
    assert not sensor.start(read=False)


def test_a_warm_reset_does_not_reach_it(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 1)
    write(sensor, 0x11, 5)
    sensor.reset(cold=False)
    assert read(sensor, 0x11) == 5
    sensor.reset()
    write(sensor, 0xFF, 1)
    assert read(sensor, 0x11) == 0
