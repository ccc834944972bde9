"""XP2: who wrote where. Held against what was issued and what the plan says now, never against colours or locks.

One finding for one cause: the answers given for another department, a column pasted over, a row overwritten. What is
left stands alone, so that each cell's old and new text can be read at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xl_plan.comparison import NOT_TO_FILL, expected_text, listed, plain, short, unchanged
from xl_plan.findings import Finding, Place, Rule, found
from xl_plan.meaning.values import is_blank
from xl_plan.model import CellKey, Column, Plan, Programme, Returned, Submission
from xl_plan.rules.ownership import (
    ANSWERS_FOR_ANOTHER,
    FOREIGN_CELL_CHANGED,
    FORMULA_FOR_VALUE,
    OWNER_CHANGED,
)

__all__ = ["NOT_TO_FILL", "foreign_cells", "plain"]

_TOGETHER = 3  # changed cells of one column or one row that are one cause


@dataclass(frozen=True, slots=True)
class _Changed:
    """A cell that is not the department's and does not say what it should."""

    key: CellKey
    programme: Programme
    column: Column
    item: Returned
    expected: str
    place: Place

    @property
    def formula(self) -> str:
        return self.item.cell.formula or ""


def foreign_cells(submission: Submission, plan: Plan) -> Iterator[Finding]:
    """Every returned cell that is not the department's and differs from what was issued and from the plan."""
    changed, formulas = _examined(submission, plan)
    owned_then = submission.issued.owned if submission.issued else frozenset()
    answers = [c for c in changed if _someone_elses(c, submission) and not is_blank(c.item.text)]
    moved = [c for c in answers if c.key in owned_then]
    for owner, cells in _by(answers, moved).items():
        yield _together(ANSWERS_FOR_ANOTHER, cells, submission, owner=owner)
    for owner, cells in _by(moved, ()).items():
        yield _together(OWNER_CHANGED, cells, submission, owner=owner)
    rest = [c for c in changed if c not in answers]
    for cells in _causes(rest):
        yield _together(FOREIGN_CELL_CHANGED, cells, submission)
    if formulas:
        yield _together(FORMULA_FOR_VALUE, formulas, submission, formula=formulas[0].formula)


def _examined(submission: Submission, plan: Plan) -> tuple[list[_Changed], list[_Changed]]:
    """The foreign cells that changed, and those where a formula stands that still gives the same."""
    owned = {(p.key, c.key) for p, c in plan.owned_by(submission.department)}
    sheets = {table.sheet.name: table.sheet for table in plan.tables}
    changed, formulas = [], []
    for key, item in submission.returned.items():
        programme = plan.programme(key[0])
        column = programme.column(key[1].split("#")[0]) if programme else None
        if key in owned or programme is None or column is None:
            continue
        if column.filler is not None and plan.original_of(programme, column) is not None:
            continue  # a relisted row that was filled in is held against its original in reconciling
        if not unchanged(submission.issued, programme, key[1], item) and not _unknown_result(item):
            changed.append(_foreign(submission, key, programme, column, item))
        elif item.cell.formula is not None:
            at = programme.place(column.key)
            if at is None or sheets[programme.sheet].at(*at).formula is None:
                formulas.append(_foreign(submission, key, programme, column, item))
    return changed, formulas


def _foreign(submission: Submission, key: CellKey, programme: Programme, column: Column, item: Returned) -> _Changed:
    place = Place(
        submission.file, item.sheet, item.cell_name, programme.number, column.header, (programme.key, column.key)
    )
    return _Changed(key, programme, column, item, expected_text(submission.issued, programme, key[1]), place)


def _unknown_result(item: Returned) -> bool:
    """A formula without a cached result: nobody knows what it shows."""
    return item.cell.formula is not None and item.cell.value is None


def _someone_elses(cell: _Changed, submission: Submission) -> bool:
    owner = cell.programme.responsible
    return cell.column.filler is not None and bool(owner) and owner != submission.department


def _by(cells: Iterable[_Changed], without: Iterable[_Changed]) -> Mapping[str, list[_Changed]]:
    groups: dict[str, list[_Changed]] = {}
    left_out = {cell.key for cell in without}
    for cell in cells:
        if cell.key not in left_out:
            groups.setdefault(cell.programme.responsible, []).append(cell)
    return groups


def _causes(cells: list[_Changed]) -> Iterator[list[_Changed]]:
    """Changed cells by cause: a column that was pasted over, then a row, then each cell alone."""
    for by_column in (True, False):
        groups: dict[tuple[str, str], list[_Changed]] = {}
        for cell in cells:
            line = cell.column.key if by_column else cell.programme.key
            groups.setdefault((cell.item.sheet, line), []).append(cell)
        large = [group for group in groups.values() if len(group) >= _TOGETHER]
        yield from large
        taken = {cell.key for group in large for cell in group}
        cells = [cell for cell in cells if cell.key not in taken]
    for cell in cells:
        yield [cell]


def _quoted(item: Returned) -> str:
    return f"={item.cell.formula}" if _unknown_result(item) else item.text


def _together(rule: Rule, cells: list[_Changed], submission: Submission, **details: str) -> Finding:
    """One finding of all these cells; alone, a cell's texts stand whole in expected and got."""
    first = cells[0]
    single = len(cells) == 1
    target = f"{first.place.sheet} {first.place.cell}"
    where = f"{target}（{first.place.number} {first.column.header}）" if single else f"{target}など{len(cells)}セル"
    got = [(c.item.cell_name, _quoted(c.item)) for c in cells]
    expected = [(c.item.cell_name, c.expected) for c in cells]
    change = (
        f"配布時の「{first.expected}」が「{first.item.text}」に"
        if single
        else "配布時から"
        + "、".join(f"{c.item.cell_name}「{short(c.expected)}」→「{short(c.item.text)}」" for c in cells[:5])
        + ("などに" if len(cells) > 5 else "に")
    )
    return found(
        rule,
        *(c.place for c in cells),
        department=submission.department,
        expected=first.expected if single else listed(expected, whole=True),
        got=got[0][1] if single else listed(got, whole=True),
        where=where,
        change=change,
        others="" if single else f"など{len(cells)}セル",
        **details,
    )
