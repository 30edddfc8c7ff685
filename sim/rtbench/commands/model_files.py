"""The model that a firmware was built with, among the project's or by name."""

from pathlib import Path

from rt1062.errors import SetupError
from rtbench import host_inference
from rtbench.tflite.tflite_file import ModelFile, read_model


def find_model(named: Path | None, digits: str) -> ModelFile:
    """The model file whose SHA-256 begins as the firmware says; SetupError for another."""
    paths = [named] if named else host_inference.networks()
    for path in paths:
        model = read_model(path)
        if model.sha256.startswith(digits):
            return model
    looked = ", ".join(map(str, paths)) or "(none)"
    raise SetupError(
        f"no model has the SHA-256 {digits}... that the firmware was built with; looked at "
        f"{looked}: name its file, or rebuild the firmware"
    )
