"""Small plans as tables in the test: one line a programme, read and opened as a round by the program itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.book.planbook import PlanBook
from xl_plan.cells import Book, Cell, Sheet, Style
from xl_plan.checks.answers import Judged, judge
from xl_plan.findings import Finding
from xl_plan.forms import form
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.model import CellKey, Merged, Plan, Returned, Settings, Submission
from xl_plan.plan import read_plan
from xl_plan.reconcile import reconcile
from xl_plan.report import consolidated
from xl_plan.rollover import open_round

HEAD = (
    "番号",
    "事業名",
    "評価指標",
    "内容",
    "Ｒ3 実績値",
    "Ｒ4 実績値",
    "Ｒ5 実績値",
    "成果，課題",
    "Ｒ6 目標値",
    "担当部局",
)
YEAR = FiscalYear(2023)
ACTUAL, NARRATIVE = "actual:2023", "narrative"


@dataclass(frozen=True)
class Row:
    """A programme as it is typed. ``more`` are further columns by header."""

    number: str
    name: str = "高齢者の総合相談事業"
    indicator: str = "相談件数"
    values: tuple[str, ...] = ("15,107件", "13,282件")
    narrative: str = ""
    department: str = "福祉政策課"
    this_year: str = ""
    target: str = "増加"
    more: Mapping[str, str] = field(default_factory=dict)


def sheet_of(rows: Sequence[Row], name: str = "柱2") -> Sheet:
    further = tuple(dict.fromkeys(header for row in rows for header in row.more))
    grid = [(*HEAD[:-1], *further, HEAD[-1])]
    for row in rows:
        own = (row.number, row.name, row.indicator, "説明", *row.values, row.this_year, row.narrative, row.target)
        grid.append((*own, *(row.more.get(header, "") for header in further), row.department))
    cells = {(y, x): Cell(text, Style(wrap=True)) for y, line in enumerate(grid) for x, text in enumerate(line) if text}
    return Sheet(name, MappingProxyType(cells), widths=MappingProxyType(dict.fromkeys(range(len(grid[0])), 14.0)))


def office(*rows: Row, **sheets: Sequence[Row]) -> tuple[Plan, tuple[Finding, ...]]:
    """An office's own workbook, read."""
    named = [(name, lines) for name, lines in (("柱2", rows), *sheets.items()) if lines]
    return read_plan(Book(tuple(sheet_of(lines, name) for name, lines in named)), "計画.xlsx")


def opened(*rows: Row, **sheets: Sequence[Row]) -> Plan:
    """The round that asks for R5, as read from its plan workbook."""
    plan, _ = office(*rows, **sheets)
    settings = Settings(title="計画", division="福祉政策課", given=True)
    return read_plan(open_round(plan, settings, YEAR).book, "計画.xlsx")[0]


def groups(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {group.original: group.copies for group in plan.relisting.groups}


def said(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Code and number of each XP4 finding."""
    return [(f.code, f.place.number) for f in findings if f.code.startswith("XP4")]


def answered(
    plan: Plan, department: str, answers: Mapping[CellKey, str], file: str = "", issue: bool = True
) -> Submission:
    """What a department sends back: its form as issued, with these cells written in."""
    made = form(plan, department)
    sheets = {sheet.name: sheet for sheet in made.book.sheets}
    returned = {}
    for key, (sheet, position) in made.where.items():
        cell = sheets[sheet].at(*position)
        text = "" if cell.value is None else str(cell.value)
        if key in answers:
            cell = text = answers[key]
        returned[key] = Returned(sheet, "A1", cell if isinstance(cell, Cell) else Cell(text), text)
    for key, text in answers.items():
        returned.setdefault(key, Returned("柱2", "A1", Cell(text), text))
    issued = _issued(made.book) if issue else None
    return Submission(file or f"{department}.xlsx", file or department, department, issued, MappingProxyType(returned))


def _issued(book: Book):  # type: ignore[no-untyped-def]
    from xl_plan.issue.issued import read_issued

    return next(result[0] for sheet in book.sheets if (result := read_issued(sheet)) is not None)


def merged(plan: Plan, *submissions: Submission) -> tuple[Merged, tuple[Finding, ...]]:
    judged: list[Judged] = [judge(submission, plan)[0] for submission in submissions]
    return reconcile(plan, judged)


def written(result: Merged) -> PlanBook:
    return consolidated(result, ())
