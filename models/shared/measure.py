"""Figures about a .tflite file that go into metrics.json."""

from rtbench.tflite.graph_cost import macs_of, peak_activation_bytes
from rtbench.tflite.tflite_file import ModelFile


def file_figures(file: ModelFile) -> dict[str, object]:
    """Size, digest, operators and cost."""
    return {
        "bytes": file.bytes,
        "sha256": file.sha256,
        "operators": file.operator_names,
        "macs": sum(macs_of(file, operator) for operator in file.operators),
        "peak_activation_bytes": peak_activation_bytes(file),
    }
