"""Trains, quantises and measures the classification model: `python -m models.classification`.

`--data DIR` takes a user's own ImageFolder tree instead of the scenes and then needs `--out`, so
that the committed model is not overwritten by accident.
"""

import argparse
import hashlib
import sys
from dataclasses import replace
from pathlib import Path

from models.classification.config import Config
from sim.errors import SetupError

HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.classification", description=__doc__)
    parser.add_argument("--data", type=Path, help="ImageFolder tree: one folder of pictures a class")
    parser.add_argument("--out", type=Path, help="where the model goes (default: this folder)")
    parser.add_argument("--epochs", type=int, help=f"default {Config.epochs}")
    parser.add_argument("--scenes", type=int, help=f"training scenes, default {Config.train_scenes}")
    options = parser.parse_args(arguments)
    try:
        return run(options)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def run(options: argparse.Namespace) -> int:
    """Every stage in order."""
    if options.data is not None and options.out is None:
        raise SetupError("--data needs --out DIR, so that the committed model stays as it is")
    config = Config()
    if options.epochs:
        config = replace(config, epochs=options.epochs)
    if options.scenes:
        config = replace(config, train_scenes=options.scenes)
    # Imported late: a wrong option is answered without waiting for TensorFlow.
    from models.classification.dataset import load_dataset
    from models.classification.evaluate import evaluate
    from models.classification.quantize import quantize
    from models.classification.train import train

    dataset = load_dataset(config, options.data)
    name = f"classification-{_digest(config, options.data)}"
    model, history = train(config, dataset, name)
    folder = options.out or HERE
    folder.mkdir(parents=True, exist_ok=True)
    file = quantize(config, model, dataset, folder)
    metrics = evaluate(config, model, dataset, file, folder, history)
    print(
        f"{file.path}: {file.bytes} bytes, {metrics['macs']} MACs, accuracy "
        f"float {metrics['float_accuracy']:.2%}, int8 {metrics['int8_accuracy']:.2%}, "
        f"worst class {metrics['worst_class_accuracy']:.2%}"
    )
    return 0


def _digest(config: Config, data: Path | None) -> str:
    text = f"{config}{data.resolve() if data else ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())
