"""A second tier above Unicorn: hot code is translated with LLVM and runs about ten times faster.

The unit is what Unicorn itself translates, a block as the block hook sees it, so that instructions
are counted and deadlines, interrupts and stops stay where they are. `tier` decides what is
translated and when, `decode` and `region` make LLVM IR of it with the instructions of `arithmetic`,
`multiplication`, `packing` and `transfers`, `compiled` machine code, `cache` keeps that on disk,
`entry` and `maps` are what runs it. An access that is not to memory is left to Unicorn, unless it
is to a FIFO whose lane is open (hooks/devices.py).
"""
