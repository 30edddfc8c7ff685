"""The wires between the chip's serial blocks and what the board has on them.

A signal whose pad has another function does not arrive: a UART is silent, MISO stays high, no
target acknowledges; and a device takes only what it is made for. Whoever uses a block so is told
once, by the block's `diagnose`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rt1062.blocks.lpi2c import Lpi2c, Target
from rt1062.blocks.lpspi import Lpspi
from rt1062.blocks.lpspi_registers import CFGR1, TCR
from rt1062.blocks.lpspi_shifter import Coming, Transfer, TransferMany
from rt1062.blocks.lpuart import Lpuart
from rt1062.blocks.lpuart_registers import CTRL, STAT
from rt1062.blocks.routing import Routing
from rt1062.devices.baud import TOLERANCE, nearest_usual, off
from rt1062.devices.characters import EIGHT_NONE_ONE, End, Form, alike, sampled

HIGH = 0xFF  # a line that nobody drives is pulled up
TARGETS_HZ = 400_000  # fast mode, what the targets of the boards can do
SCL_TOLERANCE = 0.05  # drivers round, and the edges of a real bus make a cycle longer


@dataclass(frozen=True)
class SpiDevice:
    """What answers on an SPI bus: a byte, or several in a row where that is faster.

    `coming(count)` are the next bytes from it, as far as these do not depend on what is sent.
    `selected()` says whether it listens; it takes `mode` (CPOL and CPHA as two bits), the most
    significant bit first, up to `max_hz`.
    """

    transfer: Transfer
    transfer_many: TransferMany | None = None
    coming: Coming | None = None
    selected: Callable[[], bool] = lambda: False
    mode: int = 0
    max_hz: int = 1 << 40


NOBODY = SpiDevice(lambda pcs, byte: HIGH)


class UartWire:
    """TX and RX of an LPUART: what it sends comes through `transmit`, what it gets by `receive`.

    `baud` is the rate of the terminal at the far end, whose characters are then 8N1. None follows
    the UART, as somebody does who tries one setting after the other; there only a rate or a form
    that no terminal has gets a word.
    """

    def __init__(self, name: str, uart: Lpuart, routing: Routing) -> None:
        self._name = name
        self._uart = uart
        self._routing = routing
        self._tx = f"{name}_TX"
        self._send, uart.transmit = uart.transmit, self.transmit
        self.baud: int | None = None
        self._asked: tuple | None = None  # what `_answer` was found for
        self._answer: tuple[End, End]

    def transmit(self, word: int) -> None:
        """A character from the block."""
        wrong = self._routing.output(self._tx)
        if wrong:
            self._uart.diagnose(f"TX is on no pad: {wrong}")
            return
        near, far = self._ends(self._uart.value["CTRL"] & CTRL.TXINV)
        if near is far:
            self._send(word & 0xFF)
            return
        shown, broken, _ = sampled(word, near, far)
        self._send(0 if broken else shown & 0xFF)

    def receive(self, byte: int) -> None:
        """A character from outside."""
        ctrl = self._uart.value["CTRL"]
        single_wire = ctrl & CTRL.LOOPS and ctrl & CTRL.RSRC
        pin = "TX" if single_wire else "RX"
        wrong = self._routing.input(f"{self._name}_{pin}")
        if wrong:
            if ctrl & CTRL.RE:
                self._uart.diagnose(f"{pin} listens to no pad: {wrong}")
            return
        if not ctrl & CTRL.RE:
            self._uart.receive(byte)
            return
        near, far = self._ends(self._uart.value["STAT"] & STAT.RXINV)
        word, broken, odd = sampled(byte, far, near)
        self._uart.receive(word, (STAT.FE if broken else 0) | (STAT.PF if odd else 0))

    def _ends(self, inverted: int) -> tuple[End, End]:
        """The UART's end and the far one; the same where they understand each other."""
        uart, value = self._uart, self._uart.value
        stat = value["STAT"] & STAT.MSBF
        asked = uart.clock_hz(), value["BAUD"], value["CTRL"], stat, inverted, self.baud
        if asked != self._asked:
            self._asked, self._answer = asked, self._find_ends(inverted)
        return self._answer

    def _find_ends(self, inverted: int) -> tuple[End, End]:
        rate, form = self._uart.bit_rate, self._uart.form(inverted)
        near = rate or 1.0, form
        if not rate:
            return near, near
        self._judge_rate(rate)
        self._judge_form(form)
        far = (self.baud, EIGHT_NONE_ONE) if self.baud else near
        return near, near if alike(near, far) else far

    def _judge_rate(self, rate: float) -> None:
        wanted = self.baud or nearest_usual(rate)
        if off(rate, wanted) > TOLERANCE:
            whose = "terminal's" if self.baud else "nearest usual rate"
            self._uart.diagnose(
                f"BAUD 0x{self._uart.value['BAUD']:08X} makes {rate:.0f} baud of a clock of "
                f"{self._uart.clock_hz()} Hz, {off(rate, wanted):.1%} off {wanted}, the {whose}"
            )

    def _judge_form(self, form: Form) -> None:
        value = self._uart.value
        if value["STAT"] & STAT.MSBF:
            self._uart.diagnose("STAT.MSBF is 1, a terminal takes bit 0 first")
        if form != EIGHT_NONE_ONE if self.baud else not form.usual:
            whose = "the terminal's is 8N1" if self.baud else "which no terminal has"
            self._uart.diagnose(
                f"CTRL 0x{value['CTRL']:08X} and BAUD 0x{value['BAUD']:08X} make characters of "
                f"{form}, {whose}"
            )


