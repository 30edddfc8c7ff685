"""The registers that GDB shows, as a target description (GDB manual, G.5.1 ARM Features)."""

CORE = (*(f"R{number}" for number in range(13)), "SP", "LR", "PC", "XPSR")
SYSTEM = ("MSP", "PSP", "PRIMASK", "BASEPRI", "FAULTMASK", "CONTROL")
FLOATING = tuple(f"D{number}" for number in range(16))
FEATURES = (
    ("org.gnu.gdb.arm.m-profile", CORE),
    ("org.gnu.gdb.arm.m-system", SYSTEM),
    ("org.gnu.gdb.arm.vfp", (*FLOATING, "FPSCR")),
)
# In GDB's order, which is that of its numbers.
NAMES = tuple(name for _, names in FEATURES for name in names)
_KINDS = {"SP": "data_ptr", "PC": "code_ptr", "MSP": "data_ptr", "PSP": "data_ptr"}


def size(name: str) -> int:
    """Bytes of a register."""
    return 8 if name in FLOATING else 4


def description() -> str:
    """The XML that GDB asks for as target.xml."""
    features = "".join(
        f'<feature name="{feature}">{"".join(map(_register, names))}</feature>'
        for feature, names in FEATURES
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd">'
        f"<target><architecture>armv7e-m</architecture>{features}</target>"
    )


def _register(name: str) -> str:
    kind = "ieee_double" if name in FLOATING else _KINDS.get(name, "int")
    group = ' group="system"' if name in SYSTEM else ""
    return f'<reg name="{name.lower()}" bitsize="{8 * size(name)}" type="{kind}"{group}/>'
