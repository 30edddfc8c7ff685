"""Output tensors of chip and host, value by value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rtbench.evaluation.differences import difference
from rtbench.tflite.tflite_file import ModelFile


@dataclass
class OutputCheck:
    """One output over all frames; `wrong` of `frames` differ too much, `first` says how."""

    name: str
    type: str
    shape: tuple[int, ...]
    frames: int = 0
    equal: int = 0
    wrong: int = 0
    largest: float = 0.0
    first: str = ""

    @property
    def verdict(self) -> str:
        """In words, for a table."""
        if self.equal == self.frames:
            return "equal, byte for byte"
        if not self.wrong:
            return f"{self.largest:.2g} apart at most, float rounding"
        return f"{self.wrong} of {self.frames} differ: {self.first}"


def checks_for(model: ModelFile) -> list[OutputCheck]:
    """An empty check for each output."""
    tensors = [model.tensors[number] for number in model.outputs]
    return [OutputCheck(one.name or "output", one.type.lower(), one.shape) for one in tensors]


def add(
    checks: Sequence[OutputCheck], chip: Sequence[np.ndarray], host: Sequence[np.ndarray], name: str
) -> bool:
    """Take in the outputs of one frame; whether all agree."""
    agree = True
    for check, here, there in zip(checks, chip, host, strict=True):
        check.frames += 1
        found = difference(here, there)
        if found is None:
            check.equal += 1
            continue
        check.largest = max(check.largest, found.largest)
        if not found.is_rounding:
            check.wrong += 1
            check.first = check.first or f"{name}: {found}"
            agree = False
    return agree
