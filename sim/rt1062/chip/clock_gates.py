"""Which CCM clock gate feeds which block (RT1060 reference manual, chapter 14, CCGR0..CCGR7).

A gate is two bits: 0 off, 1 on in run mode only, 3 on except in stop mode. Blocks missing here
have no gate of their own.
"""

_GATES = (
    # CCGR0, CG0 first; "-" is a gate of no listed block
    "AIPSTZ1 AIPSTZ2 - - - DCP LPUART3 CAN1 - CAN2 - - GPT2 - LPUART2 GPIO2",
    "LPSPI1 LPSPI2 LPSPI3 LPSPI4 ADC2 ENET PIT AOI2 ADC1 - GPT1 - LPUART4 GPIO1 CSU GPIO5",
    "- CSI IOMUXC_SNVS LPI2C1 LPI2C2 LPI2C3 OCOTP XBARB3 - - - XBARA1 XBARB2 GPIO3 LCDIF PXP",
    "FLEXIO2 LPUART5 SEMC LPUART6 AOI1 - GPIO4 EWM WDOG1 FLEXRAM CMP1 CMP2 CMP3 CMP4 -"
    " IOMUXC_SNVS_GPR",
    "- IOMUXC IOMUXC_GPR BEE - TSC - - PWM1 PWM2 PWM3 PWM4 ENC1 ENC2 ENC3 ENC4",
    "ROMC FLEXIO1 RTWDOG DMA KPP WDOG2 AIPSTZ4 SPDIF - SAI1 SAI2 SAI3 LPUART1 LPUART7 SNVS -",
    "USB USDHC1 USDHC2 DCDC - FLEXSPI TRNG LPUART8 TMR4 AIPSTZ3 - CCM_ANALOG LPI2C4 TMR1 TMR2 TMR3",
    "ENET2 FLEXSPI2 - CAN3 - - FLEXIO3",
)

# Registers that answer whatever the gate says: the clock controller's own, what lies in another
# power domain, and blocks whose gate stops their work but not their registers. Ours, cautiously.
_ALWAYS = ("AIPSTZ", "CCM", "CSU", "DCDC", "FLEXRAM", "FLEXSPI", "IOMUXC", "OCOTP", "ROMC", "SNVS")

# block -> (n of CCGRn, position of the gate)
CLOCK_GATES: dict[str, tuple[int, int]] = {
    block: (register, gate)
    for register, row in enumerate(_GATES)
    for gate, block in enumerate(row.split())
    if block != "-"
}
# An access to one of these with its gate closed never ends: the bus waits for a clock.
HANGS_WITHOUT_CLOCK = frozenset(name for name in CLOCK_GATES if not name.startswith(_ALWAYS))
