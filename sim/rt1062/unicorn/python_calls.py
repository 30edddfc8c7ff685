"""Python's own C functions, by address, for compiled code that calls a Python function.

A ctypes callback does the same in 0.25 us more, which was half of what an access to a register
cost: it goes through libffi, makes a tuple and converts each argument by its type. Source: Python/C
API reference manual, "Call Protocol" and "Thread State and the Global Interpreter Lock".
"""

import ctypes

import numpy as np

# Places in the table.
ENSURE, RELEASE, NEW, CALL, VALUE, DROP, OCCURRED, UNRAISABLE = range(8)
_NAMES = (
    "PyGILState_Ensure",  # uc_mem_read and the like come without the lock
    "PyGILState_Release",
    "PyLong_FromUnsignedLongLong",
    "PyObject_Vectorcall",
    "PyLong_AsUnsignedLongLongMask",
    "Py_DecRef",
    "PyErr_Occurred",
    "PyErr_WriteUnraisable",
)
_table = np.array(
    [ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value for name in _NAMES],
    np.int64,
)
TABLE: int = _table.ctypes.data  # its address
