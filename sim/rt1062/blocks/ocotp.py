"""OCOTP: the fuses as their shadow registers show them; blowing one is refused.

Source: RT1060 reference manual, chapter On-Chip OTP Controller; fuse map, chapter Fusemap.
"""

from rt1062.block import Block
from rt1062.blocks.ccm_analog import ANA1
from rt1062.registers import R, Register, r, register, rw

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


class CTRL(Register, at=0x00, set_clear_toggle=True):
    ADDR = rw(0, 6)
    BUSY, ERROR, RELOAD_SHADOWS, CRC_TEST, CRC_FAIL = r(8), rw(9), rw(10), rw(11), r(12)
    WR_UNLOCK = rw(16, 16)


class DATA(Register, at=0x20):
    """The word to be blown."""


class READ_CTRL(Register, at=0x30):
    READ_FUSE = rw(0)


class READ_FUSE_DATA(Register, at=0x40):
    """The word that was read."""


class Ocotp(Block):
    """A chip with a unique id and no boot fuse blown. Never busy: each operation ends at once."""

    REGISTERS = (
        CTRL,
        register("TIMING", 0x10, reset=0x0C0D_9755),
        DATA,
        READ_CTRL,
        READ_FUSE_DATA,
        register("SW_STICKY", 0x50),
        register("SCS", 0x60, set_clear_toggle=True),
        register("CRC_ADDR", 0x70),
        register("CRC_VALUE", 0x80),
        register("VERSION", 0x90, reset=0x0300_0000, access=R),
        register("TIMING2", 0x100, reset=0x01C3_0092),
        *(register(name, at, reset=FUSES.get(name, 0)) for name, at in SHADOWS.items()),
    )

    def write_ctrl(self, written: int) -> None:
        """RELOAD_SHADOWS takes the fuses' values back and ends at once."""
        self.store(CTRL, written & ~CTRL.RELOAD_SHADOWS)
        if written & CTRL.RELOAD_SHADOWS:
            self.value.update((name, FUSES.get(name, 0)) for name in SHADOWS)

    def write_data(self, written: int) -> None:
        """Blowing a fuse cannot be undone on silicon; here the controller reports an error."""
        self.value["DATA"] = written
        if CTRL.WR_UNLOCK.get(self.value["CTRL"]) == WRITE_KEY:
            self.value["CTRL"] |= CTRL.ERROR
        self.value["CTRL"] &= ~CTRL.WR_UNLOCK

    def write_read_ctrl(self, written: int) -> None:
        """READ_FUSE: the word that CTRL.ADDR names (8 * bank + word) goes to READ_FUSE_DATA."""
        if self.store(READ_CTRL, written) & READ_CTRL.READ_FUSE:
            word = CTRL.ADDR.get(self.value["CTRL"])
            offset = 0x400 + 0x10 * word + (0x100 if word >= 0x30 else 0)
            self.value["READ_FUSE_DATA"] = FUSES.get(self.by_offset[offset].name, 0)
