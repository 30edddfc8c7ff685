"""SRC and the watchdogs on Renode: the C# models beside their Python twins."""

import pytest

from rt1062.blocks import src as causes
from rt1062.blocks.rtwdog import Rtwdog
from rt1062.blocks.src import Src
from rt1062.blocks.wdog import Wdog
from tests.rt1062.renode.twins import Clocks, Twins

pytest_plugins = "tests.rt1062.renode.fixtures"


def test_src_registers(shell) -> None:
    src = Twins(shell, "Rt1062.Src", lambda twins: Src())
    src.python.caused(causes.IPP_RESET_B)
    for offset in (0x00, 0x04, 0x08, 0x1C, 0x20, 0x44):
        src.read(offset)
    src.write(0x20, 0x1234)
    src.write(0x44, 0xFFFF_FFFF)
    src.write(0x00, 0x521)
    src.python.caused(causes.LOCKUP_SYSRESETREQ)
    src.reset()
    for offset in (0x00, 0x08, 0x20, 0x44):
        src.read(offset)
    src.write(0x08, 0x1)
    assert src.read(0x08) == causes.LOCKUP_SYSRESETREQ


@pytest.mark.parametrize(
    ("announce", "bit"),
    [("input src 0 1", 1 << 4), ("input src 1 1", 1 << 4), ("input src 2 1", 1 << 7),
     ("call src PullResetPin", 1 << 3), ("w32 src 0 0xA0482520", 1 << 1)],
)  # fmt: skip
def test_src_tells_why(shell, announce, bit) -> None:
    shell.new("src", "Rt1062.Src")
    shell.write("src", 0x08, 1)
    shell.ask(announce)
    asked = shell.ask("requests") == "1"
    assert asked == ("Pin" not in announce)
    shell.ask("reset")
    assert shell.read("src", 0x08) == bit
    shell.ask("reset")
    assert shell.read("src", 0x08) == bit | 1 << 1


@pytest.mark.parametrize(("number", "control"), [(0, 0xA048_02A0), (2, 0x5048_0520)])
def test_src_may_keep_a_watchdog_from_the_chip(shell, number, control) -> None:
    shell.new("src", "Rt1062.Src")
    shell.write("src", 0x00, control)
    shell.drive("src", number, True)
    assert shell.ask("requests") == "0"
    shell.drive("src", 2 - number, True)
    assert shell.ask("requests") == "1"


@pytest.fixture
def wdog(shell):
    def make(twins):
        return Wdog(twins.scheduler, twins.line("IRQ"), twins.line("Timeout"))

    return Twins(shell, "Rt1062.Wdog", make, width=16)


WCR, WSR, WRSR, WICR, WMCR = range(0, 10, 2)


def test_wdog_after_reset(wdog) -> None:
    for offset in (WCR, WSR, WRSR, WICR, WMCR):
        wdog.read(offset)


@pytest.mark.parametrize("half_seconds", [1, 2, 6, 256])
def test_wdog_bites_when_its_time_is_over(wdog, half_seconds) -> None:
    wdog.write(WCR, (half_seconds - 1) << 8 | 0x34)
    wdog.wait_us(half_seconds * 500_000 - 1)
    wdog.compare_lines()
    assert not wdog.lines["Timeout"]
    wdog.wait_us(2)
    wdog.compare_lines()
    assert wdog.lines["Timeout"]
    assert wdog.read(WRSR) == 2


def test_wdog_is_served_by_both_words_in_order(wdog) -> None:
    wdog.write(WCR, 0x134)
    for words in ((0x5555, 0xAAAA), (0x5555, 0xAAAA)):
        wdog.wait_us(900_000)
        for word in words:
            wdog.write(WSR, word)
            wdog.read(WSR)
    assert not wdog.lines["Timeout"]
    wdog.wait_us(900_000)
    wdog.write(WSR, 0xAAAA)
    wdog.wait_us(200_000)
    wdog.compare_lines()
    assert wdog.lines["Timeout"]


def test_wdog_cannot_be_switched_off(wdog) -> None:
    wdog.write(WCR, 0x0035)
    wdog.read(WCR)
    wdog.write(WCR, 0x00F0)
    assert wdog.read(WCR) & 4


def test_wdog_resets_when_the_slow_clock_sees_srs_clear(wdog) -> None:
    wdog.write(WCR, 0x0020)
    wdog.write(WCR, 0x0030)
    wdog.wait_us(100)
    wdog.compare_lines()
    assert not wdog.lines["Timeout"]
    wdog.write(WCR, 0x0020)
    wdog.wait_us(30)
    wdog.compare_lines()
    wdog.wait_us(1)
    wdog.compare_lines()
    assert wdog.lines["Timeout"]
    assert wdog.read(WRSR) == 1
    wdog.read(WCR)


