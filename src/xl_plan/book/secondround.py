"""The second, smaller round: columns that the division or a meeting fills after the collection (a rating, say).

They are filled on the consolidated workbook itself: its cells to fill are pale blue there and offer the marks of the
scale. Who fills a column stands in 設定 (■列, 今回の記入者), until when in 事務局・会議の期限.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xl_plan.cells import Area, Cell, Sheet, Validation
from xl_plan.findings import short
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.meaning.values import is_blank
from xl_plan.model import CellKey, Column, Entry, Filler, Merged, Plan, Programme, Role, Settings, Sharing, Spot
from xl_plan.ratings import scale_of
from xl_plan.tables.colours import PALE_BLUE

LATER_FILLERS = (Filler.OFFICE, Filler.MEETING)
WORKBOOK = "取りまとめのブック"


@dataclass(frozen=True, slots=True)
class LaterColumn:
    """A column of the second round: who fills it, and how far it has come. ``open_rows``: (番号, 事業名) without an
    answer."""

    by: Filler
    header: str
    owned: int
    filled: int
    open_rows: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """As a line of a list of departments."""
        return f"{self.by.value}（{short(self.header)}）"

    @property
    def standing(self) -> str:
        return "記入済み" if not self.open_rows else "一部未記入" if self.filled else "未記入"


@dataclass(frozen=True, slots=True)
class SecondRound:
    """Where the second round stands; ``columns`` is empty for a plan that has none."""

    columns: tuple[LaterColumn, ...] = ()
    deadline: str = ""
    past: bool = False

    @property
    def owned(self) -> int:
        return sum(column.owned for column in self.columns)

    @property
    def filled(self) -> int:
        return sum(column.filled for column in self.columns)

    @property
    def overdue(self) -> bool:
        return self.past and self.filled < self.owned

    @property
    def sentence(self) -> str:
        """How far it has come, in words; "" for a plan without a second round."""
        if not self.columns:
            return ""
        until = f"（期限：{japanese_date(self.deadline)}）" if self.deadline else ""
        left = self.owned - self.filled
        rest = f"残りは{left}か所です" if left else "全て記入されています"
        late = "。期限を過ぎています" if self.overdue else ""
        return f"事務局・会議が記入する{self.owned}か所のうち{self.filled}か所が記入済みで、{rest}{until}{late}。"


def later_cells(plan: Plan) -> Iterator[tuple[Programme, Column, Filler]]:
    """Every cell of the second round, in the plan's order: of relisted rows only what is the row's own."""
    copies = plan.relisting.originals()
    for programme in plan.programmes:
        for column in programme.block.columns:
            by = plan.asked(programme, column)
            own = programme.key not in copies or column.sharing is Sharing.OWN
            if by in LATER_FILLERS and by is not None and own:
                yield programme, column, by


def later_entries(plan: Plan) -> dict[CellKey, Entry]:
    """The second round's cells as the plan has them: those still to fill are pale blue."""
    entries = {}
    for programme, column, _ in later_cells(plan):
        cell, text = programme.cell(column.key), programme.text(column.key)
        blank = is_blank(text)
        entries[programme.key, column.key] = Entry(_to_fill(cell) if blank else unmarked(cell), "" if blank else text)
    return entries


def _to_fill(cell: Cell) -> Cell:
    return replace(cell.with_value(None), style=replace(cell.style, fill=PALE_BLUE, locked=False))


def unmarked(cell: Cell) -> Cell:
    """The cell without the colour of one to fill."""
    return cell if cell.style.fill != PALE_BLUE else replace(cell, style=replace(cell.style, fill=None))


def second_round(merged: Merged) -> SecondRound:
    """How many cells of the second round are filled, column by column."""
    cells: dict[tuple[Filler, str], list[tuple[Programme, bool]]] = {}
    for programme, column, by in later_cells(merged.plan):
        entry = merged.entries.get((programme.key, column.key))
        text = entry.text if entry else programme.text(column.key)
        cells.setdefault((by, column.header), []).append((programme, not is_blank(text)))
    columns = tuple(
        LaterColumn(by, header, len(rows), sum(done for _, done in rows), _named(p for p, done in rows if not done))
        for (by, header), rows in cells.items()
    )
    settings = merged.plan.settings
    past = bool(settings.as_of and settings.later_deadline and settings.as_of > settings.later_deadline)
    return SecondRound(columns, settings.later_deadline, past)


def _named(programmes: Iterator[Programme]) -> tuple[tuple[str, str], ...]:
    return tuple((programme.number, programme.name) for programme in programmes)


NO_SECOND_ROUND = SecondRound()


# ---------------------------------------------------------------------------------------- on the consolidated workbook
def with_choices(plan: Plan, sheets: Sequence[Sheet], where: Mapping[CellKey, Spot]) -> tuple[Sheet, ...]:
    """The sheets with a help at each cell of the second round: who fills it until when, and the marks to choose."""
    spots: dict[str, dict[tuple[Filler, str, Role], list[Spot]]] = {}
    for programme, column, by in later_cells(plan):
        spot = where.get((programme.key, column.key))
        if spot is not None:
            spots.setdefault(spot[0], {}).setdefault((by, column.header, column.role), []).append(spot)
    return tuple(_with_helps(sheet, spots.get(sheet.name, {}), plan.settings) for sheet in sheets)


def _with_helps(sheet: Sheet, found: Mapping[tuple[Filler, str, Role], Sequence[Spot]], settings: Settings) -> Sheet:
    merges = sheet.merge_map()
    helps = []
    for (by, header, role), spots in found.items():
        areas = tuple(merges.get(at) or Area(*at, *at) for _, at in spots)
        helps.append(_help(by, header, role, areas, settings))
    return replace(sheet, validations=(*sheet.validations, *helps)) if helps else sheet


def _help(by: Filler, header: str, role: Role, areas: tuple[Area, ...], settings: Settings) -> Validation:
    until = f"（期限：{japanese_date(settings.later_deadline)}）" if settings.later_deadline else ""
    message = f"{by.value}が記入する欄です{until}。"
    scale = scale_of(settings)
    marks = tuple(step.mark for step in scale.steps) if scale and role is Role.RATING else ()
    plain = Validation(areas, "any", title=header[:32], message=message)
    if not marks:
        return plain
    return replace(
        plain,
        kind="list",
        source=marks,
        error_style="information",
        error_title="ご確認ください",
        error_message=f"「評価の段階」は{'・'.join(marks)}です。このまま入れることもできます。",
    )
