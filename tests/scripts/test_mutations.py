"""scripts/mutations.py: the wrong edits it makes, and what it says of those not found."""

import ast
from pathlib import Path

import pytest

from scripts import mutations
from scripts.mutations import Mutation, pairs, read_alike, register_fields, swapped

BLOCK = """
class SR(Register, at=0x14):
    TDF = r(0)
    WCF, FCF = (w1c(bit) for bit in range(8, 10))
    SPARE = r(24)


class Block:
    REGISTERS = (SR,)
    IDLE = 3
"""


def names(text: str) -> dict[str, list[str]]:
    return {name: [field.id for field in fields] for name, fields in register_fields(text)}


def test_fields_of_registers_are_found_and_nothing_else():
    assert names(BLOCK) == {"SR": ["TDF", "WCF", "FCF", "SPARE"]}


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (3, 0)])
def test_two_names_change_places_and_nothing_else_does(one, other):
    ((_, fields),) = register_fields(BLOCK)
    expected = names(BLOCK)["SR"]
    expected[one], expected[other] = expected[other], expected[one]
    changed = swapped(BLOCK, fields[one], fields[other])
    assert names(changed) == {"SR": expected}
    assert ast.dump(ast.parse(swapped(changed, *_at(changed, one, other)))) == ast.dump(
        ast.parse(BLOCK)
    )


def _at(text: str, *places: int) -> list[ast.Name]:
    ((_, fields),) = register_fields(text)
    return [fields[place] for place in places]


def test_only_fields_that_code_reads_are_swapped():
    ((_, fields),) = register_fields(BLOCK)

    def found(*used: str) -> list[tuple[str, str]]:
        chosen = pairs(fields, set(used), lambda one, other: {one, other} == {"TDF", "WCF"})
        return [(one.id, other.id) for one, other in chosen]

    assert found() == []
    assert found("WCF", "FCF") == [("WCF", "FCF")]
    assert found("TDF", "WCF") == [("TDF", "FCF"), ("WCF", "FCF")]


@pytest.mark.parametrize(
    ("code", "alike"),
    [
        ("MASK = SR.WCF | SR.TDF | SR.FCF", True),  # as far as WCF and FCF go
        ("MASK = SR.WCF | SR.TDF", False),
        ("if value & SR.WCF:\n    stop(SR.FCF)", False),
        ("first, last = SR.WCF, SR.FCF", False),
    ],
)
def test_fields_that_are_only_read_together_are_alike(code, alike):
    assert read_alike([code, "pass"], "SR", "WCF", "FCF") is alike


def test_a_mutation_is_found_by_its_test_or_survives(tmp_path, capsys):
    (tmp_path / "sim").mkdir()
    (tmp_path / "limit.py").write_text("LIMIT = 3\nOTHER = 4\n")
    (tmp_path / "test_limit.py").write_text(
        "import runpy\n\n\ndef test_limit():\n    assert runpy.run_path('limit.py')['LIMIT'] == 3\n"
    )

    def mutation(said: str, text: str) -> Mutation:
        return Mutation("kind", said, Path("limit.py"), text, ("test_limit.py",))

    wrong = mutation("limit", "LIMIT = 4\nOTHER = 4\n")
    harmless = mutation("other", "LIMIT = 3\nOTHER = 3\n")
    assert mutations.try_all(tmp_path, [wrong]) == 0
    assert mutations.try_all(tmp_path, [wrong, harmless]) == 1
    said = capsys.readouterr().out
    assert "[1/2] kind      limit  ->  test_limit.py::test_limit\n" in said
    assert "survived: kind  other" in said
    assert (tmp_path / "limit.py").read_text() == "LIMIT = 3\nOTHER = 4\n"


def test_a_mutation_that_ends_its_test_by_a_signal_is_found(tmp_path):
    (tmp_path / "sim").mkdir()
    (tmp_path / "test_end.py").write_text("import os\n\n\ndef test_end():\n    os.abort()\n")
    assert mutations.first_red(tmp_path, ["test_end.py"]) == "test_end.py (ends by SIGABRT)"


def test_there_are_mutations_of_each_kind():
    root = Path(__file__).parents[2]
    makers = (
        mutations.foreign_fields,
        mutations.simulators_in_firmware,
        mutations.imports_up,
        mutations.misspelt_blocks,
    )
    for maker in makers:
        made = list(maker(root))
        assert made, maker
        for one in made:
            path = root / one.path
            assert not path.exists() or path.read_text() != one.text


def test_a_cpp_file_is_tested_by_the_compiler(tmp_path):
    (tmp_path / "one.cc").write_text("int main() { return 0; }\n")
    assert mutations.first_red(tmp_path, ["one.cc"]) is None
    (tmp_path / "one.cc").write_text("int main() { return nothing; }\n")
    assert "error: 'nothing'" in mutations.first_red(tmp_path, ["one.cc"]).replace(
        "‘", "'"
    ).replace("’", "'")
