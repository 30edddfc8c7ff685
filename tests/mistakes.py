"""One-line mistakes in the firmware that leave a board dead, blind or dumb, and what is said.

Of cases that went unnoticed once, and at least two more of each kind.
"""

from dataclasses import dataclass

BOARD, PINS = "boards/mimxrt1060_evk/board.cc", "boards/mimxrt1060_evk/pins.cc"
CLOCKS, STARTUP = "drivers/clocks.cc", "start/startup.cc"
LPUART, LPSPI, LPI2C = "drivers/lpuart.cc", "drivers/lpspi.cc", "drivers/lpi2c.cc"
HELLO, FLASH = "app/hello/hello.cc", "boards/mimxrt1060_evk/flash.cc"
# How it ends: it goes on and boots, with a fault, without a readable word, or is refused.
BOOTS, FAULTS, SILENT, REFUSED = "boots", "faults", "silent", "refused"


@dataclass(frozen=True)
class Mistake:
    """What is changed in which file of `app`; `said`: words of its diagnosis; `ends`: see above.

    `board`: what its TOML file says, where it is not the EVK.
    """

    source: str
    changes: dict[str, str]
    said: str
    ends: str = SILENT
    app: str = "hello"
    board: str = ""


def _gates(old: str, new: str, said: str) -> Mistake:
    """Ends before the console has its rate: what is said of the fault, nobody can read."""
    return Mistake(
        BOARD, {old: new}, f"with its clock gate closed ({said}): a board's bus hangs here"
    )


def _camera(source: str, changes: dict[str, str], said: str, board: str = "") -> Mistake:
    return Mistake(source, changes, said, BOOTS, "classify", board)


def _boot(changes: dict[str, str], said: str, board: str = "") -> Mistake:
    return Mistake(FLASH, changes, said, REFUSED, board=board)


def _main(statement: str, said: str) -> Mistake:
    return Mistake(
        HELLO, {"  bool lit = false;": f"  {statement}\n  bool lit = false;"}, said, FAULTS
    )


CCGR1 = "CCM.CCGR[1] = CCM.CCGR[1] | Gate(0) | Gate(13);"
CCGR2 = "CCM.CCGR[2] = CCM.CCGR[2] | Gate(3) | Gate(6) | Gate(13);"
CCGR3 = "CCM.CCGR[3] = CCM.CCGR[3] | Gate(8);"
CCGR5 = "CCM.CCGR[5] = CCM.CCGR[5] | Gate(12) | Gate(14) | Gate(15);"
CCGR6 = "CCM.CCGR[6] = CCM.CCGR[6] | Gate(3);"
CONSOLE_TX = "{0x0EC, 0x2DC, kLpuart,"
SPI_SCK, SPI_SDI = "{0x1BC, 0x3AC, kLpspi | kLoop,", "{0x1C8, 0x3B8, kLpspi | kLoop,"
I2C_SCL, I2C_SDA = "{0x0FC, 0x2EC, kLpi2c | kLoop,", "{0x100, 0x2F0, kLpi2c | kLoop,"
ROOTS = "  SetRoots();  // before anything"
PLL_USB1 = "(&analog_.PLL_SYS)[-2]"
CPACR = "  SCB.CPACR = SCB.CPACR | Cpacr::Cp10::Put(3) | Cpacr::Cp11::Put(3);\n"
EB = "Op(kCmd, kOnePad, 0xEB)"
CHECKED = (
    "static_assert(MakeConfig().lut[0][0] == 0x0A18'04EB && MakeConfig().lut[0][1] == 0x2604'3206);"
)
NEW_PART = """name = "evk"
console = "LPUART1"
[flash]
bytes = 8388608
part = "IS25WP064"
quad_enabled = false
"""
LEFT_PENDING = """name = "evk"
console = "LPUART1"
left_pending = [101]
[flash]
bytes = 8388608
"""
NO_PULL_UPS = """name = "evk"
console = "LPUART1"
[flash]
bytes = 8388608
[camera]
spi = "LPSPI1"
i2c = "LPI2C1"
select = "GPIO3.13"
select_mode = 4
pull_ups = false
"""
TCR = "Tcr::Framesz::Put(8 * frame_bytes - 1);"
RECEIVES = "regs_.CTRL = Ctrl::Te::kMask | Ctrl::Re::kMask | Ctrl::Rie::kMask;"
LOCKED = "const Status locked = PollUntil([&arm] { return PllArm::Lock::Get(arm.VALUE) != 0; });"

