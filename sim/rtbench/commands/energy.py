"""`rtbench energy`: how long a battery lasts for a firmware that looks once a period."""

import argparse
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rt1062 import emulators
from rt1062.errors import SetupError
from rtbench.commands import firmware_files, interruption
from rtbench.commands.outputs import need_folder
from rtbench.commands.positive import positive_number
from rtbench.commands.subject import running
from rtbench.energy import battery, plot, power
from rtbench.energy.budget import (
    RESTARTS,
    SLEEPS,
    Consumer,
    Plan,
    consumers,
    days,
    least_period_s,
    total,
)
from rtbench.energy.cycle import CAMERAS, MODES, Cycle, measure
from rtbench.energy.power import FULL_MHZ, LEVELS, TYPICAL
from rtbench.energy.what_if import outcome, plans
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.tasks import TASKS

LEAST_MHZ = 24.0
LATENCY_ERROR = 0.15
SEEN = 0.02  # of a battery's life; its figures are an interval of 30 % and more
NOTE = "An estimate, not measured on silicon: docs/energy.md has the table and what it leaves out."


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `energy` with its options."""
    parser = subparsers.add_parser(
        "energy",
        help="how long a battery lasts, from the times of a duty cycle and a table of powers",
        description="Runs an application's firmware for two frames with sleep between them, takes "
        "how long core and camera were in each state, and reckons with public figures of what each "
        "state draws: mWh a day, days of battery, and the same with one thing otherwise.",
        epilog="Exit codes: 0 told, 1 --fail-under-days, or the firmware gave no answer, 2 the "
        "set-up is wrong, 130 interrupted. Example: "
        "rtbench energy --app classify --period 10 --battery 2000mAh@3.7V --sleep stop",
    )
    parser.add_argument("--app", choices=list(TASKS), required=True, help="what is asked")
    parser.add_argument(
        "--period", type=positive_number, required=True, metavar="S", help="seconds between frames"
    )
    parser.add_argument(
        "--battery", type=_battery, required=True, metavar="BATTERY", help="2000mAh@3.7V, or 7.4Wh"
    )
    parser.add_argument(
        "--sleep", choices=SLEEPS, default="stop",
        help="what the core does between frames (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--camera", choices=CAMERAS, default="low-power",
        help="and the camera: gated is without its supply (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--clock", type=_clock, default=FULL_MHZ, metavar="MHZ",
        help="the core's, what is computed taking longer in proportion (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--fail-under-days", type=positive_number, metavar="DAYS",
        help="fail if even the longest life is shorter; warn if only the shortest is",
    )  # fmt: skip
    parser.add_argument("--plot", metavar="PNG", type=Path, help="draw it there")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all of it there")
    firmware_files.add_options(parser)
    parser.set_defaults(handler=run)


def _battery(text: str) -> float:
    try:
        return battery.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _clock(text: str) -> float:
    mhz = positive_number(text)
    if not LEAST_MHZ <= mhz <= FULL_MHZ:
        raise argparse.ArgumentTypeError(
            f"must be from {LEAST_MHZ:g} to {FULL_MHZ:g} MHz, not {text}"
        )
    return mhz


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench energy`."""
    for option, path in (("--plot", chosen.plot), ("--json", chosen.json)):
        need_folder(option, path)
    plan = Plan(chosen.period, chosen.sleep, chosen.camera, chosen.clock)
    with interruption.noticed() as stop:
        cycles = _measured(chosen, plan)
    if stop:
        return INTERRUPTED
    least = least_period_s(plan, cycles)
    if plan.period_s < least:
        raise SetupError(
            f"--period must be at least {least:.3f} s, which a frame takes with --sleep "
            f"{plan.sleep} --camera {plan.camera}, not {plan.period_s:g} s"
        )
    found = consumers(plan, cycles)
    _print(chosen, plan, found)
    _print_what_if(plan, cycles, chosen.battery)
    _print_doubt(plan, cycles, chosen.battery)
    if chosen.json is not None:
        write_json(chosen.json, _report(chosen, plan, cycles, found))
    if chosen.plot is not None:
        plot.draw(chosen.plot, f"{chosen.app}, {_words(plan)}", plan, cycles, chosen.battery)
    return _judged(days(chosen.battery, total(found)), chosen.fail_under_days)


