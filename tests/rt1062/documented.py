"""The ten lines of docs/rt1062.md, and a firmware that is as the page says."""

import re
from pathlib import Path

from tests.rt1062.boot_image import LPUART1_PINS, boot_image
from tests.rt1062.tiny_elf import OBJECT, write_elf

PAGE = Path(__file__).parents[2] / "docs" / "rt1062.md"
PRESSES = 0x2000_0100
# GPIO5.0 is the button, low while it is pressed; r7 is its level, r6 counts the falling edges.
SOURCE = f"""
start:
{LPUART1_PINS} ldr r4, =0x400FC024
 movs r5, #0x40
 str r5, [r4]
 ldr r4, =0x40184000
 ldr r5, =0x0F00000D
 str r5, [r4, #0x10]
 ldr r5, =0x000C0000
 str r5, [r4, #0x18]
 ldr r1, ={PRESSES}
 movs r6, #0
 str r6, [r1]
 adr r2, text
1: ldrb r0, [r2], #1
 cbz r0, 3f
2: ldr r5, [r4, #0x14]
 lsls r5, r5, #8
 bpl 2b
 str r0, [r4, #0x1C]
 b 1b
3: ldr r4, =0x400C0000
 movs r7, #1
4: ldr r0, [r4, #8]
 ands r0, r0, #1
 cmp r0, r7
 beq 4b
 mov r7, r0
 cmp r7, #0
 bne 4b
 adds r6, #1
 str r6, [r1]
 b 4b
 .align 2
text: .asciz "ready\\n"
 .align 2
"""


def ten_lines() -> str:
    """The page's one block of Python."""
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return block


def write_firmware(folder: Path) -> None:
    """`firmware.bin` and `firmware.elf` in `folder`."""
    (folder / "firmware.bin").write_bytes(boot_image(SOURCE))
    write_elf(folder / "firmware.elf", {"presses": (PRESSES, 4, OBJECT)})
