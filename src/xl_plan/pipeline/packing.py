"""What comes of a file as bytes, and back: how a result travels between processes and machines, and how it is kept.

A result has three parts. The near one is what a file comes to: the findings, and what each of the department's own cells
is worth. These cells are the second, and every cell that came back with what was issued is the far one, looked at for a
return or a relisted row. The cells wait, packed, on the disk until somebody asks, so that an inbox of many thousand files
fits into memory.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from xl_plan.cells import Cell, Style
from xl_plan.checks.answers import Judged
from xl_plan.findings import Finding
from xl_plan.model import CellKey, Outcome, Returned
from xl_plan.pipeline.plainly import Coder, Malformed, Packing, Unpacking, coder, listed, packed, unpacked
from xl_plan.pipeline.spool import Place, Spool

_LENGTH = 4  # bytes that say how long a part is
_PLACE = attrgetter("sheet", "cell_name", "text", "cell")
_TEXT, _VALUE = frozenset((str,)), frozenset((str, int, float, bool, type(None)))


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file of the inbox, read and checked: a pure function of the plan and the file's bytes."""

    judged: Judged | None
    outcome: Outcome | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Far:
    returned: Mapping[CellKey, Returned]
    issued: Mapping[CellKey, str]


def pack(result: FileResult) -> bytes:
    """A result as bytes, the same for equal results."""
    judged, waits = result.judged, b""
    if judged is not None:
        submission = judged.submission
        issued = submission.issued
        own = packed(_OWN, {key: submission.returned[key] for key in judged.verdicts})
        far = packed(_FAR, _Far(submission.returned, issued.cells if issued else {}))
        waits = _with_length(own) + far
        near = replace(submission, returned={}, issued=replace(issued, cells={}) if issued else None)
        result = replace(result, judged=replace(judged, submission=near))
    return _with_length(packed(coder(FileResult), result)) + waits


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH, "big") + data


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """What has its length in front, and what comes behind."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    return data[_LENGTH:end], data[end:]


def unpack(data: bytes, spool: Spool | None = None, *, doubted: bool = False) -> FileResult:
    """The result in ``data``; its cells wait in the spool, if there is one. With ``doubted`` they are looked through now, not when
    somebody asks for them.

    Raises Malformed.
    """
    near, waits = _cut(data)
    result: FileResult = unpacked(coder(FileResult), near)
    judged = result.judged
    if judged is None:
        return result
    if doubted:
        own, far = _cut(waits)
        unpacked(_LOOKED_THROUGH, far)
        if unpacked(_OWN, own).keys() != judged.verdicts.keys():
            raise Malformed("other cells than were judged")
    cells = _Waiting(spool, spool.put(waits) if spool is not None else waits)
    issued = judged.submission.issued
    whole = replace(
        judged.submission,
        returned=_ReturnedCells(cells),
        issued=replace(issued, cells=_IssuedCells(cells)) if issued else None,
    )
    return replace(result, judged=replace(judged, submission=whole))


class _Waiting:
    """The cells of a submission where they wait. The department's own stay at hand once they were asked for."""

    __slots__ = ("_far", "_own", "_place", "_spool")

    def __init__(self, spool: Spool | None, place: Place | bytes) -> None:
        self._spool, self._place = spool, place
        self._own: Mapping[CellKey, Returned] | None = None
        self._far: weakref.ref[_Far] | None = None

    def own(self) -> Mapping[CellKey, Returned]:
        if self._own is None:
            self._own = unpacked(_OWN, _cut(self._packed())[0])
        return self._own

    def far(self) -> _Far:
        far = self._far() if self._far is not None else None
        if far is None:
            far = unpacked(_FAR, _cut(self._packed())[1])
            self._far = weakref.ref(far)
            _lately.append(far)
        return far

    def _packed(self) -> bytes:
        if isinstance(self._place, bytes):
            return self._place
        assert self._spool is not None
        return self._spool.get(self._place)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Waiting, (None, self._packed())


_lately: deque[_Far] = deque(maxlen=4)  # whoever looks into one file looks several times


class _ReturnedCells(Mapping[CellKey, Returned]):
    """What came back."""

    __slots__ = ("_cells",)

    def __init__(self, cells: _Waiting) -> None:
        self._cells = cells

    def __getitem__(self, key: CellKey) -> Returned:
        own = self._cells.own()
        return own[key] if key in own else self._cells.far().returned[key]

    def __iter__(self) -> Iterator[CellKey]:
        return iter(self._cells.far().returned)

    def __len__(self) -> int:
        return len(self._cells.far().returned)


class _IssuedCells(Mapping[CellKey, str]):
    """What was issued."""

    __slots__ = ("_cells",)

    def __init__(self, cells: _Waiting) -> None:
        self._cells = cells

    def __getitem__(self, key: CellKey) -> str:
        return self._cells.far().issued[key]

    def __iter__(self) -> Iterator[CellKey]:
        return iter(self._cells.far().issued)

    def __len__(self) -> int:
        return len(self._cells.far().issued)


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


_OWN = coder(Mapping[CellKey, Returned])
_FAR = Coder(_pack_far, _unpack_far)
_LOOKED_THROUGH = Coder(_pack_far, lambda content, packing: _columns(content, packing) and None)
