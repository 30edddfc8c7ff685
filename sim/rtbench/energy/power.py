"""What the chip and the camera draw in each state: public figures, each with where it is from.

None of them was measured here. Milliwatts of the chip at 3.3 V, of the camera module at 5 V; losses
of converters come on top.
"""

from dataclasses import dataclass

LOW, TYPICAL, HIGH = LEVELS = ("low", "typical", "high")
FULL_MHZ = 600.0
RUN_SLOPE_MW = 0.27  # less for each MHz below 600
RUN_SLOPE_SOURCE = "slope of the PJRC forum's thread 57450"
# A cold boot ends SUSPEND and SNVS; the wake-up times of the other modes were not found.
BOOT_S = 0.016
BOOT_SOURCE = "RT1064-EVK, power on to the application's first LED (NXP community 1356811)"


@dataclass(frozen=True)
class Draw:
    """Milliwatts of one state, low, typical and high; the same where one figure is published."""

    low: float
    typical: float
    high: float
    source: str

    def at(self, level: str) -> float:
        """One of LEVELS."""
        return getattr(self, level)


def _one(milliwatts: float, source: str) -> Draw:
    return Draw(milliwatts, milliwatts, milliwatts, source)


# By the names that Machine.states has, "suspend" and "snvs" beside them.
CORE = {
    "run": Draw(
        175, 200, 330,
        "600 MHz: NXP AN12245 table 7 (second hand); high: a whole Teensy 4 (PJRC). "
        f"Below: {RUN_SLOPE_MW} mW less a MHz, {RUN_SLOPE_SOURCE}",
    ),
    "wfi": Draw(
        38.7, 110, 188,
        "low: system idle, data sheet table 13; high: PJRC 74442; typical: between, no source",
    ),
    "wait": Draw(
        38.7, 38.7, 110,
        "system idle, data sheet table 13; high: as WFI, for the firmware leaves its PLLs on",
    ),
    "stop": Draw(
        0.789, 4.84, 38.7,
        "low power idle, data sheet table 13; low: suspend, high: system idle, for the firmware "
        "leaves voltage and regulators as they are",
    ),
    "suspend": _one(0.789, "suspend (DSM), data sheet table 13"),
    "snvs": Draw(
        0.066, 0.165, 0.825,
        "low: SNVS with RTC, data sheet table 13; typical and high: NXP community",
    ),
}  # fmt: skip
CAMERA = {
    "capturing": _one(350, "ArduCAM Mini 2MP: 70 mA at 5 V (vendor's guide)"),
    "idle": _one(350, "as capturing: it streams on into nothing"),
    "low-power": _one(100, "ArduCAM Mini 2MP, register 0x06: 20 mA at 5 V (vendor's guide)"),
    "off": _one(0, "its supply is cut; what the ArduChip itself draws is not published"),
}


def core(state: str, mhz: float = FULL_MHZ) -> Draw:
    """Of the core in a state, at a clock."""
    draw = CORE[state]
    if state != "run":
        return draw
    less = RUN_SLOPE_MW * (FULL_MHZ - mhz)
    return Draw(draw.low - less, draw.typical - less, draw.high - less, draw.source)
