"""OCOTP: the fuses as their shadow registers show them; blowing one is refused.

Source: RT1060 reference manual, chapter On-Chip OTP Controller.
"""

from sim.peripherals.ccm_analog import ANA1
from sim.registers import Field, Peripheral, R, Register

UNIQUE_ID = 0x0123_4567_89AB_CDEF  # CFG0 holds the low word, CFG1 the high one
MAC = 0x04E9_E500_1062  # MAC1[15:0], MAC0

_SHADOWS = {
    "LOCK": 0x400,
    "CFG0": 0x410,
    "CFG1": 0x420,
    "CFG2": 0x430,
    "CFG3": 0x440,
    "CFG4": 0x450,
    "CFG5": 0x460,
    "CFG6": 0x470,
    "MEM0": 0x480,
    "MEM1": 0x490,
    "MEM2": 0x4A0,
    "MEM3": 0x4B0,
    "MEM4": 0x4C0,
    "ANA0": 0x4D0,
    "ANA1": 0x4E0,
    "ANA2": 0x4F0,
    **{f"SRK{i}": 0x580 + 0x10 * i for i in range(8)},
    "SJC_RESP0": 0x600,
    "SJC_RESP1": 0x610,
    "MAC0": 0x620,
    "MAC1": 0x630,
    "GP3": 0x640,
    "GP1": 0x660,
    "GP2": 0x670,
    "SW_GP1": 0x680,
    "SW_GP20": 0x690,
    "SW_GP21": 0x6A0,
    "SW_GP22": 0x6B0,
    "SW_GP23": 0x6C0,
    "MISC_CONF0": 0x6D0,
    "MISC_CONF1": 0x6E0,
    "SRK_REVOKE": 0x6F0,
}
_FUSES = {
    "CFG0": UNIQUE_ID & 0xFFFF_FFFF,
    "CFG1": UNIQUE_ID >> 32,
    "ANA1": ANA1,
    "MAC0": MAC & 0xFFFF_FFFF,
    "MAC1": MAC >> 32,
}
ERROR = 1 << 9


class Ocotp(Peripheral):
    """Shadow registers of a chip with a unique id and no boot fuse blown."""

    REGISTERS = (
        Register(
            "CTRL",
            0x00,
            [
                Field("ADDR", 0, 6),
                Field("BUSY", 8, access=R),
                Field("ERROR", 9),
                Field("RELOAD_SHADOWS", 10),
                Field("WR_UNLOCK", 16, 16),
            ],
            set_clear_toggle=True,
        ),
        Register("TIMING", 0x10, reset=0x0606_1299),
        Register("DATA", 0x20),
        Register("READ_CTRL", 0x30),
        Register("READ_FUSE_DATA", 0x40, access=R),
        Register("SW_STICKY", 0x50),
        Register("SCS", 0x60, set_clear_toggle=True),
        Register("VERSION", 0x90, reset=0x0600_0000, access=R),
        Register("TIMING2", 0x100, reset=0x01C0_0000),
        *(
            Register(name, offset, reset=_FUSES.get(name, 0), access=R)
            for name, offset in _SHADOWS.items()
        ),
    )

    def write_ctrl(self, value: int) -> None:
        """RELOAD_SHADOWS ends at once; the shadows always show the fuses."""
        self.store(self.by_offset[0], value & ~(1 << 10))

    def write_data(self, value: int) -> None:
        """Blowing a fuse cannot be undone on silicon; here it is an error of the controller."""
        self.value["DATA"] = value
        self.value["CTRL"] = self.value["CTRL"] & 0xFFFF | ERROR

    def write_read_ctrl(self, value: int) -> None:
        """READ_FUSE 0: the word that CTRL.ADDR names (bank * 8 + word) goes to READ_FUSE_DATA."""
        self.value["READ_CTRL"] = value & 1
        if value & 1:
            address = self.value["CTRL"] & 0x3F
            # Words lie 16 bytes apart; a gap of 0x100 follows word 0x2F.
            offset = 0x400 + 0x10 * address + (0x100 if address > 0x2F else 0)
            register = self.by_offset.get(offset)
            self.value["READ_FUSE_DATA"] = self.value[register.name] if register else 0
