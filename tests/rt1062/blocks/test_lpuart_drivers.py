"""LPUART under the sequences of public drivers: Teensy, NXP SDK."""

import pytest

from tests.rt1062.blocks.lpuart_rig import (
    BAUD,
    BIT,
    BYTE,
    CTRL,
    DATA,
    FIFO,
    GLOBAL,
    IDLE,
    ILIE,
    RDRF,
    RE,
    RIE,
    RXFE,
    RXFLUSH,
    STAT,
    TC,
    TCIE,
    TDRE,
    TE,
    TIE,
    TXFE,
    TXFLUSH,
    WATER,
    LpuartRig,
)


@pytest.fixture
def rig() -> LpuartRig:
    return LpuartRig()


# What public drivers do.


def test_teensy_serial_sends_by_interrupt_and_ends_with_transmission_complete() -> None:
    """HardwareSerial.cpp: watermarks 2, refill up to four, then TIE gives way to TCIE."""
    rig = LpuartRig(fifo=TXFE | RXFE)
    active = TE | RE | RIE | ILIE
    rig.write(WATER, 2 << 16 | 2)
    rig.write(CTRL, active)
    text = list(b"hello, world")
    rig.write(CTRL, active | TIE)
    transmitting = True
    for _ in range(1000):
        if not rig.irq:
            if not transmitting:
                break
            rig.pass_time(BIT)
            continue
        ctrl = rig.read(CTRL)
        if ctrl & TIE and rig.read(STAT) & TDRE:
            while text:
                rig.write(DATA, text.pop(0))
                if rig.read(WATER) >> 8 & 7 >= 4:
                    break
            if not text:
                rig.write(CTRL, rig.read(CTRL) & ~TIE)
                rig.write(CTRL, rig.read(CTRL) | TCIE)
        if ctrl & TCIE and rig.read(STAT) & TC:
            transmitting = False
            rig.write(CTRL, rig.read(CTRL) & ~TCIE)
    assert bytes(rig.sent) == b"hello, world"
    assert [time for time, _ in rig.wire] == [BYTE * (i + 1) for i in range(12)]


def test_teensy_serial_gets_the_odd_last_byte_by_idle() -> None:
    rig = LpuartRig(fifo=TXFE | RXFE)
    rig.write(WATER, 2 << 16 | 2)
    rig.write(CTRL, TE | RE | RIE | ILIE)
    received: list[int] = []
    for byte in b"abc":
        rig.receive(byte)
        if rig.irq:
            received += [rig.read(DATA) & 0x3FF for _ in range(rig.read(WATER) >> 24 & 7)]
    assert bytes(b & 0xFF for b in received) == b"ab"
    rig.pass_time(BYTE + 1)
    assert rig.irq
    received += [rig.read(DATA) for _ in range(rig.read(WATER) >> 24 & 7)]
    rig.write(STAT, rig.read(STAT) | IDLE)
    assert not rig.irq
    assert bytes(b & 0xFF for b in received) == b"abc"


def test_sdk_blocking_write() -> None:
    """fsl_lpuart.c: reset, baud, watermark 1, FIFOs on and flushed, flags cleared; then polled."""
    rig = LpuartRig(ctrl=0)
    rig.write(GLOBAL, rig.read(GLOBAL) | 2)
    rig.write(GLOBAL, rig.read(GLOBAL) & ~2)
    rig.write(BAUD, rig.read(BAUD) & ~0x1F00_1FFF | 15 << 24 | 13)
    rig.write(WATER, 1 << 16)
    rig.write(FIFO, rig.read(FIFO) | TXFE | RXFE)
    rig.write(FIFO, rig.read(FIFO) | TXFLUSH | RXFLUSH)
    rig.write(STAT, rig.read(STAT) | 0xC01F_C000)
    rig.write(CTRL, rig.read(CTRL) | TE)
    rig.write(CTRL, rig.read(CTRL) | RE)
    for byte in b"ok\n":
        while not rig.read(STAT) & TDRE:
            rig.pass_time(rig.block.next_event_time() - rig.now)
        rig.write(DATA, byte)
    while not rig.read(STAT) & TC:
        rig.pass_time(rig.block.next_event_time() - rig.now)
    assert bytes(rig.sent) == b"ok\n"
    rig.receive(0x55)
    assert rig.read(STAT) & RDRF
