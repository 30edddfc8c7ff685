"""What the bench knows about a .tflite file: reading, checking, C++ sources, host reference.

Nothing here needs TensorFlow. The file format is the flatbuffer schema of TensorFlow Lite, version
3 (identifier "TFL3"), read with the `tflite` package.
"""
