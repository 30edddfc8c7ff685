"""A board's Ethernet PHY, no cable in it: what a driver reads of it over MDIO."""

from dataclasses import dataclass

BMCR, BMSR, ID1, ID2, ANAR, ANLPAR = range(6)
# IEEE 802.3, clause 22: 10 and 100 Mbit/s, both duplexes, can negotiate; no link, not negotiated.
NO_LINK = 0x7849
NEGOTIATES, ADVERTISES = 0x1000, 0x01E1


@dataclass(frozen=True)
class Phy:
    """`address` on MDIO; the identity's two registers."""

    address: int
    id1: int
    id2: int

    def read(self, register: int) -> int:
        """Of the registers that the standard names; a reset is over at once, others read zero."""
        values = {
            BMCR: NEGOTIATES,
            BMSR: NO_LINK,
            ID1: self.id1,
            ID2: self.id2,
            ANAR: ADVERTISES,
            ANLPAR: 0,
        }
        return values.get(register, 0)


KSZ8081 = Phy(2, 0x0022, 0x1561)  # Microchip; the EVK's
DP83825I = Phy(0, 0x2000, 0xA140)  # Texas Instruments; the Teensy 4.1's
