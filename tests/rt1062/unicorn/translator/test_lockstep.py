"""Real inference on two machines in lock step, the second with all hot code translated.

Deadlines come at random, and pages are taken out of the maps at random, so that blocks are left in
the middle. RTBENCH_FUZZ=2000 makes it longer.
"""

import os
import random
from pathlib import Path

import numpy as np
import pytest

from rt1062.unicorn import native
from rt1062.unicorn.machine import UnicornMachine
from rtbench import host_inference
from rtbench.link.firmware import Firmware
from rtbench.robot.patterns import pattern
from tests.rt1062.unicorn.translator.pair import different, set_tier

FIRMWARE = Path(__file__).resolve().parents[4] / "build/firmware"
OFTEN = 20  # executions of the blocks that are translated
STOPS = 20 * int(os.environ.get("RTBENCH_FUZZ", "30"))
MEAN = 20_000  # ticks between two stops
APPS = ("classify", "count")


def is_built(app: str) -> bool:
    elf = FIRMWARE / f"{app}.elf"
    return elf.is_file() and not host_inference.wanted(elf)


def warm(app: str) -> UnicornMachine:
    machine = UnicornMachine(FIRMWARE / f"{app}.bin", FIRMWARE / f"{app}.elf")
    firmware = Firmware(machine)
    firmware.boot()
    set_tier(machine.hardware.processor, False)
    firmware.camera_ready()
    firmware.infer(pattern("noise"))  # the whole way, once
    return machine


class Poison:
    """Takes pages out of the maps of translated code, and gives them back."""

    def __init__(self, machine: UnicornMachine, chance: random.Random):
        self._core = machine.hardware.processor.core
        self._maps = machine.hardware.processor.tier._loaded._maps
        self._whole = [words.copy() for words in self._maps]
        self._used = [np.flatnonzero(words) for words in self._whole]
        self._chance = chance

    def change(self) -> None:
        self._core.state[native.CACHE : native.TRACK] = 0  # nobody's patience is at an end
        for words, whole, used in zip(self._maps, self._whole, self._used, strict=True):
            words[used] = whole[used]
            if self._chance.random() < 0.1:
                words[used] = 0
            for _ in range(self._chance.randrange(3)):
                words[self._chance.choice(used)] = 0


@pytest.mark.parametrize("app", APPS)
def test_inference_is_the_same_at_every_stop(app: str):
    if not is_built(app):
        pytest.skip("`make firmware INFERENCE=tflm` has not built it")
    chance = random.Random(app)
    machines = warm(app), warm(app)
    plain, fast = (machine.hardware.processor for machine in machines)
    set_tier(plain, False)
    set_tier(fast, True, OFTEN)
    poison = Poison(machines[1], chance)
    for machine in machines:
        machine.feed_frame(pattern("gradient"))
        machine.send("infer\n")
    for stop in range(STOPS):
        poison.change()
        until = plain.now + chance.randrange(1, (100 if plain.asleep else 2) * MEAN)
        plain.run_until(until)
        fast.run_until(until)
        assert not different(plain, fast), f"stop {stop}"
    assert machines[0].console == machines[1].console
    figures = fast.tier._loaded.figures
    assert figures["executed"] > STOPS * MEAN // 20
    assert min(figures[reason] for reason in ("deadline", "unknown", "memory", "indirect")) > 0
