"""The sensor as an I2C target; what a driver may observe is in the camera's vector file."""

import pytest

from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices.ov2640 import RESET_US, Ov2640
from rt1062.scheduler import Scheduler


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


@pytest.fixture
def sensor(scheduler: Scheduler) -> Ov2640:
    return Ov2640(scheduler)


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


def test_output_of_96_by_96_in_the_middle_of_svga(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 1)
    for register, value in ((0x12, 0x40), (0x18, 0x43), (0x19, 0), (0x1A, 0x4B), (0x04, 0x28)):
        write(sensor, register, value)
    write(sensor, 0xFF, 0)
    for register, value in (
        *((0x05, 0), (0xC0, 100), (0xC1, 75), (0x86, 0x3D), (0x50, 0x92), (0xE0, 0)),
        *((0x51, 150), (0x52, 150), (0x53, 100), (0x55, 0), (0x5A, 0x18), (0x5B, 0x18)),
        *((0xDA, 0x08), (0xC2, 0x0E)),
    ):
        write(sensor, register, value)
    assert (sensor.output.width, sensor.output.height) == (96, 96)
    assert sensor.output.objection == ""
    write(sensor, 0xDA, 0x09)
    assert sensor.output.objection == "IMAGE_MODE is 0x09: the low byte comes first"


def test_after_power_on_it_puts_out_raw_data(sensor: Ov2640) -> None:
    assert sensor.output.format == "RAW"
    assert (sensor.output.width, sensor.output.height) == (1600, 1200)


def test_a_soft_reset_takes_the_settings_back(sensor: Ov2640) -> None:
    write(sensor, 0xFF, 0)
    write(sensor, 0x05, 0)
    assert sensor.output.format == "YUV422"
    write(sensor, 0xFF, 1)
    write(sensor, 0x12, 0x80)
    assert sensor.output.format == "RAW"


def test_a_soft_reset_within_a_write_ends_with_it(sensor: Ov2640, scheduler: Scheduler) -> None:
    write(sensor, 0xFF, 1)
    write(sensor, 0x11, 5)
    write(sensor, 0x12, 0x80, 0x33)
    scheduler.advance(RESET_US * TICKS_PER_MICROSECOND)
    write(sensor, 0xFF, 1)
    assert read(sensor, 0x11) == 0


def test_asleep_it_does_not_answer(sensor: Ov2640) -> None:
    sensor.awake = False
    assert not sensor.start(read=False)


def test_a_warm_reset_does_not_reach_it(sensor: Ov2640, scheduler: Scheduler) -> None:
    write(sensor, 0xFF, 1)
    write(sensor, 0x11, 5)
    sensor.reset(cold=False)
    assert read(sensor, 0x11) == 5
    sensor.reset()
    scheduler.advance(RESET_US * TICKS_PER_MICROSECOND)
    write(sensor, 0xFF, 1)
    assert read(sensor, 0x11) == 0
