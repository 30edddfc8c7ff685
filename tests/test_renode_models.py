"""The C# models behave as their Python twins: the same accesses, the same answers, under mono."""

from types import SimpleNamespace

import pytest

from sim.chip.clock import TICKS_PER_MICROSECOND
from sim.devices.arducam import Arducam
from sim.devices.ov2640 import Ov2640
from sim.peripherals import src as causes
from sim.peripherals.gpio import Gpio
from sim.peripherals.lpi2c import Lpi2c
from sim.peripherals.lpspi import Lpspi
from sim.peripherals.ocotp import Ocotp
from sim.peripherals.pit import Pit
from sim.peripherals.rtwdog import Rtwdog
from sim.peripherals.snvs import Snvs
from sim.peripherals.src import Src
from sim.peripherals.trng import Trng
from sim.peripherals.wdog import Wdog
from sim.scheduler import Scheduler
from tests.renode.model_shell import MODELS, ModelShell


@pytest.fixture(scope="module")
def process():
    shell = ModelShell()
    yield shell
    shell.close()


@pytest.fixture
def shell(process):
    process.ask("machine")
    return process


class Clocks:
    """A clock tree that stands still: the crystal for all, 150 MHz for the bus, 32 kHz."""

    RATES = {"perclk": 24_000_000, "osc24": 24_000_000, "lpo32k": 32_768, "ipg": 150_000_000}

    def __init__(self):
        self.listeners = []

    def hz(self, name: str) -> int:
        return self.RATES[name]


