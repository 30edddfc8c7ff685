"""Keywords that damage a copy of the flash image from outside, before power on."""

from pathlib import Path

from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from rt1062.chip.memory_map import FLASH
from rt1062.errors import BootImageError
from rtbench.robot.session import SESSION

# Thumb code that a function is overwritten with (Armv7-M Architecture Reference Manual, A7.7).
INSTRUCTIONS = {
    "sleep forever": "30BFFDE7",  # wfi; b to the wfi
    "undefined instruction": "00DE",  # udf #0
    "return at once": "7047",  # bx lr
    "stray write": "012000070060",  # movs r0, #1; lsls r0, r0, #28; str r0, [r0]
    "stack overflow": "FFB4FDE7",  # push {r0-r7}; b to the push
    # GPIO1: pads 3 and 9, the LED's, are outputs and low; DR_SET raises pad 3 only; sleep.
    "set another pin": (
        "48F2E000C4F21F0005210160"  # movw, movt r0, #0x401F80E0; movs r1, #5; str r1, [r0]
        "48F20000C4F21B00"  # movw, movt r0, #0x401B8000
        "40F20821416000210160"  # movw r1, #0x208; str r1, [r0, #4]; movs r1, #0; str r1, [r0]
        "0821C0F88410"  # movs r1, #8; str r1, [r0, #0x84]
        "30BFFDE7"  # wfi; b to the wfi
    ),
}


@library(scope="SUITE")
class ImageKeywords:
    """One image at a time is on the workbench."""

    def __init__(self) -> None:
        self._app = "classify"
        self._image = bytearray()

    @keyword
    def take_image(self, app: str = "classify") -> None:
        """A fresh copy of an app's flash image."""
        self._app, self._image = app, bytearray(SESSION.image(app))

    @keyword
    def overwrite_image(self, offset: int, content: str) -> None:
        """Replace bytes (in hexadecimal) of the copy."""
        data = bytes.fromhex(content)
        if self._image[offset : offset + len(data)] == data:
            raise AssertionError(f"the image holds {content} at 0x{offset:X} already")
        self._image[offset : offset + len(data)] = data

    @keyword
    def cut_image(self, length: int) -> None:
        """Leave only the first bytes of the copy."""
        del self._image[length:]

    @keyword
    def patch_function(self, function: str, instruction: str) -> None:
        """Overwrite the first instructions of a function, named by its ELF symbol."""
        symbols = SESSION.symbols(self._app)
        data = bytes.fromhex(INSTRUCTIONS[instruction])
        if symbols.size(function) < len(data):
            raise AssertionError(f"{function} is too short for {instruction!r}")
        self.overwrite_image(symbols.flash_address(function) - FLASH.base, data.hex())

    @keyword
    def insert_image(self) -> None:
        """Put the copy into the flash of a new board, which is off."""
        directory = Path(BuiltIn().get_variable_value("${OUTPUT_DIR}")) / "images"
        directory.mkdir(parents=True, exist_ok=True)
        suite = BuiltIn().get_variable_value("${SUITE_NAME}").split(".")[-1].lower()
        path = directory / f"{suite.replace(' ', '_')}.{self._app}.bin"
        path.write_bytes(self._image)
        SESSION.create(path, self._app)

    @keyword
    def image_should_be_refused(self, field: str, address: int | None = None) -> None:
        """Power on fails because of this field, and nothing has been executed."""
        self.insert_image()
        try:
            SESSION.machine.power_on()
        except BootImageError as error:
            if error.field != field:
                raise AssertionError(
                    f"refused for {error.field}, expected {field}: {error}"
                ) from error
            if address is not None and error.address != address:
                raise AssertionError(
                    f"refused at another address than 0x{address:X}: {error}"
                ) from error
            if field not in str(error):
                raise AssertionError(f"the message does not name {field}: {error}") from error
        else:
            raise AssertionError(f"the image was accepted, expected {field} to be refused")
        if SESSION.machine.console:
            raise AssertionError("the refused image has printed something")
