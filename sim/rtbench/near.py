"""A parser of command lines that names the near options where one is not known."""

import argparse
import difflib
import re
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """As argparse's; its sub-commands' parsers are of this kind too."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2 and the message; behind an unknown option its near ones."""
        unknown = re.search(r"^unrecognized arguments:.*?(--[\w-]+)", message)
        if unknown:
            near = difflib.get_close_matches(unknown[1], self._options(), n=3)
            message += f"; near it: {', '.join(near)}" if near else ""
        super().error(message)

    def _options(self) -> list[str]:
        found = []
        for action in self._actions:
            found += action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for one in action.choices.values():
                    found += [word for sub in one._actions for word in sub.option_strings]
        return list(dict.fromkeys(found))