class Twins:
    """One block twice, in Python and in C#; every read is compared."""

    def __init__(self, shell: ModelShell, kind: str, make, width: int = 32, **parameters):
        self.shell = shell
        self.scheduler = Scheduler()
        self.lines: dict[str, bool] = {}
        self.python = make(self)
        self.python.reset(cold=True)
        self.width = width
        shell.new("twin", kind, **parameters)

    def line(self, name: str):
        self.lines[name] = False
        return lambda level=True: self.lines.__setitem__(name, level)

    def write(self, offset: int, value: int) -> None:
        self.python.write(offset, self.width // 8, value)
        self.shell.write("twin", offset, value, self.width)

    def read(self, offset: int) -> int:
        value = self.python.read(offset, self.width // 8)
        other = self.shell.read("twin", offset, self.width)
        assert other == value, f"+0x{offset:X}: C# 0x{other:X}, Python 0x{value:X}"
        return value

    def wait_us(self, microseconds: float) -> None:
        self.scheduler.advance(round(microseconds * TICKS_PER_MICROSECOND))
        self.shell.wait_us(microseconds)

    def compare_lines(self) -> None:
        for name, level in self.lines.items():
            assert self.shell.line("twin", name) == level, name

    def reset(self) -> None:
        self.python.reset(cold=False)
        self.shell.ask("reset")


def test_every_model_compiles(shell) -> None:
    assert {path.name for path in MODELS} >= {
        "ArducamOv2640.cs", "Console.cs", "Gpio.cs", "Lpi2c.cs", "Lpspi.cs", "Lpuart.cs", "Ocotp.cs",
        "Pit.cs", "RegisterFile.cs", "Rtwdog.cs", "Snvs.cs", "Src.cs", "Trng.cs", "Wdog.cs",
    }  # fmt: skip


# GPIO.

DR, GDIR, PSR, ICR1, ICR2, IMR, ISR, EDGE_SEL = range(0x00, 0x20, 4)
DR_SET, DR_CLEAR, DR_TOGGLE = 0x84, 0x88, 0x8C


@pytest.fixture
def gpio(shell):
    return Twins(
        shell, "Rt1062.Gpio", lambda twins: Gpio(twins.line("LowIRQ"), twins.line("HighIRQ"))
    )


def drive(gpio: Twins, pin: int, level: bool) -> None:
    gpio.python.set_input(pin, level)
    gpio.shell.drive("twin", pin, level)


def test_gpio_set_clear_and_toggle_act_on_ones_only(gpio) -> None:
    gpio.write(GDIR, 0xFFFF_FFFF)
    gpio.write(DR, 0x100)
    for register, value in ((DR_SET, 0x200), (DR_CLEAR, 0x100), (DR_TOGGLE, 0x8000_0201)):
        gpio.write(register, value)
        gpio.read(DR)
        gpio.read(PSR)
        gpio.read(register)
    assert gpio.read(DR) == 0x8000_0001


def test_gpio_inputs_and_outputs_share_their_pads(gpio) -> None:
    gpio.write(GDIR, 0x0F)
    gpio.write(DR, 0xF5)
    drive(gpio, 0, False)
    drive(gpio, 4, True)
    drive(gpio, 31, True)
    assert gpio.read(PSR) == 0x8000_0015
    assert gpio.read(DR) == 0x8000_0015
    gpio.write(GDIR, 0)
    assert gpio.read(PSR) == 0x8000_0010


@pytest.mark.parametrize("pin", [3, 20])
@pytest.mark.parametrize("condition", range(4))
@pytest.mark.parametrize("both_edges", [False, True])
def test_gpio_interrupts(gpio, pin, condition, both_edges) -> None:
    gpio.write(ICR1 if pin < 16 else ICR2, condition << 2 * (pin % 16))
    gpio.write(EDGE_SEL, both_edges << pin)
    gpio.write(ISR, 0xFFFF_FFFF)
    gpio.write(IMR, 1 << pin)
    for level in (True, False, True):
        gpio.compare_lines()
        drive(gpio, pin, level)
        assert bool(gpio.read(ISR) >> pin & 1) == gpio.lines["LowIRQ" if pin < 16 else "HighIRQ"]
        gpio.compare_lines()
        gpio.write(ISR, 1 << pin)
        gpio.read(ISR)


def test_gpio_pull_ups_hold_what_nobody_drives(shell) -> None:
    shell.new("gpio", "Rt1062.Gpio")
    shell.ask("set gpio PullUps 0x2001")
    assert shell.line("gpio", 13)
    assert not shell.line("gpio", 12)
    shell.write("gpio", GDIR, 0x2000)
    assert not shell.line("gpio", 13)
    shell.ask("reset")
    assert shell.line("gpio", 13)
    assert shell.read("gpio", PSR) == 0x2001
    shell.drive("gpio", 0, False)
    assert shell.read("gpio", PSR) == 0x2000


def test_gpio_has_a_line_for_each_of_its_first_pins(shell) -> None:
    shell.new("gpio", "Rt1062.Gpio")
    shell.write("gpio", ICR1, 0xFFFF)
    shell.write("gpio", IMR, 0xFF)
    for pin in range(8):
        shell.drive("gpio", pin, True)
        assert not shell.line("gpio", f"INT{pin}")
        shell.drive("gpio", pin, False)
        assert shell.line("gpio", f"INT{pin}")


def test_an_offset_that_no_register_has_is_told(shell) -> None:
    for kind in ("Gpio", "Src", "Pit", "Rtwdog", "Lpspi", "Lpi2c"):
        shell.ask("machine")
        shell.new("block", f"Rt1062.{kind}")
        shell.read("block", 0x3F00)
        shell.write("block", 0x3F00, 1)
        assert shell.ask("warnings") == (
            f"{kind}: Unhandled read from offset 0x3F00. | "
            f"{kind}: Unhandled write to offset 0x3F00, value 0x1."
        )


# Reset: SRC with the watchdogs.


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


def test_wdog_resets_at_once_when_srs_is_cleared(wdog) -> None:
    wdog.write(WCR, 0x0020)
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


# PIT.

MCR, LTMR64H, LTMR64L = 0x00, 0xE0, 0xE4


def channel(index: int) -> SimpleNamespace:
    base = 0x100 + 0x10 * index
    return SimpleNamespace(LDVAL=base, CVAL=base + 4, TCTRL=base + 8, TFLG=base + 12)


@pytest.fixture
def pit(shell):
    def make(twins):
        return Pit(twins.scheduler, Clocks(), twins.line("IRQ"))

    return Twins(shell, "Rt1062.Pit", make, frequency=24_000_000)


def test_pit_after_reset(pit) -> None:
    for offset in (MCR, LTMR64H, LTMR64L):
        pit.read(offset)
    for index in range(4):
        for offset in vars(channel(index)).values():
            pit.read(offset)


def test_pit_interrupts_periodically(pit) -> None:
    one = channel(2)
    pit.write(MCR, 0)
    pit.write(one.LDVAL, 24_000 - 1)
    pit.write(one.TCTRL, 3)
    for _ in range(3):
        pit.wait_us(998)
        pit.read(one.CVAL)
        pit.compare_lines()
        assert not pit.lines["IRQ"]
        pit.wait_us(2)
        assert pit.read(one.TFLG) == 1
        pit.compare_lines()
        assert pit.lines["IRQ"]
        pit.write(one.TFLG, 1)
        pit.read(one.TFLG)
        pit.compare_lines()


def test_pit_load_value_counts_from_the_next_expiry(pit) -> None:
    one = channel(0)
    pit.write(MCR, 0)
    pit.write(one.LDVAL, 2_400 - 1)
    pit.write(one.TCTRL, 1)
    pit.wait_us(50)
    pit.write(one.LDVAL, 24_000 - 1)
    pit.wait_us(50)
    pit.read(one.TFLG)
    pit.write(one.TFLG, 1)
    pit.wait_us(900)
    pit.read(one.TFLG)
    pit.wait_us(101)
    assert pit.read(one.TFLG) == 1


def test_pit_stands_still_while_the_module_is_off(pit) -> None:
    one = channel(1)
    pit.write(one.LDVAL, 24_000)
    pit.write(one.TCTRL, 1)
    pit.wait_us(100)
    pit.read(one.CVAL)
    pit.write(MCR, 0)
    pit.wait_us(100)
    pit.read(one.CVAL)
    pit.write(MCR, 2)
    pit.wait_us(100)
    pit.read(one.CVAL)
    pit.reset()
    pit.read(one.CVAL)
    pit.read(one.TCTRL)


def test_pit_chained_channels(pit) -> None:
    low, high = channel(0), channel(1)
    pit.write(MCR, 0)
    pit.write(low.LDVAL, 24 - 1)
    pit.write(high.LDVAL, 2)
    pit.write(high.TCTRL, 7)
    pit.write(low.TCTRL, 1)
    for _ in range(8):
        pit.wait_us(1)
        for one in (low, high):
            pit.read(one.CVAL)
            pit.read(one.TFLG)
        pit.compare_lines()
        pit.write(high.TFLG, 1)


def test_pit_lifetime_timer(pit) -> None:
    pit.write(MCR, 0)
    pit.write(channel(0).LDVAL, 0xFFFF_FFFF)
    pit.write(channel(1).LDVAL, 0xFFFF_FFFF)
    pit.write(channel(1).TCTRL, 5)
    pit.write(channel(0).TCTRL, 1)
    pit.wait_us(1000)
    pit.read(LTMR64H)
    assert 0xFFFF_FFFF - pit.read(LTMR64L) == 24_000


# SNVS, OCOTP, TRNG.


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


def test_snvs_counters(shell) -> None:
    snvs = Twins(shell, "Rt1062.Snvs", lambda twins: Snvs(twins.scheduler))
    snvs.write(0x54, 0xFFFF_FFF0)
    snvs.write(0x38, 0x21)
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
    for register in ocotp.python.REGISTERS:
        ocotp.read(register.offset)
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
    for register in trng.python.REGISTERS:
        trng.read(register.offset)
    trng.write(0xA8, 5)
    trng.write(0x00, 0x0001_0042)
    for register in trng.python.REGISTERS:
        trng.read(register.offset)
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


# LPI2C and LPSPI with the camera.

SETTLE_US = 2_000  # the C# blocks take no time; the Python ones have done everything by then


@pytest.fixture
def lpi2c(shell):
    shell.new("camera", "Sensors.ArducamOv2640")
    sensor = Ov2640()

    def make(twins):
        return Lpi2c(twins.scheduler, lambda: 24_000_000, twins.line("IRQ"), {0x30: sensor})

    twins = Twins(shell, "Rt1062.Lpi2c", make)
    shell.ask("child twin 0x30 camera")
    twins.sensor = sensor
    for offset, value in ((0x10, 2), (0x10, 0), (0x24, 1), (0x48, 0x1928_373B), (0x10, 1)):
        twins.write(offset, value)
    return twins


MSR, MTDR, MRDR, MFSR = 0x14, 0x60, 0x70, 0x5C
START, STOP, RECEIVE = 4 << 8, 2 << 8, 1 << 8


def commands(lpi2c: Twins, *words: int) -> int:
    for word in words:
        lpi2c.write(MTDR, word)
        lpi2c.wait_us(SETTLE_US)
    return lpi2c.read(MSR)


def test_lpi2c_after_reset(shell) -> None:
    def make(twins):
        return Lpi2c(twins.scheduler, lambda: 24_000_000, twins.line("IRQ"), {})

    lpi2c = Twins(shell, "Rt1062.Lpi2c", make)
    for register in lpi2c.python.REGISTERS:
        lpi2c.read(register.offset)


def test_lpi2c_writes_and_reads_the_sensor(lpi2c) -> None:
    assert commands(lpi2c, START | 0x60, 0xFF, 0x01, STOP) == 0x301
    lpi2c.write(MSR, 0x7F00)
    lpi2c.read(MSR)
    commands(lpi2c, START | 0x60, 0x0A, STOP, START | 0x61, RECEIVE | 1)
    assert lpi2c.read(MFSR) == 2 << 16
    lpi2c.read(MSR)
    assert [lpi2c.read(MRDR) for _ in range(3)] == [0x26, 0x26, 0x4000]
    commands(lpi2c, STOP)
    commands(lpi2c, START | 0x60, 0x0B, START | 0x61, RECEIVE, STOP)
    assert lpi2c.read(MRDR) == 0x42


def test_lpi2c_nobody_at_the_address(lpi2c) -> None:
    status = commands(lpi2c, START | 0x42)
    assert status & 0x400
    lpi2c.write(MSR, 0x7F00)
    lpi2c.read(MSR)


def test_lpi2c_a_sensor_that_does_not_acknowledge(lpi2c) -> None:
    lpi2c.sensor.acknowledges = False
    lpi2c.shell.ask("call camera SetFault sccb_nack")
    assert commands(lpi2c, START | 0x60) & 0x400
    lpi2c.write(MSR, 0x7F00)
    lpi2c.sensor.acknowledges = True
    lpi2c.shell.ask("call camera ClearFaults")
    commands(lpi2c, START | 0x60, 0x0A, STOP)
    assert not lpi2c.read(MSR) & 0x400


def test_lpi2c_interrupts(lpi2c) -> None:
    lpi2c.write(0x18, 0x200)
    lpi2c.compare_lines()
    commands(lpi2c, START | 0x60, STOP)
    lpi2c.compare_lines()
    assert lpi2c.lines["IRQ"]
    lpi2c.write(MSR, 0x7F00)
    lpi2c.compare_lines()
    assert not lpi2c.lines["IRQ"]


def test_lpi2c_storage(lpi2c) -> None:
    for offset, value in ((0x1C, 3), (0x28, 0x0F0F_0FFF), (0x2C, 0xF_FF00), (0x40, 0xFF_00FF), (0x58, 0x3_0003)):
        lpi2c.write(offset, value)
        lpi2c.read(offset)
    lpi2c.write(0x10, 2)
    for register in lpi2c.python.REGISTERS[:18]:
        lpi2c.read(register.offset)


@pytest.fixture
def lpspi(shell):
    shell.new("camera", "Sensors.ArducamOv2640")
    shell.drive("camera", 0, True)

    def make(twins):
        camera = Arducam(twins.scheduler, Ov2640())
        twins.camera = camera
        return Lpspi(
            twins.scheduler, lambda: 105_600_000, twins.line("IRQ"),
            lambda pcs, byte: camera.transfer(byte) if pcs == 0 else 0xFF,
        )  # fmt: skip

    twins = Twins(shell, "Rt1062.Lpspi", make)
    shell.ask("child twin 0 camera")
    return twins


CR, SR, IER, DER, CFGR1, CCR, FCR, FSR, TCR, TDR, RSR, RDR = (
    0x10, 0x14, 0x18, 0x1C, 0x24, 0x40, 0x58, 0x5C, 0x60, 0x64, 0x70, 0x74,
)  # fmt: skip


def enable(lpspi: Twins, command: int) -> None:
    for offset, value in ((CR, 2), (CR, 0), (CFGR1, 3), (CCR, 12), (CR, 1), (TCR, command)):
        lpspi.write(offset, value)
    lpspi.wait_us(10)


def select(lpspi: Twins, level: bool) -> None:
    lpspi.python.sync()
    lpspi.camera.select(level)
    lpspi.shell.drive("camera", 0, level)


def exchange(lpspi: Twins, *words: int) -> list[int]:
    for word in words:
        lpspi.write(TDR, word)
    lpspi.wait_us(1_000)
    answers = [lpspi.read(RDR) for _ in words]
    assert lpspi.read(FSR) == 0
    return answers


def test_lpspi_after_reset(lpspi) -> None:
    for register in lpspi.python.REGISTERS:
        lpspi.read(register.offset)


def test_lpspi_bytes_to_the_camera(lpspi) -> None:
    enable(lpspi, 7)
    select(lpspi, False)
    exchange(lpspi, 0x80, 0x55)
    select(lpspi, True)
    select(lpspi, False)
    assert exchange(lpspi, 0x00, 0x00) == [0x00, 0x55]
    select(lpspi, True)
    assert exchange(lpspi, 0, 0) == [0xFF, 0xFF]
    lpspi.read(SR)
    lpspi.write(SR, 0x3F00)
    lpspi.read(SR)
    lpspi.read(TCR)


@pytest.mark.parametrize("command", [7, 15, 31, 23, 0x0040_001F, 0x0080_0007, 0x00C0_001F, 0x0000_003F, 11, 0x0008_0007])
def test_lpspi_words_of_all_kinds(lpspi, command) -> None:
    enable(lpspi, command)
    select(lpspi, False)
    for word in (0x8055_1234, 0x0102_0304):
        lpspi.write(TDR, word)
    lpspi.wait_us(1_000)
    select(lpspi, True)
    select(lpspi, False)
    for word in (0x0000_0000, 0x0000_0000):
        lpspi.write(TDR, word)
    lpspi.wait_us(1_000)
    for _ in range(5):
        lpspi.read(RSR)
        lpspi.read(FSR)
        lpspi.read(RDR)
    lpspi.read(SR)


def test_lpspi_continuous_transfer_keeps_the_last_word_back(lpspi) -> None:
    enable(lpspi, 0x0020_0007)
    select(lpspi, False)
    for word in (0x40, 0x00):
        lpspi.write(TDR, word)
    lpspi.wait_us(100)
    assert lpspi.read(FSR) == 1 << 16
    lpspi.read(SR)
    lpspi.write(TCR, 0x0000_0007)
    lpspi.wait_us(100)
    lpspi.read(SR)
    assert [lpspi.read(RDR), lpspi.read(RDR)] == [0x00, 0x73]


def test_lpspi_stops_when_the_receive_fifo_is_full(lpspi) -> None:
    enable(lpspi, 7)
    for _ in range(20):
        lpspi.write(TDR, 0)
        lpspi.wait_us(10)
    assert lpspi.read(FSR) == 16 << 16 | 4
    lpspi.read(SR)
    lpspi.read(RDR)
    lpspi.wait_us(10)
    assert lpspi.read(FSR) == 16 << 16 | 3
    lpspi.write(CR, 0x301)
    assert lpspi.read(FSR) == 0


def test_lpspi_interrupts(lpspi) -> None:
    enable(lpspi, 7)
    lpspi.write(FCR, 1 << 16)
    lpspi.write(IER, 2)
    for _ in range(2):
        lpspi.compare_lines()
        assert not lpspi.lines["IRQ"]
        lpspi.write(TDR, 0)
        lpspi.wait_us(10)
    lpspi.compare_lines()
    assert lpspi.lines["IRQ"]
    lpspi.read(RDR)
    lpspi.compare_lines()
    lpspi.write(IER, 1)
    lpspi.compare_lines()
    assert lpspi.lines["IRQ"]
    lpspi.write(IER, 0x2000)
    lpspi.compare_lines()
    assert not lpspi.lines["IRQ"]


def test_lpspi_receives_only_with_masked_transmit(lpspi) -> None:
    enable(lpspi, 7)
    select(lpspi, False)
    exchange(lpspi, 0x40)
    lpspi.write(TCR, 0x0004_0007)
    lpspi.wait_us(10)
    assert lpspi.read(RDR) == 0x73
    assert not lpspi.read(TCR) & 1 << 18


def test_lpspi_a_module_that_is_off_keeps_its_words(lpspi) -> None:
    lpspi.write(CFGR1, 3)
    lpspi.write(TCR, 7)
    lpspi.write(TDR, 0)
    assert lpspi.read(FSR) & 0x1F == 2
    lpspi.read(SR)
    lpspi.write(CR, 1)
    lpspi.wait_us(10)
    assert lpspi.read(FSR) == 1 << 16


# LPUART: the wrapper around the stock model.


def test_lpuart_hands_on_what_the_stock_model_knows_and_keeps_the_rest(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.write("uart", 0x18, 0xFFFF_FFFF)
    shell.write("uart", 0x28, 0xFFFF_FFFF)
    shell.write("uart", 0x2C, 0xFFFF_FFFF)
    shell.write("uart", 0x14, 0xFFFF_FFFF)
    shell.write("uart", 0x10, 0xFFFF_FFFF)
    shell.write("uart", 0x1C, 0x41)
    accesses = shell.ask("accesses uart").split()
    assert [one for one in accesses if one.startswith("w")] == [
        "w10=F000004", "w18=28EC00A3", "w28=3C388", "w2C=30003", "w14=82080000", "w10=1FA2BFFF", "w1C=41",
    ]  # fmt: skip
    assert shell.read("uart", 0x18) == 0xFFFF_CFFF
    assert shell.read("uart", 0x00) == 0x0401_0003
    assert shell.read("uart", 0x04) == 0x0202


def test_lpuart_says_that_nothing_waits_before_the_transmitter_is_on(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    assert shell.read("uart", 0x14) == 0x00C0_0000
    assert shell.read("uart", 0x10) == 0x0F00_0004


def test_lpuart_software_reset(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.write("uart", 0x24, 0x301)
    shell.write("uart", 0x10, 0x0F00_000D)
    shell.write("uart", 0x08, 2)
    assert shell.read("uart", 0x08) == 2
    assert (shell.read("uart", 0x24), shell.read("uart", 0x10)) == (0, 0x0F00_0004)
    shell.write("uart", 0x08, 0)
    assert shell.read("uart", 0x08) == 0


# Console.


def test_the_tap_writes_each_line_with_the_time_of_its_first_byte(shell, tmp_path) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.ask(f"extension Rt1062.ConsoleExtensions CreateConsoleTap uart {tmp_path / 'tap'}")
    for byte, wait in ((0x68, 1.5), (0xC3, 10), (0xBC, 0), (0x0A, 1000), (0x0A, 1), (0x78, 1)):
        shell.write("uart", 0x1C, byte)
        shell.wait_us(wait)
    assert (tmp_path / "tap").read_bytes() == b"0.000\th\xc3\xbc\n1011.500\t\n"


def test_typed_bytes_arrive_one_character_time_apart(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.ask("extension Rt1062.ConsoleExtensions TypeBytes uart 6162")
    shell.ask("extension Rt1062.ConsoleExtensions TypeBytes uart 0A")
    seen = []
    for _ in range(4):
        shell.wait_us(86.805)
        seen.append(shell.ask("received uart"))
    assert seen == ["61", "61 62", "61 62 0A", "61 62 0A"]
    shell.ask("extension Rt1062.ConsoleExtensions TypeBytes uart 63")
    assert shell.ask("received uart") == "61 62 0A"
    shell.wait_us(86.9)
    assert shell.ask("received uart") == "61 62 0A 63"


@pytest.mark.parametrize("text", ["6", "zz", "616"])
def test_typed_bytes_that_are_none(shell, text) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    answer = shell.try_ask(f"extension Rt1062.ConsoleExtensions TypeBytes uart {text}")
    assert answer.startswith("!RecoverableException: bytes must be pairs")


def test_a_transcript_that_cannot_be_opened(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    command = "extension Rt1062.ConsoleExtensions CreateConsoleTap uart /no/such/folder/tap"
    assert shell.try_ask(command).startswith("!RecoverableException: transcript not opened")


# Register files.


def test_register_file(shell) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100)
    for call in (
        "Preset 0x00 0x1234", "PresetMany 0x10 2 0x5", "AlwaysSet 0x20 0x80000000", "ReadOnly 0x00 0xFF",
        "ClearedByOne 0x30 0xF", "Preset 0x30 0xFF", "Acknowledge 0x40 0x3 16", "ReadyWhile 0x50 0x1 0x1 0x80",
        "Expect 0x60 0xFF 0x12",
    ):  # fmt: skip
        shell.ask(f"call file {call}")
    writes = [(0x00, 0xFFFF), (0x20, 0x1), (0x30, 0x3), (0x40, 0xF), (0x50, 0x1), (0x60, 0x312)]
    for offset, value in writes:
        shell.write("file", offset, value)
    read = [shell.read("file", offset) for offset, _ in writes]
    assert read == [0xFF34, 0x8000_0001, 0x0C, 0x3_000F & ~(0x3 << 16) | 0x3 << 16, 0x81, 0x312]
    assert shell.ask("warnings") == ""
    shell.write("file", 0x60, 0x13)
    assert "0x13 written to offset 0x60 is not supported" in shell.ask("warnings")
    shell.ask("reset")
    assert [shell.read("file", o) for o in (0x00, 0x10, 0x14, 0x20, 0x50)] == [0x1234, 5, 5, 0x8000_0000, 0]


def test_register_file_with_set_clear_and_toggle(shell) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100, setClearToggle="true")
    shell.ask("call file PresetMany 0x10 2 0xF0")
    for offset, value in ((0x14, 0x0F), (0x18, 0x81), (0x1C, 0x0C)):
        shell.write("file", offset, value)
    assert [shell.read("file", o) for o in (0x10, 0x14, 0x20)] == [0x72, 0x72, 0xF0]


def test_register_file_that_is_retained(shell) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100, retained="true")
    shell.write("file", 0x10, 7)
    shell.ask("reset")
    assert shell.read("file", 0x10) == 7


@pytest.mark.parametrize("offset", ["0x100", "0x2", "-4"])
def test_a_preset_outside_the_file(shell, offset) -> None:
    shell.new("file", "Rt1062.RegisterFile", size=0x100)
    answer = shell.try_ask(f"call file Preset {offset} 1")
    assert answer.startswith("!RecoverableException: offset must be that of a register")


# Monitor commands.


def test_memory_is_saved_to_a_file(shell, tmp_path) -> None:
    shell.ask("bus sysbus")
    path = tmp_path / "memory"
    shell.ask(f"extension Rt1062.MachineExtensions SaveBytes sysbus 0x20200010 4 {path}")
    assert path.read_bytes() == b"\x10\x11\x12\x13"
    refused = shell.try_ask("extension Rt1062.MachineExtensions SaveBytes sysbus 0 4 /no/such/folder/x")
    assert refused.startswith("!RecoverableException: memory not saved")


def test_a_loaded_machine_runs_the_macro_after_each_reset(shell) -> None:
    shell.ask("after-load")
    before = shell.ask("parsed")
    shell.ask("reset")
    shell.ask("reset")
    assert shell.ask("parsed") == (before + " | " if before else "") + "runMacro $reset | runMacro $reset"
