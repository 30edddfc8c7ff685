"""What the page says of a run: passed only where something was asked of it, and held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rtbench.evaluation.baseline import Change


class Standing(StrEnum):
    """The verdict in a word or three."""

    PASSED = "passed"
    NOT_JUDGED = "answered, not judged"
    FAILED = "failed"


@dataclass(frozen=True)
class Verdict:
    """What was asked and held, what did not or went wrong unasked, and what nobody asked."""

    held: tuple[str, ...]
    failed: tuple[str, ...]
    not_asked: tuple[str, ...]

    @property
    def standing(self) -> Standing:
        """A run that was only answered is neither passed nor failed."""
        if self.failed:
            return Standing.FAILED
        return Standing.PASSED if self.held else Standing.NOT_JUDGED


def of_all(verdicts: Sequence[Verdict]) -> Standing:
    """Of several runs: failed with one, passed when each has passed."""
    every = {one.standing for one in verdicts}
    if Standing.FAILED in every:
        return Standing.FAILED
    return Standing.PASSED if every == {Standing.PASSED} else Standing.NOT_JUDGED


def judge(
    summary: Mapping[str, object],
    changes: Sequence[Change] | None,
    difference: Mapping[str, object] | None,
) -> Verdict:
    """Of one run: its summary, its figures against a baseline, its layers against the host's.

    None: not compared. What `rtbench evaluate` judged itself is in the summary.
    """
    held: list[str] = []
    failed = _unanswered(summary)
    not_asked: list[str] = []
    judged = summary.get("judged", {})
    for outcome in (
        _baseline(changes, judged.get("baseline")),
        _reference(judged.get("reference")),
        _layers(difference),
    ):
        for target, text in zip((held, failed, not_asked), outcome, strict=True):
            target += [text] if text else []
    return Verdict(tuple(held), tuple(failed), tuple(not_asked))


def _unanswered(summary: Mapping[str, object]) -> list[str]:
    found = []
    wanted = summary["data"].get("frames", summary["frames"])
    if summary["frames"] < wanted:
        found.append(f"{wanted - summary['frames']} of {wanted} frames were not run")
    if not summary["frames"]:
        found.append("there is no frame in it")
    if summary["errors"]:
        found.append(f"{summary['errors']} frames were not answered")
    return found


# Each of these: what held, what failed, what was not asked; "" for the other two.


def _baseline(
    changes: Sequence[Change] | None, judged: Mapping[str, object] | None
) -> tuple[str, str, str]:
    if changes is None and judged is None:
        return "", "", "not compared with a baseline"
    count = len(changes) if changes is not None else judged["figures"]
    broken = [one.name for one in changes or () if one.failed]
    broken += [name for name in (judged or {}).get("failed", ()) if name not in broken]
    if broken:
        return "", f"worse than the baseline allows: {', '.join(broken)}", ""
    return f"none of {count} figures is worse than the baseline allows", "", ""


def _reference(judged: Mapping[str, object] | None) -> tuple[str, str, str]:
    if judged is None:
        return "", "", "answers not compared with TFLM on the host"
    frames, wrong = judged["frames"], judged["wrong"]
    if not frames:
        return "", "no answer could be compared with TFLM on the host", ""
    if wrong:
        return "", f"{wrong} of {frames} answers differ from TFLM on the host", ""
    return f"{frames} answers equal TFLM on the host, byte for byte", "", ""


def _layers(difference: Mapping[str, object] | None) -> tuple[str, str, str]:
    if difference is None:
        return "", "", "layers not compared with TFLM on the host"
    frames = difference["frames"]
    for one in frames:
        if one["input"]:
            return "", f"{one['frame']}: the input tensor differs from the host's", ""
        for layer in one["layers"]:
            if layer["tflm"]:
                name = f"layer {layer['index']} {layer['operator']}"
                return "", f"{one['frame']}: {name} differs from TFLM on the host", ""
    layers = len(frames[0]["layers"]) if frames else 0
    if not layers:
        return "", "no layer could be compared with TFLM on the host", ""
    return f"{layers} layers equal TFLM on the host in {len(frames)} frames", "", ""
