"""LPSPI under the sequences of public drivers: Teensy, NXP SDK, Zephyr."""

import pytest

from tests.rt1062.blocks.lpspi_bench import (
    CCR,
    CFGR1,
    CONT,
    CONTC,
    CR,
    FCR,
    FSR,
    IER,
    MASTER,
    MBF,
    MEN,
    RDF,
    RDR,
    RRF,
    RSR,
    RST,
    RTF,
    RXMSK,
    SR,
    TCF,
    TCR,
    TDF,
    TDR,
    TXMSK,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


# What public drivers do.


def test_teensy_transfer_of_a_buffer(bench: Bench) -> None:
    """SPI.cpp: begin, then bytes in step with RSR and SR.TDF at watermark 15."""
    bench.write(CR, RST)
    bench.write(FCR, 15)
    bench.write(CR, 0)
    bench.write(CFGR1, MASTER | 2)
    bench.write(CCR, 28 | 14 << 8 | 14 << 16)
    bench.write(CR, MEN)
    bench.write(TCR, 7)
    bench.write(CR, RRF | MEN)
    received = []
    for byte in range(40):
        bench.write(TDR, byte)
        while True:
            if not bench.read(RSR) & 2:
                received.append(bench.read(RDR))
            if bench.read(SR) & TDF:
                break
            bench.pass_time(100)
    while len(received) < 40:
        bench.wait_for(FSR, 0xFFFF0000)
        received.append(bench.read(RDR))
    assert bench.sent == list(range(40))
    assert received == list(range(1, 41))


def test_teensy_transfer16_switches_the_frame_size_and_back(bench: Bench) -> None:
    for word in (0x1234, 0x5678):
        command = bench.read(TCR)
        assert command & 0xFFF == 7
        bench.write(TCR, command & 0xFFFFF000 | 15)
        bench.write(TDR, word)
        bench.wait_for(FSR, 0xFFFF0000)
        bench.write(TCR, command)
        bench.read(RDR)
    assert bench.sent == [0x12, 0x34, 0x56, 0x78]


def sdk_start(bench: Bench, continuous: bool, receive_masked: bool = False) -> None:
    """The common part of fsl_lpspi's blocking and interrupt transfers."""
    assert not bench.read(SR) & MBF
    bench.write(CR, bench.read(CR) & ~MEN)
    bench.write(CR, bench.read(CR) | RTF | RRF)
    bench.write(SR, 0x3F00)
    bench.write(CR, bench.read(CR) | MEN)
    command = bench.read(TCR) & ~(CONT | CONTC | RXMSK | TXMSK | 3 << 24)
    bench.write(TCR, command)
    assert bench.sent_count == 0
    command = bench.read(TCR)
    command |= (CONT | CONTC if continuous else 0) | (RXMSK if receive_masked else 0)
    bench.write(TCR, command)
    assert bench.sent_count == 0


@pytest.mark.parametrize("continuous", [False, True])
def test_sdk_blocking_transfer(continuous: bool) -> None:
    bench = Bench(own_pcs=True)
    sdk_start(bench, continuous)
    received: list[int] = []
    for byte in range(40):
        while bench.sent_count == 16:
            bench.pass_time(100)
        bench.write(TDR, byte)
        received += bench.drain()
    if continuous:
        while bench.sent_count == 16:
            bench.pass_time(100)
        bench.write(TCR, bench.read(TCR) & ~(CONT | CONTC))
    while len(received) < 40:
        bench.wait_for(FSR, 0xFFFF0000)
        received += bench.drain()
    assert bench.sent == list(range(40))
    assert received == list(range(1, 41))
    assert bench.selects.count((0, True)) == (1 if continuous else 40)
    bench.wait_for(SR, TCF)
    assert bench.selects[-1] == (0, False)


def test_sdk_transmit_only_waits_for_transfer_complete(bench: Bench) -> None:
    sdk_start(bench, continuous=False, receive_masked=True)
    for byte in range(10):
        bench.write(TDR, byte)
    bench.wait_for(SR, TCF)
    assert bench.sent == list(range(10))
    assert bench.received_count == 0


def test_sdk_interrupt_transfer(bench: Bench) -> None:
    """Receive watermark 14, lowered for the last words; each interrupt drains and refills."""
    total = 40
    sdk_start(bench, continuous=False)
    received: list[int] = []
    written = 0

    def fill() -> None:
        nonlocal written
        while written < total and bench.sent_count < 16 and written - len(received) < 16:
            bench.write(TDR, written)
            written += 1

    bench.write(FCR, 1 | 14 << 16)
    fill()
    bench.write(IER, RDF)
    for _ in range(1000):
        if len(received) == total:
            break
        if not bench.irq:
            bench.pass_time(50)
            continue
        bench.write(IER, 0)
        received += bench.drain()
        if (left := total - len(received)) <= 14:
            bench.write(FCR, 1 | max(0, left - 1) << 16)
        bench.write(IER, RDF if left else 0)
        fill()
    assert received == list(range(1, total + 1))
    assert bench.sent == list(range(total))


def test_zephyr_interrupt_transfer_ends_the_continuous_frame_by_a_command(bench: Bench) -> None:
    total = 6
    bench.write(FCR, 0)
    bench.write(TCR, bench.read(TCR) | CONT)
    assert bench.sent_count == 0
    for byte in range(total):
        bench.write(TDR, byte)
    bench.write(IER, TDF | RDF)
    received: list[int] = []
    for _ in range(10_000):
        if bench.irq:
            if bench.read(SR) & RDF:
                received += bench.drain()
            if bench.read(SR) & TDF:
                bench.write(IER, bench.read(IER) & ~TDF)
            if len(received) == total - 1:
                bench.write(TCR, bench.read(TCR) & ~CONT)
            elif len(received) == total:
                break
        else:
            bench.pass_time(50)
    assert received == list(range(1, total + 1))


def test_narrow_accesses_reach_the_registers(bench: Bench) -> None:
    bench.spi.write(TDR, 1, 0x77)
    bench.wait_for(FSR, 0xFFFF0000)
    assert bench.sent == [0x77]
    assert bench.spi.read(FSR + 2, 2) == 1
    assert bench.spi.read(RDR, 1) == 1
