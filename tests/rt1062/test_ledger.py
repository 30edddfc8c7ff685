"""A ledger writes down what each state took, when one changes and when somebody asks."""

from rt1062.ledger import Ledger
from rt1062.observations import States


def test_each_state_gets_its_own_time_and_the_present_one_its_share():
    now = [100]
    ledger = Ledger(lambda: now[0], "idle")
    now[0] = 130
    ledger.enter("busy")
    now[0] = 150
    ledger.enter("idle")
    now[0] = 157
    assert ledger.times() == {"idle": 37, "busy": 20}
    now[0] = 160
    assert ledger.times() == {"idle": 40, "busy": 20}


def test_the_same_state_again_is_no_change():
    now = [0]
    ledger = Ledger(lambda: now[0], 600)
    now[0] = 5
    ledger.enter(600)
    now[0] = 9
    assert ledger.times() == {600: 9}


def test_what_has_been_added_since_a_look():
    before = States({"run": 3.0}, 1.0, {600: 3.0}, {"idle": 4.0})
    after = States({"run": 5.0, "stop": 2.0}, 1.5, {600: 5.0}, {"idle": 4.0, "off": 3.0})
    assert after.since(before) == States(
        {"run": 2.0, "stop": 2.0}, 0.5, {600: 2.0}, {"idle": 0.0, "off": 3.0}
    )
