"""Files of scenes, as `rtbench scenes --json` writes them."""

import json
from pathlib import Path

from rt1062.errors import SetupError
from rtbench.items.item import Item, scene_item
from rtbench.scenes.scene import Scene
from rtbench.scenes.validation import WrongValueError, check


def scene_file(path: Path) -> list[Item]:
    """A scene a line; SetupError, with the line, for what is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as text ({error})") from error
    items = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            scene = Scene.from_json(json.dumps(value["scene"]))
            check(scene)
        except WrongValueError as error:
            raise SetupError(f"{path}:{number}: {error}") from error
        except (ValueError, TypeError, KeyError, RecursionError, SetupError) as error:
            raise SetupError(
                f"{path}:{number}: not a scene; `rtbench scenes --json` writes such files ({error})"
            ) from error
        items.append(scene_item(scene))
    if not items:
        raise SetupError(f"{path}: no scene in it")
    return items
