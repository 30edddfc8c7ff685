"""The command line that both trainings share."""

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from rt1062.errors import SetupError


def add_options(parser: argparse.ArgumentParser, config: Any, data_help: str) -> None:
    """`--data`, `--out`, `--epochs`, `--scenes` and `--threads`."""
    parser.add_argument("--data", type=Path, metavar="DIR", help=f"your own data: {data_help}")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the model goes")
    parser.add_argument("--epochs", type=int, help=f"default {config.epochs}")
    parser.add_argument("--scenes", type=int, help=f"to train on, default {config.train_scenes}")
    parser.add_argument("--threads", type=int, help=f"cores to use, default {config.threads}")


def configured(config: Any, options: argparse.Namespace) -> Any:
    """`config` with what the options change."""
    for option, name in (
        ("epochs", "epochs"),
        ("scenes", "train_scenes"),
        ("threads", "threads"),
    ):
        value = getattr(options, option)
        if value is not None:
            if value < 1:
                raise SetupError(f"--{option} must be 1 or more, not {value}")
            config = replace(config, **{name: value})
    return config


def target_folder(options: argparse.Namespace, own: Path) -> Path:
    """Where the model goes; a user's data must not replace the committed model by accident."""
    if options.data is not None and options.out is None:
        raise SetupError("--data needs --out DIR, so that the committed model stays as it is")
    return options.out or own


def run_name(task: str, config: Any, options: argparse.Namespace) -> str:
    """A name for the checkpoints that differs for different settings and data.

    The data by what is in it: a training of other pictures in the same folder begins anew.
    """
    digest = hashlib.sha256(f"{config}".encode())
    for path in _files(options.data):
        digest.update(f"\n{path.relative_to(options.data)}\n".encode("utf-8", "surrogateescape"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{task}-{digest.hexdigest()[:12]}"


def _files(data: Path | None) -> list[Path]:
    """All files of a folder of data, in one order; none without."""
    return sorted(path for path in data.rglob("*") if path.is_file()) if data else []
