"""Where the project's own files lie: the root of the checkout that this package is part of."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
