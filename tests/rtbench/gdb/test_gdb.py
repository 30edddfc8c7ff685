"""`rtbench boot --gdb` with a real GDB, scripted; and a GDB that misbehaves, typed by hand."""

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rtbench.cli import main
from tests.rtbench.robot.talking_firmware import LABELS, TICKS, write_firmware

GDB = shutil.which("gdb-multiarch") or shutil.which("arm-none-eabi-gdb")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def image(tmp_path):
    return write_firmware(tmp_path)


@pytest.fixture
def boot(image, tmp_path):
    """Boot under GDB in a process of its own: the port, and the process, which ends with us."""
    processes = []

    def start(*options: object) -> tuple[int, subprocess.Popen]:
        process = subprocess.Popen(
            [sys.executable, "-m", "rtbench.cli", "boot", str(image), "--gdb", "0",
             "--json", str(tmp_path / "told.json"), *map(str, options)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        processes.append(process)
        line = process.stdout.readline()
        return int(re.search(r"target remote :(\d+)", line)[1]), process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def gdb(port: int, image: Path, *commands: str) -> str:
    script = ["set pagination off", "set confirm off", f"target remote :{port}", *commands]
    words = [word for one in script for word in ("-ex", one)]
    done = subprocess.run(
        [GDB, "-q", "-nx", "-batch", *words, str(image)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.skipif(GDB is None, reason="no gdb-multiarch (Debian package of that name)")
def test_a_session_with_break_watch_step_sleep_and_reset(boot, image):
    port, process = boot()
    said = gdb(
        port, image,
        "info registers pc",
        f"break *{LABELS['put']:#x}", "continue", "info registers r4", "p/x *(int*)0x40184010",
        "delete", f"watch *(int*){TICKS:#x}", "continue", "p *(int*)&ticks",
        "delete", f"break *{LABELS['idle']:#x}", "continue", "monitor time", "stepi",
        "info registers pc", "monitor time", "p $d3", f"p (*(int*){TICKS:#x} = 77)",
        f"x/dw {TICKS:#x}", "delete",
        f"break *{LABELS['tick']:#x}", "continue", "p $xpsr & 0x1ff",
        "monitor reset", "maintenance flush register-cache", "info registers pc", "kill",
    )  # fmt: skip
    pcs = re.findall(r"^pc +(0x\w+)", said, re.MULTILINE)
    assert pcs == [f"{one:#x}" for one in (LABELS["start"], LABELS["idle"] + 2, LABELS["start"])]
    assert (
        f"Breakpoint 1, {LABELS['put']:#x}" in said
        or f"Breakpoint 1, 0x{LABELS['put']:08x}" in said
    )
    assert re.search(r"^r4 +0x40184000", said, re.MULTILINE)
    assert "$1 = 0xf00002b" in said  # BAUD, read from the block
    assert re.search(r"Old value = 0\nNew value = 1\n", said)
    before, after = (
        float(one) for one in re.findall(r"^([\d.]+) s, \d+ instr", said, re.MULTILINE)
    )
    assert after - before > 0.007, "the step over WFI has slept"
    assert "77" in said
    assert "= 15" in said  # in SysTick's handler
    process.wait(20)
    assert process.returncode == 0


@pytest.mark.skipif(GDB is None, reason="no gdb-multiarch (Debian package of that name)")
def test_what_gdb_only_looks_at_happens_as_without_it(boot, image, tmp_path, capsys):
    assert main(["boot", str(image), "--seconds", "1", "--expect", "> ", "--type", "abc",
                 "--expect", "> abc", "--json", str(tmp_path / "alone.json")]) == 0  # fmt: skip
    capsys.readouterr()
    port, process = boot("--expect", "> ", "--type", "abc", "--expect", "> abc")
    said = gdb(
        port, image, f"break *{LABELS['tick']:#x}", f"break *{LABELS['echo'] + 2:#x}",
        f"watch *(int*){TICKS:#x}", *["continue", "stepi", "info registers"] * 4,
        "delete", "continue",
    )  # fmt: skip
    assert "exited normally" in said
    process.wait(20)
    alone, told = (
        json.loads((tmp_path / name).read_text()) for name in ("alone.json", "told.json")
    )
    assert told["events"] == alone["events"]
    assert told["unfinished"] == alone["unfinished"]


def test_a_gdb_that_leaves_or_talks_nonsense_leaves_the_firmware_running(boot):
    port, process = boot("--expect", "> ")
    with socket.create_connection(("127.0.0.1", port)) as peer:
        for packet in (b"Zz,y", b"m30000000,4", b"p999"):
            peer.sendall(b"+$%b#%02x" % (packet, sum(packet) & 0xFF))
        peer.sendall(b"$nonsense#00")
        peer.settimeout(10)
        heard = b""
        while heard.count(b"$E01#a6") < 3 or b"-" not in heard:
            heard += peer.recv(100)
    assert process.wait(20) == 0
    assert "own firmware 1.0" in process.stdout.read()


def test_a_port_that_is_taken_and_one_that_is_none_are_exit_code_2(image, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["boot", str(image), "--gdb", str(port)]) == 2
    assert "name another port" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["boot", str(image), "--gdb", "99999"])
    assert "must be a port from 0 to 65535, not '99999'" in capsys.readouterr().err
