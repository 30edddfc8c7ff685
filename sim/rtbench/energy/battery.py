"""A battery as somebody types it: 2000mAh@3.7V, or 7.4Wh."""

import math
import re

_NUMBER = r"(\d+(?:\.\d+)?)"
_CHARGE = re.compile(rf"{_NUMBER}\s*(mAh|Ah)\s*@\s*{_NUMBER}\s*V", re.IGNORECASE)
_ENERGY = re.compile(rf"{_NUMBER}\s*(mWh|Wh)", re.IGNORECASE)


def parse(text: str) -> float:
    """Its energy, mWh; ValueError for anything else than the two forms."""
    if match := _CHARGE.fullmatch(text.strip()):
        milliwatt_hours = float(match[1]) * float(match[3])
    elif match := _ENERGY.fullmatch(text.strip()):
        milliwatt_hours = float(match[1])
    else:
        raise ValueError(f"a battery must be like 2000mAh@3.7V or 7.4Wh, not {text!r}")
    if not match[2].lower().startswith("m"):
        milliwatt_hours *= 1000
    if not milliwatt_hours or not math.isfinite(milliwatt_hours):
        raise ValueError(f"a battery must hold more than nothing, not {text!r}")
    return milliwatt_hours
