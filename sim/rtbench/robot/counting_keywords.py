"""Keywords about single frames counted, held against the truth and against the host."""

import os
import pickle
from collections.abc import Callable

from robot.api import logger
from robot.api.deco import keyword, library

from rtbench.evaluation.forks import forked
from rtbench.robot import counted
from rtbench.robot.counted import Counted, Shown
from rtbench.robot.machine_keywords import BOOT_LIMIT
from rtbench.robot.session import SESSION
from rtbench.scenes.sampling import counting_scene
from rtbench.tracking import pairs

PICTURES = 8  # of many frames so many are logged besides the wrong ones
FIRST_SEED = 1000  # test scenes of difficult kinds are looked for from here on
LAST_SEED = 2000


@library(scope="GLOBAL")
class CountingKeywords:
    """The last frame is what `Count Should Be` speaks of, the last scenes the figures."""

    def __init__(self) -> None:
        self._last: Counted | None = None
        self._many: list[Counted] = []
        self._bin = ("", "")  # axis and bin of the difficult scenes counted last

    @property
    def _counted(self) -> Counted:
        if self._last is None:
            raise AssertionError("no frame has been counted")
        return self._last

    @keyword
    def power_on_counter(self) -> None:
        """Boot the counter up to its camera's event; skips where there is no counting model."""
        counted.skip_without_counter()
        SESSION.create(SESSION.directory / f"{counted.APP}.bin", counted.APP)
        boot = SESSION.power_on(BOOT_LIMIT.total_seconds())
        SESSION.firmware.camera_ready()
        logger.info(boot.text)

    # One frame.

    @keyword
    def count_scene(self, seed: int, persons: int | None = None) -> Counted:
        """Show a counting scene of the test seeds and have it counted."""
        scene = counting_scene(seed, "test", persons)
        self._last = counted.count(counted.show(scene, f"counting {seed} (test)"))
        counted.log_picture(self._last)
        return self._last

    @keyword
    def count_should_be(self, expected: int) -> None:
        """How many persons the firmware saw in the last frame."""
        seen = self._counted.count.count
        SESSION.check(
            seen == expected,
            f"count is {seen}, expected {expected}; {counted.explained(self._counted)}",
        )

    @keyword
    def count_should_match_reference(self) -> None:
        """The last frame's tensors and boxes are the host's, byte for byte."""
        found = counted.mistakes(self._counted)
        SESSION.check(not found, f"{self._counted.shown.name}: {'; '.join(found)}")

    # Many frames.

    @keyword
    def count_scenes(self, number: int, first_seed: int = 0) -> None:
        """So many scenes of the test seeds, each from the state after boot, on all cores."""
        seeds = range(first_seed, first_seed + number)
        self._many = self._count_all(seeds)

    @keyword
    def count_difficult_scenes(self, axis: str, end: str, number: int) -> None:
        """Test scenes of the first or last bin of a difficulty axis in the model's metrics."""
        bins = list(counted.metrics()["axes"][axis])
        self._bin = axis, bins[0] if end == "lowest" else bins[-1]
        low, high = map(float, self._bin[1].split(".."))
        place = _axis(axis)
        seeds = []
        for seed in range(FIRST_SEED, LAST_SEED):
            if low <= place(seed) < high:
                seeds.append(seed)
            if len(seeds) == number:
                break
        SESSION.check(len(seeds) == number, f"only {len(seeds)} scenes with {axis} {low}..{high}")
        self._many = self._count_all(seeds)

    def _count_all(self, seeds: range | list[int]) -> list[Counted]:
        tasks = [(counting_scene(seed, "test"), f"counting {seed} (test)") for seed in seeds]
        if not SESSION.can_fork:
            many = [counted.count(counted.show(*task)) for task in tasks]
        else:
            many = [None] * len(tasks)
            jobs = len(os.sched_getaffinity(0))
            for index, answer, died in forked(counted.count_packed, tasks, jobs):
                SESSION.check(not died, f"{tasks[index][1]}: {died}")
                many[index] = pickle.loads(answer)
        for number, one in enumerate(many):
            if number < PICTURES or one.count.count != len(one.shown.persons):
                counted.log_picture(one, zoom=2)
        return many

    @keyword
    def every_count_should_match_reference(self, at_least: int) -> None:
        """Tensors byte for byte and boxes bit for bit, of all scenes counted last."""
        SESSION.check(len(self._many) >= at_least, f"only {len(self._many)} scenes were counted")
        wrong = [
            f"{one.shown.name}: {'; '.join(found)}"
            for one in self._many
            if (found := counted.mistakes(one))
        ]
        SESSION.check(
            not wrong, f"{len(wrong)} of {len(self._many)} frames differ:\n" + "\n".join(wrong[:5])
        )

    @keyword
    def count_error_should_be_at_most(self, bound: float) -> None:
        """Mean absolute error of the count over the scenes counted last."""
        errors = [abs(one.count.count - len(one.shown.persons)) for one in self._many]
        mean, exact = sum(errors) / len(errors), errors.count(0) / len(errors)
        logger.info(f"mean error {mean:.4f}, exact {exact:.1%} of {len(errors)}", also_console=True)
        worst = max(self._many, key=lambda one: abs(one.count.count - len(one.shown.persons)))
        SESSION.check(
            mean <= bound, f"mean error is {mean:.4f}, expected at most {bound:.4f}; the worst is "
            f"{counted.explained(worst)}",
        )  # fmt: skip

    @keyword
    def count_error_should_be_as_trained(self) -> None:
        """The error is what the model's own metrics say, with room for another sample of scenes."""
        self.count_error_should_be_at_most(1.4 * counted.metrics()["mae"] + 0.15)

    @keyword
    def difficult_count_error_should_be_as_trained(self) -> None:
        """The same for the bin of the difficulty axis whose scenes were counted last."""
        axis, name = self._bin
        trained = counted.metrics()["axes"][axis][name]["mean error"]
        logger.info(f"{axis} {name}: mean error {trained} in training")
        self.count_error_should_be_at_most(2 * trained + 0.15)

    @keyword
    def count_error_should_equal_the_hosts(self) -> None:
        """The same counting error on the chip as on the host, to the last digit."""
        chip = [one.count.count - len(one.shown.persons) for one in self._many]
        host = [
            len(counted.reference().detections(one.shown.frame)) - len(one.shown.persons)
            for one in self._many
        ]
        mean = [sum(map(abs, errors)) / len(errors) for errors in (chip, host)]
        logger.info(f"mean error on the chip {mean[0]!r}, on the host {mean[1]!r}")
        SESSION.check(chip == host, f"errors differ: {mean[0]!r} on the chip, {mean[1]!r} on host")

    @keyword
    def box_overlap_should_be_at_least(self, share: float) -> None:
        """Mean overlap (intersection over union) of the boxes with the true ones they belong to."""
        shares = [
            part
            for one in self._many
            for _, _, part in pairs(
                list(one.shown.persons.values()), [box.edges for box in one.count.boxes]
            )
        ]
        mean = sum(shares) / max(1, len(shares))
        logger.info(f"mean overlap {mean:.3f} of {len(shares)} boxes", also_console=True)
        SESSION.check(mean >= share, f"mean overlap is {mean:.3f}, expected at least {share}")

    @keyword
    def counting_stages_should_add_up(self) -> None:
        """Each stage of the last frame took cycles, and the total is their sum but for little."""
        cycles = self._counted.count.cycles
        parts = (cycles.capture, cycles.preprocess, cycles.invoke, cycles.postprocess)
        SESSION.check(min(parts) > 0, f"a stage took nothing: {cycles}")
        SESSION.check(
            sum(parts) <= cycles.total <= 1.01 * sum(parts), f"the stages do not add up: {cycles}"
        )


def _axis(name: str) -> Callable[[int], float]:
    """A scene's place on a difficulty axis; drawn only where it must be."""

    def of(seed: int) -> float:
        scene = counting_scene(seed, "test")
        plain = {
            "light": scene.light.level,
            "blur": scene.optics.blur_px,
            "noise": scene.optics.noise,
        }
        return plain[name] if name in plain else float(_shown(seed).axes[name])

    return of


def _shown(seed: int) -> Shown:
    return counted.show(counting_scene(seed, "test"), "")
