"""XP3 on the plan's own cells: what a value says is asked wherever it stands.

Nothing here is held: the plan's values are the division's. Copies of a programme are not looked at again; what is
found in the original names their cells too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xl_plan.cells import a1
from xl_plan.checks.characters import digit_width, has_odd_characters, odd_characters
from xl_plan.checks.excelisms import is_error_text, odd_writing
from xl_plan.checks.figures import has_reached, target_for
from xl_plan.checks.rows import NUMERIC, Row, row_of
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.numberformat import is_date
from xl_plan.meaning.values import Kind, Remark, is_blank, meaning, same_unit
from xl_plan.model import Column, Plan, Programme, Role
from xl_plan.rules.values import STILL_PENDING, TARGET_REACHED
from xl_plan.rules.writing import DIGIT_WIDTHS, LONG_VOWEL_DASH, PLAN_UNIT_DIFFERS, PLAN_VALUE_UNCLEAR

_VALUES = (Role.ACTUAL, Role.TARGET)


def plan_values(plan: Plan, file: str) -> list[Finding]:
    """What is to be said of the values that stand in the plan."""
    copies = plan.relisting.originals()
    family: dict[str, list[Programme]] = {}
    for programme in plan.programmes:
        family.setdefault(copies.get(programme.key, programme.key), []).append(programme)
    findings: list[Finding] = []
    for key, members in family.items():
        original = next((p for p in members if p.key == key), members[0])
        rest = [p for p in members if p is not original]
        for finding in _of_programme(original, plan, file):
            places = (*finding.places, *(p for copy in rest for p in _copied(finding.places, original, copy, file)))
            findings.append(replace(finding, places=places))
    return [*findings, *_characters(plan, file)]


def _copied(places: tuple[Place, ...], original: Programme, copy: Programme, file: str) -> Iterator[Place]:
    """The same columns' cells in a copy."""
    keys = {column.header: column.key for column in original.block.columns}
    for place in places:
        column = copy.column(keys.get(place.column, ""))
        if column is not None and copy.place(column.key) is not None:
            yield place_of(copy, column, file)


def place_of(programme: Programme, column: Column, file: str) -> Place:
    position = programme.place(column.key)
    return Place(
        file,
        programme.sheet,
        a1(*position) if position else "",
        programme.number,
        column.header,
        (programme.key, column.key),
    )


def _of_programme(programme: Programme, plan: Plan, file: str) -> Iterator[Finding]:
    row = row_of(programme, None)
    for column in programme.block.columns:
        if column.role in _VALUES and not is_blank(programme.text(column.key)):
            finding = _of_cell(programme, column, row, file, plan)
            if finding is not None:
                yield finding
        elif column.role in _VALUES and (formula := programme.cell(column.key).formula) is not None:
            at = place_of(programme, column, file)
            yield found(PLAN_VALUE_UNCLEAR, at, got=f"={formula}", reason="計算結果が保存されていません")
    yield from _long_vowels(programme, file)
    yield from _mixed_widths(programme, file)
    yield from _reached(programme, row, file)


def _of_cell(programme: Programme, column: Column, row: Row, file: str, plan: Plan) -> Finding | None:
    text, cell = programme.text(column.key), programme.cell(column.key)
    value = meaning(text)
    reason = ""
    if cell.error or is_error_text(text):
        reason = "エラーです"
    elif not isinstance(cell.value, str | None) and is_date(cell.style.number_format):
        reason = "日付に変わっているようです"
    elif value.kind is Kind.REFUSED:
        reason = "印刷すると内容が分かりません"
    elif row.in_percent and value.kind is Kind.NUMBER and not value.unit:
        reason = f"％がありません（この行は％です：{row.history}）"
    elif Remark.E_NOTATION in value.remarks:
        reason = "指数の表示になっています"
    else:
        reason = odd_writing(value)
    if reason:
        return found(PLAN_VALUE_UNCLEAR, place_of(programme, column, file), got=text, reason=reason)
    if value.unit and value.kind in NUMERIC and row.unit and _odd_one_out(value.unit, row):
        place = place_of(programme, column, file)
        return found(PLAN_UNIT_DIFFERS, place, got=text, unit=row.unit, history=row.history)
    year = plan.settings.year
    if value.kind is Kind.PENDING and column.role is Role.ACTUAL and _before(column, year.year if year else None, row):
        return found(STILL_PENDING, place_of(programme, column, file), got=text)
    return None


def _before(column: Column, year: int | None, row: Row) -> bool:
    """Whether the column is of a year that is over: before the round's, or followed by a later value."""
    if column.year is None:
        return False
    last = row.last.year if row.last else None
    return column.year.year < (year if year is not None else last.year if last else 0)


def _odd_one_out(unit: str, row: Row) -> bool:
    """One value in another unit than the rest, of which there are at least two and all agree."""
    if row.units.count(unit) == len(row.units):
        return False
    others = [u for u in row.units if not same_unit(u, unit)]
    return len(others) >= 2 and len(row.units) - len(others) == 1 and all(same_unit(u, row.unit) for u in others)


def _long_vowels(programme: Programme, file: str) -> Iterator[Finding]:
    places, got = [], ""
    for column in programme.with_role(*_VALUES, Role.INDICATOR):
        text = programme.text(column.key)
        if Remark.LONG_VOWEL_DASH in meaning(text).remarks:
            places.append(place_of(programme, column, file))
            got = got or text
    if places:
        yield found(LONG_VOWEL_DASH, *places, got=got)


def _mixed_widths(programme: Programme, file: str) -> Iterator[Finding]:
    """One note for a row whose figures have both widths: ８箇所 8箇所."""
    values = ((column, programme.text(column.key)) for column in programme.with_role(*_VALUES))
    figures = [
        (column, text, width)
        for column, text in values
        if (width := digit_width(text)) and meaning(text).kind in NUMERIC
    ]
    seen = [width for _, _, width in figures]
    if "both" not in seen and not {"half", "full"} <= set(seen):
        return
    rarer = min(("full", "half"), key=lambda width: (seen.count(width) or len(seen), width))
    odd = [each for each in figures if each[2] in (rarer, "both")] or figures
    quote = "　".join(" ".join(text.split()) for _, text, _ in figures)
    yield found(
        DIGIT_WIDTHS,
        *(place_of(programme, column, file) for column, _, _ in odd),
        got=odd[0][1],
        number=programme.number,
        quote=quote,
    )


def _reached(programme: Programme, row: Row, file: str) -> Iterator[Finding]:
    """A note where the latest actual already reaches the target of its year or of a later one."""
    latest = next((p for p in reversed(row.actuals) if p.meaning.kind in NUMERIC), None)
    target = target_for(row, latest.year) if latest else None
    if latest is None or target is None or not has_reached(latest.meaning, target.meaning):
        return
    columns = {column.header: column for column in programme.with_role(*_VALUES)}
    yield found(
        TARGET_REACHED,
        *(place_of(programme, columns[past.header], file) for past in (latest, target) if past.header in columns),
        expected=target.text,
        got=latest.text,
        actual_column=latest.header,
        actual=latest.text,
        target_column=target.header,
        target=target.text,
    )


def _characters(plan: Plan, file: str) -> Iterator[Finding]:
    """Odd characters of the plan's texts, a sheet at a time."""
    sheets: dict[str, list[tuple[str, Place]]] = {}
    for programme in plan.programmes:
        for column in programme.block.columns:
            text = programme.text(column.key)
            if not text.isascii() and has_odd_characters(text):
                sheets.setdefault(programme.sheet, []).append((text, place_of(programme, column, file)))
    for cells in sheets.values():
        yield from odd_characters(cells)
