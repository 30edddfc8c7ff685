"""The engine with a rule left out turns a check red; `scripts/mutations.py --only timing` tries
more of them, each on a copy of the tree.
"""

import importlib
import json
from pathlib import Path

import pytest
from numba import config

from rtbench.timing import compiled, estimate, pipeline
from tests.rtbench.timing import test_memory, test_pipeline, test_predictor

SLIPS = {one[0]: one[1:4] for one in json.loads(Path(__file__).with_name("slips.json").read_text())}


def two_at_once():
    test_pipeline.test_sequences_that_follow_from_the_rules_are_exact(
        "add r0, r1, r2; add r3, r4, r5", 1
    )


# What each is found by, and where the changed definition goes.
CHECKS = {
    "dual issue off": two_at_once,
    "predictor off": test_predictor.test_a_loop_is_missed_when_it_ends_and_twice_when_it_is_new,
    "prefetch off": test_memory.test_a_stream_takes_the_clocks_of_its_bytes_and_a_command_a_buffer,
    "unaligned rule off": test_memory.test_unaligned_loads_cost_three_or_four,
}


@pytest.fixture
def slip(monkeypatch):
    """Puts a wrong text in the place of the right one, in this process."""

    def make(said: str, wrong_too: bool = True) -> None:
        name, right, wrong = SLIPS[said]
        module = importlib.import_module(f"rtbench.timing.{Path(name).stem}")
        text = Path(module.__file__).read_text()
        assert text.count(right) == 1
        changed = dict(vars(module))
        monkeypatch.setattr(config, "DISABLE_JIT", True)
        exec(compile(text.replace(right, wrong if wrong_too else right), name, "exec"), changed)
        if module is pipeline:
            monkeypatch.setattr(pipeline.Pipeline, "_pairs", changed["Pipeline"]._pairs)
        elif name == "tally.py":
            others = compiled.passes()._replace(tally=changed["tally"])
            monkeypatch.setattr(estimate, "passes", lambda: others)
        else:
            monkeypatch.setattr(estimate, "costs_of", changed["costs_of"])

    return make


@pytest.mark.parametrize(("said", "check"), CHECKS.items())
def test_a_rule_left_out_is_found(slip, said, check):
    check()
    slip(said, wrong_too=False)  # that it is the rule, and not the way it is put there
    check()
    slip(said)
    with pytest.raises(AssertionError):
        check()
