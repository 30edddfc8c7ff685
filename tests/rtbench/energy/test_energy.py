"""mWh and days of a cycle whose energy is known; what period, sleep and clock do to them."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from rt1062.observations import States
from rtbench.energy import battery, power
from rtbench.energy.budget import SLEEPS, Plan, consumers, days, least_period_s, total
from rtbench.energy.cycle import CAMERAS, Cycle, cycle_of
from rtbench.energy.what_if import outcome, plans

# The camera in its low-power mode needs 0.2 s to wake up, without supply 0.6 s.
CYCLES = {
    "on": Cycle(0.06, 0.02, 0.1, 0.1, 0.06),
    "low-power": Cycle(0.06, 0.02, 0.3, 0.1, 0.26),
    "gated": Cycle(0.08, 0.03, 0.7, 0.1, 0.68),
}
PLAN = Plan(10.0, "stop", "low-power")


def typical(plan: Plan) -> float:
    return total(consumers(plan, CYCLES))["typical"]


# Batteries.


@pytest.mark.parametrize(
    ("text", "mwh"),
    [("2000mAh@3.7V", 7400), ("2Ah@3.7v", 7400), (" 2000 mAh @ 3.7 V ", 7400), ("7.4Wh", 7400),
     ("7400mWh", 7400), ("0.5Ah@3V", 1500)],
)  # fmt: skip
def test_a_battery_is_its_energy(text, mwh):
    assert battery.parse(text) == pytest.approx(mwh)


@pytest.mark.parametrize(
    "text", ["", "2000", "2000mAh", "3.7V@2000mAh", "-5Wh", "2000mAh@3.7", "twoWh", "nan Wh"]
)
def test_another_text_is_no_battery(text):
    with pytest.raises(ValueError, match=r"must be like 2000mAh@3\.7V or 7\.4Wh, not"):
        battery.parse(text)


@pytest.mark.parametrize("text", ["0Wh", "0mAh@3.7V", "9" * 400 + "Wh"])
def test_an_empty_battery_is_refused(text):
    with pytest.raises(ValueError, match="must hold more than nothing"):
        battery.parse(text)


# The table.


@pytest.mark.parametrize("draw", [*power.CORE.values(), *power.CAMERA.values()])
def test_every_figure_has_a_source_and_its_order(draw):
    assert draw.low <= draw.typical <= draw.high
    assert draw.source


def test_the_deeper_the_sleep_the_less_it_draws():
    drawn = [power.CORE[sleep].typical for sleep in SLEEPS]
    assert drawn == sorted(drawn, reverse=True)


def test_the_clock_takes_its_slope_off():
    assert power.core("run", 132).typical == pytest.approx(200 - 0.27 * 468)
    assert power.core("stop", 132) == power.core("stop")


def test_the_page_has_the_table():
    page = (Path(__file__).resolve().parents[3] / "docs" / "energy.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")][1:4]
        for line in page.splitlines()
        if line.startswith("| ")
    ]
    for draw in (*power.CORE.values(), *power.CAMERA.values()):
        assert [f"{draw.at(level):g}" for level in power.LEVELS] in rows


# Cycles and budgets.


def test_a_day_is_the_sum_of_what_each_state_draws():
    by_hand = (0.06 * 200 + 0.3 * 110 + 9.64 * 4.84 + 0.1 * 350 + 0.26 * 350 + 9.64 * 100) * 8640
    assert typical(PLAN) == pytest.approx(by_hand / 3600)
    assert days(7400, total(consumers(PLAN, CYCLES)))["typical"] == pytest.approx(
        7400 * 3600 / by_hand
    )


def test_the_largest_consumer_comes_first():
    found = consumers(PLAN, CYCLES)
    assert found[0].name == "camera, low-power between frames"
    assert [one.mwh["typical"] for one in found] == sorted(
        (one.mwh["typical"] for one in found), reverse=True
    )


@pytest.mark.parametrize("sleep", SLEEPS)
@pytest.mark.parametrize("camera", CAMERAS)
def test_a_longer_period_never_costs_more(sleep, camera):
    spent = [typical(Plan(period, sleep, camera)) for period in (1, 3, 10, 100, 3600)]
    assert spent == sorted(spent, reverse=True)


@pytest.mark.parametrize("camera", CAMERAS)
def test_core_and_camera_fill_the_period_and_no_more(camera):
    for sleep in SLEEPS:
        found = consumers(Plan(10.0, sleep, camera), CYCLES)
        for what in ("core", "camera"):
            seconds = math.fsum(one.seconds for one in found if one.name.startswith(what))
            assert seconds == pytest.approx(10.0)


def test_what_restarts_pays_for_its_boot_and_a_camera_that_is_set_up_anew():
    stop, snvs = (replace(PLAN, sleep=sleep, camera="gated") for sleep in ("stop", "snvs"))
    assert least_period_s(snvs, CYCLES) == pytest.approx(0.78 + power.BOOT_S)
    assert typical(replace(snvs, period_s=1)) > typical(replace(stop, period_s=1))
    assert typical(replace(snvs, period_s=3600)) < typical(replace(stop, period_s=3600))


def test_a_slower_clock_makes_longer_what_is_computed_and_nothing_else():
    slow = CYCLES["low-power"].slower(4)
    assert slow.run_s == pytest.approx(0.02 + 4 * 0.04)
    assert slow.awake_s == pytest.approx(0.36 + 3 * 0.04)
    assert slow.capturing_s == 0.1
    assert slow.idle_s == pytest.approx(0.26 + 3 * 0.04)


def test_a_camera_that_is_left_on_rests_for_what_the_core_sleeps():
    core = {"run": 60_000.0, "wfi": 100_000.0, "stop": 2_840_000.0}
    camera = {"idle": 2_900_000.0, "capturing": 100_000.0}
    found = cycle_of(States(core, 20_000.0, {}, camera), "on")
    assert found == CYCLES["on"]


# What if.


def test_each_what_if_changes_one_thing():
    for name, plan in plans(PLAN):
        changed = sum(
            getattr(plan, field) != getattr(PLAN, field)
            for field in ("period_s", "sleep", "camera", "mhz")
        )
        assert changed == (name != "as asked")


def test_a_period_that_is_too_short_has_no_outcome():
    assert outcome(replace(PLAN, period_s=0.3), CYCLES, 7400).days is None
    assert outcome(PLAN, CYCLES, 7400).days is not None