class SpiWire:
    """SCK, SDO and SDI of an LPSPI to the device on it."""

    def __init__(self, name: str, spi: Lpspi, routing: Routing, device: SpiDevice) -> None:
        self._name = name
        self._spi = spi
        self._routing = routing
        self._device = device
        spi.listen(self._listener)
        routing.listeners.append(spi.look_at_wires)

    def _listener(
        self, sck_hz: float, command: int
    ) -> tuple[Transfer, TransferMany | None, Coming | None]:
        """Who hears the words that are sent with this clock and command."""
        if deaf := self._deaf(sck_hz, command):
            return partial(self._in_vain, deaf), None, None
        sdo = self._routing.output(f"{self._name}_SDO")
        sdi = self._routing.input(f"{self._name}_SDI")
        lsb = f"TCR 0x{command:08X} has LSBF, the device takes bit 7 first"
        wrong = [
            *([f"SDO is on no pad: {sdo}"] if sdo else []),
            *([f"SDI listens to no pad: {sdi}"] if sdi else []),
            *([lsb] if command & TCR.LSBF else []),
        ]
        if wrong:
            return partial(self._partly, wrong, bool(sdo), bool(sdi)), None, None
        return self._device.transfer, self._device.transfer_many, self._device.coming

    def _deaf(self, sck_hz: float, command: int) -> str:
        """Why the device understands nothing, "" if it does."""
        device, values = self._device, self._spi.value
        if wrong := self._routing.output(f"{self._name}_SCK"):
            return f"SCK is on no pad: {wrong}"
        mode = bool(command & TCR.CPOL) << 1 | bool(command & TCR.CPHA)
        if mode != device.mode:
            return f"TCR 0x{command:08X} is SPI mode {mode}, the device takes {device.mode}"
        if command & TCR.WIDTH:
            return f"TCR 0x{command:08X} has several data lines, the device has one"
        if values["CFGR1"] & CFGR1.PINCFG:
            return f"CFGR1 0x{values['CFGR1']:08X} has PINCFG not 0, data on other pins than wired"
        if sck_hz > device.max_hz:
            return (
                f"CCR 0x{values['CCR']:08X} makes an SCK of {sck_hz:.0f} Hz, "
                f"the device takes {device.max_hz}"
            )
        return ""

    def _in_vain(self, why: str, pcs: int, byte: int) -> int:
        if self._device.selected():
            self._spi.diagnose(why)
        return HIGH

    def _partly(self, wrong: list[str], deaf: bool, mute: bool, pcs: int, byte: int) -> int:
        """`deaf`: the device hears nothing of the data; `mute`: its answer does not arrive."""
        if self._device.selected():
            for text in wrong:
                self._spi.diagnose(text)
        answer = self._device.transfer(pcs, HIGH if deaf else byte)
        return HIGH if mute else answer


class I2cWire:
    """SCL and SDA of an LPI2C to its targets; `pulled_up` by a resistor of the board."""

    def __init__(self, name: str, i2c: Lpi2c, routing: Routing, pulled_up: bool) -> None:
        self._name = name
        self._i2c = i2c
        self._routing = routing
        self._pulled_up = pulled_up
        i2c.reach = self._reach

    def _reach(self, address: int, scl_hz: float) -> Target | None:
        """Who answers to an address at this clock."""
        for line in ("SCL", "SDA"):
            wrong = self._routing.open_drain(f"{self._name}_{line}", self._pulled_up)
            if wrong:
                self._i2c.diagnose(f"{line} is not connected: {wrong}")
                return None
        found = self._i2c.targets.get(address)
        if found is not None and scl_hz > TARGETS_HZ * (1 + SCL_TOLERANCE):
            self._i2c.diagnose(
                f"MCCR0 0x{self._i2c.value['MCCR0']:08X} makes an SCL of {scl_hz:.0f} Hz, "
                f"the target takes {TARGETS_HZ}"
            )
            return None
        return found
