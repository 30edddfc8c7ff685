"""Registers of the LPSPI (i.MX RT1060 reference manual, rev. 2, ch. 48, from NXP's header)."""

from rt1062.registers import W1C, Field, R, Register, W

FIFO_WORDS = 16
VERID_1_0 = 0x0100_0004
PARAM_16_WORDS_4_PCS = 0x0004_0404

CR = Register(
    "CR",
    0x10,
    [
        Field("MEN", 0),
        Field("RST", 1),
        Field("DOZEN", 2),
        Field("DBGEN", 3),
        Field("RTF", 8, access=W),
        Field("RRF", 9, access=W),
    ],
)
SR = Register(
    "SR",
    0x14,
    [
        Field("TDF", 0, access=R, reset=1),
        Field("RDF", 1, access=R),
        Field("WCF", 8, access=W1C),
        Field("FCF", 9, access=W1C),
        Field("TCF", 10, access=W1C),
        Field("TEF", 11, access=W1C),
        Field("REF", 12, access=W1C),
        Field("DMF", 13, access=W1C),
        Field("MBF", 24, access=R),
    ],
    polled=True,
)
INTERRUPTS = 0x3F03  # the bits of SR that IER can pass on
IER = Register("IER", 0x18, [Field("TDIE-RDIE", 0, 2), Field("WCIE-DMIE", 8, 6)])
DER = Register("DER", 0x1C, [Field("TDDE", 0), Field("RDDE", 1)])
CFGR0 = Register("CFGR0", 0x20, [Field("HREN-HRSEL", 0, 3), Field("CIRFIFO", 8), Field("RDMO", 9)])
CFGR1 = Register(
    "CFGR1",
    0x24,
    [
        Field("MASTER", 0),
        Field("SAMPLE", 1),
        Field("AUTOPCS", 2),
        Field("NOSTALL", 3),
        Field("PCSPOL", 8, 4),
        Field("MATCFG", 16, 3),
        Field("PINCFG", 24, 2),
        Field("OUTCFG", 26),
        Field("PCSCFG", 27),
    ],
)
DMR0 = Register("DMR0", 0x30)
DMR1 = Register("DMR1", 0x34)
CCR = Register(
    "CCR",
    0x40,
    [
        Field("SCKDIV", 0, 8),
        Field("DBT", 8, 8),
        Field("PCSSCK", 16, 8),
        Field("SCKPCS", 24, 8),
    ],
)
FCR = Register("FCR", 0x58, [Field("TXWATER", 0, 4), Field("RXWATER", 16, 4)])
FSR = Register("FSR", 0x5C, access=R, polled=True)  # TXCOUNT [4:0], RXCOUNT [20:16]
TCR = Register(
    "TCR",
    0x60,
    [
        Field("FRAMESZ", 0, 12, reset=0x1F),
        Field("WIDTH", 16, 2),
        Field("TXMSK", 18),
        Field("RXMSK", 19),
        Field("CONTC", 20),
        Field("CONT", 21),
        Field("BYSW", 22),
        Field("LSBF", 23),
        Field("PCS", 24, 2),
        Field("PRESCALE", 27, 3),
        Field("CPHA", 30),
        Field("CPOL", 31),
    ],
    polled=True,
)
TCR_MASK = 0xFBFF_0FFF
TDR = Register("TDR", 0x64, access=W)
RSR = Register("RSR", 0x70, access=R, reset=2, polled=True)  # SOF 0, RXEMPTY 1
RDR = Register("RDR", 0x74, access=R)

MEN, RST, RTF, RRF = 0x1, 0x2, 0x100, 0x200
TDF, RDF, WCF, FCF, TCF, REF, DMF, MBF = 0x1, 0x2, 0x100, 0x200, 0x400, 0x1000, 0x2000, 0x100_0000
MASTER, NOSTALL, MATCFG = 0x1, 0x8, 7 << 16
TXMSK, RXMSK, CONTC, CONT, BYSW, LSBF = 1 << 18, 1 << 19, 1 << 20, 1 << 21, 1 << 22, 1 << 23
NOT_PLAIN = 0xFFF | 3 << 16 | TXMSK | RXMSK | CONTC | CONT | BYSW | LSBF
COMMAND = 1 << 32  # marks a command word in the transmit FIFO
SOF = 1 << 32  # marks the first word of a frame in the receive FIFO

REGISTERS = (
    Register("VERID", 0x00, access=R, reset=VERID_1_0),
    Register("PARAM", 0x04, access=R, reset=PARAM_16_WORDS_4_PCS),
    *(CR, SR, IER, DER, CFGR0, CFGR1, DMR0, DMR1, CCR, FCR, FSR, TCR, TDR, RSR, RDR),
)
