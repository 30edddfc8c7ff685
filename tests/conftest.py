"""What all unit tests share."""

from hypothesis import settings

# The same examples every time and no limit of time: two cores may be busy with something else.
settings.register_profile("bench", derandomize=True, deadline=None)
settings.load_profile("bench")
