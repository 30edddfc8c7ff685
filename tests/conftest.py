"""What all unit tests share."""

import signal

from hypothesis import settings

# The same examples every time and no limit of time: two cores may be busy with something else.
settings.register_profile("bench", derandomize=True, deadline=None)
settings.load_profile("bench")


# Some runners of CI start us with SIGINT ignored, and so would be every process that we start.
signal.signal(signal.SIGINT, signal.default_int_handler)
