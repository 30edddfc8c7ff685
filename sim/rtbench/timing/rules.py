"""The table of the Cortex-M7's pipeline by class of instruction.

Source: measurements of others with DWT on a Cortex-M7 (jnk0le/random, pipeline cycle test, page on
the Cortex-M7 at 3dfc2abd); division, and what that leaves out, from LLVM's ARMScheduleM7.td.
None was fitted here.
"""

from dataclasses import replace

import capstone

from rtbench.timing.instruction import FLAGS, Instruction, Operands, sources


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOVES = _words("mov movs movw mvn mvns adr")  # no register is read but the second operand
EARLY = _words("add adds addw sub subs subw mov movs movw movt adr")
ALU = EARLY | _words(
    "adc adcs sbc sbcs rsb rsbs and ands orr orrs orn orns eor eors bic bics mvn mvns"
)
SHIFTS = _words("lsl lsls lsr lsrs asr asrs ror rors rrx rrxs")
COMPARES = _words("cmp cmn tst teq")
LOADS = {"ldr": 2, "ldrt": 2, "ldrex": 2, "ldrb": 3, "ldrh": 3, "ldrsb": 3, "ldrsh": 3}
STORES = _words("str strb strh strt strbt strht")
MULTIPLIES = _words(
    "mul muls smulbb smulbt smultb smultt smulwb smulwt smmul smmulr smuad smuadx smusd smusdx"
)
ACCUMULATES = _words(
    "mla mls smlabb smlabt smlatb smlatt smlawb smlawt smlad smladx smlsd smlsdx smmla smmlar "
    "smmls smmlsr"
)
LONG_MULTIPLIES = _words("smull umull")
LONG_ACCUMULATES = _words(
    "smlal umlal umaal smlald smlaldx smlsld smlsldx smlalbb smlalbt smlaltb smlaltt"
)
OLDER = _words(
    "sxtb16 uxtb16 uxtb uxth sxtb sxth sel clz sadd16 sadd8 uadd16 uadd8 ssub16 ssub8 usub16 "
    "usub8 shadd16 shadd8 uhadd16 uhadd8 shsub16 shsub8 uhsub16 uhsub8"
)
FIELDS = _words("sbfx ubfx rev rev16 revsh rbit")
PACKS = _words("sxtab16 uxtab16 sxtab uxtab sxtah uxtah pkhbt pkhtb bfi bfc")
SATURATES = _words("ssat usat ssat16 usat16 qadd qsub qdadd qdsub qadd16 qadd8 qsub16 qsub8")
DIVIDES = _words("sdiv udiv")
BRANCHES = _words("b bl blx bx cbz cbnz tbb tbh")
NOPS = _words("nop pld sev yield hint")
SEVERAL = _words(
    "ldm ldmia ldmdb stm stmia stmdb push pop ldrd strd vldmia vldmdb vstmia vstmdb vpush vpop"
)
VECTOR = _words(
    "vadd vsub vmul vnmul vabs vneg vcvt vcvtr vcmp vcmpe vmaxnm vminnm vsel vrinta vrintm vrintz"
)
# Stages of the accumulator and of the result.
VECTOR_ACCUMULATES = dict.fromkeys(_words("vfma vfms vfnma vfnms"), (3, 6))
VECTOR_ACCUMULATES |= dict.fromkeys(_words("vmla vmls vnmla vnmls"), (4, 7))
VECTOR_ALONE = {"vdiv": 16, "vsqrt": 14}
# Of numbers with different exponents, none of them denormal.
VECTOR_DOUBLE = {"vadd": 2, "vsub": 2, "vmul": 5, "vdiv": 30, "vsqrt": 30}
VECTOR_DOUBLE |= dict.fromkeys(_words("vfma vfms vfnma vfnms"), 8)
VECTOR_DOUBLE |= dict.fromkeys(_words("vmla vmls vnmla vnmls"), 9)
BARRIERS = _words("dmb dsb isb wfi wfe cpsid cpsie mrs msr svc bkpt dbg")
FPSCR = "fpscr"  # the flags of a floating-point comparison
SHIFTER, MULTIPLIER, STORE, FP = "shifter", "multiplier", "store", "fp"


