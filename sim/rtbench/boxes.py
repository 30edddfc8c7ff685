"""Boxes in a picture: edges in pixels, and how much two of them share."""

Edges = tuple[float, ...]  # left, top, right, bottom in pixels


def overlap(a: Edges, b: Edges) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)
