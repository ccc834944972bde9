"""Rows known again by what they say, whatever was put in, deleted or reworded between."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

Texts = tuple[tuple[int, str], ...]  # (column, text) of a row's filled cells
_SIMILAR = 0.4  # of two rows' texts, to take one for the other reworded


def align(old: Sequence[Texts], new: Sequence[Texts]) -> list[int | None]:
    """For each new row the number of the old row that it is, None for one that was put in."""
    if list(old) == list(new):
        return list(range(len(new)))
    numbers: list[int | None] = [None] * len(new)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            numbers[k:m] = range(i, j)
        elif tag == "replace":
            _reworded(old, new, (i, j), (k, m), numbers)
    return numbers


def _reworded(
    old: Sequence[Texts],
    new: Sequence[Texts],
    gone: tuple[int, int],
    came: tuple[int, int],
    numbers: list[int | None],
) -> None:
    """Rows that stand where others stood: the same row reworded, where there are as many or they are alike."""
    as_many = gone[1] - gone[0] == came[1] - came[0]
    first = came[0]
    for was in range(*gone):
        for now in range(first, came[1]):
            if (as_many and now == first) or _alike(old[was], new[now]):
                numbers[now] = was
                first = now + 1
                break


def _alike(one: Texts, other: Texts) -> bool:
    mine, theirs = ("\n".join(text for _, text in row) for row in (one, other))
    if not mine or not theirs:
        return False
    return difflib.SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= _SIMILAR
