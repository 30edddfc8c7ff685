"""LPSPI under the sequences of public drivers: Teensy, NXP SDK, Zephyr."""

import pytest

from tests.rt1062.blocks.lpspi_rig import (
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
    LpspiRig,
)


@pytest.fixture
def rig() -> LpspiRig:
    return LpspiRig()


# What public drivers do.


def test_teensy_transfer_of_a_buffer(rig: LpspiRig) -> None:
    """SPI.cpp: begin, then bytes in step with RSR and SR.TDF at watermark 15."""
    rig.write(CR, RST)
    rig.write(FCR, 15)
    rig.write(CR, 0)
    rig.write(CFGR1, MASTER | 2)
    rig.write(CCR, 28 | 14 << 8 | 14 << 16)
    rig.write(CR, MEN)
    rig.write(TCR, 7)
    rig.write(CR, RRF | MEN)
    received = []
    for byte in range(40):
        rig.write(TDR, byte)
        while True:
            if not rig.read(RSR) & 2:
                received.append(rig.read(RDR))
            if rig.read(SR) & TDF:
                break
            rig.pass_time(100)
    while len(received) < 40:
        rig.wait_for(FSR, 0xFFFF0000)
        received.append(rig.read(RDR))
    assert rig.sent == list(range(40))
    assert received == list(range(1, 41))


def test_teensy_transfer16_switches_the_frame_size_and_back(rig: LpspiRig) -> None:
    for word in (0x1234, 0x5678):
        command = rig.read(TCR)
        assert command & 0xFFF == 7
        rig.write(TCR, command & 0xFFFFF000 | 15)
        rig.write(TDR, word)
        rig.wait_for(FSR, 0xFFFF0000)
        rig.write(TCR, command)
        rig.read(RDR)
    assert rig.sent == [0x12, 0x34, 0x56, 0x78]


def sdk_start(rig: LpspiRig, continuous: bool, receive_masked: bool = False) -> None:
    """The common part of fsl_lpspi's blocking and interrupt transfers."""
    assert not rig.read(SR) & MBF
    rig.write(CR, rig.read(CR) & ~MEN)
    rig.write(CR, rig.read(CR) | RTF | RRF)
    rig.write(SR, 0x3F00)
    rig.write(CR, rig.read(CR) | MEN)
    command = rig.read(TCR) & ~(CONT | CONTC | RXMSK | TXMSK | 3 << 24)
    rig.write(TCR, command)
    assert rig.sent_count == 0
    command = rig.read(TCR)
    command |= (CONT | CONTC if continuous else 0) | (RXMSK if receive_masked else 0)
    rig.write(TCR, command)
    assert rig.sent_count == 0


@pytest.mark.parametrize("continuous", [False, True])
def test_sdk_blocking_transfer(continuous: bool) -> None:
    rig = LpspiRig(own_pcs=True)
    sdk_start(rig, continuous)
    received: list[int] = []
    for byte in range(40):
        while rig.sent_count == 16:
            rig.pass_time(100)
        rig.write(TDR, byte)
        received += rig.drain()
    if continuous:
        while rig.sent_count == 16:
            rig.pass_time(100)
        rig.write(TCR, rig.read(TCR) & ~(CONT | CONTC))
    while len(received) < 40:
        rig.wait_for(FSR, 0xFFFF0000)
        received += rig.drain()
    assert rig.sent == list(range(40))
    assert received == list(range(1, 41))
    assert rig.selects.count((0, True)) == (1 if continuous else 40)
    rig.wait_for(SR, TCF)
    assert rig.selects[-1] == (0, False)


def test_sdk_transmit_only_waits_for_transfer_complete(rig: LpspiRig) -> None:
    sdk_start(rig, continuous=False, receive_masked=True)
    for byte in range(10):
        rig.write(TDR, byte)
    rig.wait_for(SR, TCF)
    assert rig.sent == list(range(10))
    assert rig.received_count == 0


def test_sdk_interrupt_transfer(rig: LpspiRig) -> None:
    """Receive watermark 14, lowered for the last words; each interrupt drains and refills."""
    total = 40
    sdk_start(rig, continuous=False)
    received: list[int] = []
    written = 0

    def fill() -> None:
        nonlocal written
        while written < total and rig.sent_count < 16 and written - len(received) < 16:
            rig.write(TDR, written)
            written += 1

    rig.write(FCR, 1 | 14 << 16)
    fill()
    rig.write(IER, RDF)
    for _ in range(1000):
        if len(received) == total:
            break
        if not rig.irq:
            rig.pass_time(50)
            continue
        rig.write(IER, 0)
        received += rig.drain()
        if (left := total - len(received)) <= 14:
            rig.write(FCR, 1 | max(0, left - 1) << 16)
        rig.write(IER, RDF if left else 0)
        fill()
    assert received == list(range(1, total + 1))
    assert rig.sent == list(range(total))


def test_zephyr_interrupt_transfer_ends_the_continuous_frame_by_a_command(rig: LpspiRig) -> None:
    total = 6
    rig.write(FCR, 0)
    rig.write(TCR, rig.read(TCR) | CONT)
    assert rig.sent_count == 0
    for byte in range(total):
        rig.write(TDR, byte)
    rig.write(IER, TDF | RDF)
    received: list[int] = []
    for _ in range(10_000):
        if rig.irq:
            if rig.read(SR) & RDF:
                received += rig.drain()
            if rig.read(SR) & TDF:
                rig.write(IER, rig.read(IER) & ~TDF)
            if len(received) == total - 1:
                rig.write(TCR, rig.read(TCR) & ~CONT)
            elif len(received) == total:
                break
        else:
            rig.pass_time(50)
    assert received == list(range(1, total + 1))


def test_narrow_accesses_reach_the_registers(rig: LpspiRig) -> None:
    rig.write(TDR, 0x77, size=1)
    rig.wait_for(FSR, 0xFFFF0000)
    assert rig.sent == [0x77]
    assert rig.read(FSR + 2, size=2) == 1
    assert rig.read(RDR, size=1) == 1
