"""A parser of command lines that names the near options where one is not known."""

import argparse
import difflib
import re
from typing import NoReturn

from rtbench.terminal import printable


class Formatter(argparse.HelpFormatter):
    """As argparse's, but examples at the end of a text have a line each, to be copied, and what an
    option takes is said once for all its spellings."""

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        takes = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {takes}"

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        prose, word, examples = text.partition("Example")
        filled = super()._fill_text(prose, width, indent) if prose.strip() else ""
        if not word:
            return filled
        commands = examples.partition(": ")[2].split("; ")
        return "\n".join([filled, "", "examples:", *(f"  {one}" for one in commands)]).lstrip("\n")


class Parser(argparse.ArgumentParser):
    """As argparse's; its sub-commands' parsers are of this kind too."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **{"formatter_class": Formatter, **options})

    def error(self, message: str) -> NoReturn:
        """Exit with 2 and the message; behind an unknown option its near ones."""
        unknown = re.search(r"^unrecognized arguments:.*?(--[\w-]+)", message)
        if unknown:
            near = difflib.get_close_matches(unknown[1], self._options(), n=3)
            message += f"; near it: {', '.join(near)}" if near else ""
        super().error(printable(message))

    def _options(self) -> list[str]:
        found = []
        for action in self._actions:
            found += action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for one in action.choices.values():
                    found += [word for sub in one._actions for word in sub.option_strings]
        return list(dict.fromkeys(found))
