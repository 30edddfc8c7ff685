"""Reads the part of Renode's platform language that sim/rt1062/renode/*.repl use."""

import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Entry:
    """One peripheral: type, registrations as (parent, address), settings, wires, init lines."""

    name: str
    kind: str = ""
    registrations: list[tuple[str, str]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    wires: list[tuple[str, str, int]] = field(default_factory=list)  # output, receiver, input
    init: list[list[str]] = field(default_factory=list)

    @property
    def address(self) -> int:
        """Where it is on the system bus."""
        return next(int(at, 0) for parent, at in self.registrations if parent == "sysbus" and at)


HEAD = re.compile(r"(\w+):(?:\s*([\w.]+)\s*@\s*(.*))?$")
WIRE = re.compile(r"(\w*)\s*->\s*(\w+)@(\d+)$")
SETTING = re.compile(r"(\w+):\s*(\S.*)$")


def read(path: Path) -> dict[str, Entry]:
    """Entries by name; a later mention of one adds to it, as `using` does."""
    return _read(path, {})


def _read(path: Path, entries: dict[str, Entry]) -> dict[str, Entry]:
    text = re.sub(r"//.*", "", path.read_text())
    text = re.sub(r"\{(.*?)\}", lambda m: "{" + " ".join(m[1].split()) + "}", text, flags=re.DOTALL)
    entry: Entry | None = None
    in_init = False
    for line in text.splitlines():
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        line = line.strip()
        if indent == 0:
            in_init = False
            if line.startswith("using "):
                _read(path.parent / line.split('"')[1], entries)
                continue
            name, kind, place = HEAD.fullmatch(line).groups()
            entry = entries.setdefault(name, Entry(name))
            if kind:
                assert not entry.kind, f"{name} is made twice"
                entry.kind = kind
                for one in place.strip("{}").split(";"):
                    parent, *address = one.split()
                    entry.registrations.append((parent, address[0] if address else ""))
        elif in_init and indent > 4:
            entry.init.append(line.split())
        elif line == "init:":
            in_init = True
        elif match := WIRE.fullmatch(line):
            entry.wires.append((match[1] or "IRQ", match[2], int(match[3])))
        else:
            key, value = SETTING.fullmatch(line).groups()
            entry.settings[key] = value.strip('"')
    return entries
