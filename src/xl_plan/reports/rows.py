"""What the report sheets share: the programmes without their copies, and their cells as merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import EMPTY, Cell, a1
from xl_plan.layout.sheets import Looks
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.values import row_unit
from xl_plan.model import CellKey, Column, Merged, Plan, Programme, Role, Spot
from xl_plan.remembered import once_for_each
from xl_plan.reports.judging import Judgement, judge
from xl_plan.tables.references import reference


@dataclass(frozen=True, slots=True)
class Standing:
    """A programme of the round with what it is measured by. ``actuals`` from the oldest to the latest."""

    programme: Programme
    indicator: str
    unit: str
    actual: Column | None
    target: Column | None
    interim: Column | None
    this_year: Column | None
    actuals: tuple[Column, ...]
    targets: tuple[Column, ...]
    cells: Mapping[CellKey, Cell]

    def cell(self, column: Column | None) -> Cell:
        return self.cells.get((self.programme.key, column.key), EMPTY) if column is not None else EMPTY

    def text(self, column: Column | None) -> str:
        cell = self.cell(column)
        return shown(cell.value, cell.style.number_format)

    def judged(self, target: Column | None) -> Judgement:
        """The actual of the round against a target."""
        return judge(self.cell(self.actual), self.cell(target), self.cell(self.first), self.unit)

    @property
    def first(self) -> Column | None:
        """The earliest actual, by which a value that is to grow or fall is judged; None where that is this round's."""
        return self.actuals[0] if self.actuals and self.actuals[0] is not self.actual else None

    @property
    def section(self) -> str:
        return next((text.strip() for text in self.programme.block.headings if text.strip()), "")


def merged_cells(merged: Merged) -> dict[CellKey, Cell]:
    """Every cell of the plan with the round filled in."""
    cells = {(p.key, key): cell for p in merged.plan.programmes for key, cell in p.cells.items()}
    return cells | {key: entry.cell for key, entry in merged.entries.items()}


def filled(merged: Merged) -> Plan:
    """The plan with the round's values in its programmes."""
    programmes = []
    for programme in merged.plan.programmes:
        entries = {c.key: merged.entries[programme.key, c.key] for c in programme.block.columns
                   if (programme.key, c.key) in merged.entries}  # fmt: skip
        cells = {**programme.cells, **{key: entry.cell for key, entry in entries.items()}}
        texts = {**programme.texts, **{key: entry.text for key, entry in entries.items()}}
        programmes.append(replace(programme, cells=MappingProxyType(cells), texts=MappingProxyType(texts)))
    return replace(merged.plan, programmes=tuple(programmes))


def leading_to(spot: Spot, looks: Looks) -> Cell:
    """Where a value stands in this book, with a link there."""
    sheet, place = spot[0], a1(*spot[1])
    return Cell(f"{sheet} {place}", looks.link, link=f"#'{sheet}'!{place}")


@once_for_each
def standings(merged: Merged) -> tuple[Standing, ...]:
    """Every programme once, in the plan's order: rows that only repeat another are left out."""
    copies = merged.plan.relisting.originals()
    cells = merged_cells(merged)
    return tuple(_standing(merged, p, cells) for p in merged.plan.programmes if p.key not in copies)


def _standing(merged: Merged, programme: Programme, cells: Mapping[CellKey, Cell]) -> Standing:
    held = programme.block.places
    actuals = tuple(sorted(_yearly(programme, Role.ACTUAL, held), key=lambda pair: pair[0]))
    targets = tuple(sorted(_yearly(programme, Role.TARGET, held), key=lambda pair: pair[0]))
    year = merged.plan.settings.year
    now = year.year if year else None
    actual = next((c for y, c in actuals if y == now), None) or (actuals[-1][1] if actuals else None)
    texts = [shown(cells[programme.key, c.key].value, cells[programme.key, c.key].style.number_format)
             for _, c in actuals if (programme.key, c.key) in cells]  # fmt: skip
    before = [c for y, c in targets[:-1] if now is None or y <= now]
    return Standing(
        programme=programme,
        indicator=next((programme.text(c.key) for c in programme.with_role(Role.INDICATOR)), ""),
        unit=row_unit(texts) or programme.unit,
        actual=actual,
        target=targets[-1][1] if targets else None,
        interim=before[-1] if before else None,
        this_year=next((c for y, c in targets if y == now), None),
        actuals=tuple(c for _, c in actuals),
        targets=tuple(c for _, c in targets),
        cells=cells,
    )


def _yearly(programme: Programme, role: Role, held: Mapping[str, Sequence[object]]) -> Iterator[tuple[int, Column]]:
    seen = set()
    for column in programme.with_role(role):
        if column.year is not None and held.get(column.key) and column.year.year not in seen:
            seen.add(column.year.year)
            yield column.year.year, column


def repeated(spot: Spot | None, within: str) -> str | None:
    """The formula that repeats a cell of the plan on the sheet ``within``; None for a cell that is not there."""
    return reference(spot[0], spot[1], within) if spot is not None else None
