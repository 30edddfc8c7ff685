"""What a duty cycle takes out of a battery in a day, by consumer, low, typical and high."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtbench.energy import power
from rtbench.energy.cycle import Cycle
from rtbench.energy.power import FULL_MHZ, LEVELS

DAY_S = 86_400.0
# What the camera is while the core sleeps, by how it is left.
RESTS = {"on": "idle", "low-power": "low-power", "gated": "off"}
SLEEPS = ("wfi", "wait", "stop", "suspend", "snvs")
RESTARTS = ("suspend", "snvs")  # they end in a cold boot, with the camera set up anew


@dataclass(frozen=True)
class Plan:
    """A period, what happens between its frames, and the core's clock."""

    period_s: float
    sleep: str
    camera: str
    mhz: float = FULL_MHZ


@dataclass(frozen=True)
class Consumer:
    """Something that draws power for so many seconds of a period; mWh a day by level."""

    name: str
    seconds: float
    mwh: Mapping[str, float]
    source: str


def cycle_for(plan: Plan, cycles: Mapping[str, Cycle]) -> Cycle:
    """The work of a period, from the cycles that were run by how they leave the camera."""
    camera = "gated" if plan.sleep in RESTARTS else plan.camera
    return cycles[camera].slower(FULL_MHZ / plan.mhz)


def least_period_s(plan: Plan, cycles: Mapping[str, Cycle]) -> float:
    """What a frame takes, with the boot that comes before it."""
    return cycle_for(plan, cycles).awake_s + (power.BOOT_S if plan.sleep in RESTARTS else 0.0)


def consumers(plan: Plan, cycles: Mapping[str, Cycle]) -> list[Consumer]:
    """All of a plan's, the largest first; the plan's period is not shorter than its work."""
    cycle = cycle_for(plan, cycles)
    rest_s = plan.period_s - least_period_s(plan, cycles)
    rest = RESTS[plan.camera]
    run = power.core("run", plan.mhz)
    found = [
        ("core, running", cycle.run_s, run),
        ("core, WFI within a frame", cycle.wfi_s, power.core("wfi")),
        (f"core, {plan.sleep} between frames", rest_s, power.core(plan.sleep)),
        ("camera, capturing", cycle.capturing_s, power.CAMERA["capturing"]),
        ("camera, on around it", cycle.idle_s, power.CAMERA["idle"]),
        (f"camera, {rest} between frames", rest_s, power.CAMERA[rest]),
    ]
    if plan.sleep in RESTARTS:
        found.append(("core, cold boot", power.BOOT_S, run))
        found.append(("camera, on while booting", power.BOOT_S, power.CAMERA["idle"]))
    ordered = [_consumer(*one, plan.period_s) for one in found]
    return sorted(ordered, key=lambda one: -one.mwh["typical"])


def _consumer(name: str, seconds: float, draw: power.Draw, period_s: float) -> Consumer:
    hours = seconds * DAY_S / period_s / 3600
    mwh = {level: hours * draw.at(level) for level in LEVELS}
    return Consumer(name, seconds, mwh, draw.source)


def total(found: Sequence[Consumer]) -> dict[str, float]:
    """mWh a day by level."""
    return {level: sum(one.mwh[level] for one in found) for level in LEVELS}


def days(battery_mwh: float, mwh_a_day: Mapping[str, float]) -> dict[str, float]:
    """How long a battery lasts at each level of consumption: least at the high one."""
    return {level: battery_mwh / one for level, one in mwh_a_day.items()}
