"""What a fuzzer throws at the program: each target takes bytes and must come back, whatever they are.

The same targets serve the coverage-guided fuzzer (``fuzz/run.py``) and the short slice among the tests. Bytes become
edits of real sheets rather than bytes of a file, since a file of noise never gets past the zip directory; files are
fuzzed by ``package`` alone.
"""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from xl_plan.cells import Area, Book, Cell, Position, Sheet, Style
from xl_plan.checks.answers import judge
from xl_plan.checks.ownership import foreign_cells
from xl_plan.excel.read import Limits, UnreadableWorkbook, read_book, sniff
from xl_plan.findings import Finding
from xl_plan.meaning.fiscal import find_years
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.values import meaning
from xl_plan.model import Plan
from xl_plan.plan import read_plan
from xl_plan.returned.peculiar import as_shown, peculiarities
from xl_plan.submissions import read_submission

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "templates" / "plan_template.xlsx"
FORM = ROOT / "inbox" / "学童保育課.xlsx"
_LIMITS = Limits(inflated=8 << 20, cells=50_000, styled_blanks=10_000, strings=50_000, merged=100_000)
_FORMATS = (
    "General",
    '#,##0"件"',
    "0.00%",
    "yyyy/m/d",
    "[$-411]ggge",
    "@",
    ";;;",
    '0"回/年"',
    "[h]:mm",
    "#,##0.0;-0;\\－",
)
_TEXTS = (
    "",
    "－",
    "ー",
    "なし",
    "同上",
    "集計中",
    "５箇所",
    "R5",
    "令和５年度",
    "【再掲】柱2(1)①ア",
    "柱2(1)①ア",
    "=1+1",
    "〔未提出〕",
)


class Source:
    """Bytes spent piece by piece; when they are used up, everything is zero."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def number(self, below: int) -> int:
        piece = self._data[self._at : self._at + 2]
        self._at += 2
        return int.from_bytes(piece, "big") % below

    def text(self) -> str:
        choice = self.number(len(_TEXTS) * 2)
        if choice < len(_TEXTS):
            return _TEXTS[choice]
        size = self.number(40)
        piece = self._data[self._at : self._at + size]
        self._at += size
        return piece.decode("utf-8", "replace")


# ---------------------------------------------------------------- the targets


def value(data: bytes) -> None:
    """A cell's text, and a number in a format of the file's own."""
    text = data.decode("utf-8", "replace")
    first = meaning(text)
    assert meaning(text) == first
    find_years(text)
    source = Source(data)
    code, amount = source.text(), source.number(65_536) - 32_768
    assert isinstance(shown(amount / 7, code), str)
    assert isinstance(shown(text, code), str)


def package(data: bytes) -> None:
    """The bytes of a file. The libraries for other formats than ours may end a process, and are not called here."""
    if sniff(data) not in ("xlsx", "xlsm"):
        return
    try:
        book = read_book(data, _LIMITS)
    except UnreadableWorkbook:
        return
    _worded(list(peculiarities(book, "福祉政策課.xlsx")))


def sheet(data: bytes) -> None:
    """The XML of a sheet inside a sound package."""
    package(_around_sheet(data))


def plan(data: bytes) -> None:
    """The plan's sheets after edits."""
    book = as_shown(_edited(_book(PLAN), Source(data)))
    _worded(read_plan(book, "計画.xlsx", "")[1])


def submission(data: bytes) -> None:
    """A department's form after edits, read and judged."""
    book = as_shown(_edited(_book(FORM), Source(data)))
    found, findings = read_submission(book, _plan(), "学童保育課.xlsx", "")
    _worded(findings)
    if found is not None:
        _worded(judge(found, _plan())[1])
        _worded(list(foreign_cells(found, _plan())))


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "value": value,
    "package": package,
    "sheet": sheet,
    "plan": plan,
    "submission": submission,
}


def seeds(target: str) -> list[bytes]:
    """Where to begin: real texts, real files, the XML of real sheets."""
    if target == "value":
        texts = {str(c.value) for s in _book(PLAN).sheets for c in s.cells.values() if c.value is not None}
        return [text.encode() for text in sorted(texts)]
    paths = [PLAN, FORM, *sorted(ROOT.parent.glob("shared/corpus/*/*.xls[xm]"))]
    if target == "package":
        return [path.read_bytes() for path in paths]
    if target == "sheet":
        return [part for path in paths for part in _sheets_of(path)]
    return [bytes((n * 37 + 11 * k) % 256 for n in range(60)) for k in range(20)]


