"""Where a run's instructions went: by function, by line of the source, and how deep the stack."""
