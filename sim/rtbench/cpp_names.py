"""C++ symbols for people (Itanium C++ ABI, 5.1): scopes and name, without parameters."""

import re

_OPERATORS = {
    "nw": " new", "na": " new[]", "dl": " delete", "da": " delete[]", "pl": "+", "mi": "-",
    "ml": "*", "dv": "/", "rm": "%", "an": "&", "or": "|", "eo": "^", "aS": "=", "pL": "+=",
    "mI": "-=", "mL": "*=", "dV": "/=", "aN": "&=", "oR": "|=", "eO": "^=", "ls": "<<",
    "rs": ">>", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "ss": "<=>",
    "nt": "!", "aa": "&&", "oo": "||", "pp": "++", "mm": "--", "cl": "()", "ix": "[]", "pt": "->",
    "co": "~", "de": "*", "ng": "-", "ad": "&",
}  # fmt: skip
_SPECIAL = {
    "TV": "vtable for ",
    "TI": "typeinfo for ",
    "TS": "typeinfo name for ",
    "GV": "guard variable for ",
}
_STD = {"St": "std", "Sa": "std::allocator", "Ss": "std::string"}


def readable(symbol: str) -> str:
    """`drivers::Lpuart::Write` for `_ZN7drivers6Lpuart5WriteEPKcj`; what is none stays as it is."""
    name, dot, suffix = symbol.partition(".")  # GCC's own: `.part.0`, `.constprop.1`
    if not name.startswith("_Z"):
        return symbol
    try:
        return _encoding(name, 2)[0] + dot + suffix
    except (IndexError, KeyError, ValueError):  # what is not told here: conversions, lambdas
        return symbol


def _encoding(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 2] in _SPECIAL:
        name, behind = _name(text, at + 2)
        return _SPECIAL[text[at : at + 2]] + name, behind
    return _name(text, at)


def _name(text: str, at: int) -> tuple[str, int]:
    """A name and where it ends."""
    if text[at] == "N":
        return _parts(text, at + 1, "E")
    if text[at] == "Z":  # within a function
        outer, at = _encoding(text, at + 1)
        at = _skip_list(text, at)
        if text[at] == "s":
            return outer + "::string literal", at + 1
        inner, at = _name(text, at)
        return f"{outer}::{inner}", at
    return _parts(text, at, "")


def _parts(text: str, at: int, end: str) -> tuple[str, int]:
    """What `::` joins; without `end` one part, that of `std` besides."""
    parts: list[str] = []
    while not end or text[at] != end:
        if text[at] in "rVKRO" and end:
            at += 1
        elif text[at] == "I":
            at = _skip_list(text, at + 1)
            parts[-1] += "<>"
        elif text[at : at + 2] in _STD:
            parts.append(_STD[text[at : at + 2]])
            at += 2
            continue
        elif text[at] == "L" or text[at].isdigit():
            part, at = _source_name(text, at + (text[at] == "L"))
            parts.append(part)
        elif text[at] == "C" and text[at + 1] in "123":
            parts.append(parts[-1].removesuffix("<>"))
            at += 2
        elif text[at] == "D" and text[at + 1] in "012":
            parts.append("~" + parts[-1].removesuffix("<>"))
            at += 2
        else:
            parts.append("operator" + _OPERATORS[text[at : at + 2]])
            at += 2
        if not end:
            if text[at : at + 1] == "I":
                continue
            return "::".join(parts), at
    return "::".join(parts), at + 1


def _source_name(text: str, at: int) -> tuple[str, int]:
    length = re.match(r"\d+", text[at:])[0] if text[at].isdigit() else ""
    start = at + len(length)
    name = text[start : start + int(length)]
    if len(name) != int(length):
        raise ValueError(text)
    return ("(anonymous)" if name.startswith("_GLOBAL__N") else name), start + int(length)


def _skip_list(text: str, at: int) -> int:
    """Behind the `E` that ends a list of types or values."""
    while text[at] != "E":
        first = text[at]
        if first.isdigit():
            at = _source_name(text, at)[1]
        elif first in "INXJF":
            at = _skip_list(text, at + 1)
        elif first == "L":
            at = text.index("E", at) + 1
        elif first == "S" and text[at + 1] in "tabsiod":
            at += 2
        elif first in "ST":
            at = text.index("_", at) + 1
        else:
            at += 1 + (first == "D")
    return at + 1
