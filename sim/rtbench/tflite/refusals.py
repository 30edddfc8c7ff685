"""What TFLM refuses before a model has run once: said with the layer, and what to do about it.

Source: the operators' Prepare functions of the TFLM release that the firmware links; each refusal
here was met on the emulated chip.
"""

from dataclasses import dataclass

from rtbench.tflite.operators import RESOLVER_CALLS
from rtbench.tflite.tflite_file import Graph, ModelFile, Operator

INT8_CONVERSION = (
    "convert it with full integer quantisation: converter.optimizations = [tf.lite.Optimize."
    "DEFAULT]; converter.representative_dataset = samples; converter.target_spec.supported_ops = "
    "[tf.lite.OpsSet.TFLITE_BUILTINS_INT8]"
)
PER_TENSOR_CONVERSION = (
    "convert it with converter._experimental_disable_per_channel_quantization_for_dense_layers = "
    "True"
)
# Kernels whose input and weights must go together.
_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV", "SVDF")
_WEIGHTS_PLACE = {"SVDF": 1, "TRANSPOSE_CONV": 1}
_INPUT_PLACE = {"TRANSPOSE_CONV": 2}


@dataclass(frozen=True)
class Refusal:
    """Why TFLM does not run the model, and what to do; `layer` is the operator's number."""

    layer: int
    operator: str
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"layer {self.layer} {self.operator}: {self.reason}; {self.advice}"


def refusals(model: ModelFile) -> list[Refusal]:
    """All reasons, in the order of the layers; each missing operator once."""
    found: list[Refusal] = []
    missing: set[str] = set()
    for operator in model.all_operators:
        if operator.name not in RESOLVER_CALLS and operator.name not in missing:
            missing.add(operator.name)
            found.append(_missing(operator))
    for graph in model.graphs:
        for operator in graph.operators:
            reason = _mismatch(graph, operator)
            if reason:
                found.append(Refusal(operator.index, operator.name, reason, INT8_CONVERSION))
            elif _dense_by_channel(graph, operator):
                found.append(
                    Refusal(
                        operator.index, operator.name,
                        "int16 values with a scale for each channel of the weights, which the "
                        "library for this core has for int8 only", PER_TENSOR_CONVERSION,
                    )
                )  # fmt: skip
    return found


def _missing(operator: Operator) -> Refusal:
    kind = "custom operator" if operator.custom else "operator"
    return Refusal(
        operator.index, operator.name, f"TFLM has no {kind} {operator.name}",
        "change the network so that it is not needed, or compute it outside the model",
    )  # fmt: skip


def _mismatch(graph: Graph, operator: Operator) -> str:
    if operator.name not in _WEIGHTED:
        return ""
    places = _INPUT_PLACE.get(operator.name, 0), _WEIGHTS_PLACE.get(operator.name, 1)
    if len(operator.inputs) <= max(places) or min(operator.inputs[place] for place in places) < 0:
        return ""
    given, weights = (graph.tensors[operator.inputs[place]] for place in places)
    if given.type == "FLOAT32" and weights.type in ("INT8", "UINT8", "INT4"):
        return (
            f"a hybrid model, {weights.type.lower()} weights for float32 values "
            "(dynamic-range quantisation), which TFLM does not run"
        )
    if given.type == "UINT8":
        return "uint8 values (the quantisation of TensorFlow 1), for which TFLM has no kernel"
    return ""


def _dense_by_channel(graph: Graph, operator: Operator) -> bool:
    """CMSIS-NN's FULLY_CONNECTED: per channel with int8 values only."""
    if operator.name != "FULLY_CONNECTED" or len(operator.inputs) < 2:
        return False
    if min(operator.inputs[:2]) < 0:
        return False
    given, weights = (graph.tensors[number] for number in operator.inputs[:2])
    return given.type == "INT16" and len(weights.scales) > 1
