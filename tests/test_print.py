"""Print shows every character: the shipped round, every form, long and strange narratives, narrow and wide columns.

The gate colours every cell and looks at what LibreOffice puts on paper, in its own layout and in one like Excel's.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_plan.book.planbook import all_columns, plan_book
from xl_plan.cells import Area, Book, Cell, Sheet
from xl_plan.excel.write import book_bytes
from xl_plan.forms import split
from xl_plan.model import BandKind, Plan, Role, Spot
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import collect
from xl_plan.report import consolidated
from xl_plan.tables.table import read_table

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
INBOX = ROOT / "inbox"


@pytest.fixture(scope="module")
def book() -> Book:
    merged, findings = collect(INBOX, TEMPLATE)
    return consolidated(merged, findings).book


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(TEMPLATE)[0]


def lost(gate: Path, book: Book, folder: Path, *options: str) -> list[str]:
    """What the gate says is lost in either layout; [] when every character is printed."""
    path = folder / "book.xlsx"
    path.write_bytes(book_bytes(book))
    command = [sys.executable, str(gate), str(path), "--min-pt", "8", *options, "--json", str(folder / "lost.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1), done.stderr
    if done.returncode == 0:
        return []
    return [line.strip() for line in done.stdout.splitlines() if "lost" in line or "below" in line]


# ---------------------------------------------------------------------------------------------------- the shipped round
@pytest.mark.office
def test_the_consolidated_workbook_loses_nothing(book: Book, print_gate: Path, tmp_path: Path) -> None:
    assert lost(print_gate, book, tmp_path) == []


@pytest.mark.office
def test_every_form_and_copy_loses_nothing(plan: Plan, print_gate: Path, tmp_path: Path) -> None:
    """All forms' sheets in one workbook, with 確認欄 and everything else that 設定 can put on paper."""
    settings_ = replace(plan.settings, seal_boxes=True, mark="取扱注意", document_date="2024-06-28")
    made = split(replace(plan, settings=settings_))
    sheets = [
        replace(sheet, name=f"{n}{sheet.name}")
        for n, form in enumerate((*made.forms, *made.copies))
        for sheet in form.book.sheets
        if sheet.state == "visible"
    ]
    assert (len(made.forms), len(made.copies)) == (10, 2) and len(sheets) >= 34
    assert lost(print_gate, Book(tuple(sheets)), tmp_path, *off_paper(sheets)) == []


def off_paper(sheets: Sequence[Sheet]) -> list[str]:
    """The columns 点検 beside the cells to fill, which say themselves that they are not printed."""
    options = []
    for sheet in sheets:
        area, used = sheet.page.print_area, sheet.used
        if area is None or used is None or used.right <= area.right:
            continue
        beside = [str(c.value) for (_, col), c in sorted(sheet.cells.items()) if col > area.right and c.value]
        assert beside[0].startswith("点検（印刷されません）"), sheet.name
        options += ["--allow-unprinted", f"{sheet.name}!{Area(0, area.right + 1, used.bottom + 9, used.right + 1).a1}"]
    return options


@pytest.mark.office
def test_an_office_s_own_format_loses_nothing(print_gate: Path, tmp_path: Path) -> None:
    """書式＝原本: ＭＳ Ｐゴシック, the office's borders and widths; heights and pages are ours."""
    plan = load_plan(ROOT / "tests" / "data" / "柱2_進捗状況.xlsx")[0]
    kept = replace(plan.settings, keep_format=True)
    made = plan_book(replace(plan, settings=kept), kept, all_columns(plan), {}).book
    assert {c.style.font.name for c in made.sheets[0].cells.values() if c.value} == {"ＭＳ Ｐゴシック"}
    assert lost(print_gate, replace(made, sheets=made.sheets[:1]), tmp_path) == []


# ------------------------------------------------------------------------------------------------------ long narratives
SENTENCE = "令和５年度は，地域の支え合い会議を24回開催し，延べ1,849件の相談に対応した。担当課（福祉政策課）と連携した。"
NARRATIVES = (
    (SENTENCE * 20)[:600],
    (SENTENCE * 60)[:2000],
    "\n".join(f"{n}　{SENTENCE[: 10 + n]}" for n in range(1, 41)),
    "https://www.city.example.lg.jp/chiiki/fukushi/keikaku/r5/shinchoku-joukyou/index.html?page=12&mode=print を参照",
    "項目　　　　 R4　　　 R5\n相談件数　　13,282　 15,107\n訪問件数　　 1,799　　1,849\n合計　　　　15,081　 16,956",
    "ﾊﾝｶｸｶﾅと全角カナ、ＡＢＣとabc、①②㈱、「かぎ括弧」（丸括弧）…ー々〆ゝ、𠮷野家、ガ゙ギ゙",
    "あ" * 300,
    "x" * 120 + "。" + "1" * 90,
)


