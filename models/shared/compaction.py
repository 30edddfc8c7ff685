"""Leaves out of a .tflite file what no kernel reads.

The converter notes a scale and a zero point for each value of a convolution's bias, 12 bytes a
channel: a seventh of a small network. The kernels of TFLM and LiteRT take the scale of a bias from
the input and the weights (TFLite's 8-bit quantisation specification: it is their product); only
FULLY_CONNECTED holds the noted one against it. Names of tensors are for people, and stay.
"""

from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

BIAS = 2  # the third input
CONVOLUTIONS = (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D)


def compacted(data: bytes) -> bytes:
    """The same model in fewer bytes."""
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(data))
    for graph in model.subgraphs:
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex].builtinCode
            if code in CONVOLUTIONS and len(operator.inputs) > BIAS:
                graph.tensors[operator.inputs[BIAS]].quantization = None
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))
