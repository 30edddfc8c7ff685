"""What every command says of itself, and what a shell completes."""

import re
import shlex
import shutil
import subprocess

import pytest

from rtbench import cli
from rtbench.robot.__main__ import _parser as suites_parser

COMMANDS = [*([name] for name in cli.COMMANDS), ["model", "inspect"], []]


def told(capsys, *arguments):
    """The help of a command, in a terminal of 80 columns."""
    with pytest.raises(SystemExit) as end:
        cli.main([*arguments, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def examples(text):
    """The commands behind `examples:`, as one would type them."""
    found = re.search(r"^examples:\n((?:  .*\n?)+)", text, re.MULTILINE)
    return [line.strip() for line in found[1].splitlines()] if found else []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example_that_can_be_typed(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    found = examples(told(capsys, *command))
    assert found
    for line in found:
        words = shlex.split(line.partition(" >")[0])
        assert words[: 1 + len(command)] == ["rtbench", *command]
        chosen = cli.parser_of(words[1]).parse_args(words[1:])
        assert callable(chosen.handler)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_fits_80_columns_but_for_commands_to_copy(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = told(capsys, *command)
    assert [one for one in text.partition("examples:")[0].splitlines() if len(one) > 80] == []


def test_the_runner_of_suites_has_an_example_too():
    (line,) = examples(suites_parser().format_help())
    suites_parser().parse_args(shlex.split(line)[3:])


def test_every_command_in_the_list_says_what_it_answers(capsys):
    text = told(capsys)
    assert [name for name in cli.COMMANDS if f"\n    {name}" not in text] == []


def completed(script, *words):
    """What bash offers for the last word."""
    line = shlex.join(words)
    asked = f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; COMP_LINE={line!r}\n"
    asked += "_shtab_rtbench rtbench; printf '%s\\n' \"${COMPREPLY[@]}\""
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    return [one.strip() for one in done.stdout.splitlines() if one.strip()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_options_choices_and_files(capsys, tmp_path, monkeypatch):
    assert cli.main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert completed(script, "rtbench", "eva") == ["evaluate"]
    assert completed(script, "rtbench", "boot", "--cov") == ["--coverage"]
    assert completed(script, "rtbench", "run", "--app", "cl") == ["classify"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "firmware.elf").touch()
    assert completed(script, "rtbench", "size", "firm") == ["firmware.elf"]


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_get_a_script_with_every_command(shell, capsys):
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if name not in script] == []
