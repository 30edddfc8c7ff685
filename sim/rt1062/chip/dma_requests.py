"""DMA requests by number (RT1060 reference manual, chapter 4, table DMA MUX mapping)."""

# Number: block, and the request's name in what Block.requests() answers.
REQUESTS: dict[int, tuple[str, str]] = {28: ("FLEXSPI", "receive"), 29: ("FLEXSPI", "transmit")}


def _pairs(name: str, first: dict[int, tuple[int, int]]) -> None:
    """(transmit, receive) of each instance of a block."""
    for instance, numbers in first.items():
        for number, request in zip(numbers, ("transmit", "receive"), strict=True):
            REQUESTS[number] = f"{name}{instance}", request


_pairs("LPUART", {1: (2, 3), 3: (4, 5), 5: (6, 7), 7: (8, 9)})
_pairs("LPUART", {2: (66, 67), 4: (68, 69), 6: (70, 71), 8: (72, 73)})
_pairs("LPSPI", {1: (14, 13), 3: (16, 15), 2: (78, 77), 4: (80, 79)})
for _instance, _number in {1: 17, 3: 18, 2: 81, 4: 82}.items():
    REQUESTS[_number] = f"LPI2C{_instance}", "both"
