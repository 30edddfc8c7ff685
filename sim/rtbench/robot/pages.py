"""`python -m rtbench.robot.pages FOLDER`: the keywords of board.resource as pages, by libdoc."""

import sys
from pathlib import Path

from robot.libdoc import libdoc
from robot.libdocpkg import LibraryDocumentation
from robot.parsing import get_resource_model
from robot.parsing.model.statements import LibraryImport

from rt1062.files import write_whole
from rtbench.exit_codes import PASSED, SETUP_WRONG

RESOURCE = Path(__file__).with_name("board.resource")


def libraries() -> dict[str, str]:
    """Short name and import name of each library."""
    settings = get_resource_model(RESOURCE).sections[0].body
    return {one.alias: one.name for one in settings if isinstance(one, LibraryImport)}


def write(folder: Path) -> list[Path]:
    """A page for each library, and one that lists all their keywords."""
    folder.mkdir(parents=True, exist_ok=True)
    pages, listed = [], []
    for short, name in libraries().items():
        page = folder / f"{short.lower()}.html"
        libdoc(name, str(page), name=short, quiet=True)
        pages.append(page)
        keywords = LibraryDocumentation(name).keywords
        lines = "".join(
            f'<li><a href="{page.name}#{one.name.replace(" ", "%20")}">{one.name}</a>: '
            f"{one.short_doc}</li>"
            for one in keywords
        )
        listed.append(f'<h2><a href="{page.name}">{short}</a></h2><ul>{lines}</ul>')
    index = folder / "index.html"
    write_whole(
        index,
        '<!doctype html><meta charset="utf-8"><title>Keywords</title>'
        '<body style="font-family: sans-serif; max-width: 60rem; margin: auto">'
        "<h1>Keywords for any firmware</h1><p><code>Resource&nbsp;&nbsp;&nbsp;"
        f"rtbench/robot/{RESOURCE.name}</code> imports them.</p>" + "".join(listed),
    )
    return [*pages, index]


def main() -> int:
    """The command line; the exit code."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print("usage: python -m rtbench.robot.pages FOLDER", file=sys.stderr)
        return SETUP_WRONG
    print(f"keywords: {write(Path(sys.argv[1]))[-1]}")
    return PASSED


if __name__ == "__main__":
    sys.exit(main())
