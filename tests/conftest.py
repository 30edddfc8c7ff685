"""What all unit tests share."""

import os
import signal

from hypothesis import settings

# The same examples every time and no limit of time: two cores may be busy with something else.
settings.register_profile("bench", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("bench")
# `make fuzz`: so many of them, other ones each time, and how to have the same again.
if examples := os.environ.get("FUZZ_EXAMPLES"):
    settings.register_profile("fuzz", deadline=None, max_examples=int(examples), print_blob=True)
    settings.load_profile("fuzz")


# Some runners of CI start us with SIGINT ignored, and so would be every process that we start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):  # and nohup ignores this one
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
