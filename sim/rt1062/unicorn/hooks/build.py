"""Compiles all functions of this package into one object file, for `python -m`: to its output.

numba wraps each function for the case that Python's exceptions come out of it, which ours cannot
raise. What that would call of numba and of Python is not there without them: it ends the process.
"""

import re
import sys

import llvmlite.binding as llvm

from rt1062.unicorn import machine_code
from rt1062.unicorn.hooks import (
    accesses,
    blocks,
    devices,
    entry,
    fifo_lane,
    frames,
    halting,
    naps,
    recorder,
    status_lane,
    traps,
    windows,
)

FUNCTIONS = {
    "block_hook": blocks.block_hook,
    "decode_block": blocks.decode_block,
    "trap_hook": traps.trap_hook,
    "interrupt_hook": traps.interrupt_hook,
    "guard_hook": accesses.guard_hook,
    "alignment_hook": accesses.alignment_hook,
    "window_read": windows.read_callback,
    "window_write": windows.write_callback,
    "lane_read": fifo_lane.read_callback,
    "lane_write": fifo_lane.write_callback,
    "status_read": status_lane.read_callback,
    "break_hook": halting.break_hook,
    "each_hook": halting.each_hook,
    "record_hook": recorder.record_hook,
    "trace_hook": recorder.trace_hook,
    "enter": entry.enter,
    "device_read": devices.read,
    "device_write": devices.write,
    "nap": naps.nap,
    "push_frame": frames.push_frame,
    "pop_frame": frames.pop_frame,
}
_DECLARED = re.compile(r"^declare (.+? )@([\w.$\"]+)\((.*?)\)", re.MULTILINE)
_EXTERNAL = re.compile(r"^@([\w.$\"]+) = external global (\w+)", re.MULTILINE)


def build() -> bytes:
    """The object file."""
    module = llvm.parse_assembly("")
    for name, function in FUNCTIONS.items():
        part = llvm.parse_assembly(function.inspect_llvm())
        part.get_function(function.native_name).name = name
        module.link_in(part)
    module.link_in(llvm.parse_assembly(_never_called(str(module))))
    for function in module.functions:
        if function.name not in FUNCTIONS and not function.is_declaration:
            function.linkage = llvm.Linkage.internal
    machine = machine_code.target_machine()
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.PipelineTuningOptions()))
    return machine.emit_object(module)


def _never_called(module: str) -> str:
    """What a module only declares."""
    text = ["declare void @llvm.trap() noreturn"]
    for kind, name, arguments in _DECLARED.findall(module):
        if not name.startswith("llvm."):
            kind = kind.split()[-1]
            arguments = ", ".join(one.split()[0] for one in arguments.split(", ") if one)
            body = "{\n call void @llvm.trap()\n unreachable\n}"
            text.append(f"define {kind} @{name}({arguments}) {body}")
    text += [f"@{name} = global {kind} zeroinitializer" for name, kind in _EXTERNAL.findall(module)]
    return "\n".join(text)


if __name__ == "__main__":
    sys.stdout.buffer.write(build())
