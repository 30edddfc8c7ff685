"""How the camera can be broken: the one table that cameras, keywords and documents use."""

from dataclasses import dataclass

FRAME_BYTES = 96 * 96 * 2
FRAME_US = 66_667  # 15 frames a second


@dataclass(frozen=True)
class Fault:
    """What the fault does; `default` of its value, None where it takes none; the least value."""

    meaning: str
    default: int | None = None
    least: int = 0


FAULTS = {
    "absent": Fault("no camera: SPI reads 0xFF, SCCB is not acknowledged"),
    "wrong_identity": Fault("the OV2640 identifies as another sensor"),
    "dead_spi": Fault("SPI reads 0x00 whatever is written, SCCB works"),
    "capture_never_done": Fault("a started capture never finishes"),
    "late_frame": Fault("a capture takes `value` milliseconds longer", 200),
    "length_zero": Fault("the FIFO length registers read 0"),
    "length_too_long": Fault("the FIFO length registers read 0x7FFFFF"),
    "exact_length": Fault("the FIFO length is the frame's, without the Plus's 8 bytes more"),
    "short_fifo": Fault("the FIFO runs dry after `value` bytes, length says so", FRAME_BYTES // 2),
    "stuck_bytes": Fault("FIFO bytes from offset `value` repeat the byte there", 0),
    "flipped_bytes": Fault("bit 0 of every `value`th FIFO byte is inverted", 256, least=1),
    "unplugged": Fault("the camera is gone from FIFO byte `value` on: as absent", FRAME_BYTES // 2),
    "brown_out": Fault(
        "at FIFO byte `value`, once, the camera forgets all: registers, FIFO, settings",
        FRAME_BYTES // 2,
    ),
    "settling": Fault("the first `value` frames after a reset are dark: exposure settles", 8),
    "sda_low": Fault("the OV2640 holds SDA low until SCL has had `value` clocks", 9),
    "sccb_nack": Fault("the OV2640 does not acknowledge SCCB, the ArduChip on SPI works"),
}


def checked(name: str, value: int | None = None) -> int | None:
    """The value of a fault, its default when None is given; ValueError for what cannot be."""
    if name not in FAULTS:
        raise ValueError(f"fault must be one of {', '.join(FAULTS)}, not {name!r}")
    fault = FAULTS[name]
    if value is None:
        return fault.default
    if fault.default is None:
        raise ValueError(f"fault {name} must have no value, not {value!r}")
    if value < fault.least:
        raise ValueError(f"value of fault {name} must be at least {fault.least}, not {value!r}")
    return value
