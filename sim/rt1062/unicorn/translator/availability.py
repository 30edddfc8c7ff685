"""Whether there is a second tier: RTBENCH_TIER, and the host."""

import os
import platform

_HOSTS = ("x86_64", "AMD64")  # it was tried on


def unavailable() -> str:
    """Why there is none here, "" if there is one."""
    if os.environ.get("RTBENCH_TIER") == "0":
        return "RTBENCH_TIER is 0"
    return "" if platform.machine() in _HOSTS else f"not tried on {platform.machine()}"


def is_eager() -> bool:
    """Whether all code is to be translated as soon as it runs, for proofs."""
    return os.environ.get("RTBENCH_TIER") == "eager"
