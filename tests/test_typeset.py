"""Strips to pages: every rule by a small flow, and what must hold for any."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_plan.cells import MAX_ROW_HEIGHT, Area, Book, Cell, Font, Page, Position, Run, Sheet, Style
from xl_plan.excel.write import book_bytes
from xl_plan.layout.division import CONTINUED
from xl_plan.layout.sheets import Line, lay_out_lines
from xl_plan.layout.strips import ROW_HEIGHT, THIN_ROW, Strip, StripKind, row_heights, spread
from xl_plan.layout.typeset import Flow, Request, fit_scale, fits_width, flow, flow_all, page_height, tied

FONT = Font("BIZ UDゴシック", 9)
STYLE = Style(font=FONT, wrap=True, vertical="top")
PAGE = Page("A3", landscape=True, left=0.6, right=0.6, scale=100)
WIDTHS = {0: 10.0, 1: 20.0, 2: 14.0, 3: 44.0, 4: 18.0}


def cell(value: str | int | None, **look: object) -> Cell:
    return Cell(value, replace(STYLE, **look))  # type: ignore[arg-type]


def line(kind: StripKind, text: str) -> Strip:
    return Strip(kind, 1, {(0, 0): cell(text)}, (Area(0, 0, 0, 4),))


def header() -> Strip:
    return Strip(StripKind.HEADER, 1, {(0, col): cell("見出し") for col in range(5)})


def block(narrative: str, name: str = "事業", number: str = "柱2(1)①ア", **more: object) -> Strip:
    """A programme as the city prints it: description above, indicator and narrative below."""
    cells = {
        (0, 0): cell(number),
        (0, 1): cell(name),
        (0, 2): cell("内容"),
        (0, 4): cell("福祉政策課"),
        (1, 2): cell("指標"),
        (1, 3): cell(narrative),
    }
    merges = (Area(0, 0, 1, 0), Area(0, 1, 1, 1), Area(0, 2, 0, 3), Area(0, 4, 1, 4))
    return Strip(StripKind.BLOCK, 2, cells, merges, repeat=((0, 0), (0, 1)), **more)  # type: ignore[arg-type]


def paper(sheet: Sheet) -> list[tuple[int, int]]:
    """First and last row of each page."""
    starts = [0, *sheet.page.row_breaks]
    return list(zip(starts, [*(row - 1 for row in starts[1:]), max(sheet.heights)], strict=True))


def joined(result: Flow, strip: int, place: Position) -> str:
    return "".join(str(result.sheet.at(*p).value) for p in result.places[strip][place])


# --- heights


def test_an_empty_row_has_a_height_that_is_not_dropped() -> None:
    assert row_heights(Strip(StripKind.NOTE, 2, {}), WIDTHS) == [ROW_HEIGHT, ROW_HEIGHT]
    assert row_heights(line(StripKind.NOTE, "一行は15ポイント"), WIDTHS) == [ROW_HEIGHT]


def test_a_merged_area_is_as_wide_as_its_columns() -> None:
    text = "あ" * 60
    assert row_heights(line(StripKind.NOTE, text), WIDTHS) == [ROW_HEIGHT]
    assert row_heights(Strip(StripKind.NOTE, 1, {(0, 0): cell(text)}), WIDTHS) == [12 * 12.0 + 3]


def test_a_vertical_merge_lends_what_is_missing_to_the_tallest_row() -> None:
    rows = (cell("一\n二\n三"), cell("一"))
    strip = Strip(StripKind.BLOCK, 2, {(0, 0): cell("あ\n" * 9), (0, 3): rows[0], (1, 3): rows[1]}, (Area(0, 0, 1, 0),))
    assert row_heights(strip, WIDTHS) == [123 - 15.75 + 0.0, 15.75]


def test_overlapping_merges_cost_no_more_than_they_must() -> None:
    tall = cell("\n" * 9)  # 123 points
    merges = (Area(0, 0, 1, 0), Area(1, 1, 2, 1))
    strip = Strip(StripKind.BLOCK, 3, {(0, 0): tall, (1, 1): tall}, merges)
    assert row_heights(strip, WIDTHS) == [15.75, 107.25, 15.75]


def test_room_is_kept_for_text_still_to_come() -> None:
    strip = block("", reserve={(1, 3): 600})
    assert sum(row_heights(strip, WIDTHS)) >= 600 / 24 * 12


def test_a_row_higher_than_excel_allows_spreads_over_several() -> None:
    strip = block("あ" * 1000)
    laid = spread(strip, WIDTHS)
    assert len(laid.heights) == 3
    assert max(laid.heights) <= MAX_ROW_HEIGHT
    assert set(laid.merges) == {
        Area(0, 0, 2, 0),
        Area(0, 1, 2, 1),
        Area(0, 2, 0, 3),
        Area(0, 4, 2, 4),
        Area(1, 2, 2, 2),
        Area(1, 3, 2, 3),
    }
    assert laid.cells[2, 3] == Cell(style=STYLE)


@pytest.mark.parametrize(("rotation", "least"), [(255, 9 * 12.0), (90, 9 * 9.0)])
def test_rotated_text_has_its_length_as_height(rotation: int, least: float) -> None:
    strip = Strip(StripKind.BLOCK, 1, {(0, 0): cell("地域包括支援セン", rotation=rotation)})
    assert row_heights(strip, WIDTHS)[0] >= least - 10


# --- pages


def test_golden_layout() -> None:
    strips = [
        line(StripKind.TITLE, "【柱２】"),
        line(StripKind.SUBHEADING, "①"),
        header(),
        block("あ" * 240),
        block("い"),
    ]
    result = flow("柱2", strips, WIDTHS, PAGE)
    assert result.rows == ((0, 0), (1, 1), (2, 2), (3, 4), (5, 6))
    assert result.sheet.heights == {0: 15.75, 1: 15.75, 2: 15.75, 3: 15.75, 4: 123.0, 5: 15.75, 6: 15.75}
    assert result.sheet.page.row_breaks == ()
    assert result.sheet.page.print_area == Area(0, 0, 6, 4)
    assert result.places[3][1, 3] == ((4, 3),)
    assert Area(3, 0, 4, 0) in result.sheet.merges
    assert result.repeated == frozenset()


def test_a_page_ends_before_a_programme_and_the_header_stands_again() -> None:
    result = flow("柱2", [line(StripKind.SUBHEADING, "①"), header(), *[block("あ" * 500)] * 6], WIDTHS, PAGE)
    for first, _ in paper(result.sheet)[1:]:
        assert first in result.repeated
        assert result.sheet.at(first, 0).value == "見出し"
    starts = {first + 1 for first, _ in paper(result.sheet)[1:]}
    assert starts <= {first for first, _ in result.rows}


def test_a_page_that_begins_with_a_subsection_has_its_own_header_only() -> None:
    subsection = [line(StripKind.SUBHEADING, "①"), header(), block("あ" * 1300)]
    result = flow("柱2", subsection * 3, WIDTHS, PAGE)
    assert len(paper(result.sheet)) == 3
    assert result.repeated == frozenset()
    assert [result.sheet.at(first, 0).value for first, _ in paper(result.sheet)] == ["①"] * 3


def test_a_given_header_stands_again_instead_of_the_last_one() -> None:
    short = line(StripKind.HEADER, "続きの見出し")
    result = flow("柱2", [header(), *[block("あ" * 900)] * 3], WIDTHS, PAGE, repeat_header=short)
    assert {result.sheet.at(row, 0).value for row in result.repeated} == {"続きの見出し"}


# --- division


def test_a_block_taller_than_a_page_is_divided_and_marked() -> None:
    text = "。".join(f"{n}番目の成果" for n in range(600))
    result = flow("柱2", [header(), block(text)], WIDTHS, PAGE)
    assert len(result.parts[1]) > 1
    assert joined(result, 1, (1, 3)) == text
    assert len(result.places[1][0, 1]) == 1
    for first, _ in result.parts[1][1:]:
        assert result.sheet.at(first, 0).value == "柱2(1)①ア"
        assert result.sheet.at(first, 1).value == f"事業{CONTINUED}"
        assert result.sheet.at(first, 2).value is None
        assert result.sheet.heights[first] == THIN_ROW


def test_a_line_break_at_the_division_stays_at_the_end_of_the_earlier_piece() -> None:
    text = "\n".join(f"第{n}段落" for n in range(120))
    result = flow("柱2", [header(), block(text)], WIDTHS, PAGE)
    pieces = [str(result.sheet.at(*place).value) for place in result.places[1][1, 3]]
    assert len(pieces) > 1
    assert all(piece.endswith("\n") for piece in pieces[:-1])
    assert "".join(pieces) == text


def test_runs_are_divided_with_their_text() -> None:
    strip = block("")
    runs = tuple(Run(f"{n}" * 97, strike=n % 2 == 0) for n in range(50))
    text = "".join(run.text for run in runs)
    strip = replace(strip, cells={**strip.cells, (1, 3): Cell(text, STYLE, runs=runs)})
    result = flow("柱2", [header(), strip], WIDTHS, PAGE)
    cells = [result.sheet.at(*place) for place in result.places[1][1, 3]]
    assert len(cells) > 1
    assert all("".join(run.text for run in one.runs) == one.value for one in cells)
    struck = "".join(run.text for one in cells for run in one.runs if run.strike)
    assert struck == "".join(run.text for run in runs if run.strike)


def test_twins_are_divided_at_the_same_lines_on_any_sheet() -> None:
    text = "あいうえおかきくけこ、" * 250
    original = block(text, twin="柱2(1)①ア")
    copy = replace(original, cells={**original.cells, (0, 2): cell("長い内容" * 150)})
    one = Request("柱1", [header(), block("い" * 700), original], WIDTHS, PAGE)
    other = Request("柱2", [line(StripKind.TITLE, "柱２"), header(), copy], WIDTHS, PAGE)
    first, second = flow_all((one, other))
    pieces = [[f.sheet.at(*place).value for place in f.places[2][1, 3]] for f in (first, second)]
    assert len(pieces[0]) > 1
    assert pieces[0] == pieces[1]
    assert joined(second, 2, (0, 2)) == "長い内容" * 150


@pytest.mark.parametrize(
    ("others", "together"),
    [
        (("長い内容" * 600, "短い"), [[0, 1]]),  # the copy does not fit on a page
        (("内容", "短い"), []),
        (("長い内容" * 600, "長い内容" * 500), [[0, 1, 2]]),
    ],
)
def test_sheets_laid_out_alone_tell_which_must_be_divided_together(
    others: tuple[str, str], together: list[list[int]]
) -> None:
    """柱2 is tied to 柱1 by one row, 柱3 to 柱2 by another; 柱4 has a long row without a twin."""
    strips = [
        [block("短い", twin="a")],
        [_told(others[0], "a"), block("短い", twin="b")],
        [_told(others[1], "b")],
        [block("長い内容" * 700)],
    ]
    requests = [Request(f"柱{n}", [header(), *each], WIDTHS, PAGE) for n, each in enumerate(strips, 1)]
    alone = [flow_all((request,))[0] for request in requests]
    assert tied([each.fits for each in alone]) == together
    apart = set(range(4)).difference(*together)
    joint = flow_all(requests)
    assert [alone[n] for n in apart] == [joint[n] for n in apart]


def _told(content: str, twin: str) -> Strip:
    strip = block("短い", twin=twin)
    return replace(strip, cells={**strip.cells, (0, 2): cell(content)})


# --- scale


def test_scale_leaves_room_and_never_prints_below_8_points() -> None:
    assert fit_scale({0: 20}, PAGE) == 100
    wide = dict.fromkeys(range(13), 15.0)
    scale = fit_scale(wide, PAGE)
    assert 89 <= scale < 100
    assert fits_width(wide, replace(PAGE, scale=scale))
    hopeless = dict.fromkeys(range(40), 15.0)
    assert fit_scale(hopeless, PAGE) == 89
    assert not fits_width(hopeless, replace(PAGE, scale=89))


# --- anything

PROSE = st.text(alphabet="あ漢ー。、（）ABz09 /\u3000\n％①", min_size=1, max_size=60)


@st.composite
def narratives(draw: st.DrawFn) -> str:
    return draw(PROSE) * draw(st.sampled_from([1, 3, 20, 90]))


@st.composite
def flows(draw: st.DrawFn) -> tuple[list[Strip], Flow]:
    strips: list[Strip] = []
    for _ in range(draw(st.integers(1, 3))):
        strips += [line(StripKind.SUBHEADING, "①"), header()]
        texts = draw(st.lists(narratives(), min_size=1, max_size=4))
        strips += [block(text, twin=draw(st.sampled_from(["", "甲"]))) for text in texts]
        strips += [line(StripKind.NOTE, "※ 注")] * draw(st.integers(0, 1))
    page = replace(PAGE, scale=draw(st.sampled_from([89, 100])), paper=draw(st.sampled_from(["A3", "A4"])))
    return strips, flow("柱2", strips, WIDTHS, page)


@settings(max_examples=60, deadline=None)
@given(flows())
def test_what_holds_for_any_flow(case: tuple[list[Strip], Flow]) -> None:
    strips, result = case
    sheet = result.sheet
    assert set(sheet.heights) == set(range(max(sheet.heights) + 1))
    assert all(THIN_ROW <= height <= MAX_ROW_HEIGHT and height != 15 for height in sheet.heights.values())
    room = page_height(sheet.page)
    pages = paper(sheet)
    for first, last in pages:
        assert sum(sheet.heights[row] for row in range(first, last + 1)) <= room
    for area in sheet.merges:
        assert any(first <= area.top and area.bottom <= last for first, last in pages)
    assert list(result.rows) == sorted(result.rows)
    for n, strip in enumerate(strips):
        for place, one in strip.cells.items():
            assert joined(result, n, place) == one.value
        if strip.kind.leads:
            assert not any(last == result.rows[n][1] for _, last in pages)
        page_of = {next(k for k, (_, last) in enumerate(pages) if part[1] <= last) for part in result.parts[n]}
        assert len(page_of) == len(result.parts[n])
    _check_twins(strips, result)


def _check_twins(strips: Sequence[Strip], result: Flow) -> None:
    pieces: dict[object, set[tuple[object, ...]]] = {}
    for strip, places in zip(strips, result.places, strict=True):
        if strip.twin:
            values = tuple(result.sheet.at(*place).value for place in places[1, 3])
            pieces.setdefault(strip.cells[1, 3].value, set()).add(values)
    assert all(len(one) == 1 for one in pieces.values())


# --- on paper


WORDS = [
    "相談支援体制を",
    "構築し、",
    "実施した。",
    "研修会（年2回）",
    "904件",
    "１２箇所",
    "ー々",
    "「成果」",
    "R5",
    "Wi-Fi",
    "，",
    "％",
    "ｶｼﾜｼ",
    "…",
    "12,345",
    "の",
    "課題",
]
ADDRESS = "https://www.example.lg.jp/fukushi/2024/index_0001.html?id=12&x=y"


def _prose(source: random.Random, length: int) -> str:
    words = [*WORDS, "  ", ADDRESS]
    text = ""
    while len(text) < length:
        text += source.choice(words)
    return text[:length]


def _sample(seed: int, widths: dict[int, float]) -> Sheet:
    source = random.Random(seed)
    paragraphs = "\n".join(_prose(source, source.randrange(5, 70)) for _ in range(40))
    table = "\n".join("  ".join(f"件数{'':{source.randrange(9)}}{n * 37}" for n in range(6)) for _ in range(9))
    texts = [
        _prose(source, 600),
        _prose(source, 2000),
        paragraphs,
        table,
        "a" * 300,
        "（" * 50,
        *(_prose(source, n) for n in (9, 90)),
    ]
    strips = [line(StripKind.TITLE, "【柱２】"), line(StripKind.SUBHEADING, "①"), header()]
    strips += [block(text, name=_prose(source, 25)) for text in texts]
    page = replace(PAGE, scale=fit_scale(widths, PAGE))
    return flow(f"見本{seed}", strips, widths, page).sheet


@pytest.mark.office
def test_paper_shows_every_character(tmp_path: Path, print_gate: Path) -> None:
    pytest.importorskip("pdfminer", reason="pdfminer.six is not installed")
    pytest.importorskip("fontTools", reason="fonttools is not installed")
    widths = [WIDTHS, {0: 8.0, 1: 12.0, 2: 9.0, 3: 28.0, 4: 10.0}, {0: 12.0, 1: 25.0, 2: 20.0, 3: 75.0, 4: 20.0}]
    file = tmp_path / "見本.xlsx"
    file.write_bytes(book_bytes(Book(tuple(_sample(n, one) for n, one in enumerate(widths)))))
    command = [sys.executable, str(print_gate), str(file), "--paper", "A3", "--orientation", "landscape"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


# ----------------------------------------------------------------------------------------------------- lines of a list
SAID = st.text("あ漢。（A1 \n", min_size=1, max_size=150)
LINES = st.builds(
    lambda texts, merged, keep, least: Line(
        {col: cell(text) for col, text in enumerate(texts)}, ((0, 1),) if merged else (), keep, least
    ),
    st.lists(SAID, min_size=1, max_size=5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.0, 0.0, 40.0, 300.0, 420.0]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=40))
def test_a_list_is_set_line_by_line_as_its_strips_would_be(lines: list[Line]) -> None:
    page = replace(PAGE, scale=fit_scale(WIDTHS, PAGE))
    strips = [
        Strip(
            StripKind.SUBHEADING if each.keep else StripKind.NOTE,
            1,
            {(0, col): there for col, there in each.cells.items()},
            tuple(Area(0, left, 0, right) for left, right in each.merged),
            minimum={0: max(each.least, ROW_HEIGHT)},
        )
        for each in lines
    ]
    wanted = flow("一覧", strips, WIDTHS, page)
    sheet, rows = lay_out_lines("一覧", lines, WIDTHS, PAGE)
    assert (sheet.cells, sheet.merges, sheet.heights) == (
        wanted.sheet.cells,
        wanted.sheet.merges,
        wanted.sheet.heights,
    )
    assert sheet.page.row_breaks == wanted.sheet.page.row_breaks
    assert rows == tuple(first for first, _ in wanted.rows)


@pytest.mark.parametrize("least", [0.0, 420.0])
def test_lines_that_lead_to_more_than_a_page_are_not_torn(least: float) -> None:
    """``least`` makes one line too high for a row, so that the list is set in strips."""
    said = [Line({0: cell(f"第{n}課"), 1: cell(n)}, keep=n < 149) for n in range(150)]
    sheet, rows = lay_out_lines("一覧", [*said, Line({0: cell("図")}, least=least)], WIDTHS, PAGE)
    assert [(sheet.cells[row, 0].value, sheet.cells[row, 1].value) for row in rows[:150]] == [
        (f"第{n}課", n) for n in range(150)
    ]
    assert rows[:150] == tuple(range(150))
    edges = [0, *sheet.page.row_breaks, len(sheet.heights)]
    pages = [sum(sheet.heights[row] for row in range(*each)) for each in pairwise(edges)]
    assert len(pages) >= 4 and max(pages) <= page_height(sheet.page) + 0.01


def test_beyond_as_many_breaks_as_a_sheet_holds_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    strips = [line(StripKind.HEADER, "番号"), *(block(f"第{n}の取り組み" * 40) for n in range(30))]
    page = replace(PAGE, scale=fit_scale(WIDTHS, PAGE))
    whole = flow("見本", strips, WIDTHS, page)
    monkeypatch.setattr("xl_plan.layout.typeset.MAX_BREAKS", 2)
    short = flow("見本", strips, WIDTHS, page)
    assert len(whole.sheet.page.row_breaks) > 3
    assert short.sheet.page.row_breaks == whole.sheet.page.row_breaks[:2]
    assert short.repeated == frozenset(row for row in whole.repeated if row <= whole.sheet.page.row_breaks[1])
    texts = [[each.value for _, each in sorted(flow.sheet.cells.items())] for flow in (whole, short)]
    assert len(texts[0]) > len(texts[1]) and set(texts[0]) == set(texts[1])


def test_a_list_has_no_more_breaks_than_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [Line({0: cell(n)}) for n in range(300)]
    whole = lay_out_lines("一覧", lines, WIDTHS, PAGE)[0]
    monkeypatch.setattr("xl_plan.layout.lines.MAX_BREAKS", 2)
    short = lay_out_lines("一覧", lines, WIDTHS, PAGE)[0]
    assert len(whole.page.row_breaks) > 3
    assert short == replace(whole, page=replace(whole.page, row_breaks=whole.page.row_breaks[:2]))
