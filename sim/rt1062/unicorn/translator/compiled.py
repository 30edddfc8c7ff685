"""Machine code of some hot blocks: their regions, a dispatcher between them, LLVM.

Regions are joined by a dispatcher so that calls and returns between translated functions stay in
translated code.
"""

from collections.abc import Callable

import llvmlite.binding as llvm
from llvmlite import ir

from rt1062.unicorn.machine_code import target_machine
from rt1062.unicorn.translator import words
from rt1062.unicorn.translator.decode import Block, decoder
from rt1062.unicorn.translator.emitter import I64
from rt1062.unicorn.translator.program import Code, Program
from rt1062.unicorn.translator.region import Region

_ENTRY = "run"


def decode(hot: dict[int, Code]) -> dict[int, Block]:
    """Blocks by address; one that begins within an IT block knows that from the one before it."""
    cs, states = decoder(), {}
    blocks = {}
    for start in sorted(hot):
        block = Block(cs, hot[start], states.get(start, 0))
        if block.whole:
            blocks[start] = block
            if block.it_end & 15:
                states[block.end] = block.it_end
    return blocks


def find_entries(blocks: dict[int, Block]) -> set[int]:
    """Starts of functions, heads of loops, returns, and what no other block leads to."""
    entries, reached = set(), set()
    for block in blocks.values():
        last, target = block.instructions[-1], block.target()
        followers = block.followers()
        reached.update(followers)
        if last.name == "bl":
            entries |= {target, block.end}
        elif last.name == "blx":
            entries.add(block.end)
        elif target in followers and target < block.end:
            entries.add(target)
    entries |= blocks.keys() - reached
    return {start for start in entries & blocks.keys() if not blocks[start].it & 15}


def connected(blocks: dict[int, Block]) -> list[dict[int, Block]]:
    """The blocks in groups that are connected by branches other than calls."""
    parent = {start: start for start in blocks}

    def root(start: int) -> int:
        while parent[start] != start:
            parent[start] = start = parent[parent[start]]
        return start

    for block in blocks.values():
        for follower in block.followers():
            if follower in blocks:
                parent[root(block.start)] = root(follower)
    groups: dict[int, dict[int, Block]] = {}
    for start in sorted(blocks):
        groups.setdefault(root(start), {})[start] = blocks[start]
    return list(groups.values())


def lift(hot: dict[int, Code]) -> tuple[ir.Module, list[int], list[str]]:
    """LLVM IR of blocks, where it can be entered, and what of them is left to Unicorn."""
    blocks = decode(hot)
    entries = find_entries(blocks)
    module = ir.Module("translated")
    module.triple = llvm.get_default_triple()
    functions: dict[int, ir.Function] = {}
    unsupported: list[str] = []
    for members in connected(blocks):
        own = [start for start in members if start in entries]
        if own:
            region = Region(module, f"region_{own[0]:x}", members, own)
            functions |= dict.fromkeys(own, region.function)
            unsupported += region.unsupported
    _dispatcher(module, functions)
    return module, sorted(functions), unsupported


def _dispatcher(module: ir.Module, functions: dict[int, ir.Function]) -> None:
    """From region to region as long as the next address has one and Unicorn has nothing to do."""
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [I64.as_pointer()]), _ENTRY)
    context = function.args[0]
    build = ir.IRBuilder(function.append_basic_block())
    loop, done = function.append_basic_block("loop"), function.append_basic_block("done")

    def word(number: int) -> ir.Value:
        return build.load(build.gep(context, [I64(number)]))

    build.branch(loop)
    build.position_at_end(loop)
    switch = build.switch(word(words.PC), done)
    calls: dict[ir.Function, ir.Block] = {}
    for start, region in functions.items():
        if region not in calls:
            calls[region] = function.append_basic_block()
            with build.goto_block(calls[region]):
                build.call(region, [context])
                nothing = build.or_(word(words.RESUME), word(words.IT))
                left = build.icmp_signed(">", word(words.BUDGET), I64(0))
                go_on = build.and_(build.icmp_unsigned("==", nothing, I64(0)), left)
                # One whose needs are not met leaves where it began.
                build.cbranch(build.and_(go_on, _moved(build, word)), loop, done)
        switch.add_case(I64(start), calls[region])
    build.position_at_end(done)
    build.ret_void()


def _moved(build: ir.IRBuilder, word: Callable[[int], ir.Value]) -> ir.Value:
    block = build.and_(word(words.BLOCK), I64(0xFFFF_FFFF))
    return build.icmp_unsigned("!=", word(words.PC), block)


def compile_blocks(hot: dict[int, Code]) -> Program:
    """Translate blocks. Three passes give nearly all of the gain of -O2 at a fifth of its time."""
    module, entries, _ = lift(hot)
    machine = target_machine()
    parsed = llvm.parse_assembly(str(module))
    builder = llvm.create_pass_builder(machine, llvm.PipelineTuningOptions(speed_level=2))
    passes = llvm.create_new_function_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    for function in parsed.functions:
        if not function.is_declaration:
            passes.run(function, builder)
    return Program(hot, entries, machine.emit_object(parsed))
