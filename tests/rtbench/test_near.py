"""An unknown option is told with the near ones."""

import pytest

from rtbench.cli import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("boot", "a.bin", "--expct", "x"), "unrecognized arguments: --expct x; near it: --expect"),
        (("boot", "a.bin", "--zzz"), "unrecognized arguments: --zzz\n"),
    ],
)
def test_near_options_are_named(words, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert (ended.value.code, said in capsys.readouterr().err) == (2, True)