def _made(mnemonic: str, needs: dict, gives: dict, *units: str, **others: object) -> Instruction:
    return Instruction(mnemonic, needs, gives, units=frozenset(units), **others)


def row(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    """The row for a mnemonic without condition; None where the table has none."""
    for rule in (_alu, _memory, _multiply, _narrow, _control, _vector):
        made = rule(plain, full, given, one)
        if made is not None:
            return made
    return None


def _alu(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    registers = given.registers
    if plain in COMPARES:
        return _alu_form(full, registers, [], given)
    if plain in SHIFTS:
        target, *rest = registers
        rest = rest or [target]
        early = (sources(rest, 0), {target: 1})
        return _made(full, sources(rest, 1), {target: 2}, shifts=True, early=early)
    if plain in ALU:
        target, *rest = registers or ["?"]
        if plain == "movt" or (
            not rest and plain not in ("mov", "movs", "movw", "mvn", "mvns", "adr")
        ):
            rest = [target]
        elif len(given.all) == 2 and plain not in ("mov", "movs", "movw", "mvn", "mvns", "adr"):
            rest = [target, *rest]
        made = _alu_form(full, rest, [target], given)
        if plain in EARLY and not given.shifted:
            return replace(made, early=(sources(rest, 0), {target: 1}))
        return made
    return None


def _alu_form(full: str, read: list[str], written: list[str], given: Operands) -> Instruction:
    """Late ALU; a shifted operand is used in EX1 and takes the shifter, as a shifted constant."""
    needs = sources(read, 1) | sources(given.shifted, 0)
    gives = sources(written, 2) if written else {FLAGS: 2}
    takes = given.shifted or given.shifted_constant
    return _made(
        full, needs, gives, *([SHIFTER] if takes else []), late_loads=frozenset(given.shifted)
    )


def _memory(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    address = given.address()
    updated = {address[0]: 1} if given.writeback and address else {}
    if plain in SEVERAL:
        based = given.memory is None and plain.startswith(("ldm", "stm", "vldm", "vstm"))
        count = len(given.registers) - based
        words = max(1, count) * (2 if any(name.startswith("d") for name in given.registers) else 1)
        base = address or (given.registers[:1] if based else ["sp"])
        moved = given.registers[based:]
        loads = plain.startswith(("ld", "pop", "vld", "vpop"))
        gives = {name: 2 + at // 2 for at, name in enumerate(moved)} if loads else {}
        needs = sources(base, 0) | ({} if loads else dict.fromkeys(moved, 3))
        return _made(
            full, needs, gives | updated, *([] if loads else [STORE]), alone=-(-words // 2),
            loads=loads, branch=loads and "pc" in moved, held_by_vector=plain.startswith("v"),
        )  # fmt: skip
    if plain in LOADS:
        target = given.registers[0]
        bank = None
        if given.memory is not None and not given.memory.index and address:
            bank = (address[0], given.memory.disp // 4 % 2)
        return _made(
            full, sources(address, 0), {target: LOADS[plain]} | updated, loads=True, bank=bank,
            branch=target == "pc",
        )  # fmt: skip
    if plain in STORES:
        return _made(full, {given.registers[0]: 3} | sources(address, 0), updated, STORE)
    if plain in ("vldr", "vstr"):
        return _vector_move(plain, full, given.registers[0], address)
    return None


def _vector_move(plain: str, full: str, target: str, address: list[str]) -> Instruction:
    """VLDR, VSTR: a double one stands alone and waits for a multiply-accumulate before it."""
    double = target.startswith("d")
    loads = plain == "vldr"
    needs = sources(address, 0) | ({} if loads else {target: 3})
    return _made(
        full, needs, {target: 2} if loads else {}, *([] if loads else [STORE]), loads=loads,
        alone=int(double), held_by_vector=double, moves_vector=not double,
    )  # fmt: skip


def _multiply(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    registers = given.registers
    if plain in MULTIPLIES:
        target, *rest = registers
        rest = rest if len(rest) > 1 else [target, *rest]
        return _product(full, rest, [], [target])
    if plain in ACCUMULATES:
        target, first, second, accumulator = registers[:4]
        return _product(full, [first, second], [accumulator], [target])
    if plain in LONG_MULTIPLIES:
        return _product(full, registers[2:4], [], registers[:2])
    if plain in LONG_ACCUMULATES:
        return _product(full, registers[2:4], registers[:2], registers[:2])
    if plain in DIVIDES:
        return _made(full, sources(registers[1:], 1), {registers[0]: 2}, alone=7)
    return None


def _product(full: str, factors: list[str], sums: list[str], targets: list[str]) -> Instruction:
    needs = sources(sums, 2) | sources(factors, 1)
    return _made(full, needs, sources(targets, 3), MULTIPLIER, late_loads=frozenset(factors))


def _narrow(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    target, *rest = given.registers or ["?"]
    if plain in OLDER:
        return _made(full, sources(rest, 1), {target: 2}, older_only=True)
    if plain in FIELDS:
        return _made(full, sources(rest, 0), {target: 2}, SHIFTER, older_only=True)
    if plain in PACKS:
        last = rest[-1:]
        other = rest[:-1] or [target]
        return _made(
            full, sources(other, 1) | sources(last, 0), {target: 2}, SHIFTER, older_only=True
        )
    if plain in SATURATES:
        return _made(full, sources(rest, 0), {target: 3}, older_only=True)
    return None


def _control(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    if plain in BRANCHES:
        needs = sources(given.registers, 1 if plain in ("cbz", "cbnz") else 0)
        gives = {"lr": 1} if plain in ("bl", "blx") else {}
        conditional = plain in ("cbz", "cbnz")
        return _made(
            full, needs | sources(given.address(), 0), gives, branch=True, conditional=conditional
        )
    if plain.startswith("it") or plain in NOPS:
        return _made(full, {}, {})
    if plain in BARRIERS:
        return _made(
            full, sources(given.registers[1:], 1), sources(given.registers[:1], 2), alone=3
        )
    return None


def _vector(plain: str, full: str, given: Operands, one: capstone.CsInsn) -> Instruction | None:
    target, *rest = given.registers or ["?"]
    double = ".f64" in full
    if double and plain in VECTOR_DOUBLE:
        return _made(full, sources(rest, 1), {target: 4}, FP, alone=VECTOR_DOUBLE[plain])
    if plain == "vmrs":
        return _made(full, {FPSCR: 1}, {FLAGS: 2})
    if plain == "vmov":
        return _vector_copy(full, given)
    if plain in VECTOR_ACCUMULATES:
        used, done = VECTOR_ACCUMULATES[plain]
        return _made(full, sources(rest, 1) | {target: used}, {target: done}, FP, holds_vector=3)
    if plain in VECTOR_ALONE:
        return _made(full, sources(rest, 1), {target: 4}, FP, alone=VECTOR_ALONE[plain])
    if plain in VECTOR:
        read = given.registers if plain.startswith("vcmp") else rest
        gives = {FPSCR: 4} if plain.startswith("vcmp") else {target: 4}
        return _made(full, sources(read, 1), gives, FP, held_by_vector=plain in ("vadd", "vsub"))
    return None


def _vector_copy(full: str, given: Operands) -> Instruction:
    """VMOV: to a core's register in a cycle, to one of the FPU in three; two at once alone."""
    vector = [name for name in given.registers if name[0] in "sd"]
    core = [name for name in given.registers if name[0] not in "sd"]
    if len(given.registers) > 2:
        written = core if given.registers[0] in core else vector
        read = vector if written is core else core
        return _made(full, sources(read, 1), sources(written, 2 if written is core else 4), alone=1)
    target, *rest = given.registers
    held = not rest  # of a constant
    return _made(
        full, sources(rest, 1), {target: 2 if target in core else 4}, held_by_vector=held,
        moves_vector=not held,
    )  # fmt: skip
