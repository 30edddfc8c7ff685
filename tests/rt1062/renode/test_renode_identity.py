"""SNVS, OCOTP and TRNG on Renode: the C# models beside their Python twins."""

from rt1062.blocks.ocotp import Ocotp
from rt1062.blocks.snvs import Snvs
from rt1062.blocks.trng import Trng
from tests.rt1062.renode.twins import Twins

pytest_plugins = "tests.rt1062.renode.fixtures"


def test_snvs_general_purpose_registers_outlive_a_reset(shell) -> None:
    snvs = Twins(shell, "Rt1062.Snvs", lambda twins: Snvs(twins.scheduler))
    for offset in (0x00, 0x14, 0x18, 0x34, 0x38, 0x4C, 0x68, 0x90, 0x100, 0xBF8, 0xBFC):
        snvs.read(offset)
    snvs.write(0x100, 0x1234_5678)
    snvs.write(0x94, 0xCAFE)
    snvs.write(0x11C, 7)
    snvs.write(0x04, 1)
    snvs.write(0x4C, 8)
    snvs.reset()
    for offset in (0x04, 0x4C, 0x68, 0x90, 0x94, 0x100, 0x104, 0x11C):
        snvs.read(offset)
    snvs.write(0x68, 9)
    assert snvs.read(0x100) == 9


def test_snvs_monotonic_counter(shell) -> None:
    snvs = Twins(shell, "Rt1062.Snvs", lambda twins: Snvs(twins.scheduler))
    snvs.write(0x60, 7)
    assert snvs.read(0x60) == 0
    snvs.write(0x38, 0x24)
    for _ in range(3):
        snvs.write(0x60, 7)
    snvs.write(0x5C, 0)
    snvs.read(0x5C)
    assert snvs.read(0x60) == 4


def test_snvs_counters(shell) -> None:
    snvs = Twins(shell, "Rt1062.Snvs", lambda twins: Snvs(twins.scheduler))
    snvs.write(0x54, 0xFFFF_FFF0)
    snvs.write(0x38, 0x21)
    snvs.write(0x50, 7)  # only while it stands still
    snvs.write(0x54, 7)
    snvs.wait_us(1_000_000)
    snvs.read(0x50)
    snvs.read(0x54)
    snvs.write(0x08, 0x1_0001)
    snvs.read(0x08)
    snvs.wait_us(500_000)
    for offset in (0x24, 0x28, 0x50, 0x54):
        snvs.read(offset)
    snvs.reset()
    snvs.wait_us(100_000)
    for offset in (0x24, 0x28, 0x50, 0x54):
        snvs.read(offset)


def test_ocotp_shows_the_same_chip(shell) -> None:
    ocotp = Twins(shell, "Rt1062.Ocotp", lambda twins: Ocotp())
    for place in ocotp.python.slots:
        ocotp.read(place.offset)
    assert ocotp.read(0x420) << 32 | ocotp.read(0x410) == 0x0123_4567_89AB_CDEF


def test_ocotp_reads_fuses_and_refuses_to_blow_one(shell) -> None:
    ocotp = Twins(shell, "Rt1062.Ocotp", lambda twins: Ocotp())
    for word in (0x01, 0x02, 0x0E, 0x22, 0x23, 0x3F):
        ocotp.write(0x00, word)
        ocotp.write(0x30, 1)
        ocotp.read(0x40)
    ocotp.write(0x00, 0x3E77_0001)
    ocotp.write(0x20, 0xFFFF_FFFF)
    assert ocotp.read(0x00) & 1 << 9
    ocotp.write(0x08, 1 << 9)
    ocotp.read(0x00)
    ocotp.write(0x04, 1 << 10)
    ocotp.read(0x00)
    assert ocotp.read(0x410) == 0x89AB_CDEF


def test_trng(shell) -> None:
    trng = Twins(shell, "Rt1062.Trng", lambda twins: Trng(twins.scheduler, twins.line("IRQ")))
    for place in trng.python.slots:
        trng.read(place.offset)
    trng.write(0xA8, 5)
    trng.write(0x00, 0x0001_0042)
    for place in trng.python.slots:
        trng.read(place.offset)
    trng.write(0xA8, 7)
    trng.write(0x00, 0x0000_0002)
    trng.wait_us(53_333)
    trng.read(0x00)
    trng.compare_lines()
    trng.wait_us(1)
    assert trng.read(0x00) & 1 << 10
    trng.read(0xAC)
    trng.compare_lines()
    assert trng.lines["IRQ"]
    # The words are not those of the Python model, but they are the same every run.
    first = [shell.read("twin", 0x40 + 4 * i) for i in range(16)]
    assert len(set(first)) == 16
    assert shell.read("twin", 0x40) == 0
    shell.write("twin", 0xA4, 0)
    assert not shell.line("twin", "IRQ")
    shell.wait_us(53_334)
    assert shell.read("twin", 0x40) not in first
    shell.ask("machine")
    shell.new("again", "Rt1062.Trng")
    shell.write("again", 0x00, 0x0000_0002)
    shell.wait_us(53_334)
    assert [shell.read("again", 0x40 + 4 * i) for i in range(16)] == first
