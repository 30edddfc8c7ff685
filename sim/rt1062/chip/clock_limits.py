"""How fast the clock roots may run, and what voltage the core takes for it.

Source: data sheet IMXRT1060CEC, section Operating ranges (VDD_SOC_IN, run mode); reference manual,
chapter 14, table of the clock roots; FlexSPI with data on one edge: data sheet, section FlexSPI.
"""

MEGAHERTZ = 1_000_000

# (highest core clock, lowest VDD_SOC in millivolts), ascending
CORE_VOLTAGES = (
    (24 * MEGAHERTZ, 925),
    (528 * MEGAHERTZ, 1150),
    (600 * MEGAHERTZ, 1250),
)
CORE_HZ = CORE_VOLTAGES[-1][0]

# Roots that are judged at each store that changes them, while a block that they feed has its clock
# gate open (none named: always).
LIMITS = {
    "ipg": (150 * MEGAHERTZ, ()),
    "perclk": (75 * MEGAHERTZ, ("GPT1", "GPT2", "PIT")),
    "flexspi": (166 * MEGAHERTZ, ("FLEXSPI",)),
    "semc": (166 * MEGAHERTZ, ("SEMC",)),
}
# Roots that are judged when a block uses them: start-ups choose their sources with open gates, and
# set dividers afterwards.
LIMITS_IN_USE = {
    "lpuart": 80 * MEGAHERTZ,
    "lpspi": 132 * MEGAHERTZ,
    "lpi2c": 66 * MEGAHERTZ,
}


def core_millivolts(hz: int) -> int:
    """What a core clock takes; that of the highest one above it."""
    return next((needed for limit, needed in CORE_VOLTAGES if hz <= limit), CORE_VOLTAGES[-1][1])
