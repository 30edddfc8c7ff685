"""`rtbench boot --vcd`: the waveforms say what the run printed and drove, at its times."""

import itertools
import json

import pytest
from vcd.reader import TokenKind, tokenize

from rtbench.cli import main
from tests.rt1062.boot_image import boot_image
from tests.rtbench.commands.test_boot import TALKS, UART


def waves(path):
    """First values and changes by variable: {"pads.LED": [(nanoseconds, value), ...]}."""
    names, found, scope, now = {}, {}, [], 0
    with path.open("rb") as stream:
        for token in tokenize(stream):
            if token.kind is TokenKind.SCOPE:
                scope.append(token.scope.ident)
            elif token.kind is TokenKind.UPSCOPE:
                scope.pop()
            elif token.kind is TokenKind.VAR:
                names[token.var.id_code] = ".".join((*scope, token.var.reference))
            elif token.kind is TokenKind.CHANGE_TIME:
                assert token.time_change >= now
                now = token.time_change
            elif token.kind is TokenKind.CHANGE_SCALAR:
                change = token.scalar_change
                found.setdefault(names[change.id_code], []).append((now, change.value))
            elif token.kind is TokenKind.CHANGE_STRING:
                change = token.string_change
                found.setdefault(names[change.id_code], []).append((now, change.value))
    return found, now


def decoded(line, bit_ns):
    """What a serial terminal reads from a line: text, and when each start bit began."""
    text, times, free = "", [], 0
    for time, level in line:
        if level == "0" and time >= free:
            middles = [time + (place + 1.5) * bit_ns for place in range(9)]
            bits = [[v for t, v in line if t <= middle][-1] for middle in middles]
            assert bits[8] == "1"  # the stop bit
            text += chr(sum(1 << place for place in range(8) if bits[place] == "1"))
            times.append(time)
            free = time + 9.5 * bit_ns
    return text, times


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A firmware that talks on LPUART6, with a typed text: its waves and its --json."""
    folder = tmp_path_factory.mktemp("waves")
    (folder / "a.bin").write_bytes(boot_image(TALKS.format(uart=UART[6])))
    options = ("--uart", "lpuart6", "--expect", "> ", "--type", "bob", "--seconds", "0.05")
    files = ("--vcd", folder / "a.vcd", "--json", folder / "a.json", "--pads", "GPIO1.2")
    code = main(["boot", str(folder / "a.bin"), *map(str, (*options, "--expect", "b", *files))])
    assert code == 0
    return *waves(folder / "a.vcd"), json.loads((folder / "a.json").read_text())


def test_a_decoder_on_the_lines_reads_what_was_printed_and_typed(run):
    found, _, told = run
    rate = 80_000_000 / 16 / 13 / 1e9  # of OSR 15, SBR 13 and the clock after reset
    sent, times = decoded(found["LPUART6.TX"], 1 / rate)
    assert sent.startswith("ready 1\n> b")
    assert decoded(found["LPUART6.RX"], 1 / rate)[0].startswith("b")
    first = next(event for event in told["events"] if event.get("text") == "ready 1")
    assert times[0] + 10 / rate == pytest.approx(1000 * first["time_us"], abs=2)
    shown = "".join(value for _, value in found["LPUART6.TX_text"])
    assert shown.replace("\\x20", " ").startswith("ready 1\\n> b")


def test_pads_change_when_the_run_says(run):
    found, end, told = run
    edges = [one for one in told["events"] if one.get("pad") == "LED"]
    assert found["pads.LED"] == [(0, "1")] + [
        (round(1000 * one["time_us"]), str(int(one["level"]))) for one in edges
    ]
    assert edges
    assert {"pads.BUTTON", "pads.SELECT", "pads.GPIO1_2"} <= found.keys()
    assert end >= found["LPUART6.TX"][-1][0]


def test_ports_without_a_byte_are_left_out(run):
    assert {name.split(".")[0] for name in run[0]} == {"pads", "LPUART6"}


def test_the_same_run_makes_the_same_file_however_busy_the_host_is(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.bin").write_bytes(boot_image(TALKS.format(uart=UART[1])))
    made = []
    for slower in (0.0, 0.05, 0.5):  # seconds of the host's at each look at its clock
        clock = itertools.count(0, slower)
        monkeypatch.setattr("rtbench.commands.boot.time.monotonic", clock.__next__)
        file = tmp_path / "a.vcd"
        main(["boot", str(tmp_path / "a.bin"), "--seconds", "0.05", "--vcd", str(file)])
        made.append(file.read_bytes())
    assert made[0] == made[1] == made[2]


def test_a_folder_that_is_not_there_is_said_before_the_run(tmp_path, capsys):
    (tmp_path / "a.bin").write_bytes(boot_image("start: b start"))
    vcd = tmp_path / "no" / "a.vcd"
    assert main(["boot", str(tmp_path / "a.bin"), "--vcd", str(vcd)]) == 2
    assert "the directory for --vcd does not exist" in capsys.readouterr().err
