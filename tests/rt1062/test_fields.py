"""Every register field of every block against tests/rt1062/fields.txt, which says it once more.

A field that a block only stores is read by nobody, so no test of behaviour sees it under a wrong
name. The table does: whoever moves a field, or changes what software may do with it, says so twice.
`python -m tests.rt1062.test_fields` writes the table anew; read the difference before you keep it.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import rt1062.blocks
import rt1062.unicorn
from rt1062.block import Block
from rt1062.registers import Register

TABLE = Path(__file__).with_name("fields.txt")


def blocks() -> Iterator[type[Block]]:
    """Every class of a block, by module and name."""
    for package in (rt1062.blocks, rt1062.unicorn):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            own = [one for one in vars(module).values() if isinstance(one, type)]
            yield from (
                one
                for one in own
                if issubclass(one, Block) and one.REGISTERS and one.__module__ == module.__name__
            )


def described(register: type[Register]) -> str:
    """A register's place and its fields: `NAME lsb:width access =reset`."""
    place = f"{register.name} +0x{register.offset:03X} {register.width}"
    if register.count is not None:
        place += f" x{register.count} every {register.step} from {register.first}"
    fields = [
        f"{field.name} {field.lsb}:{field.width} {field.access}"
        for field in register.fields.values()
    ]
    traits = [
        name
        for name in ("polled", "counter", "retained", "set_clear_toggle")
        if getattr(register, name)
    ]
    return "; ".join([" ".join([place, f"reset=0x{register.reset:X}", *traits]), *fields])


def table() -> str:
    """All of them; of registers of one block that are alike, the first."""
    lines = []
    for block in blocks():
        seen: set[tuple[str, ...]] = set()
        for register in block.REGISTERS:
            # Many pads share one layout; registers without fields have nothing to move.
            layout = tuple(described(register).split("; ")[1:])
            if layout and layout not in seen:
                lines.append(f"{block.__name__} {described(register)}")
            seen.add(layout)
    return "\n".join(lines) + "\n"


def test_every_field_is_where_the_table_has_it():
    assert table().splitlines() == TABLE.read_text(encoding="utf-8").splitlines()


def test_blocks_are_found():
    names = {block.__name__ for block in blocks()}
    assert {"Lpspi", "Lpuart", "Gpio", "Ccm", "Scb", "Nvic", "Edma"} <= names


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
