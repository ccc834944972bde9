"""What follows from one object alone, worked out once and kept as long as that object lives.

A round's plan is asked the same questions for every file of the inbox; what answers them (rows by their number, a
department's cells) is as large as the plan and must not be made again for each file.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def once_for_each(work: Callable[[T], R]) -> Callable[[T], R]:
    """``work`` with its last result remembered, told by the identity of what it was given.

    Only the last: a process works on one plan at a time, and an older one is to be let go of.
    """
    last: list[tuple[weakref.ref[T], R]] = []

    @wraps(work)
    def remembered(subject: T) -> R:
        known = last[0] if last else None
        if known is not None and known[0]() is subject:
            return known[1]
        result = work(subject)
        last[:] = [(weakref.ref(subject, lambda _: last.clear()), result)]
        return result

    return remembered


class ByIdentity(Generic[T, R]):
    """``work`` with its results remembered by the identity of what it was given: for values of which a few objects stand
    in many places, such as the styles of cells, so that they need not be hashed in each."""

    def __init__(self, work: Callable[[T], R], most: int = 4096) -> None:
        self._work, self._most = work, most
        self._known: dict[int, tuple[T, R]] = {}  # holding what it was given keeps its identity from being given again

    def __call__(self, subject: T) -> R:
        known = self._known.get(id(subject))
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[id(subject)] = (subject, self._work(subject))
        return known[1]
