"""Keywords about single frames counted, held against the truth and against the host."""

from collections.abc import Callable, Iterable

from robot.api import logger
from robot.api.deco import keyword, library

from rtbench import cpus, items
from rtbench.evaluation import loop
from rtbench.items import Frame
from rtbench.robot import counting
from rtbench.robot.machine_keywords import BOOT_LIMIT
from rtbench.robot.session import SESSION
from rtbench.scenes.sampling import counting_scene
from rtbench.tasks.counting import COUNTING, count_error, mean_absolute_error
from rtbench.tasks.row import Row
from rtbench.tasks.task import Verdict
from rtbench.tasks.tracking import pairs

PICTURES = 8  # of many frames so many are logged besides the wrong ones
FIRST_SEED = 1000  # test scenes of difficult kinds are looked for from here on
LAST_SEED = 2000


@library(scope="GLOBAL")
class CountingKeywords:
    """The last frame is what `Count Should Be` speaks of, the last scenes the figures."""

    def __init__(self) -> None:
        self._many: list[tuple[Row, Frame]] = []
        self._verdicts: list[Verdict] = []  # of the host on them, once
        self._bin = ("", "")  # axis and bin of the difficult scenes counted last

    @keyword
    def power_on_counter(self) -> None:
        """Boot the counter up to its camera's event; skips where there is no counting model."""
        counting.skip_without_counter()
        SESSION.create(SESSION.directory / f"{COUNTING.app}.bin", COUNTING.app)
        boot = SESSION.power_on(BOOT_LIMIT.total_seconds())
        SESSION.firmware.camera_ready()
        logger.info(boot.text)

    # One frame.

    @keyword
    def count_scene(self, seed: int, persons: int | None = None) -> Row:
        """Show a counting scene of the test seeds and have it counted."""
        frame = items.frame_of(counting_scene(seed, "test", persons), f"counting {seed} (test)")
        SESSION.feed(frame)
        row = counting.with_tensors(SESSION.ask())
        SESSION.answered[-1] = row, frame
        counting.log_picture(row, frame)
        return row

    @keyword
    def count_should_be(self, expected: int) -> None:
        """How many persons the firmware saw in the last frame."""
        row, _ = SESSION.last_answered
        seen = row.answer.count
        SESSION.check(
            seen == expected, f"count is {seen}, expected {expected}; {counting.explained(row)}"
        )

    @keyword
    def count_should_match_reference(self) -> None:
        """The last frame's tensors and boxes are the host's, byte for byte."""
        row, frame = SESSION.last_answered
        found = SESSION.difference(row, frame)
        SESSION.check(not found, f"{row.id}: {found}")

    # Many frames.

    @keyword
    def count_scenes(self, number: int, first_seed: int = 0) -> None:
        """So many scenes of the test seeds, each from the state after boot, on all cores."""
        self._bin = ("", "")
        self._count_all(range(first_seed, first_seed + number))

    @keyword
    def count_difficult_scenes(self, axis: str, end: str, number: int) -> None:
        """Test scenes of the first or last bin of a difficulty axis in the model's metrics."""
        bins = list(counting.metrics()["axes"][axis])
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
        self._count_all(seeds)

    def _count_all(self, seeds: Iterable[int]) -> None:
        scenes = [items.scene_item(COUNTING.scene(seed, "test")) for seed in seeds]
        policy = loop.Policy.RESTART if SESSION.can_fork else loop.Policy.STOP
        many = sorted(
            loop.show_all(
                SESSION.firmware,
                COUNTING,
                list(enumerate(scenes)),
                policy,
                jobs=cpus.count(),
                look=counting.with_tensors,
            ),
            key=lambda pair: pair[0].index,
        )
        for row, frame in many:
            SESSION.check(row.answer is not None, f"{row.id}: {row.error}")
            if row.index < PICTURES or count_error(row) != 0:
                counting.log_picture(row, frame, zoom=2)
        self._many = many
        check = SESSION.host(COUNTING)
        self._verdicts = [check(row, frame.data) for row, frame in many]

    @keyword
    def every_count_should_match_reference(self, at_least: int) -> None:
        """Tensors byte for byte and boxes bit for bit, of all scenes counted last."""
        SESSION.check(len(self._many) >= at_least, f"only {len(self._many)} scenes were counted")
        wrong = [
            f"{row.id}: {found}"
            for (row, _), verdict in zip(self._many, self._verdicts, strict=True)
            if (found := row.error or verdict.difference)
        ]
        SESSION.check(
            not wrong, f"{len(wrong)} of {len(self._many)} frames differ:\n" + "\n".join(wrong[:5])
        )

    @keyword
    def count_error_should_be_at_most(self, bound: float) -> None:
        """Mean absolute error of the count over the scenes counted last."""
        errors = self._errors()
        mean, exact = mean_absolute_error(errors), errors.count(0) / len(errors)
        logger.info(f"mean error {mean:.4f}, exact {exact:.1%} of {len(errors)}", also_console=True)
        worst, _ = max(self._many, key=lambda pair: abs(count_error(pair[0])))
        SESSION.check(
            mean <= bound, f"mean error is {mean:.4f}, expected at most {bound:.4f}; the worst is "
            f"{counting.explained(worst)}",
        )  # fmt: skip

    @keyword
    def count_error_should_be_as_trained(self, factor: float, room: float) -> None:
        """At most `factor` times what the network's own metrics say and `room`, persons: this is
        another sample of scenes. Of a difficult bin if such scenes were counted last."""
        axis, name = self._bin
        metrics = counting.metrics()
        trained = metrics["axes"][axis][name]["mean error"] if axis else metrics["mae"]
        logger.info(f"{axis} {name}: mean error {trained} in training")
        self.count_error_should_be_at_most(factor * trained + room)

    @keyword
    def count_error_should_equal_the_hosts(self) -> None:
        """The same counting error on the chip as on the host, to the last digit."""
        chip = self._errors()
        host = [verdict.host_error for verdict in self._verdicts]
        means = mean_absolute_error(chip), mean_absolute_error(host)
        logger.info(f"mean error on the chip {means[0]!r}, on the host {means[1]!r}")
        SESSION.check(
            chip == host, f"errors differ: {means[0]!r} on the chip, {means[1]!r} on host"
        )

    def _errors(self) -> list[int]:
        """Persons too many in each of the scenes counted last; a damaged frame has no error."""
        errors = [count_error(row) for row, _ in self._many]
        failed = [row.id for row, _ in self._many if count_error(row) is None]
        SESSION.check(not failed, f"not counted: {', '.join(failed)}")
        return errors

    @keyword
    def box_overlap_should_be_at_least(self, share: float) -> None:
        """Mean overlap (intersection over union) of the boxes with the true ones they belong to."""
        shares = [
            part
            for row, _ in self._many
            for _, _, part in pairs(row.truth.boxes, [box.edges for box in row.answer.boxes])
        ]
        mean = sum(shares) / max(1, len(shares))
        logger.info(f"mean overlap {mean:.3f} of {len(shares)} boxes", also_console=True)
        SESSION.check(mean >= share, f"mean overlap is {mean:.3f}, expected at least {share}")


def _axis(name: str) -> Callable[[int], float]:
    """A scene's place on a difficulty axis; drawn only where it must be."""

    def of(seed: int) -> float:
        scene = counting_scene(seed, "test")
        plain = {
            "light": scene.light.level,
            "blur": scene.optics.blur_px,
            "noise": scene.optics.noise,
        }
        return plain[name] if name in plain else float(items.frame_of(scene, "").truth.axes[name])

    return of
