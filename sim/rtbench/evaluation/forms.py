"""What the files of results hold, as far as a reader takes it from them; for `rtbench.foreign`."""

from typing import NotRequired, TypedDict

from rtbench.foreign import Count, Number


class Use(TypedDict):
    """Bytes of a memory."""

    used: Count
    size: Count


class Boot(TypedDict):
    """Of a firmware's boot event."""

    model: str
    arena_used: Count
    arena_reserved: Count
    memory: dict[str, Use]


class Head(TypedDict):
    """head.json of a run: what ran, where."""

    app: str
    emulator: str
    inference: str
    image_sha256: str
    boot: Boot
    bench_sha256: NotRequired[str]


class Results(Head):
    """What `rtbench run --json` writes; each result is a row, which its task reads."""

    results: list[dict[str, object]]


class Data(TypedDict):
    """Which frames a run is of."""

    name: str
    sha256: str
    frames: NotRequired[Count]
    options: NotRequired[str]


class Layer(TypedDict):
    """What an operator of the network cost."""

    layer: Count
    op: str
    cycles: Count


class Gated(TypedDict):
    """What came of the comparison with a baseline."""

    figures: Count
    failed: NotRequired[list[str]]


class Referred(TypedDict):
    """What came of the comparison with TFLM on the host."""

    frames: Count
    wrong: Count


class Judged(TypedDict):
    """What a run was judged by."""

    baseline: NotRequired[Gated]
    reference: NotRequired[Referred]


class Summary(TypedDict):
    """summary.json of a run, but for what its rows give."""

    format: str
    app: str
    image_sha256: str
    data: Data
    layers: list[Layer]
    judged: NotRequired[Judged]
    estimate: NotRequired[dict[str, object]]  # a waterfall, which rtbench.timing reads


class Parted(TypedDict):
    """Where two tensors part."""

    count: Count
    elements: Count
    index: list[Count]
    chip: Number
    host: Number


class Checked(TypedDict):
    """A layer that was held against the host's."""

    index: Count
    operator: str
    name: str
    tflm: Parted | None


class CheckedFrame(TypedDict):
    """A frame whose layers were; `input` is empty if the input tensor was equal."""

    frame: str
    input: str
    layers: list[Checked]


class Difference(TypedDict):
    """What `rtbench diff --json` writes."""

    image_sha256: str
    frames: list[CheckedFrame]


class FunctionCost(TypedDict):
    """Instructions of a function."""

    name: str
    instructions: Count


class MemoryUse(TypedDict):
    """Of a memory; no budget where a board says none."""

    name: str
    used: Count
    code: Count
    budget: Count | None


class Symbol(TypedDict):
    """A symbol and its bytes."""

    name: str
    memory: str
    size: Count


class Profile(TypedDict):
    """What `rtbench profile --json` writes."""

    image_sha256: str
    title: str
    functions: list[FunctionCost]
    memory: list[MemoryUse]
    symbols: list[Symbol]
    stack: Use | None


class TriedOutput(TypedDict):
    """An output of a model that was tried."""

    name: str
    type: str
    shape: list[Count]
    frames: Count
    equal: Count
    wrong: Count
    verdict: str


class TriedLayer(TypedDict):
    """A layer of it."""

    layer: Count
    op: str
    cycles: Count | None
    verdict: str
    wrong: bool


class Answer(TypedDict):
    """What became of an input; `error` is empty where it was answered."""

    id: str
    error: str
    agrees: bool
    instructions: Count


class Classes(TypedDict):
    """How often a model that names classes was right."""

    known: Count
    right: Count
    accuracy: Number
    confusion: dict[str, dict[str, Count]]


class Tried(TypedDict):
    """summary.json of `rtbench try`."""

    format: Count
    model: str
    model_sha256: str
    image_sha256: str
    options: str
    arena_used: Count
    arena_text: str
    said: list[str]
    memory: dict[str, tuple[Count, Count]]
    outputs: list[TriedOutput]
    layers: list[TriedLayer]
    classes: Classes | None
    answers: list[Answer]
    estimate: NotRequired[dict[str, object]]
