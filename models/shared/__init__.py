"""What the tasks have in common: rendered scenes on disk, blocks of layers, conversion, plots."""
