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
from rt1062.registers import Register

TABLE = Path(__file__).with_name("fields.txt")


def registers() -> Iterator[tuple[str, type[Register]]]:
    """Every register and layout that has fields of its own, with its module."""
    for package in (rt1062.blocks, rt1062.unicorn):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for one in vars(module).values():
                own = isinstance(one, type) and one.__module__ == module.__name__
                if own and issubclass(one, Register) and one.fields:
                    yield found.name, one


def described(register: type[Register]) -> str:
    """A register's place and its fields: `NAME lsb:width access`."""
    offset = getattr(register, "offset", None)  # none: a layout, for others to inherit
    place = "layout" if offset is None else f"+0x{offset:03X}"
    place = f"{register.name} {place} {register.width}"
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
    """All of them, a line each."""
    return "".join(f"{module} {described(register)}\n" for module, register in registers())


def test_every_field_is_where_the_table_has_it():
    assert table().splitlines() == TABLE.read_text(encoding="utf-8").splitlines()


def test_registers_are_found():
    found = {(module, register.name) for module, register in registers()}
    assert {
        ("lpspi_registers", "SR"),
        ("gpio", "ICR1"),
        ("scb", "AIRCR"),
        ("ccm", "CBCDR"),
    } <= found


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
