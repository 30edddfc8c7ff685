"""Where files lie that are in no package: a clone's own, and what is fetched or compiled once.

Everything that a run needs is in the packages. The firmware's sources, the networks and the suites
are in a clone of the project only; an installed package goes without them.
"""

import os
from pathlib import Path

from rt1062.errors import SetupError


def find_root(package: Path) -> Path | None:
    """The clone that `package` is imported from, as its sim/rt1062; None where it is installed."""
    root = package.parents[1]
    return root if package.parent.name == "sim" and (root / "pyproject.toml").is_file() else None


def find_cache(root: Path | None) -> Path:
    """A clone's own `.cache`; else the user's folder for such files (XDG_CACHE_HOME, ~/.cache)."""
    if root is not None:
        return root / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rt1062-vision-bench"


ROOT = find_root(Path(__file__).resolve().parent)
CACHE = find_cache(ROOT)


def own(name: str) -> Path | None:
    """A file or folder of the clone by its path from the root; None outside a clone."""
    return None if ROOT is None else ROOT / name


def needed(name: str) -> Path:
    """The same for whoever cannot go on without it; SetupError outside a clone."""
    path = own(name)
    if path is None:
        raise SetupError(
            f"`{name}` is in a clone of the project only, not in an installed package: run this "
            "command in a clone"
        )
    return path
