"""What became of a form's rows and columns: missing, returned twice, sorted apart from their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_plan.cells import a1
from xl_plan.comparison import expected_text, plain, unchanged
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.text import fold
from xl_plan.meaning.values import is_blank
from xl_plan.model import CellKey, Column, Issued, Plan, Programme, Returned, Role, Spot
from xl_plan.rules.files import ROW_MISSING, ROW_TWICE
from xl_plan.rules.returned import COLUMN_MISSING, PREFILLED_MISSING, ROW_NOT_ISSUED, ROWS_MIXED

Owned = Mapping[CellKey, tuple[Programme, Column]]
_CONSTANT = (Role.ACTUAL, Role.TARGET)


@dataclass(frozen=True, slots=True)
class Whose:
    """What the questions about a file's structure are asked against."""

    plan: Plan
    file: str
    department: str
    issued: Issued | None
    spots: Mapping[CellKey, Spot]
    owned: Owned

    def place(self, programme: Programme, column: Column, item: Returned) -> Place:
        return Place(
            self.file, item.sheet, item.cell_name, programme.number, column.header, (programme.key, column.key)
        )

    def issued_place(self, key: CellKey, programme: Programme, column: Column) -> Place:
        """Where a cell stood when it was issued: the address of what is not there any more."""
        sheet, position = self.spots.get(key, (programme.sheet, None))
        return Place(
            self.file,
            sheet,
            a1(*position) if position else "",
            programme.number,
            column.header,
            (programme.key, column.key),
        )


def single(whose: Whose, seen: Mapping[CellKey, Sequence[Returned]]) -> tuple[dict[CellKey, Returned], list[Finding]]:
    """One returned cell a key. Where a row came twice with different answers in an owned cell, neither is taken."""
    returned: dict[CellKey, Returned] = {}
    twice: dict[str, list[tuple[Programme, Column, Sequence[Returned]]]] = {}
    for key, items in seen.items():
        answers = [item for item in items if not is_blank(item.text)] or items[:1]
        texts = {plain(item.text) for item in answers}
        if len(texts) > 1 and key in whose.owned:
            programme, column = whose.owned[key]
            twice.setdefault(programme.key, []).append((programme, column, answers))
        elif len(texts) > 1:
            programme_now = whose.plan.programme(key[0])
            changed = [
                item for item in answers if programme_now and not unchanged(whose.issued, programme_now, key[1], item)
            ]
            returned[key] = (changed or answers)[0]
        else:
            returned[key] = answers[0]
    return returned, [_row_twice(whose, cells) for cells in twice.values()]


def _row_twice(whose: Whose, cells: Sequence[tuple[Programme, Column, Sequence[Returned]]]) -> Finding:
    places, quotes = [], []
    for programme, column, items in cells:
        places += [whose.place(programme, column, item) for item in items]
        texts = dict.fromkeys(f"{item.cell_name}「{item.text}」" for item in items)
        quotes.append(f"{column.header}：{' / '.join(texts)}")
    return found(ROW_TWICE, *places, department=whose.department, got="\n".join(quotes))


# ------------------------------------------------------------------------------------------------------------- missing
def missing(whose: Whose, seen: Iterable[CellKey], headers: frozenset[str]) -> Iterator[Finding]:
    """Owned cells that did not come back: rows of a sheet together, a column together. Never silent.

    ``headers`` are the folded texts of the returned header cells: a prefilled column whose header still stands is there,
    however its cells were unmerged.
    """
    present = set(seen)
    rows_present = {key for key, _ in present}
    lost = {key: cell for key, cell in whose.owned.items() if key not in present}
    rows: dict[tuple[bool, str], list[tuple[CellKey, Programme, Column]]] = {}
    columns: dict[str, list[tuple[CellKey, Programme, Column]]] = {}
    for key, (programme, column) in lost.items():
        if programme.key in rows_present:
            columns.setdefault(column.key, []).append((key, programme, column))
        else:
            rows.setdefault((_was_issued(whose, programme), programme.sheet), []).append((key, programme, column))
    for (was_issued, _), cells in rows.items():
        places = [whose.issued_place(*cell) for cell in cells]
        numbers = "、".join(dict.fromkeys(programme.number for _, programme, _ in cells))
        rule = ROW_MISSING if was_issued else ROW_NOT_ISSUED
        yield found(rule, *places, department=whose.department, numbers=numbers)
    for cells in columns.values():
        places = [whose.issued_place(*cell) for cell in cells]
        yield found(COLUMN_MISSING, *places, department=whose.department)
    yield from _prefilled_missing(whose, present, rows_present, headers)


