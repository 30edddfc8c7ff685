"""Words of the context that translated code, its entry and Python share, 64 bits each."""

REGISTERS = 0  # R0 to R12, SP, LR
NZCV, GE = 15, 16  # flags
PC = 17  # where to begin, and where to go on
RESUME = 18  # 1 if `PC` is within a block that is counted already
BLOCK = 19  # the block that was left: its address, and its length in bytes shifted by 32
IT = 20  # IT state at `PC`
BUDGET = 21  # instructions left before the deadline
READ_MAP, WRITE_MAP = 22, 23  # addresses of the maps of plain memory
REASON = 24  # why translated code was left, one of the below
DEVICE_READ, DEVICE_WRITE = 25, 26  # addresses of the functions for accesses to a FIFO
CONTEXT_WORDS = 32

DEADLINE = 1  # the budget is used up, in front of a block
UNKNOWN = 2  # in front of a block that is not translated
MEMORY = 3  # in front of an access that is not to plain memory, or is not aligned
SATURATE = 4  # in front of an instruction that would set Q
UNSUPPORTED = 5  # in front of an instruction that is left to Unicorn
INDIRECT = 6  # behind a branch to an address in a register
REASONS = ("", "deadline", "unknown", "memory", "saturate", "unsupported", "indirect")
PAGE_BITS = 10  # Unicorn's smallest page
