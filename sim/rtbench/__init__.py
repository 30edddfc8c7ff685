"""Simulation and emulation test bench for computer-vision firmware on the NXP i.MX RT1062."""

__version__ = "0.1.0"
