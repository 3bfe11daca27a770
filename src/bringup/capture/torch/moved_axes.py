"""Views that give an axis the place of another one without moving its values, as a transpose would."""

from bringup.capture.torch.patterns import product

Shape = tuple[int, ...]


def moved_axes(before: Shape, after: Shape) -> tuple[int, ...]:
    """The sizes of the axes that a view puts at another place: [8, 3, 40] seen as [8, 40, 3] moves (3, 40).

    Axes that stay (as large, and with as many values to their right) and those of size 1 are left out. Of the rest, a size
    found on both sides is an axis that was meant to be the same. To tell this from splitting and joining neighbours, either
    all sizes must come back in another order, or the remaining ones must make up the same number of values.
    """
    if product(before) != product(after) or 0 in before:
        return ()
    was, now = spans(before), spans(after)
    left, kept = [span for span in was if span not in now], [span for span in now if span not in was]
    sizes, others = [size for size, _ in left], [size for size, _ in kept]
    moved = tuple(size for size in sizes if size in others)
    if not moved or shifted_by_one(moved):
        return ()
    if sorted(sizes) == sorted(others):
        return moved if sizes != others else ()
    return moved if joined_otherwise(sizes, others, moved) else ()


def spans(shape: Shape) -> list[tuple[int, int]]:
    """Each axis larger than 1: its size, and the number of values to its right."""
    return [(size, product(shape[at + 1 :])) for at, size in enumerate(shape) if size > 1]


def shifted_by_one(moved: Shape) -> bool:
    """Whether two axes differ by 1: seeing [T, T + 1] as [T + 1, T] shifts each row by one, which relative attention wants."""
    return len(moved) == 2 and abs(moved[0] - moved[1]) == 1


def joined_otherwise(sizes: list[int], others: list[int], moved: Shape) -> bool:
    """Whether what did not move is the same number of values, split or joined: [4, 10, 16] seen as [10, 64]."""
    if any(sizes.count(size) > 1 or others.count(size) > 1 for size in moved):
        return False
    rest = [tuple(size for size in part if size not in moved) for part in (sizes, others)]
    return product(rest[0]) == product(rest[1]) and max(len(sizes), len(others)) >= 3
