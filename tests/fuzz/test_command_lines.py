"""Command lines: any words end with an exit code and, where they are wrong, with advice."""

import argparse
import contextlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtbench import cli
from rtbench.commands import firmware_files
from tests.fuzz.mutated import WORDS as NOISE

LONGEST_USAGE = 40  # lines: argparse shows a command's options before what is wrong
SLOW = ("doctor",)  # asks each tool for its version

TOKENS = (
    *("", "-", "--", "-1", "0", "nan", "1e9", "no-such-file", "/", "/dev/null", "a\nb", "\x1b[1m"),
    *("ü", "=", "*", "none", "mimxrt1060-evk", "unicorn", "renode", "classify", "count"),
)
WORDS = st.one_of(st.sampled_from(TOKENS), NOISE)


def options(command: str) -> list[str]:
    """The options of a command, out of the parser itself."""
    parser = cli.parser_of(command)
    subparsers = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return [word for one in subparsers.choices[command]._actions for word in one.option_strings]


OPTIONS = {command: options(command) for command in cli.COMMANDS if command not in SLOW}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    command = draw(st.sampled_from(sorted(OPTIONS)))
    words = st.one_of(WORDS, st.sampled_from(OPTIONS[command] or ["--help"]))
    return [command, *draw(st.lists(words, max_size=6))]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder without a firmware, so that no words boot one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(firmware_files, "default_directory", lambda: tmp_path / "none")


# The folder is empty before each example: only `scenes` writes there without an input.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command_lines())
def test_any_words_end_with_an_exit_code_and_advice(elsewhere, words):
    out, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        try:
            code = cli.main(words)
        except SystemExit as ending:  # argparse: --help, or words that it does not know
            code = ending.code
    said = told.getvalue()
    assert code in (0, 1, 2)
    assert "Traceback" not in said
    assert "a bug of the bench" not in said
    assert code == 0 or said.strip() or out.getvalue().strip()
    assert "\x1b" not in said
    if code == 2:
        assert len(said.strip().splitlines()) <= LONGEST_USAGE