def with_narratives(plan: Plan, texts: Sequence[str], widths: float | None = None) -> Book:
    """The plan's sheets with these texts in the narrative cells, one after another, and the narrative column so wide."""
    edits: dict[Spot, Cell] = {}
    column = next(c for c in plan.tables[0].columns if c.role is Role.NARRATIVE)
    if widths is not None:
        (table,) = plan.tables
        sheet = replace(table.sheet, widths=MappingProxyType({**table.sheet.widths, column.left: widths}))
        plan = replace(plan, tables=(replace(table, sheet=sheet),))
    copies = plan.relisting.originals()
    for n, programme in enumerate(p for p in plan.programmes if p.key not in copies):
        place = programme.place(column.key)
        if place is not None and n < len(texts):
            edits[programme.sheet, place] = programme.cell(column.key).with_value(texts[n])
    made = plan_book(plan, plan.settings, all_columns(plan), edits).book
    return replace(made, sheets=made.sheets[:1])


def narratives(sheet: Sheet) -> list[str]:
    """The narratives that a plan sheet holds, divided ones joined again."""
    from xl_plan.plan import read_plan

    read, _ = read_plan(Book((sheet,)))
    return [p.text(c.key) for p in read.programmes for c in p.with_role(Role.NARRATIVE) if p.text(c.key)]


@pytest.mark.office
def test_long_narratives_lose_nothing(plan: Plan, print_gate: Path, tmp_path: Path) -> None:
    """600 and 2,000 characters, 40 paragraphs, addresses, tables typed with spaces; as wide as it is, narrow, wide."""
    sheets = []
    for width in (None, 20.0, 60.0):
        (sheet,) = with_narratives(plan, NARRATIVES, width).sheets
        assert narratives(sheet) == list(NARRATIVES)
        sheets.append(replace(sheet, name=f"幅{width or 'そのまま'}"))
    assert lost(print_gate, Book(tuple(sheets)), tmp_path) == []


_WORDS = st.sampled_from(
    ("相談件数", "１，８４９件", "1,849件", "（福祉政策課）", "ＳＮＳ", "Twitter", "。", "，", "・", "「", "」", "ー", "ｶﾀｶﾅ", " ", "　",
     "\n", "\n\n", "https://example.jp/a/b-c?d=1", "〜", "…", "％", "87.2%", "①", "々", "ガ", "😀", "\t")
)  # fmt: skip
_TEXTS = st.lists(_WORDS, min_size=1, max_size=120).map("".join).filter(lambda text: text.strip() != "")


@pytest.mark.office
@settings(max_examples=1, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(_TEXTS, min_size=36, max_size=36))
def test_generated_narratives_lose_nothing(plan: Plan, print_gate: Path, tmp_path: Path, texts: list[str]) -> None:
    """In the column as it is, a narrow one and a wide one."""
    sheets = []
    for n, width in enumerate((None, 15.0, 60.0)):
        (sheet,) = with_narratives(plan, texts[n::3], width).sheets
        sheets.append(replace(sheet, name=f"幅{width or 'そのまま'}"))
    assert lost(print_gate, Book(tuple(sheets)), tmp_path) == []


# ----------------------------------------------------------------------------------------------------- layout as values
def test_pages_begin_where_a_reader_expects(book: Book) -> None:
    """A page begins with a heading, a header or a programme, and never inside a merged area; none ends with a heading."""
    sheet = book.sheet("柱2")
    assert sheet is not None and sheet.page.row_breaks
    table = read_table(sheet)
    assert table is not None
    kinds = {band.first: band.kind for band in table.bands}
    ends = {band.last + 1: band.kind for band in table.bands}
    for row in sheet.page.row_breaks:
        assert kinds.get(row) in (BandKind.SECTION, BandKind.SUBSECTION, BandKind.HEADER), row
        assert ends[row] in (BandKind.BLOCK, BandKind.NOTE), row
        assert not any(area.top < row <= area.bottom for area in sheet.merges)


def test_golden_layout_of_the_shipped_round(book: Book) -> None:
    """Breaks, heights and areas as values; a change of these is a change of the printed book, to be looked at."""
    sheet = book.sheet("柱2")
    assert sheet is not None
    assert sheet.page.row_breaks == (16, 35, 50, 65, 84, 104)
    assert sheet.page.print_area == Area(0, 0, 118, 12)
    assert (sheet.page.scale, len(sheet.merges), sum(sheet.heights.values())) == (100, 208, 4657.5)
    assert [sheet.heights[row] for row in range(14)] == [
        19.5, 18.0, 16.5, 15.75, 43.5, 15.75, 27.0, 51.0, 27.0, 51.0, 27.0, 219.0, 27.0, 63.0,
    ]  # fmt: skip


def test_the_page_says_what_it_is(plan: Plan) -> None:
    settings_ = replace(plan.settings, mark="取扱注意", document_date="2024-06-28")
    page = plan_book(replace(plan, settings=settings_), settings_, all_columns(plan), {}).book.sheets[0].page
    assert (page.paper, page.landscape) == ("A3", True) and page.fit is None and page.left > page.right
    for words in ("柏市地域健康福祉計画", "令和5年度実績", "取扱注意"):
        assert words in page.header
    assert "2024年6月28日" in page.footer and "&P / &N" in page.footer
    assert page.scale * 9 / 100 >= 8


def test_headers_hold_any_title(plan: Plan) -> None:
    settings_ = replace(plan.settings, title="2024年&" + "長い計画の名称" * 60)
    made = plan_book(replace(plan, settings=settings_), settings_, all_columns(plan), {}).book
    assert len(made.sheets[0].page.header) <= 255
    assert '"2024年&&長い' in made.sheets[0].page.header  # digits do not run into the size
    book_bytes(made)
