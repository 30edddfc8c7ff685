"""rt1062.chip.block_table against facts taken from the reference manual one by one."""

from itertools import pairwise

import pytest

from rt1062.chip.block_table import BLOCKS, NVIC_INTERRUPTS, Instance, block_at


@pytest.mark.parametrize(
    ("name", "base", "interrupt"),
    [
        ("LPUART1", 0x40184000, 20),
        ("LPUART6", 0x40198000, 25),
        ("LPUART8", 0x401A0000, 27),
        ("LPSPI1", 0x40394000, 32),
        ("LPSPI4", 0x403A0000, 35),
        ("LPI2C1", 0x403F0000, 28),
        ("LPI2C4", 0x403FC000, 31),
        ("GPT1", 0x401EC000, 100),
        ("GPT2", 0x401F0000, 101),
        ("PIT", 0x40084000, 122),
        ("WDOG1", 0x400B8000, 92),
        ("WDOG2", 0x400D0000, 45),
        ("RTWDOG", 0x400BC000, 93),
        ("TRNG", 0x400CC000, 53),
        ("SRC", 0x400F8000, 98),
        ("FLEXSPI", 0x402A8000, 108),
        ("FLEXSPI2", 0x402A4000, 107),
        ("GPIO9", 0x4200C000, 157),
        ("TMR4", 0x401E8000, 136),
        ("ENC4", 0x403D4000, 132),
    ],
)
def test_a_block_lies_and_interrupts_where_the_manual_says(name, base, interrupt):
    assert (BLOCKS[name].base, BLOCKS[name].interrupt) == (base, interrupt)


@pytest.mark.parametrize(("port", "low"), [(1, 80), (2, 82), (3, 84), (4, 86), (5, 88)])
def test_a_gpio_port_has_a_line_for_each_half(port, low):
    lines = BLOCKS[f"GPIO{port}"].interrupts
    assert lines[f"GPIO{port}_COMBINED_0_15"] == low
    assert lines[f"GPIO{port}_COMBINED_16_31"] == low + 1


def test_blocks_do_not_overlap():
    blocks = list(BLOCKS.values())
    for left, right in pairwise(blocks):
        assert left.end <= right.base, (left.name, right.name)


def test_each_interrupt_belongs_to_one_name():
    owner = {}
    for block in BLOCKS.values():
        for name, number in block.interrupts.items():
            assert 0 <= number < NVIC_INTERRUPTS
            assert owner.setdefault(number, name) == name


def test_block_at_finds_the_first_and_the_last_byte_and_nothing_behind():
    ccm = BLOCKS["CCM"]
    assert block_at(ccm.base) is ccm
    assert block_at(ccm.end - 1) is ccm
    assert block_at(ccm.end) is None
    assert block_at(0) is None
    assert block_at(0x400D9000) is BLOCKS["USBPHY1"]


def test_the_one_interrupt_of_a_block_with_several_is_refused():
    with pytest.raises(ValueError, match="GPIO1 must have one interrupt, not"):
        _ = BLOCKS["GPIO1"].interrupt
    assert Instance("X", 0, interrupts={"X": 7}).interrupt == 7
