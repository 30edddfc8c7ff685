"""LPUART under the sequences of public drivers: Teensy, NXP SDK."""

import pytest

from tests.rt1062.blocks.lpuart_bench import (
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
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


# What public drivers do.


def test_teensy_serial_sends_by_interrupt_and_ends_with_transmission_complete() -> None:
    """HardwareSerial.cpp: watermarks 2, refill up to four, then TIE gives way to TCIE."""
    bench = Bench(fifo=TXFE | RXFE)
    active = TE | RE | RIE | ILIE
    bench.write(WATER, 2 << 16 | 2)
    bench.write(CTRL, active)
    text = list(b"hello, world")
    bench.write(CTRL, active | TIE)
    transmitting = True
    for _ in range(1000):
        if not bench.irq:
            if not transmitting:
                break
            bench.pass_time(BIT)
            continue
        ctrl = bench.read(CTRL)
        if ctrl & TIE and bench.read(STAT) & TDRE:
            while text:
                bench.write(DATA, text.pop(0))
                if bench.read(WATER) >> 8 & 7 >= 4:
                    break
            if not text:
                bench.write(CTRL, bench.read(CTRL) & ~TIE)
                bench.write(CTRL, bench.read(CTRL) | TCIE)
        if ctrl & TCIE and bench.read(STAT) & TC:
            transmitting = False
            bench.write(CTRL, bench.read(CTRL) & ~TCIE)
    assert bytes(bench.sent) == b"hello, world"
    assert [time for time, _ in bench.wire] == [BYTE * (i + 1) for i in range(12)]


def test_teensy_serial_gets_the_odd_last_byte_by_idle() -> None:
    bench = Bench(fifo=TXFE | RXFE)
    bench.write(WATER, 2 << 16 | 2)
    bench.write(CTRL, TE | RE | RIE | ILIE)
    received: list[int] = []
    for byte in b"abc":
        bench.receive(byte)
        if bench.irq:
            received += [bench.read(DATA) & 0x3FF for _ in range(bench.read(WATER) >> 24 & 7)]
    assert bytes(b & 0xFF for b in received) == b"ab"
    bench.pass_time(BYTE + 1)
    assert bench.irq
    received += [bench.read(DATA) for _ in range(bench.read(WATER) >> 24 & 7)]
    bench.write(STAT, bench.read(STAT) | IDLE)
    assert not bench.irq
    assert bytes(b & 0xFF for b in received) == b"abc"


def test_sdk_blocking_write() -> None:
    """fsl_lpuart.c: reset, baud, watermark 1, FIFOs on and flushed, flags cleared; then polled."""
    bench = Bench(ctrl=0)
    bench.write(GLOBAL, bench.read(GLOBAL) | 2)
    bench.write(GLOBAL, bench.read(GLOBAL) & ~2)
    bench.write(BAUD, bench.read(BAUD) & ~0x1F00_1FFF | 15 << 24 | 13)
    bench.write(WATER, 1 << 16)
    bench.write(FIFO, bench.read(FIFO) | TXFE | RXFE)
    bench.write(FIFO, bench.read(FIFO) | TXFLUSH | RXFLUSH)
    bench.write(STAT, bench.read(STAT) | 0xC01F_C000)
    bench.write(CTRL, bench.read(CTRL) | TE)
    bench.write(CTRL, bench.read(CTRL) | RE)
    for byte in b"ok\n":
        while not bench.read(STAT) & TDRE:
            bench.pass_time(bench.uart.next_event_time() - bench.scheduler.now)
        bench.write(DATA, byte)
    while not bench.read(STAT) & TC:
        bench.pass_time(bench.uart.next_event_time() - bench.scheduler.now)
    assert bytes(bench.sent) == b"ok\n"
    bench.receive(0x55)
    assert bench.read(STAT) & RDRF
