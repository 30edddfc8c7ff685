"""Cycles that the Cortex-M7's pipeline takes for code: an estimate beside virtual time."""
