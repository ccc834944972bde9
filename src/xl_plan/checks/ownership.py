"""XP2: who wrote where. Held against what was issued and what the plan says now, never against colours or locks."""

from __future__ import annotations

from collections.abc import Iterator

from xl_plan.findings import Finding, Place, found
from xl_plan.model import CellKey, Column, Plan, Programme, Returned, Submission
from xl_plan.rules.ownership import ANSWERS_FOR_ANOTHER, FOREIGN_CELL_CHANGED
from xl_plan.values import is_blank

NOT_TO_FILL = "記入不要"


def foreign_cells(submission: Submission, plan: Plan) -> Iterator[Finding]:
    """Every returned cell that is not the department's and differs from what was issued and from the plan."""
    owned = {(p.key, c.key) for p, c in plan.owned_by(submission.department)}
    originals = plan.relisting.originals()
    for key, item in submission.returned.items():
        programme = plan.programme(key[0])
        if key in owned or programme is None:
            continue
        column = programme.column(key[1].split("#")[0])
        if column is None or unchanged(submission, plan, programme, key, item):
            continue
        if column.filler is not None and programme.key in originals:
            continue  # a relisted row that was filled in is held against its original in reconciling
        yield _changed(submission, programme, column, key, item)


def _changed(submission: Submission, programme: Programme, column: Column, key: CellKey, item: Returned) -> Finding:
    place = Place(submission.file, item.sheet, item.cell_name, programme.number, column.header)
    issued = submission.issued.cells.get(key) if submission.issued else None
    expected = issued if issued is not None else programme.text(key[1])
    if column.filler is not None and programme.responsible and programme.responsible != submission.department:
        return found(
            ANSWERS_FOR_ANOTHER,
            place,
            department=submission.department,
            expected=expected,
            got=item.text,
            owner=programme.responsible,
        )
    return found(FOREIGN_CELL_CHANGED, place, department=submission.department, expected=expected, got=item.text)


def unchanged(submission: Submission, plan: Plan, programme: Programme, key: CellKey, item: Returned) -> bool:
    """Whether a returned cell still says what was issued, or what the plan says now."""
    got = plain(item.text)
    issued = submission.issued.cells.get(key) if submission.issued else None
    if issued is not None and got == plain(issued):
        return True
    column = key[1].split("#")[0]
    if "#" in key[1] or key[1] == "department":
        index = int(key[1].split("#")[1]) - 1 if "#" in key[1] else 0
        places = programme.block.places.get(column, ())
        names = [d.name for d in programme.departments if index < len(places) and d.place == places[index]]
        return got == plain("\n".join(names))
    now = programme.text(column)
    if got == plain(now) or (is_blank(got) and is_blank(now)):
        return True
    if got.startswith(NOT_TO_FILL):
        return True
    return (issued is None or plain(issued) == plain(now)) and same_number(item, programme, column)


def same_number(item: Returned, programme: Programme, column: str) -> bool:
    """The same number under a number format that the saving program dropped."""
    cell = programme.cell(column)
    mine, theirs = cell.value, item.cell.value
    if isinstance(mine, bool) or isinstance(theirs, bool):
        return False
    return (
        isinstance(mine, (int, float))
        and isinstance(theirs, (int, float))
        and abs(mine - theirs) <= 1e-9 * max(1, abs(mine))
    )


def plain(text: str) -> str:
    """Line ends as Excel keeps them, outer blanks off: what programs change without anybody writing."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
