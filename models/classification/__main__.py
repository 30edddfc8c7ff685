"""Trains, quantises and measures the classification model: `python -m models.classification`.

`--data DIR` takes a user's own ImageFolder tree instead of the scenes and then needs `--out`, so
that the committed model is not overwritten by accident.
"""

import argparse
import sys
from pathlib import Path

from models.classification.config import Config
from models.shared.command import add_options, configured, run_name, target_folder
from rt1062.errors import SetupError
from rtbench.exit_codes import PASSED, SETUP_WRONG


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.classification", description=__doc__)
    add_options(parser, Config(), "ImageFolder tree, one folder of pictures a class")
    options = parser.parse_args(arguments)
    try:
        return run(options)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return SETUP_WRONG


def run(options: argparse.Namespace) -> int:
    """Every stage in order."""
    folder = target_folder(options, Path(__file__).parent)
    config = configured(Config(), options)
    # Imported late: a wrong option is answered without waiting for TensorFlow.
    from models.classification.dataset import load_dataset
    from models.classification.evaluate import evaluate
    from models.classification.quantize import quantize
    from models.classification.train import train

    dataset = load_dataset(config, options.data)
    model, history = train(config, dataset, run_name("classification", config, options))
    folder.mkdir(parents=True, exist_ok=True)
    file = quantize(config, model, dataset, folder)
    metrics = evaluate(config, model, dataset, file, folder, history)
    print(
        f"{file.path}: {file.bytes} bytes, {metrics['macs']} MACs, accuracy "
        f"float {metrics['float_accuracy']:.2%}, int8 {metrics['int8_accuracy']:.2%}, "
        f"worst class {metrics['worst_class_accuracy']:.2%}"
    )
    return PASSED


if __name__ == "__main__":
    sys.exit(main())
