"""Simple sheets: lines of cells laid out from top to bottom, each line as high as its text needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from xl_plan.cells import Area, Border, Cell, Font, Page, Sheet, Style
from xl_plan.layout.pages import report_page
from xl_plan.model import Settings

HAIR = Border("hair", "hair", "hair", "hair")
GREY = "#F2F2F2"
HEAD = "#E7E6E6"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: cells by column; ``merged`` spans (left, right); ``keep`` keeps it on one page with the next."""

    cells: Mapping[int, Cell]
    merged: tuple[tuple[int, int], ...] = ()
    keep: bool = False
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Looks:
    """The styles of the sheets that the tool adds, all in the plan's font, and their pages."""

    font: str = "BIZ UDゴシック"
    settings: Settings | None = None
    title: Style = field(init=False)
    heading: Style = field(init=False)
    text: Style = field(init=False)
    head: Style = field(init=False)
    cell: Style = field(init=False)
    fixed: Style = field(init=False)
    entry: Style = field(init=False)
    link: Style = field(init=False)

    def __post_init__(self) -> None:
        plain = Style(font=Font(self.font, 10.5), vertical="center", wrap=True)
        looks = {
            "title": replace(plain, font=Font(self.font, 12, bold=True)),
            "heading": replace(plain, font=Font(self.font, 10.5, bold=True)),
            "text": plain,
            "head": replace(plain, font=Font(self.font, 9, bold=True), border=HAIR, fill=HEAD),
            "cell": replace(plain, font=Font(self.font, 9), border=HAIR),
            "fixed": replace(plain, border=HAIR, fill=GREY),
            "entry": replace(plain, border=HAIR, fill="#DDEBF7", locked=False, number_format="@"),
            "link": replace(plain, font=Font(self.font, 9, underline=True, colour="#0563C1"), border=HAIR),
        }
        for name, style in looks.items():
            object.__setattr__(self, name, style)

    def page(self, name: str, paper: str = "A4", *, landscape: bool = True) -> Page:
        """The printed page of a sheet, with the headers and footers of 設定."""
        return report_page(self.settings or Settings(font=self.font), name, paper=paper, landscape=landscape)


def looks_of(settings: Settings) -> Looks:
    return Looks(settings.font, settings)


def lay_out(name: str, lines: Sequence[Line], widths: Mapping[int, float], page: Page) -> Sheet:
    """The sheet of these lines at fixed scale, every height set. Line i is row i unless a line is taller than a row
    can be (409.5 points): then it takes several rows, merged."""
    return lay_out_lines(name, lines, widths, page)[0]


def lay_out_lines(
    name: str, lines: Sequence[Line], widths: Mapping[int, float], page: Page, repeat: int | None = None
) -> tuple[Sheet, tuple[int, ...]]:
    """The sheet of these lines, and the row in which each begins. The line ``repeat`` stands again on every page that
    follows it: its room is kept free there. Where the columns are too wide for the paper, the widest give way."""
    # Whoever only reads a sheet takes its words from the module that writes it, and needs no layout.
    from xl_plan.layout.lines import laid_out

    return laid_out(name, lines, widths, page, repeat)


def table(
    name: str,
    looks: Looks,
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Cell | str]],
    widths: Sequence[float],
    *,
    notes: Sequence[str] = (),
    landscape: bool = True,
    paper: str = "A4",
) -> tuple[Sheet, int]:
    """A titled table with a filter and a head that repeats on each page; also the sheet row of its first line."""
    right = len(head) - 1
    lines = [Line({0: Cell(title, looks.title)}, ((0, right),))]
    lines += [Line({0: Cell(note, looks.text)}, ((0, right),)) for note in notes]
    lines.append(Line({col: Cell(text, looks.head) for col, text in enumerate(head)}))
    first = len(lines)
    texts = {"": Cell(None, looks.cell)}  # a text that stands in many lines is one cell, laid out once
    for row in rows:
        lines.append(Line({col: _cell(value, looks, texts) for col, value in enumerate(row)}))
    page = looks.page(name, paper, landscape=landscape)
    sheet, starts = lay_out_lines(name, lines, dict(enumerate(widths)), page, first - 1)
    first = starts[first - 1] + 1
    last = max((r for r, _ in sheet.cells), default=first)
    return (
        replace(
            sheet,
            freeze=(first, 0),
            filter=Area(first - 1, 0, max(last, first - 1), right),
        ),
        first,
    )


def _cell(value: Cell | str, looks: Looks, texts: dict[str, Cell]) -> Cell:
    if isinstance(value, Cell):
        return value
    known = texts.get(value)
    if known is None:
        known = texts[value] = Cell(value, looks.cell)
    return known
