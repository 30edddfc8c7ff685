"""Thumb code as instructions for the pipeline.

Capstone decodes; its list of the registers that are read leaves out the accumulators of SMLAL and
its kin, so the operands are taken one by one.
"""

from dataclasses import replace

import capstone
from capstone import arm

from rtbench.timing import rules
from rtbench.timing.instruction import FLAGS, Instruction, Operands, unknown


def decode(code: bytes, address: int) -> list[Instruction]:
    """The instructions of a block of Thumb code (ARMv7E-M with FPv5)."""
    decoder = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)
    decoder.detail = True
    found, done = [], 0
    for one in decoder.disasm(code, address):
        found.append(classified(one))
        done = one.address + one.size - address
    if done < len(code):
        found.append(unknown("?"))
    return found


def classified(one: capstone.CsInsn) -> Instruction:
    """The row of the table that a decoded instruction is in."""
    plain = one.mnemonic.split(".")[0]
    if one.cc not in (arm.ARM_CC_AL, arm.ARM_CC_INVALID):
        suffix = _CONDITIONS.get(one.cc, "")
        plain = plain.removesuffix(suffix)
    elif plain.startswith("vsel"):  # its condition is part of the name
        plain = "vsel"
    operands = Operands(one)
    made = rules.row(plain, one.mnemonic, operands, one)
    if made is None:
        return unknown(one.mnemonic)
    if one.cc not in (arm.ARM_CC_AL, arm.ARM_CC_INVALID):
        needs = {**made.needs, FLAGS: 1}
        made = replace(made, needs=needs, early=None, conditional=True)
    if one.update_flags:
        made = replace(made, gives={**made.gives, FLAGS: 2}, early=_flagged(made.early))
    return made


_CONDITIONS = {
    getattr(arm, f"ARM_CC_{name.upper()}"): name
    for name in ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"]
}


def _flagged(
    early: tuple[dict[str, int], dict[str, int]] | None,
) -> tuple[dict[str, int], dict[str, int]] | None:
    return None if early is None else (early[0], {**early[1], FLAGS: 2})
