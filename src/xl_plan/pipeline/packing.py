"""What comes of a file as bytes, and back: how a result travels between processes and machines, and how it is kept.

A result has two parts. The near one is what every merge needs: the findings and the department's own cells. The far one
is every cell that came back and what was issued, looked at for a return or a relisted row; it stays packed until somebody
asks, so that an inbox of many thousand files fits into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from xl_plan.cells import Cell, Style
from xl_plan.checks.answers import Judged
from xl_plan.findings import Finding
from xl_plan.model import CellKey, Outcome, Returned
from xl_plan.pipeline.plainly import Coder, Malformed, Packing, Unpacking, coder, listed, packed, unpacked

_LENGTH = 4  # bytes that say how long the near part is
_PLACE = attrgetter("sheet", "cell_name", "text", "cell")
_TEXT, _VALUE = frozenset((str,)), frozenset((str, int, float, bool, type(None)))


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file of the inbox, read and checked: a pure function of the plan and the file's bytes."""

    judged: Judged | None
    outcome: Outcome | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Far:
    returned: Mapping[CellKey, Returned]
    issued: Mapping[CellKey, str]


def pack(result: FileResult) -> bytes:
    """A result as bytes, the same for equal results."""
    judged, far = result.judged, b""
    if judged is not None:
        submission = judged.submission
        issued = submission.issued
        far = packed(_FAR, _Far(submission.returned, issued.cells if issued else {}))
        own = {key: submission.returned[key] for key in judged.verdicts}
        near = replace(submission, returned=own, issued=replace(issued, cells={}) if issued else None)
        result = replace(result, judged=replace(judged, submission=near))
    data = packed(coder(FileResult), result)
    return len(data).to_bytes(_LENGTH, "big") + data + far


def unpack(data: bytes, *, doubted: bool = False) -> FileResult:
    """The result in ``data``. With ``doubted`` the far part is looked through now, not when somebody asks for it.

    Raises Malformed.
    """
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    far = data[start:]
    result: FileResult = unpacked(coder(FileResult), data[_LENGTH:start])
    judged = result.judged
    if judged is None:
        return result
    if doubted:
        unpacked(_LOOKED_THROUGH, far)
    submission = judged.submission
    issued = submission.issued
    whole = replace(
        submission,
        returned=_Packed(far, "returned", submission.returned),
        issued=replace(issued, cells=_Packed(far, "issued", {})) if issued else None,
    )
    return replace(result, judged=replace(judged, submission=whole))


class _Packed(Mapping[CellKey, Any]):
    """A mapping whose entries are packed but for those at hand."""

    __slots__ = ("_at_hand", "_far", "_name")

    def __init__(self, far: bytes, name: str, at_hand: Mapping[CellKey, Any]) -> None:
        self._far, self._name, self._at_hand = far, name, at_hand

    def _all(self) -> Mapping[CellKey, Any]:
        whole: Mapping[CellKey, Any] = getattr(_opened(self._far), self._name)
        return whole

    def __getitem__(self, key: CellKey) -> Any:
        return self._at_hand[key] if key in self._at_hand else self._all()[key]

    def __iter__(self) -> Iterator[CellKey]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        return _Packed, (self._far, self._name, self._at_hand)


@lru_cache(maxsize=4)  # whoever looks into one file looks several times
def _opened(far: bytes) -> _Far:
    value: _Far = unpacked(_FAR, far)
    return value


# -------------------------------------------------------------------------------------------------------------- far part
# One list for each field, not one for each cell: a form has many hundred cells, and most of them are never looked at.
def _pack_far(far: _Far, packing: Packing) -> Any:
    rows, columns = _parts(far.returned)
    places = [_PLACE(item) for item in far.returned.values()]
    sheets, names, texts, cells = (list(part) for part in zip(*places, strict=True)) if places else ([], [], [], [])
    style, whole = coder(Style).pack, coder(Cell).pack
    special = [[at, whole(cell, packing)] for at, cell in enumerate(cells) if not _simple(cell)]
    values = [cell.value for cell in cells]
    return [
        [rows, columns, sheets, names, texts, values, [style(cell.style, packing) for cell in cells], special],
        [*_parts(far.issued), list(far.issued.values())],
    ]


def _parts(keys: Mapping[CellKey, Any]) -> tuple[list[str], list[str]]:
    return [row for row, _ in keys], [column for _, column in keys]


def _simple(cell: Cell) -> bool:
    """Whether value and style are all that there is to a cell."""
    return not (cell.runs or cell.error) and cell.formula is None and cell.note is None and cell.link is None


def _columns(content: Any, packing: Unpacking) -> tuple[list[Any], list[Any], dict[int, Cell]]:
    """The lists of both tables, held to their types and lengths, and the cells that are more than value and style."""
    first, second = listed(content)
    *plain, numbers, special = listed(first)
    kinds = (*[_TEXT] * 5, _VALUE)
    style, whole = coder(Style).unpack, coder(Cell).unpack
    styles = {number: style(number, packing) for number in set(listed(numbers))}
    for table, held in (([*plain, numbers], kinds), (listed(second), [_TEXT] * 3)):
        if len({len(listed(column)) for column in table}) != 1:
            raise Malformed("columns of several lengths")
        for column, kind in zip(table, held, strict=False):
            if not set(map(type, column)) <= kind:
                raise Malformed(f"{set(map(type, column))} for {kind}")
    if (len(plain), len(second)) != (6, 3):
        raise Malformed("columns missing")
    cells = {at: whole(cell, packing) for at, cell in map(listed, listed(special))}
    if not all(type(at) is int and 0 <= at < len(numbers) for at in cells):
        raise Malformed("a cell outside the table")
    return [*plain, [styles[number] for number in numbers]], second, cells


def _unpack_far(content: Any, packing: Unpacking) -> _Far:
    (rows, columns, sheets, names, texts, values, styles), issued, special = _columns(content, packing)
    cells = [Cell(value, style) for value, style in zip(values, styles, strict=True)]
    for at, cell in special.items():
        cells[at] = cell
    items = map(Returned, sheets, names, cells, texts)
    return _Far(
        MappingProxyType(dict(zip(zip(rows, columns, strict=True), items, strict=True))),
        MappingProxyType(dict(zip(zip(issued[0], issued[1], strict=True), issued[2], strict=True))),
    )


_FAR = Coder(_pack_far, _unpack_far)
_LOOKED_THROUGH = Coder(_pack_far, lambda content, packing: _columns(content, packing) and None)
