"""System control block: each bit by its place in the ARMv7-M Architecture Reference Manual."""

import pytest

ICSR, VTOR, AIRCR, SCR, SHPR, SHCSR = 0xD04, 0xD08, 0xD0C, 0xD10, 0xD18, 0xD24
CCSIDR, CSSELR, CPACR, DEMCR = 0xD80, 0xD84, 0xD88, 0xDFC
NMI, MEM_MANAGE, BUS_FAULT, USAGE_FAULT, SVCALL, MONITOR, PENDSV, SYSTICK = (
    2,
    4,
    5,
    6,
    11,
    12,
    14,
    15,
)


@pytest.fixture
def scb(processor):
    return processor.scb


@pytest.fixture
def exceptions(processor):
    return processor.exceptions


@pytest.mark.parametrize(
    ("exception", "put", "clear"), [(SYSTICK, 26, 25), (PENDSV, 28, 27), (NMI, 31, None)]
)
def test_icsr_pends_an_exception_and_takes_it_back(scb, exceptions, exception, put, clear):
    scb.write(ICSR, 4, 1 << put)
    assert exceptions.pending == 1 << exception
    assert scb.read(ICSR) & 0x9400_0000 == 1 << put
    if clear is not None:
        scb.write(ICSR, 4, 1 << clear)
        assert exceptions.pending == 0


def test_icsr_says_what_is_active_and_what_comes_next(scb, exceptions):
    exceptions.active = [SVCALL, 16 + 33]
    exceptions.pend(16 + 40)
    exceptions.enabled |= 1 << 16 + 40
    assert scb.read(ICSR) == (16 + 33) | (16 + 40) << 12 | 1 << 22
    exceptions.active = [SVCALL]
    assert scb.read(ICSR) & 0xFFF == SVCALL | 1 << 11  # RETTOBASE


def test_vtor_holds_a_table_of_128_bytes(scb, exceptions):
    scb.write(VTOR, 4, 0x6000_20FF)
    assert scb.read(VTOR) == exceptions.vtor == 0x6000_2080


@pytest.mark.parametrize(("table", "good"), [(0x2000_0400, True), (0x6000_2080, False)])
def test_vtor_out_of_line_is_told(processor, scb, table, good):
    scb.write(VTOR, 4, table)
    said = f"SCB: VTOR 0x{table:08X} is no multiple of 1024, as a table of 174 vectors must be"
    assert [line.partition(", since")[0] for line in processor.log.lines] == (
        [] if good else [said]
    )


def test_aircr_needs_its_key(processor, scb, exceptions):
    resets = []
    processor.on_reset_request = lambda: resets.append(processor.now)
    scb.write(AIRCR, 4, 0x0000_0704)
    assert (scb.read(AIRCR), exceptions.group_mask) == (0xFA05_0000, 0xF0)
    scb.write(AIRCR, 4, 0x05FA_0500)
    assert (scb.read(AIRCR), exceptions.group_mask) == (0xFA05_0500, 0xC0)
    assert not processor._reset_requested
    scb.write(AIRCR, 4, 0x05FA_0004)
    assert processor._reset_requested


def test_scr_keeps_three_bits_and_sleeps_on_exit(scb, exceptions):
    scb.write(SCR, 4, 0xFFFF_FFFD)
    assert (scb.read(SCR), exceptions.sleep_on_exit) == (0x14, False)
    scb.write(SCR, 4, 0x2)
    assert (scb.read(SCR), exceptions.sleep_on_exit) == (0x2, True)


@pytest.mark.parametrize(
    ("exception", "bit"),
    [(MEM_MANAGE, 0), (BUS_FAULT, 1), (USAGE_FAULT, 3), (SVCALL, 7), (MONITOR, 8), (PENDSV, 10),
     (SYSTICK, 11)],
)  # fmt: skip
def test_shcsr_shows_what_is_active(scb, exceptions, exception, bit):
    exceptions.active = [exception]
    assert scb.read(SHCSR) == 1 << bit


@pytest.mark.parametrize(
    ("exception", "bit"), [(USAGE_FAULT, 12), (MEM_MANAGE, 13), (BUS_FAULT, 14), (SVCALL, 15)]
)
def test_shcsr_pends_an_exception(scb, exceptions, exception, bit):
    scb.write(SHCSR, 4, 1 << bit)
    assert exceptions.pending == 1 << exception
    assert scb.read(SHCSR) == 1 << bit
    scb.write(SHCSR, 4, 0)
    assert exceptions.pending == 0


@pytest.mark.parametrize(
    ("exception", "bit"), [(MEM_MANAGE, 16), (BUS_FAULT, 17), (USAGE_FAULT, 18)]
)
def test_shcsr_enables_a_fault(scb, exceptions, exception, bit):
    before = exceptions.enabled
    scb.write(SHCSR, 4, 1 << bit)
    assert exceptions.enabled == before | 1 << exception
    assert scb.read(SHCSR) == 1 << bit


@pytest.mark.parametrize("exception", [4, 5, 6, 11, 14, 15])
def test_shpr_has_four_bits_of_priority_an_exception(scb, exceptions, exception):
    scb.write(SHPR + exception - 4, 1, 0xAB)
    assert scb.read(SHPR + exception - 4, 1) == exceptions.priority[exception] == 0xA0


def test_csselr_chooses_the_instruction_cache(scb):
    assert scb.read(CCSIDR) == 0xF01F_E019
    scb.write(CSSELR, 4, 1)
    assert scb.read(CCSIDR) == 0xF03F_E009
    scb.write(CSSELR, 4, 2)  # there is no second level
    assert scb.read(CCSIDR) == 0


def test_only_the_floating_point_coprocessors_are_there(scb):
    scb.write(CPACR, 4, 0xFFFF_FFFF)
    assert scb.read(CPACR) == 0x00F0_0000


def test_demcr_enables_the_trace(scb):
    scb.write(DEMCR, 4, 0xFFFF_FFFF & ~(1 << 24))
    assert (scb.read(DEMCR), scb.trace_enabled) == (0x000F_07F1, False)
    scb.write(DEMCR, 4, 1 << 24)
    assert scb.trace_enabled