# ---------------------------------------------------------------- making


@functools.cache
def _book(path: Path) -> Book:
    return read_book(path.read_bytes())


@functools.cache
def _plan() -> Plan:
    return read_plan(_book(PLAN), "計画.xlsx", "")[0]


def _worded(findings: list[Finding] | tuple[Finding, ...]) -> None:
    """Words are rendered last: a finding that cannot say itself would stop the program there."""
    for finding in findings:
        assert finding.message and finding.remedy


def _sheets_of(path: Path) -> list[bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [archive.read(n) for n in sorted(archive.namelist()) if n.startswith("xl/worksheets/sheet")]
    except (zipfile.BadZipFile, NotImplementedError):
        return []


@functools.cache
def _members() -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(FORM) as archive:
        return tuple((name, archive.read(name)) for name in archive.namelist() if name != "xl/worksheets/sheet1.xml")


def _around_sheet(part: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (*_members(), ("xl/worksheets/sheet1.xml", part)):
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _edited(book: Book, source: Source) -> Book:
    sheets = list(book.sheets)
    edits = 0
    while source and edits < 30:
        edits += 1
        index = source.number(len(sheets))
        sheets[index] = _EDITS[source.number(len(_EDITS))](sheets[index], source)
    return replace(book, sheets=tuple(sheets), date1904=bool(source.number(2)))


def _place(sheet: Sheet, source: Source) -> Position:
    places = list(sheet.cells)
    if places and source.number(4):
        return places[source.number(len(places))]
    return source.number(120), source.number(40)


def _typed(sheet: Sheet, source: Source) -> Sheet:
    place = _place(sheet, source)
    old = sheet.cells.get(place, Cell())
    return replace(sheet, cells={**sheet.cells, place: replace(old, value=source.text(), runs=())})


def _numbered(sheet: Sheet, source: Source) -> Sheet:
    style = Style(number_format=_FORMATS[source.number(len(_FORMATS))])
    amount = (source.number(65_536) - 32_768) * 10.0 ** (source.number(40) - 20)
    return replace(sheet, cells={**sheet.cells, _place(sheet, source): Cell(amount, style)})


def _formula(sheet: Sheet, source: Source) -> Sheet:
    value = (None, "#REF!", 3, True)[source.number(4)]
    cell = Cell(value, formula=source.text(), error=value == "#REF!")
    return replace(sheet, cells={**sheet.cells, _place(sheet, source): cell})


def _emptied(sheet: Sheet, source: Source) -> Sheet:
    place = _place(sheet, source)
    return replace(sheet, cells={at: cell for at, cell in sheet.cells.items() if at != place})


def _shifted(sheet: Sheet, source: Source) -> Sheet:
    """A row inserted or taken out."""
    row, by = source.number(80), 1 if source.number(2) else -1
    cells = {(r + by if r >= row else r, c): cell for (r, c), cell in sheet.cells.items() if r + by >= 0}
    merges = tuple(area.moved(by) if area.top >= max(row, 1) else area for area in sheet.merges)
    return replace(sheet, cells=cells, merges=merges)


def _merged(sheet: Sheet, source: Source) -> Sheet:
    top, left = _place(sheet, source)
    area = Area(top, left, top + source.number(6), left + source.number(6))
    return replace(sheet, merges=(*sheet.merges, area))


def _unmerged(sheet: Sheet, source: Source) -> Sheet:
    index = source.number(len(sheet.merges) + 1)
    return replace(sheet, merges=sheet.merges[:index] + sheet.merges[index + 1 :])


def _renamed(sheet: Sheet, source: Source) -> Sheet:
    return replace(sheet, name=source.text() or "表")


_EDITS: tuple[Callable[[Sheet, Source], Sheet], ...] = (
    _typed,
    _typed,
    _typed,
    _numbered,
    _formula,
    _emptied,
    _shifted,
    _merged,
    _unmerged,
    _renamed,
)
