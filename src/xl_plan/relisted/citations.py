"""Cited numbers → rows: which row of the plan a written number means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from xl_plan.meaning.text import fold, fold_number
from xl_plan.model import Programme, Role
from xl_plan.relisted.marks import completed, components, in_hiragana, spelled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cited:
    """What a row's mark points to. ``rows`` are keys; ``absent`` numbers as written (abbreviations completed) that no
    row has; ``mistyped`` those of them whose sheet is in the plan; ``asked``: the mark names nothing and no row fits."""

    rows: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    mistyped: tuple[str, ...] = ()
    asked: bool = False


class Register:
    """The plan's rows by number in every way that a number may be written, and by name with indicator; each of these
    made when it is first asked for, since most plans need few of them."""

    def __init__(self, programmes: Sequence[Programme]) -> None:
        self.programmes = programmes

    @cached_property
    def present(self) -> Mapping[str, Programme]:
        return {programme.key: programme for programme in self.programmes}

    @cached_property
    def numbers(self) -> Sequence[tuple[str, str]]:
        """Each row's key and number."""
        return [(programme.key, fold_number(programme.number)) for programme in self.programmes]

    @cached_property
    def by_number(self) -> Mapping[str, list[str]]:
        rows: dict[str, list[str]] = {}
        for programme, (key, number) in zip(self.programmes, self.numbers, strict=True):
            rows.setdefault(number, []).append(key)
            rows.setdefault(fold(programme.sheet) + number, []).append(key)
        return rows

    @cached_property
    def loose(self) -> Mapping[str, list[str]]:
        return _grouped((in_hiragana(number), key) for key, number in self.numbers)

    @cached_property
    def by_sheet(self) -> Mapping[str, list[str]]:
        return _grouped((fold(programme.sheet), programme.key) for programme in self.programmes)

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], list[str]]:
        return _grouped((_names(programme), programme.key) for programme in self.programmes if not programme.marked)

    @cached_property
    def stems(self) -> frozenset[tuple[str, ...]]:
        return frozenset(_stem(number) for _, number in self.numbers)

    def cited(self, programme: Programme, numbers: Sequence[str], *, marked: bool) -> Cited:
        """What ``numbers`` of a row's mark mean; a ``marked`` row without numbers is known by name and indicator."""
        rows: list[str] = []
        absent: list[str] = []
        own = base = components(fold_number(programme.number)) if numbers else ()
        for number in numbers:
            keys, folded = self._keys(programme, number, base, own)
            if absent and (joined := self._exact(fold(absent[-1]) + fold(number), programme)):
                absent.pop()  # one number on two lines
                keys = joined
            if keys:
                rows += keys
            elif folded not in map(fold, absent):
                absent.append(number if folded in spelled(number) else folded)
            base = components(folded)
        if marked and not numbers:
            rows += self._alike(programme, self.by_name.get(_names(programme), ()))
        rows = [key for key in dict.fromkeys(rows) if key != programme.key]
        mistyped = tuple(number for number in absent if _stem(fold(number)) in self.stems)
        return Cited(tuple(rows), tuple(absent), mistyped, asked=marked and not rows and not absent)

    def _keys(
        self, programme: Programme, number: str, base: tuple[tuple[str, str], ...], own: tuple[tuple[str, str], ...]
    ) -> tuple[list[str], str]:
        """The rows that a number means, and the number in full."""
        whole = spelled(number)
        shortened = [full for text in whole for full in (completed(text, base), completed(text, own)) if full]
        for text in (*whole, *shortened):
            if keys := self._exact(text, programme):
                return keys, text
        for text in (*whole, *shortened):
            if text in self.by_sheet:
                return self._alike(programme, self.by_sheet[text]), text
            loose = self.loose.get(in_hiragana(text), [])
            if len(loose) == 1:
                return loose, text
        return [], shortened[0] if shortened else whole[-1]

    def _exact(self, folded: str, programme: Programme) -> list[str]:
        """The row of a number; of a number with several lines the one that fits the citing row."""
        keys = self.by_number.get(folded, [])
        if len(keys) < 2:
            return keys
        fitting = [k for k in keys if _names(self.present[k]) == _names(programme)]
        same_line = [k for k in keys if self.present[k].block.line == programme.block.line]
        return (fitting or same_line or keys)[:1]

    def _alike(self, programme: Programme, keys: Iterable[str]) -> list[str]:
        """Of some rows the one with the same name and indicator, when it is the only one."""
        wanted = _names(programme)
        fitting = [key for key in keys if key != programme.key and _names(self.present[key]) == wanted]
        return fitting if len(fitting) == 1 else []


def _grouped(rows: Iterable[tuple[T, str]]) -> dict[T, list[str]]:
    groups: dict[T, list[str]] = {}
    for group, key in rows:
        groups.setdefault(group, []).append(key)
    return groups


def _names(programme: Programme) -> tuple[str, str]:
    indicator = next((programme.text(column.key) for column in programme.with_role(Role.INDICATOR)), "")
    return fold(programme.name), fold(indicator)


def _stem(folded: str) -> tuple[str, ...]:
    """What the numbers of one sheet have in common: 柱, 2 of 柱2(1)①ア; nothing of 12."""
    parts = components(folded)
    first = next((i for i, (kind, _) in enumerate(parts) if kind in ("digits", "paren", "circled")), 0)
    length = first + 1 if len(parts) > first + 1 and first > 0 else first
    return (str(len(parts) > first + 1), *(text for _, text in parts[:length]))