MISTAKES = {
    # Clock gates.
    "gate of LPUART1": _gates(
        CCGR5, "CCM.CCGR[5] = CCM.CCGR[5] & ~Gate(12);", "CCM_CCGR5, CG12"
    ),
    "gate of LPSPI1": _gates(CCGR1, "CCM.CCGR[1] = CCM.CCGR[1] & ~Gate(0);", "CCM_CCGR1, CG0"),
    "gate of LPI2C1": _gates(CCGR2, "CCM.CCGR[2] = CCM.CCGR[2] & ~Gate(3);", "CCM_CCGR2, CG3"),
    "gate of GPIO1": _gates(CCGR1, "CCM.CCGR[1] = CCM.CCGR[1] & ~Gate(13);", "CCM_CCGR1, CG13"),
    "gate of GPIO3": _gates(CCGR2, "CCM.CCGR[2] = CCM.CCGR[2] & ~Gate(13);", "CCM_CCGR2, CG13"),
    "gate of WDOG1": _gates(CCGR3, "CCM.CCGR[3] = CCM.CCGR[3] & ~Gate(8);", "CCM_CCGR3, CG8"),
    # Pads.
    "no pad for LPUART1": Mistake(
        PINS, {CONSOLE_TX: "{0x0EC, 0x2DC, kGpio,"},
        "LPUART1: TX is on no pad: SW_MUX_CTL_PAD_GPIO_AD_B0_12 is 0x5, MUX_MODE not 2",
    ),
    "no pad for LPSPI1": _camera(
        PINS, {SPI_SCK: "{0x1BC, 0x3AC, kGpio,"},
        "LPSPI1: SCK is on no pad: SW_MUX_CTL_PAD_GPIO_SD_B0_00 is 0x5, MUX_MODE not 4",
    ),
    "no pad for LPI2C1": _camera(
        PINS, {I2C_SCL: "{0x0FC, 0x2EC, kGpio,"},
        "LPI2C1: SCL is not connected: SW_MUX_CTL_PAD_GPIO_AD_B1_00 is 0x5, MUX_MODE not 3",
    ),
    "wrong SELECT_INPUT": _camera(
        PINS, {f"{SPI_SDI} kLogic, 0x4F4, 1}}": f"{SPI_SDI} kLogic, 0x4F4, 0}}"},
        "LPSPI1: SDI listens to no pad: LPSPI1_SDI_SELECT_INPUT (IOMUXC + 0x4F4) is 0, not 1",
    ),
    "no SION on I2C": _camera(
        PINS, {I2C_SDA: "{0x100, 0x2F0, kLpi2c,"},
        "LPI2C1: SDA is not connected: no SION in SW_MUX_CTL_PAD_GPIO_AD_B1_01 0x3",
    ),
    "no open drain on I2C": _camera(
        PINS, {f"{I2C_SCL} kOpenDrain": f"{I2C_SCL} kLogic"},
        "LPI2C1: SCL is not connected: no ODE in SW_PAD_CTL_PAD_GPIO_AD_B1_00 0x10B0",
    ),
    "no pull-up on I2C": _camera(
        PINS, {"                                               PadControl::Pue::kMask |"
               " PadControl::Pus::Put(3) |\n": ""},
        "LPI2C1: SCL is not connected: no pull-up in SW_PAD_CTL_PAD_GPIO_AD_B1_00 0x118B0",
        NO_PULL_UPS,
    ),
    # Boot.
    "LUT[0] is 0x9F on one pad": _boot(
        {EB: "Op(kCmd, kOnePad, 0x9F)", CHECKED: ""},
        "FCB.lookupTable[0] at 0x60000080 is 0x0A18049F 0x26043206: 0x9F is no read",
    ),
    "two dummy clocks too few": _boot(
        {"Op(kDummy, kFourPads, 6)": "Op(kDummy, kFourPads, 4)", CHECKED: ""},
        "0xEB takes 6 clocks between address and data, it gets 4",
    ),
    "address on one pad": _boot(
        {f"{EB}, Op(kRaddr, kFourPads,": f"{EB}, Op(kRaddr, kOnePad,", CHECKED: ""},
        "0xEB takes an address of 24 bits on 4 pads, it gets 24 bits on 1 pads",
    ),
    "flash clocked too fast": _boot(
        {"serial_clock_frequency = 6;": "serial_clock_frequency = 9;"},
        "FCB.serialClkFreq at 0x60000046 is 9: 166 MHz, expected at most 133 MHz",
    ),
    "flash too small": _boot(
        {"8 * 1024 * 1024;": "8 * 1024;"}, "FCB.sflashA1Size at 0x60000050 is 0x00002000"
    ),
    "quad read of a part whose QE is 0": _boot(
        {"device_mode_enable = 1;": "device_mode_enable = 0;"},
        "FCB.deviceModeCfgEnable at 0x60000010 is 0, and the flash's quad-enable bit is 0",
        NEW_PART,
    ),
    # Clocks and voltage.
    "PLL3 off while code runs from flash": Mistake(
        CLOCKS,
        {ROOTS: f"  {PLL_USB1}.CLR = chip::Value<PllSys>() | PllSys::Enable::kMask;\n{ROOTS}"},
        "and its clock stands still: PLL or PFD off, or gated: a board hangs here",
    ),
    "FlexSPI's gate closed while code runs from flash": Mistake(
        BOARD, {CCGR6: "CCM.CCGR[6] = CCM.CCGR[6] & ~Gate(5);"},
        "and its clock gate is closed (CCM_CCGR6, CG5): a board hangs here",
    ),
    "core voltage not raised": Mistake(
        CLOCKS, {"    status = RaiseCoreVoltage();\n": ""},
        "CCM: core at 600 MHz with VDD_SOC 1150 mV (DCDC_REG3.TRG 0x0E), it takes 1250 mV",
    ),
    "core voltage raised too little": Mistake(
        CLOCKS, {"kDcdc1v275 = 0x13": "kDcdc1v275 = 0x11"},
        "CCM: core at 600 MHz with VDD_SOC 1225 mV (DCDC_REG3.TRG 0x11), it takes 1250 mV",
    ),
    "PLL_ARM not waited for": Mistake(
        CLOCKS, {LOCKED: "const Status locked = Status::kOk;"},
        "CCM: core on PLL_ARM before it has locked", BOOTS,
    ),
    "IPG too fast": Mistake(
        CLOCKS, {"kIpgPodf = 3;": "kIpgPodf = 2;"},
        "CCM: IPG_CLK_ROOT runs at 200 MHz, the manual allows 150 MHz", BOOTS,
    ),
    "PERCLK too fast": Mistake(
        CLOCKS, {" | Cscmr1::PerclkClkSel::kMask": " & ~Cscmr1::PerclkClkSel::kMask"},
        "CCM: PERCLK_CLK_ROOT runs at 150 MHz, the manual allows 75 MHz", BOOTS,
    ),
    "LPSPI's root too fast": _camera(
        CLOCKS, {"kLpspiPodf = 4;": "kLpspiPodf = 1;"},
        "CCM: LPSPI_CLK_ROOT runs at 264 MHz, the manual allows 132 MHz",
    ),
    # Low power.
    "CLPCR.LPM left at WAIT": Mistake(
        CLOCKS, {"Lpm::Replace(ccm_.CLPCR, 0)": "Lpm::Replace(ccm_.CLPCR, 1)"},
        "CCM: WFI in WAIT mode (CCM_CLPCR.LPM 1): SysTick stands still and does not wake", BOOTS,
    ),
    "CLPCR.LPM at STOP": Mistake(
        CLOCKS, {"Lpm::Replace(ccm_.CLPCR, 0)": "Lpm::Replace(ccm_.CLPCR, 2)"},
        "CCM: WFI in STOP mode (CCM_CLPCR.LPM 2): SysTick stands still and does not wake", BOOTS,
    ),
    "console's gate for run mode only, and WAIT mode": Mistake(
        CLOCKS,
        {"Lpm::Replace(ccm_.CLPCR, 0);": "Lpm::Replace(ccm_.CLPCR, 1);"
         " ccm_.CCGR[5] = ccm_.CCGR[5] & ~(2U << 24);"},
        "LPUART1: its clock stops in WAIT mode (CCM_CLPCR.LPM 1, CCM_CCGR5.CG12 1) while it sends",
    ),
    # The core.
    "FPU never enabled": Mistake(STARTUP, {CPACR: ""}, "core: NOCP: the FPU is off, pc 0x", FAULTS),
    "division by zero": _main(
        "volatile int zero = 0; zero = 5 / zero;", "core: DIVBYZERO: division by zero, pc 0x"
    ),
    "unaligned LDRD": _main(
        'asm volatile("ldr r4, =0x20000802\\n ldrd r2, r3, [r4]" ::: "r2", "r3", "r4");',
        "core: UNALIGNED: unaligned access, pc 0x",
    ),
    "lines left pending not cleared": Mistake(
        STARTUP,
        {"  ClearInterrupts();\n": "",
         "void ClearInterrupts()": "[[maybe_unused]] void ClearInterrupts()"},
        "LPUART1: TX is on no pad",  # the report of an interrupt that came before the pins
        board=LEFT_PENDING,
    ),
    "VTOR out of line": Mistake(
        STARTUP, {"(&vector_table);\n": "(&vector_table) + 0x200;\n"},
        "SCB: VTOR 0x60002200 is no multiple of 1024, as a table of 174 vectors must be",
        FAULTS,
    ),
    # Serial.
    "console's clock from another root": Mistake(
        CLOCKS, {" | Cscdr1::UartClkSel::kMask": ""},
        "LPUART1: BAUD 0x0F00000D makes 384615 baud of a clock of 80000000 Hz, 233.9% off 115200",
    ),
    "console at another rate": Mistake(
        BOARD, {"kLpuartClockHz, kConsoleBaud)": "kLpuartClockHz, 125'000)"},
        "LPUART1: BAUD 0x0F00000C makes 125000 baud of a clock of 24000000 Hz, 8.5% off 115200",
    ),
    "console with a parity bit": Mistake(
        LPUART, {RECEIVES: f"{RECEIVES[:-1]} | chip::Value<Ctrl>(0x12);"},
        "LPUART1: CTRL 0x002C0012 and BAUD 0x0F00000D make characters of 8E1, the terminal's is",
    ),
    "console with bit 7 first": Mistake(
        LPUART, {"regs_.STAT = Stat::kClearable;": "regs_.STAT = chip::Value<Stat>(1U << 29);"},
        "LPUART1: STAT.MSBF is 1, a terminal takes bit 0 first",
    ),
    "SPI at 26 MHz": _camera(
        BOARD, {"drivers::Arducam::kMaxSpiHz": "26'400'000"},
        "LPSPI1: CCR 0x02020202 makes an SCK of 26400000 Hz, the device takes 8000000",
    ),
    "SPI mode 1": _camera(
        LPSPI, {TCR: f"{TCR[:-1]} | chip::Value<Tcr>(1U << 30);"},
        "LPSPI1: TCR 0x40000007 is SPI mode 1, the device takes 0",
    ),
    "SPI with bit 0 first": _camera(
        LPSPI, {TCR: f"{TCR[:-1]} | chip::Value<Tcr>(1U << 23);"},
        "LPSPI1: TCR 0x00800007 has LSBF, the device takes bit 7 first",
    ),
    "SCL at 1 MHz": _camera(
        LPI2C,
        {"Clklo::Put(59)": "Clklo::Put(4)", "Clkhi::Put(55)": "Clkhi::Put(4)",
         "Sethold::Put(40)": "Sethold::Put(4)", "Datavd::Put(25)": "Datavd::Put(4)"},
        "Hz, the target takes 400000",
    ),
}  # fmt: skip