def _was_issued(whose: Whose, programme: Programme) -> bool:
    if whose.issued is None or not whose.issued.cells:
        return True
    return any(key == programme.key for key, _ in whose.issued.cells)


def _prefilled_missing(
    whose: Whose, present: set[CellKey], rows_present: set[str], headers: frozenset[str]
) -> Iterator[Finding]:
    """Rows and columns that were issued to be read and did not come back: nothing is lost, but somebody deleted them."""
    if whose.issued is None or whose.issued.kind == "copy":
        return
    owned_rows = {programme for programme, _ in whose.owned}
    gone_owned = {column for programme, column in whose.owned.keys() - present if programme in rows_present}
    places: list[Place] = []
    for key in whose.issued.cells:
        programme = whose.plan.programme(key[0])
        column = programme.column(key[1].partition("#")[0]) if programme else None
        if programme is None or column is None or key in present or key in whose.owned or "#" in key[1]:
            continue
        if column.key in gone_owned:
            continue
        if programme.key in rows_present and fold(column.header) in headers:
            continue
        if programme.key in rows_present or programme.key not in owned_rows:
            places.append(whose.issued_place(key, programme, column))
    if places:
        rows = dict.fromkeys(p.number for p in places if p.number)
        columns = dict.fromkeys(p.column for p in places)
        what = f"列「{next(iter(columns))}」" if len(columns) == 1 else f"{'、'.join(rows)}の行のセル"
        yield found(PREFILLED_MISSING, *places, department=whose.department, what=what)


# ------------------------------------------------------------------------------------------------- sorted in part only
def mixed_rows(whose: Whose, returned: Mapping[CellKey, Returned]) -> tuple[frozenset[CellKey], tuple[Finding, ...]]:
    """Prefilled columns whose texts stand in other rows: somebody sorted or moved a part of the table.

    Two columns or more that hold the same texts in another order show that rows fell apart; then nobody can tell to
    which row an answer belongs. Gives the cells concerned, which are not taken, and one finding that quotes the answers.
    """
    moved: dict[str, list[tuple[Programme, Column, Returned]]] = {}
    for key, item in returned.items():
        programme = whose.plan.programme(key[0])
        column = programme.column(key[1]) if programme else None
        if programme is None or column is None or column.role not in _CONSTANT or column.filler is not None:
            continue
        if not unchanged(whose.issued, programme, key[1], item):
            moved.setdefault(column.key, []).append((programme, column, item))
    mixed = [cells for cells in moved.values() if _permuted(whose, cells)]
    if len(mixed) < 2:
        return frozenset(), ()
    rows = {programme.key for cells in mixed for programme, _, _ in cells}
    owned = {key: (*whose.owned[key], item) for key, item in returned.items() if key in whose.owned and key[0] in rows}
    prefilled = [cell for cells in mixed for cell in cells]
    given = [cell for cell in owned.values() if not is_blank(cell[2].text)]
    places = [whose.place(*cell) for cell in (*prefilled, *given)]
    answers = [f"{item.cell_name}「{item.text}」" for _, _, item in given]
    numbers = "、".join(dict.fromkeys(programme.number for programme, _, _ in prefilled))
    finding = found(
        ROWS_MIXED,
        *places,
        department=whose.department,
        expected=expected_text(whose.issued, prefilled[0][0], prefilled[0][1].key),
        got=prefilled[0][2].text,
        numbers=numbers,
        answers=f"（保留した回答：{'、'.join(answers)}）" if answers else "",
    )
    keys = {(programme.key, column.key) for programme, column, _ in prefilled}
    return frozenset(keys | owned.keys()), (finding,)


def _permuted(whose: Whose, cells: Sequence[tuple[Programme, Column, Returned]]) -> bool:
    got = sorted(plain(item.text) for _, _, item in cells)
    return len(cells) >= 2 and got == sorted(
        plain(expected_text(whose.issued, programme, column.key)) for programme, column, _ in cells
    )
