"""Where a firmware's instructions and bytes go, as the page shows it: from `rtbench profile`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtbench.cpp_names import readable
from rtbench.report.bar import Bar

SHOWN = 20  # functions, and symbols; the rest is one line


@dataclass(frozen=True)
class CodeUse:
    """Bars by function, by memory with the stack, and by symbol; `of` says of what run."""

    of: str
    functions: list[Bar]
    memory: list[Bar]
    symbols: list[Bar]


def code_use(profile: Mapping[str, object] | None) -> CodeUse | None:
    """Of what `rtbench profile --json` wrote; None without it."""
    if profile is None:
        return None
    return CodeUse(
        str(profile["title"]),
        _shares([(one["name"], one["instructions"]) for one in profile["functions"]]),
        _memory(profile),
        _shares(
            [
                (f"{readable(one['name'])}, {one['memory']}", one["size"])
                for one in profile["symbols"]
            ]
        ),
    )


def _shares(costs: Sequence[tuple[str, int]]) -> list[Bar]:
    """The dearest, and the rest together."""
    whole = max(sum(cost for _, cost in costs), 1)
    top = max((cost for _, cost in costs), default=1) or 1
    found = [
        Bar(name, f"{cost:,}", cost / top, f"{cost / whole:.1%}") for name, cost in costs[:SHOWN]
    ]
    rest = sum(cost for _, cost in costs[SHOWN:])
    if rest:
        more = f"{len(costs) - SHOWN:,} more"
        found.append(Bar(more, f"{rest:,}", min(rest / top, 1.0), f"{rest / whole:.1%}"))
    return found


def _memory(profile: Mapping[str, object]) -> list[Bar]:
    found = [
        _of(f"{one['name']}, {one['code']:,} code", one["used"], one["budget"])
        for one in profile["memory"]
    ]
    stack = profile["stack"]
    if stack:
        found.append(_of("main stack, deepest", stack["used"], stack["size"]))
    return found


def _of(name: str, used: int, size: int | None) -> Bar:
    if not size:
        return Bar(name, f"{used:,} bytes", 0.0)
    return Bar(name, f"{used:,} of {size:,} bytes", min(used / size, 1.0), f"{used / size:.1%}")
