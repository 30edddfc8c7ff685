"""The keywords for any firmware: the page's suite passes, wrong claims fail and say why."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from robot.libdocpkg import LibraryDocumentation

from rtbench.robot import pages
from rtbench.robot.__main__ import main
from tests.rtbench.robot.talking_firmware import PAGE, page_suite, write_firmware

HEAD = """*** Settings ***
Resource    rtbench/robot/board.resource
Suite Setup    Boot
Test Setup    Restore Board    booted
*** Keywords ***
Boot
    Start Board    {image}
    Wait For Line    ready
    Save Board    booted
*** Test Cases ***
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return write_firmware(tmp_path_factory.mktemp("firmware"))


@pytest.fixture
def suite(tmp_path, image, capfd):
    """Runs cases, a name and lines each; exit code, status and message by name."""

    def run(**cases: str) -> tuple[int, dict[str, tuple[str, str]]]:
        text = HEAD.format(image=image)
        for name, lines in cases.items():
            text += f"{name}\n" + "".join(f"    {line}\n" for line in lines.split("\n"))
        (tmp_path / "own.robot").write_text(text)
        code = main([str(tmp_path / "own.robot"), "--output", str(tmp_path / "out")])
        capfd.readouterr()
        tests = ElementTree.parse(tmp_path / "out/output.xml").iter("test")
        status = {one.get("name"): one.find("status") for one in tests}
        return code, {name: (one.get("status"), one.text or "") for name, one in status.items()}

    return run


def test_the_suite_of_the_page_passes(tmp_path, image, monkeypatch, capfd):
    (tmp_path / "blinky.robot").write_text(page_suite())
    monkeypatch.chdir(tmp_path)
    code = main(["blinky.robot", "--variable", f"IMAGE:{image}", "--include", "smoke"])
    assert code == 0, capfd.readouterr()
    assert "5 tests, 5 passed, 0 failed" in capfd.readouterr().out


def test_true_claims_pass(suite):
    code, found = suite(
        restored="Type Text    x\nWait For Prompt    x",
        again="Should Not Appear    x    20 ms",
        silent="Run For    1 ms\nUart Should Be Silent    10 ms",
        other_port="Uart Should Be Silent    10 ms    uart=lpuart6",
        pads="Pad Should Be    GPIO5.0    high\nPress Button\nPad Should Be    GPIO5.0    low\n"
        "Drive Pad    GPIO2.3    high\nWait For Pad    GPIO2.3    high\n"
        "Pad Should Not Change    GPIO2.3    5 ms",
        led="Wait For Pad    GPIO1.9    low    20 ms\nLed Should Be    on\n"
        "Wait For Pad    GPIO1.9    high    20 ms\nLed Should Be    off",
        memory="Write Memory    0x20200000    01 02 ff\nMemory Should Be    0x20200000    0102FF\n"
        "${all} =    Read Memory    0x20200000    3\n"
        "Should Be Equal    ${all.hex()}    0102ff",
        variables="Write Variable    ticks    ${-2}    kind=i32\n"
        "Wait For Variable    ticks    ${1}    timeout=40 ms",
        pictures="Feed Pattern    noise\nPictures Waiting Should Be    1\nBreak Camera    absent\n"
        "Mend Camera",
        reset="Reset Board\nResets Should Be    1\nWait For Line    ready 7",
        core="Run For    1 ms\nCore Should Be    asleep",
    )  # fmt: skip
    assert (code, [one for one in found.items() if one[1][0] != "PASS"]) == (0, [])
    assert len(found) == 11


WRONG = {
    "line": ("Wait For Line    done    timeout=20 ms", "'done' did not come on LPUART1 within"),
    "match": ("Wait For Match    \\\\d{4}    timeout=5 ms", "/\\d{4}/ did not come on LPUART1"),
    "prompt": ("Wait For Prompt    $    timeout=5 ms", "the prompt '$' did not come on LPUART1"),
    "other port": ("Wait For Line    x    uart=LPUART3    timeout=5 ms", "LPUART1 has printed"),
    "no port": ("Type Line    x    uart=LPUART9", "uart must be one of LPUART1, LPUART2"),
    "appears": ("Type Text    x\nShould Not Appear    x    50 ms", "'x' was printed on LPUART1"),
    "forbidden": ("Fail On Text    pan\nType Text    panic\nRun For    9 ms", "'pan' was printed"),
    "noise": ("Type Text    x\nUart Should Be Silent    50 ms", "LPUART1 was not silent"),
    "slow led": ("Led Should Blink    30 ms", "the LED's periods are 20.000, 20.000, 20"),
    "pad": ("Pad Should Be    GPIO5.0    low", "GPIO5.0 is high, expected low"),
    "pad name": ("Pad Should Be    D7    low", "pin must be a pad such as GPIO1.9, not 'D7'"),
    "still": ("Pad Should Not Change    GPIO1.9    30 ms", "GPIO1.9 got"),
    "variable": ("Variable Should Be    ticks    ${99}", "ticks is 0, expected 99"),
    "no symbol": ("Read Variable    tocks", "there is no symbol 'tocks' in this firmware"),
    "memory": ("Memory Should Be    0x20200000    AA", "at 0x20200000 is 00, expected aa"),
    "resets": ("Resets Should Be    1", "there were 0 resets, expected 1"),
    "no restart": ("Board Should Restart    timeout=5 ms", "no reset came within 0.005 s"),
    "fault": ("Type Text    !\nRun For    50 ms\nFaults Should Be None", "UNDEFINSTR"),
    "state": ("Restore Board    later", "no state 'later', there are: booted"),
    "no board": ("Stop Board\nRun For    1 ms", "no board is on; use the keyword `Start Board`"),
}  # fmt: skip


def test_wrong_claims_fail_and_say_why(suite):
    code, found = suite(**{name: lines for name, (lines, _) in WRONG.items()})
    assert code == 1
    wrong = {
        name: found[name]
        for name, (_, said) in WRONG.items()
        if found[name][0] != "FAIL" or said not in found[name][1]
    }
    assert wrong == {}
    # The message helps: what was printed, where the core is.
    message = found["line"][1]
    assert "LPUART1 has printed 3 lines:\n  own firmware 1.0\n  ready 7\n  > " in message
    assert re.search(r"core: asleep at 0x6000[0-9A-F]{4}", message)


def test_missing_firmware_says_so(tmp_path, capfd):
    (tmp_path / "a.robot").write_text(HEAD.format(image="nowhere.bin") + "A\n    Log    1\n")
    assert main([str(tmp_path / "a.robot"), "--output", str(tmp_path / "out")]) == 1
    assert "nowhere.bin: no such firmware" in capfd.readouterr().out


def test_pages_are_written_and_every_keyword_is_on_the_page(tmp_path):
    written = {path.name for path in pages.write(tmp_path / "pages")}
    assert written == {"board.html", "uart.html", "pins.html", "memory.html", "pictures.html",
                       "index.html"}  # fmt: skip
    index = (tmp_path / "pages/index.html").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE))
    assert set(rows) == set(pages.libraries())
    for short, name in pages.libraries().items():
        keywords = {one.name for one in LibraryDocumentation(name).keywords}
        assert set(rows[short].split(", ")) == keywords, short
        assert all(one in index for one in keywords)
