"""The boot ROM and the readers of firmware files: refused in a line, or as the file itself says."""

import io
import struct

import bincopy
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rt1062 import boot_rom, images
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.errors import BootImageError, SetupError
from tests.fuzz.mutated import INTERESTING, mutated
from tests.rt1062.boot_image import boot_image

FLASH = MIMXRT1060_EVK.flash
GOOD = boot_image("start: b start")
PLAN = boot_rom.load(GOOD, FLASH)
# What the ROM reads: FCB, IVT and boot data; then the vector table.
READ = (*range(0x200), *range(0x1000, 0x102C), *range(0x2000, 0x2008))
UNREAD = sorted(set(range(len(GOOD))) - set(READ))


def judged(data: bytes) -> boot_rom.BootPlan | str:
    try:
        return boot_rom.load(data, FLASH)
    except BootImageError as error:
        return str(error)


@given(st.lists(st.tuples(st.sampled_from(READ), st.integers(0, 255)), min_size=1, max_size=6))
def test_an_edited_header_is_refused_in_words_or_starts_where_it_says(edits):
    data = bytearray(GOOD)
    for at, value in edits:
        data[at] = value
    plan = judged(bytes(data))
    if isinstance(plan, str):
        assert plan
        assert plan.isprintable()
        return
    entry = struct.unpack_from("<I", data, 0x1004)[0]
    stack, reset = struct.unpack_from("<2I", data, 0x2000)
    if plan.copy is None and plan.vector_table is not None:
        assert plan.vector_table == entry
        assert entry != FLASH.base + 0x2000 or (plan.stack_pointer, plan.entry) == (stack, reset)


@given(st.lists(st.tuples(st.sampled_from(UNREAD), st.integers(0, 255)), min_size=1, max_size=40))
def test_what_the_rom_does_not_read_changes_nothing(edits):
    data = bytearray(GOOD)
    for at, value in edits:
        data[at] = value
    assert judged(bytes(data)) == PLAN


@given(st.sampled_from(range(0, 0x40, 4)), st.sampled_from(INTERESTING))
def test_every_word_of_ivt_and_boot_data_may_be_anything(at, word):
    data = bytearray(GOOD)
    struct.pack_into("<I", data, 0x1000 + at, word)
    judged(bytes(data))


@given(mutated(GOOD[:0x2410]))
def test_an_edited_image_ends_in_a_plan_or_a_refusal(data):
    judged(data)


def records(form: str) -> bytes:
    file = bincopy.BinFile()
    file.add_binary(GOOD, address=FLASH.base)
    return getattr(file, f"as_{form}")().encode()


HEX = records("ihex")[:4000]
SREC = records("srec")[:4000]


@given(st.one_of(mutated(HEX).map(lambda d: (d, ".hex")), mutated(SREC).map(lambda d: (d, ".s19"))))
@example((b":020000046000FA9A\n", ".hex"))
def test_records_are_read_as_bincopy_reads_them_or_refused(tmp_path_factory, file):
    data, suffix = file
    path = tmp_path_factory.mktemp("records") / f"image{suffix}"
    path.write_bytes(data)
    try:
        image = images.read(path, FLASH)
    except SetupError as error:
        assert str(error).startswith(str(path))
        return
    assume(not data.startswith(b"\x7fELF"))
    reader = bincopy.BinFile()
    text = io.StringIO(data.decode("ascii")).read()
    (reader.add_srec if text.lstrip().startswith("S") else reader.add_ihex)(text)
    for segment in reader.segments:
        at = segment.address - FLASH.base
        assert image.data[at : at + len(segment.data)] == bytes(segment.data)
