"""A firmware as people have: prints, has a prompt, echoes, blinks, counts button presses."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.rt1062.boot_image import boot_image
from tests.rt1062.firmware_files import included, write_elf

PAGE = Path(__file__).parents[3] / "docs/suites.md"
TICKS = 0x2000_0100  # a variable: how often SysTick has come
# CLPCR.LPM 0: WFI leaves SysTick running.
# AD_B0_12 and 13 are LPUART1's (ALT2). SysTick lights and darkens GPIO1.9; LPUART1 echoes in its
# interrupt; `!` is answered by a fault.
SOURCE = f"""
start: ldr r0, =0x400FC000
  movs r1, #0x78
  str r1, [r0, #0x54]
  ldr r4, =0x40184000
  ldr r0, =0x0F00002B
  str r0, [r4, #0x10]
  movs r0, #3
  lsls r0, r0, #18
  str r0, [r4, #0x18]
  ldr r0, =0x401F80E0
  movs r1, #5
  str r1, [r0]
  movs r1, #2
  str r1, [r0, #12]
  str r1, [r0, #16]
  ldr r0, =0x401B8000
  mov r1, #0x200
  str r1, [r0, #4]
  ldr r0, ={TICKS}
  movs r1, #0
  str r1, [r0]
  ldr r0, =0xE000E010
  ldr r1, =3959999
  str r1, [r0, #4]
  str r1, [r0, #8]
  movs r1, #7
  str r1, [r0]
  adr r5, text
next: ldrb r0, [r5], #1
  cbz r0, ears
  bl put
  b next
ears: ldr r0, =0x002C0000
  str r0, [r4, #0x18]
  ldr r0, =0xE000E100
  mov r1, #0x100000
  str r1, [r0]
idle: wfi
  b idle
echo: ldr r0, [r4, #0x1C]
  uxtb r0, r0
  cmp r0, #'!'
  bne put
wrong: udf #0
put: ldr r1, [r4, #0x14]
  tst r1, #0x800000
  beq put
  str r0, [r4, #0x1C]
  bx lr
tick: ldr r0, =0x401B8000
  mov r1, #0x200
  str r1, [r0, #0x8C]
  ldr r0, ={TICKS}
  ldr r1, [r0]
  adds r1, r1, #1
  str r1, [r0]
  bx lr
text: .asciz "own firmware 1.0\\nready 7\\n> "
  .balign 4
"""
SYSTICK, LPUART1 = 15, 16 + 20


def write_firmware(folder: Path) -> Path:
    """firmware.elf with its symbols and debug information; the file."""
    image = boot_image(SOURCE, {SYSTICK: "tick", LPUART1: "echo"})
    symbols = f".global ticks\n.set ticks, {TICKS:#x}\n.type ticks, %object\n.size ticks, 4"
    return write_elf(folder / "firmware.elf", f"{included(folder / 'whole.bin', image)}\n{symbols}")


def _labels() -> dict[str, int]:
    """Where the labels of SOURCE are: a listing of the image's symbols."""
    with TemporaryDirectory() as folder:
        table = ".skip 1024\n"
        elf = write_elf(Path(folder) / "labels.elf", f"{table}{SOURCE}\nhang: b hang", 0x6000_2000)
        listed = subprocess.run(
            ["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True
        ).stdout
    found = (line.split() for line in listed.splitlines())
    return {name: int(address, 16) for address, _, name in found}


LABELS = _labels()


def page_suite() -> str:
    """The suite that docs/suites.md shows."""
    return re.search(r"```robotframework\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