def _measured(chosen: argparse.Namespace, plan: Plan) -> dict[str, Cycle]:
    """A cycle for each thing that the camera can do meanwhile."""
    image, elf = firmware_files.find(chosen)
    mode = plan.sleep if plan.sleep in MODES else "stop" if plan.sleep in RESTARTS else "wait"
    create = partial(emulators.create, image, elf, chosen.emulator)
    with ExitStack() as stack:
        firmware = stack.enter_context(running(create, chosen.app)).firmware
        firmware.ready_for_frames()
        return {camera: measure(firmware, mode, camera) for camera in CAMERAS}


def _words(plan: Plan) -> str:
    clock = "" if plan.mhz == FULL_MHZ else f", core at {plan.mhz:g} MHz"
    return f"every {plan.period_s:g} s, sleep {plan.sleep}, camera {plan.camera}{clock}"


def _print(chosen: argparse.Namespace, plan: Plan, found: list[Consumer]) -> None:
    print(f"{chosen.app}, {_words(plan)}; a battery of {chosen.battery:,.0f} mWh")
    whole = total(found)
    print(f"{'mWh a day':>9} {'low':>9} {'high':>9} {'s a period':>11}  consumer")
    for one in found:
        low, typical, high = (one.mwh[level] for level in LEVELS)
        print(f"{typical:9.1f} {low:9.1f} {high:9.1f} {one.seconds:11.4f}  {one.name}")
    low, typical, high = (whole[level] for level in LEVELS)
    print(f"{typical:9.1f} {low:9.1f} {high:9.1f} {plan.period_s:11.4f}  in all")
    life = days(chosen.battery, whole)
    print(
        f"days of battery: {life['typical']:.1f} typical, {life['high']:.1f} at the high figures, "
        f"{life['low']:.1f} at the low ones"
    )
    if plan.sleep in RESTARTS:
        print(
            f"computed from sleep stop, camera gated: {plan.sleep} ends in a cold boot, "
            f"{power.BOOT_S * 1000:g} ms ({power.BOOT_SOURCE}), and a camera that is set up anew"
        )
    print("sources:")
    for name, source in {one.name: one.source for one in found}.items():
        print(f"  {name}: {source}")


def _print_what_if(plan: Plan, cycles: Mapping[str, Cycle], battery_mwh: float) -> None:
    print(f"{'mWh a day':>9} {'days':>8} {'low':>8} {'high':>8}  what if")
    for name, other in plans(plan):
        one = outcome(other, cycles, battery_mwh)
        if one.days is None:
            print(f"{'-':>9} {'-':>8} {'-':>8} {'-':>8}  {name}: a frame takes longer")
            continue
        shortest, typical, longest = (one.days[level] for level in reversed(LEVELS))
        mwh = one.mwh_a_day[TYPICAL]
        print(f"{mwh:9.1f} {typical:8.1f} {shortest:8.1f} {longest:8.1f}  {name}")


def _print_doubt(plan: Plan, cycles: Mapping[str, Cycle], battery_mwh: float) -> None:
    """What an error in the latency would do to the days."""
    later = {camera: one.slower(1 + LATENCY_ERROR) for camera, one in cycles.items()}
    one, other = (outcome(plan, these, battery_mwh) for these in (cycles, later))
    if other.days is not None:
        less = 1 - other.days[TYPICAL] / one.days[TYPICAL]
        seen = "cannot be seen here" if less < SEEN else "matters here"
        print(
            f"If the core took {LATENCY_ERROR:.0%} longer for its work, the battery would last "
            f"{less:.2%} less: an error of that size in the latency {seen}."
        )
    print(NOTE)


def _judged(life: Mapping[str, float], least: float | None) -> int:
    if least is None or life["high"] >= least:
        return PASSED
    if life["low"] < least:
        print(f"rtbench energy: {life['low']:.1f} days at most, less than {least:g}",
              file=sys.stderr)  # fmt: skip
        return CLAIM_FAILED
    print(f"warning: {least:g} days lie within the interval: neither held nor broken",
          file=sys.stderr)  # fmt: skip
    return PASSED


def _report(
    chosen: argparse.Namespace, plan: Plan, cycles: Mapping[str, Cycle], found: list[Consumer]
) -> dict[str, object]:
    whole = total(found)
    return {
        "app": chosen.app,
        "note": NOTE,
        "battery_mwh": chosen.battery,
        "plan": asdict(plan),
        "computed": plan.sleep in RESTARTS,
        "cycles": {camera: asdict(one) for camera, one in cycles.items()},
        "consumers": [asdict(one) for one in found],
        "mwh_a_day": whole,
        "days": days(chosen.battery, whole),
        "what_if": [
            {"name": name, **asdict(outcome(other, cycles, chosen.battery))}
            for name, other in plans(plan)
        ],
    }
