"""Trains, quantises and measures the people counter: `python -m models.people_counting`.

`--data DIR` takes a user's own pictures with COCO JSON instead of the scenes and then needs
`--out`, so that the committed model is not overwritten by accident.
"""

import argparse
import sys
from pathlib import Path

from models.people_counting.config import Config
from models.shared.command import add_options, configured, run_name, target_folder
from rt1062.errors import SetupError
from rtbench.exit_codes import PASSED, SETUP_WRONG


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.people_counting", description=__doc__)
    add_options(parser, Config(), "pictures with train.json, validation.json, test.json (COCO)")
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
    from models.people_counting.dataset import load_dataset
    from models.people_counting.evaluate import evaluate
    from models.people_counting.quantize import quantize
    from models.people_counting.train import train

    dataset = load_dataset(config, options.data)
    model, history = train(config, dataset, run_name("people_counting", config, options))
    folder.mkdir(parents=True, exist_ok=True)
    file = quantize(config, model, dataset, folder)
    metrics = evaluate(config, model, dataset, file, folder, history)
    print(
        f"{file.path}: {file.bytes} bytes, {metrics['macs']} MACs, mean error {metrics['mae']}, "
        f"exact {metrics['exact_rate']:.1%}, AP50 {metrics['ap50']}"
    )
    return PASSED


if __name__ == "__main__":
    sys.exit(main())
