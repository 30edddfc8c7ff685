"""docs/protocol.md says what the bench reads and types, no more and no less."""

import re
from pathlib import Path

import pytest

from rtbench.link.commands import COMMANDS
from rtbench.link.events import KINDS, Event
from rtbench.link.parser import keys
from rtbench.link.protocol_page import page

ROOT = Path(__file__).parents[3]


def test_the_page_is_what_the_definitions_make():
    assert (ROOT / "docs" / "protocol.md").read_text() == page(), (
        "write it anew: python -m rtbench.link.protocol_page > docs/protocol.md"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_every_event_has_form_and_meaning(kind: type[Event]):
    assert keys(kind)
    own = {name for name in kind.__annotations__ if name not in ("KIND", "ALSO", "fields")}
    assert {key.name for key in keys(kind)} == own
    for key in keys(kind):
        assert key.meaning
        assert f"| `{key.name}` | {key.form.wanted}" in page()


def test_every_command_of_the_firmware_is_on_the_page_and_no_other():
    sources = "".join(path.read_text() for path in (ROOT / "firmware" / "app").rglob("*.cc"))
    firmware = set(re.findall(r'\{"([a-z ]+)", &\w+::\w+\}', sources))
    assert firmware == {command.name for command in COMMANDS}
