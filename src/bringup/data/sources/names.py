"""Column names: none empty, none twice."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

ROW = "__row__"  # the row number that `sample` adds: no column may be called so


def unique_names(names: Iterable[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names without blanks around them, none empty and none twice, and notes on what was changed.

    A nameless column becomes `column_3` after its place; the second `a` becomes `a_2`.
    """
    plain = ["" if name is None else str(name).strip().lstrip("\ufeff") for name in names]
    taken = set(plain)
    seen: Counter[str] = Counter()
    result: list[str] = []
    nameless, renamed = [], []
    for place, name in enumerate(plain, start=1):
        fresh = name
        if not name:
            fresh = _free(f"column_{place}", taken)
            nameless.append(fresh)
        elif name == ROW or seen[name]:
            fresh = _free(f"{name}_{seen[name] + 1}", taken)
            renamed.append(fresh)
        seen[name] += 1
        taken.add(fresh)
        result.append(fresh)
    notes = []
    if nameless:
        notes.append(f"{_some(nameless)} had no name")
    for name, times in seen.items():
        if name and times > 1 and len(notes) < 5:
            notes.append(f"{times} columns are called `{name}`; after the first they are now `{name}_2` and so on")
    if ROW in plain:
        notes.append(f"`{ROW}` is a reserved name; the column is now {_some(renamed)}")
    return tuple(result), tuple(notes)


def nearest(name: str, names: Iterable[str], *, most: int = 3) -> str:
    """Return the names most like this one, or the first ones, as a clause: "the nearest names are `income`, `age`"."""
    there = list(names)
    lower = {candidate.lower(): candidate for candidate in reversed(there)}
    close = [lower[match] for match in difflib.get_close_matches(name.lower(), list(lower), n=most, cutoff=0.5)]
    close += [candidate for candidate in there if name and name.lower() in candidate.lower() and candidate not in close]
    if close:
        return f"the nearest {'names are' if len(close[:most]) > 1 else 'name is'} {_some(close[:most])}"
    return f"there {'are' if len(there) > 1 else 'is'} {_some(there)}" if there else "there are none"


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{name}`" for name in names[:most]) + more


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
