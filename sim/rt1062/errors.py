"""Every error that the bench raises on purpose; `rtbench` turns them into exit codes."""


class SimError(Exception):
    """Root of all errors of the bench; the message is one line that says what to do."""


class SetupError(SimError):
    """The set-up is wrong: a missing tool, a bad file, an unreachable dependency (exit code 2)."""


class BootImageError(SimError):
    """The boot-ROM stand-in refuses a flash image.

    Attributes: field (name), address (absolute), found and expected (text or int).
    """

    def __init__(self, field: str, address: int, found: object, expected: object):
        def text(value: object) -> str:
            return f"0x{value:08X}" if isinstance(value, int) else str(value)

        super().__init__(
            f"boot image refused: {field} at 0x{address:08X} is {text(found)}, "
            f"expected {text(expected)}"
        )
        self.field, self.address, self.found, self.expected = field, address, found, expected


class MachineError(SimError):
    """The emulator cannot go on: lockup, a dead process, an answer that makes no sense."""


class ConsoleTimeoutError(SimError):
    """The firmware did not print what was waited for within the virtual time allowed."""
