"""Work on the sheets of a book, done by whoever the caller names.

What is laid out, written and read back is the same whoever does it; whether other processes are worth their while is
for the pipeline to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Protocol, TypeVar

S = TypeVar("S")  # what every task needs
T = TypeVar("T")  # a task
R = TypeVar("R")  # what comes of it


class Shares(Protocol):
    """Whoever does the work of sheets."""

    @property
    def hands(self) -> int:
        """How many tasks are done at one time."""

    def done(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterable[R]:
        """``work(shared, task)`` for each task, in their order."""

    def beside(self, work: Callable[[S], R], subject: S) -> Callable[[], R]:
        """Begin ``work(subject)`` while the caller does something else; what comes of it, for when it is asked for."""


class OneByOne:
    """Here and now; what is to be done beside, when it is asked for."""

    hands = 1

    def done(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterator[R]:
        return (work(shared, task) for task in tasks)

    def beside(self, work: Callable[[S], R], subject: S) -> Callable[[], R]:
        return cache(lambda: work(subject))


ONE_BY_ONE = OneByOne()


def even_batches(weights: Sequence[int], most: int) -> list[range]:
    """Neighbouring tasks of these weights in at most ``most`` batches of about the same weight."""
    limit = max(1, sum(weights)) / max(1, most)
    batches: list[range] = []
    start = weight = 0
    for end, each in enumerate(weights, 1):
        weight += each
        if weight >= limit * (len(batches) + 1) or end == len(weights):
            batches.append(range(start, end))
            start = end
    return batches
