"""The Cortex-M7 of the `unicorn` package with the RT1062's own peripherals in Python."""
