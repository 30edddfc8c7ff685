"""OCOTP: the fuses as their shadow registers show them; blowing one is refused.

Source: RT1060 reference manual, chapter On-Chip OTP Controller; fuse map, chapter Fusemap.
"""

from rt1062.block import Peripheral
from rt1062.blocks.ccm_analog import ANA1
from rt1062.registers_old import Field, R, Register

UNIQUE_ID = 0x0123_4567_89AB_CDEF  # CFG0 holds the low word, CFG1 the high one
MAC = 0x04E9_E500_1062  # MAC1[15:0], MAC0; PJRC's prefix, as on a Teensy
WRITE_KEY = 0x3E77


def _bank(offset: int, *names: str) -> dict[str, int]:
    return {name: offset + 0x10 * i for i, name in enumerate(names)}


# Eight words a bank; the gap of 0x100 behind bank 5 is the manual's.
SHADOWS = {
    **_bank(0x400, "LOCK", *(f"CFG{i}" for i in range(7))),
    **_bank(0x480, *(f"MEM{i}" for i in range(5)), "ANA0", "ANA1", "ANA2"),
    **_bank(0x500, *(f"OTPMK{i}" for i in range(8))),  # the master key reads zero
    **_bank(0x580, *(f"SRK{i}" for i in range(8))),
    **_bank(0x600, "SJC_RESP0", "SJC_RESP1", "MAC0", "MAC1", "MAC2", "OTPMK_CRC32", "GP1", "GP2"),
    **_bank(0x680, "SW_GP1", *(f"SW_GP2{i}" for i in range(4)), "MISC_CONF0", "MISC_CONF1"),
    "SRK_REVOKE": 0x6F0,
    **_bank(0x800, *(f"ROM_PATCH{i}" for i in range(8))),
    **_bank(0x880, *(f"GP3{i}" for i in range(4)), *(f"GP4{i}" for i in range(4))),
}
FUSES = {
    "CFG0": UNIQUE_ID & 0xFFFF_FFFF,
    "CFG1": UNIQUE_ID >> 32,
    "ANA1": ANA1,  # calibration of the temperature sensor
    "MAC0": MAC & 0xFFFF_FFFF,
    "MAC1": MAC >> 32,
}
CTRL = Register(
    "CTRL",
    0x00,
    [
        Field("ADDR", 0, 6),
        Field("BUSY", 8, access=R),
        Field("ERROR", 9),
        Field("RELOAD_SHADOWS", 10),
        Field("CRC_TEST", 11),
        Field("CRC_FAIL", 12, access=R),
        Field("WR_UNLOCK", 16, 16),
    ],
    set_clear_toggle=True,
)


class Ocotp(Peripheral):
    """A chip with a unique id and no boot fuse blown. Never busy: each operation ends at once."""

    REGISTERS = (
        CTRL,
        Register("TIMING", 0x10, reset=0x0C0D_9755),
        Register("DATA", 0x20),
        Register("READ_CTRL", 0x30, [Field("READ_FUSE", 0)]),
        Register("READ_FUSE_DATA", 0x40),
        Register("SW_STICKY", 0x50),
        Register("SCS", 0x60, set_clear_toggle=True),
        Register("CRC_ADDR", 0x70),
        Register("CRC_VALUE", 0x80),
        Register("VERSION", 0x90, reset=0x0300_0000, access=R),
        Register("TIMING2", 0x100, reset=0x01C3_0092),
        *(
            Register(name, offset, reset=FUSES.get(name, 0), array="SHADOW", index=i)
            for i, (name, offset) in enumerate(SHADOWS.items())
        ),
    )

    def write_ctrl(self, written: int) -> None:
        """RELOAD_SHADOWS takes the fuses' values back and ends at once."""
        self.store(CTRL, written & ~CTRL["RELOAD_SHADOWS"].mask)
        if CTRL["RELOAD_SHADOWS"].get(written):
            self.value.update((name, FUSES.get(name, 0)) for name in SHADOWS)

    def write_data(self, written: int) -> None:
        """Blowing a fuse cannot be undone on silicon; here the controller reports an error."""
        self.value["DATA"] = written
        if CTRL["WR_UNLOCK"].get(self.value["CTRL"]) == WRITE_KEY:
            self.value["CTRL"] |= CTRL["ERROR"].mask
        self.value["CTRL"] &= ~CTRL["WR_UNLOCK"].mask

    def write_read_ctrl(self, written: int) -> None:
        """READ_FUSE: the word that CTRL.ADDR names (8 * bank + word) goes to READ_FUSE_DATA."""
        self.value["READ_CTRL"] = written & 1
        if written & 1:
            address = CTRL["ADDR"].get(self.value["CTRL"])
            offset = 0x400 + 0x10 * address + (0x100 if address >= 0x30 else 0)
            self.value["READ_FUSE_DATA"] = FUSES.get(self.by_offset[offset].name, 0)
