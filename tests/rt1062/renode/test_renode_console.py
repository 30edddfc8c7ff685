"""The console on Renode: the wrapper around the stock LPUART, the tap, the typist."""

import pytest

pytest_plugins = "tests.rt1062.renode.fixtures"


def test_lpuart_hands_on_what_the_stock_model_knows_and_keeps_the_rest(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.write("uart", 0x18, 0xFFFF_FFFF)
    shell.write("uart", 0x28, 0xFFFF_FFFF)
    shell.write("uart", 0x2C, 0xFFFF_FFFF)
    shell.write("uart", 0x14, 0xFFFF_FFFF)
    shell.write("uart", 0x10, 0xFFFF_FFFF)
    shell.write("uart", 0x1C, 0x41)
    accesses = shell.ask("accesses uart").split()
    assert [one for one in accesses if one.startswith("w")] == [
        "w10=F000004", "w18=28EC00A3", "w28=3C388", "w2C=30003", "w14=82080000",
        "w10=1FA2BFFF", "w1C=41",
    ]  # fmt: skip
    assert shell.read("uart", 0x18) == 0xFFFF_CFFF
    assert shell.read("uart", 0x00) == 0x0401_0003
    assert shell.read("uart", 0x04) == 0x0202


def test_lpuart_says_that_nothing_waits_before_the_transmitter_is_on(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    assert shell.read("uart", 0x14) == 0x00C0_0000
    assert shell.read("uart", 0x10) == 0x0F00_0004


def test_lpuart_software_reset(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.write("uart", 0x24, 0x301)
    shell.write("uart", 0x10, 0x0F00_000D)
    shell.write("uart", 0x08, 2)
    assert shell.read("uart", 0x08) == 2
    assert (shell.read("uart", 0x24), shell.read("uart", 0x10)) == (0, 0x0F00_0004)
    shell.write("uart", 0x08, 0)
    assert shell.read("uart", 0x08) == 0


# The tap and the typist.


def test_the_tap_writes_each_line_with_the_time_of_its_first_byte(shell, tmp_path) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.ask(f"extension Rt1062.ConsoleExtensions CreateConsoleTap uart {tmp_path / 'tap'}")
    for byte, wait in ((0x68, 1.5), (0xC3, 10), (0xBC, 0), (0x0A, 1000), (0x0A, 1), (0x78, 1)):
        shell.write("uart", 0x1C, byte)
        shell.wait_us(wait)
    assert (tmp_path / "tap").read_bytes() == b"0.000\th\xc3\xbc\n1011.500\t\n"


def test_typed_bytes_arrive_one_character_time_apart(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    shell.ask("extension Rt1062.ConsoleExtensions TypeBytes uart 6162")
    shell.ask("extension Rt1062.ConsoleExtensions TypeBytes uart 0A")
    seen = []
    for _ in range(4):
        shell.wait_us(86.805)
        seen.append(shell.ask("received uart"))
    assert seen == ["61", "61 62", "61 62 0A", "61 62 0A"]
    shell.ask("extension Rt1062.ConsoleExtensions TypeBytes uart 63")
    assert shell.ask("received uart") == "61 62 0A"
    shell.wait_us(86.9)
    assert shell.ask("received uart") == "61 62 0A 63"


@pytest.mark.parametrize("text", ["6", "zz", "616"])
def test_typed_bytes_that_are_none(shell, text) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    answer = shell.try_ask(f"extension Rt1062.ConsoleExtensions TypeBytes uart {text}")
    assert answer.startswith("!RecoverableException: bytes must be pairs")


def test_a_transcript_that_cannot_be_opened(shell) -> None:
    shell.new("uart", "Rt1062.Lpuart")
    command = "extension Rt1062.ConsoleExtensions CreateConsoleTap uart /no/such/folder/tap"
    assert shell.try_ask(command).startswith("!RecoverableException: transcript not opened")
