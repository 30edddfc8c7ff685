"""The same work under other plans: period, sleep, camera, clock, one of them otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rtbench.energy.budget import (
    RESTARTS,
    SLEEPS,
    Plan,
    consumers,
    days,
    least_period_s,
    total,
)
from rtbench.energy.cycle import CAMERAS, Cycle

PERIODS_S = (1.0, 10.0, 60.0, 600.0, 3600.0)
CLOCKS_MHZ = (600.0, 528.0, 396.0, 132.0)


@dataclass(frozen=True)
class Outcome:
    """A plan, mWh a day and days by level; None where the period is too short for its work."""

    plan: Plan
    mwh_a_day: Mapping[str, float] | None
    days: Mapping[str, float] | None


def outcome(plan: Plan, cycles: Mapping[str, Cycle], battery_mwh: float) -> Outcome:
    """What a plan costs."""
    if plan.period_s < least_period_s(plan, cycles):
        return Outcome(plan, None, None)
    mwh = total(consumers(plan, cycles))
    return Outcome(plan, mwh, days(battery_mwh, mwh))


def plans(chosen: Plan) -> Iterator[tuple[str, Plan]]:
    """Each with one thing otherwise than in the chosen plan, and what that is."""
    yield "as asked", chosen
    for period in PERIODS_S:
        if period != chosen.period_s:
            yield f"every {period:g} s", replace(chosen, period_s=period)
    for sleep in SLEEPS:
        if sleep != chosen.sleep:
            more = ", computed" if sleep in RESTARTS else ""
            yield f"sleep {sleep}{more}", replace(chosen, sleep=sleep)
    for camera in CAMERAS:
        if camera != chosen.camera:
            yield f"camera {camera}", replace(chosen, camera=camera)
    for mhz in CLOCKS_MHZ:
        if mhz != chosen.mhz:
            yield f"core at {mhz:g} MHz", replace(chosen, mhz=mhz)
