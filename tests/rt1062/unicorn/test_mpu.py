"""MPU by itself: regions, subregions, rights; bits by the ARMv7-M Architecture Reference Manual."""

import pytest

from rt1062.memory_system import Policy
from rt1062.unicorn.mpu import Mpu
from rt1062.unicorn.native import EXECUTE, READ, WRITE

TYPE, CTRL, RNR, RBAR, RASR, RBAR_A1, RASR_A1 = 0xD90, 0xD94, 0xD98, 0xD9C, 0xDA0, 0xDA4, 0xDA8
ENABLE, HFNMIENA, PRIVDEFENA, VALID, XN = 1, 2, 4, 1 << 4, 1 << 28
FULL, READ_ONLY, PRIVILEGED = 3 << 24, 6 << 24, 1 << 24
BASE = 0x2000_0000


@pytest.fixture
def told():
    return []


@pytest.fixture
def mpu(told):
    return Mpu(lambda: told.append(1))


def region(mpu, number, base, size, rights):
    """`size` as in RASR: the region has 2 << size bytes."""
    mpu.write(RBAR, 4, base | VALID | number)
    mpu.write(RASR, 4, rights | size << 1 | 1)


def test_sixteen_regions(mpu):
    assert mpu.read(TYPE) == 16 << 8


def test_a_base_with_valid_selects_its_region_and_one_without_does_not(mpu):
    mpu.write(RNR, 4, 5)
    mpu.write(RBAR, 4, 0x1000 | 7)
    assert (mpu.read(RNR), mpu.read(RBAR)) == (5, 0x1000 | 5)
    mpu.write(RBAR_A1, 4, 0x2000 | VALID | 7)
    mpu.write(RASR_A1, 4, 0xFFFF_FFFF)
    assert (mpu.read(RNR), mpu.read(RBAR), mpu.read(RASR)) == (7, 0x2007, 0x173F_FF3F)
    mpu.write(RNR, 4, 5)
    assert (mpu.read(RBAR), mpu.read(RASR)) == (0x1005, 0)


def test_who_is_told(mpu, told):
    region(mpu, 0, BASE, 9, FULL)
    mpu.write(CTRL, 4, 0xFFFF_FFFF)
    assert mpu.read(CTRL) == 7
    assert len(told) == 3


@pytest.mark.parametrize(
    ("control", "privileged", "other"),
    [
        (0, READ | WRITE | EXECUTE, READ | WRITE | EXECUTE),
        (HFNMIENA | PRIVDEFENA, READ | WRITE | EXECUTE, READ | WRITE | EXECUTE),
        (ENABLE, 0, 0),
        (ENABLE | HFNMIENA, 0, 0),
        (ENABLE | PRIVDEFENA, READ | WRITE | EXECUTE, 0),
    ],
)
def test_where_no_region_is(mpu, control, privileged, other):
    mpu.write(CTRL, 4, control)
    assert (mpu.permissions(BASE, True), mpu.permissions(BASE, False)) == (privileged, other)


@pytest.mark.parametrize(
    ("rights", "privileged", "other"),
    [
        (FULL, READ | WRITE | EXECUTE, READ | WRITE | EXECUTE),
        (FULL | XN, READ | WRITE, READ | WRITE),
        (READ_ONLY, READ | EXECUTE, READ | EXECUTE),
        (PRIVILEGED, READ | WRITE | EXECUTE, 0),
        (FULL | 0x3F << 16, READ | WRITE | EXECUTE, READ | WRITE | EXECUTE),  # memory type
    ],
)
def test_rights_of_a_region(mpu, rights, privileged, other):
    mpu.write(CTRL, 4, ENABLE)
    region(mpu, 3, BASE, 9, rights)
    assert (mpu.permissions(BASE, True), mpu.permissions(BASE, False)) == (privileged, other)
    assert mpu.permissions(BASE + 1023, True) == privileged
    assert mpu.permissions(BASE + 1024, True) == mpu.permissions(BASE - 1, True) == 0


def test_a_region_that_is_not_enabled_or_too_small_is_none(mpu):
    mpu.write(CTRL, 4, ENABLE)
    region(mpu, 0, BASE, 9, FULL)
    mpu.write(RASR, 4, FULL | 9 << 1)
    assert mpu.permissions(BASE, True) == 0
    mpu.write(RASR, 4, FULL | 3 << 1 | 1)
    assert mpu.permissions(BASE, True) == 0
    mpu.write(RASR, 4, FULL | 4 << 1 | 1)
    assert mpu.permissions(BASE + 31, True)
    assert not mpu.permissions(BASE + 32, True)


def test_an_eighth_of_a_region_can_be_left_to_the_one_below(mpu):
    mpu.write(CTRL, 4, ENABLE)
    region(mpu, 0, BASE, 9, READ_ONLY)
    region(mpu, 1, BASE, 9, FULL | 0b0000_0100 << 8)
    assert mpu.permissions(BASE + 255, True) & WRITE
    assert not mpu.permissions(BASE + 256, True) & WRITE
    assert not mpu.permissions(BASE + 383, True) & WRITE
    assert mpu.permissions(BASE + 384, True) & WRITE


@pytest.mark.parametrize(
    ("tex", "c", "b", "policy"),
    [
        (0, 0, 0, Policy.DEVICE),
        (0, 0, 1, Policy.DEVICE),
        (0, 1, 0, Policy.THROUGH),
        (0, 1, 1, Policy.BACK),
        (1, 0, 0, Policy.UNCACHED),
        (1, 1, 1, Policy.ALLOCATE),
        (2, 0, 0, Policy.DEVICE),
        (4, 0, 0, Policy.UNCACHED),
        (4, 0, 1, Policy.ALLOCATE),
        (7, 1, 0, Policy.THROUGH),
        (5, 1, 1, Policy.BACK),
    ],
)
def test_what_the_caches_may_do_in_a_region(mpu, tex, c, b, policy):
    mpu.write(CTRL, 4, ENABLE | PRIVDEFENA)
    region(mpu, 0, BASE, 15, FULL | tex << 19 | c << 17 | b << 16)
    assert mpu.policy(BASE) == policy
    region(mpu, 0, BASE, 15, FULL | tex << 19 | 1 << 18 | c << 17 | b << 16)
    assert mpu.policy(BASE) == min(policy, Policy.UNCACHED)  # shared


def test_without_a_region_the_system_address_map_says_what_is_cached(mpu):
    found = [mpu.policy(top << 29) for top in range(8)]
    assert found == [
        Policy.THROUGH, Policy.ALLOCATE, Policy.DEVICE, Policy.ALLOCATE,
        Policy.THROUGH, Policy.DEVICE, Policy.DEVICE, Policy.DEVICE,
    ]  # fmt: skip