def test_wdog_warns_before_it_bites(wdog) -> None:
    wdog.write(WICR, 0x8002)
    wdog.write(WCR, 0x0334)
    wdog.read(WICR)
    wdog.wait_us(999_999)
    wdog.compare_lines()
    wdog.wait_us(2)
    wdog.compare_lines()
    assert wdog.lines["IRQ"]
    wdog.read(WICR)
    wdog.write(WICR, 0x4000)
    wdog.read(WICR)
    wdog.compare_lines()
    wdog.wait_us(1_000_000)
    wdog.compare_lines()
    assert wdog.lines["Timeout"]


def test_a_watchdog_resets_the_chip_by_way_of_src(shell) -> None:
    shell.new("src", "Rt1062.Src")
    shell.new("wdog1", "Rt1062.Wdog")
    shell.ask("connect wdog1 Timeout src 0")
    shell.write("wdog1", WCR, 0x0034, 16)
    shell.wait_us(500_001)
    assert shell.ask("requests") == "1"
    shell.ask("reset")
    assert shell.read("src", 0x08) == 1 | 1 << 4
    shell.wait_us(10_000_000)
    assert shell.ask("requests") == "1"
    assert shell.read("wdog1", WRSR, 16) == 2


@pytest.fixture
def rtwdog(shell):
    def make(twins):
        lines = twins.line("IRQ"), twins.line("Timeout")
        return Rtwdog(twins.scheduler, Clocks(), *lines)

    return Twins(shell, "Rt1062.Rtwdog", make)


CS, CNT, TOVAL, WIN = range(0, 16, 4)
UNLOCK, REFRESH = 0xD928_C520, 0xB480_A602


def configure(rtwdog: Twins, control: int, timeout: int, window: int = 0) -> None:
    rtwdog.write(CNT, UNLOCK)
    rtwdog.read(CS)
    rtwdog.write(TOVAL, timeout)
    rtwdog.write(WIN, window)
    rtwdog.write(CS, control)
    for offset in (CS, TOVAL, WIN):
        rtwdog.read(offset)


def test_rtwdog_is_off_after_the_boot_rom(rtwdog) -> None:
    for offset in (CS, CNT, TOVAL, WIN):
        rtwdog.read(offset)
    rtwdog.wait_us(1_000_000)
    rtwdog.compare_lines()
    assert not rtwdog.lines["Timeout"]


def test_rtwdog_changes_only_after_an_unlock(rtwdog) -> None:
    rtwdog.write(TOVAL, 5)
    rtwdog.write(CS, 0x2180)
    rtwdog.read(TOVAL)
    rtwdog.read(CS)


@pytest.mark.parametrize(
    ("control", "timeout", "microseconds"),
    [(0x21A0, 32_768, 1_000_000), (0x22A0, 24_000, 1_000), (0x32A0, 9_375, 100_000)],
)
def test_rtwdog_bites(rtwdog, control, timeout, microseconds) -> None:
    configure(rtwdog, control, timeout)
    rtwdog.wait_us(microseconds - 40)
    rtwdog.compare_lines()
    assert not rtwdog.lines["Timeout"]
    rtwdog.wait_us(80)
    rtwdog.compare_lines()
    assert rtwdog.lines["Timeout"]


def test_rtwdog_is_refreshed_by_its_key(rtwdog) -> None:
    configure(rtwdog, 0x22A0, 24_000)
    for _ in range(3):
        rtwdog.wait_us(900)
        rtwdog.read(CNT)
        rtwdog.write(CNT, REFRESH)
    rtwdog.compare_lines()
    assert not rtwdog.lines["Timeout"]
    rtwdog.write(CNT, 0x1234)
    rtwdog.compare_lines()
    assert rtwdog.lines["Timeout"]


def test_rtwdog_refreshed_before_its_window_opens(rtwdog) -> None:
    configure(rtwdog, 0xA2A0, 24_000, window=12_000)
    rtwdog.wait_us(600)
    rtwdog.write(CNT, REFRESH)
    rtwdog.compare_lines()
    assert not rtwdog.lines["Timeout"]
    rtwdog.wait_us(400)
    rtwdog.write(CNT, REFRESH)
    rtwdog.compare_lines()
    assert rtwdog.lines["Timeout"]


def test_rtwdog_interrupts_first(rtwdog) -> None:
    configure(rtwdog, 0x22E0, 24_000)
    rtwdog.wait_us(1_000.2)
    rtwdog.compare_lines()
    assert rtwdog.lines["IRQ"] and not rtwdog.lines["Timeout"]
    rtwdog.read(CS)
    rtwdog.wait_us(2)
    rtwdog.compare_lines()
    assert rtwdog.lines["Timeout"]
