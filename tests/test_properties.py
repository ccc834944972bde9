"""What must hold whatever is done to the forms."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corruption.clean import Clean, merge_book, the_clean_round
from corruption.hands import edited, reverse_sheets
from corruption.mutations import FILE, ROWS
from xl_plan.cells import Book, Scalar, Sheet, parse_a1
from xl_plan.excel.read import read_book
from xl_plan.findings import Severity
from xl_plan.issue.issued import read_issued
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.values import is_blank
from xl_plan.model import CellKey, Filler

PLENTY = settings(
    max_examples=100, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
FOREIGN = "よそ"  # stands in every text that a mutation puts where it does not belong


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return the_clean_round(tmp_path_factory)


# ------------------------------------------------------------------------------------------- issued, returned unchanged
def test_forms_returned_unchanged_are_unanswered_and_nothing_else(clean: Clean) -> None:
    forms = {name: data for name, data in clean.forms.items() if not name.startswith("確認用")}
    result = clean.merge({**dict.fromkeys(clean.files), **forms})
    of_files = [f for f in result.findings if f.place.file in forms]
    assert {f.code for f in of_files} == {"XP301"}
    assert sum(len(f.places) for f in of_files) == 52
    planned = {(p.number, c.key): p.text(c.key) for p in clean.plan.programmes for c in p.block.columns}
    for key, text in result.cells.items():
        assert text == planned[key] or (is_blank(text) and is_blank(planned[key]))


# -------------------------------------------------------------------------------------- order of files and of sheets
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_files_never_matters(clean: Clean, seed: int) -> None:
    """The files under other names lie in another order; cells, findings and states stay."""
    names = list(clean.files)
    random.Random(seed).shuffle(names)
    renamed = {f"{index:02d}_{name}": clean.files[name] for index, name in enumerate(names)}
    result = clean.merge({**dict.fromkeys(clean.files), **renamed})
    assert dict(result.cells) == dict(clean.result.cells)
    assert result.said == clean.result.said
    assert set(result.states.values()) == {"complete"}


def test_the_order_of_sheets_never_matters(clean: Clean) -> None:
    result = clean.merge({name: edited(data, reverse_sheets) for name, data in clean.files.items()})
    assert dict(result.cells) == dict(clean.result.cells)
    assert result.said == clean.result.said


# ------------------------------------------------------------------------------------------------- no foreign value
@cache
def returned(data: bytes) -> tuple[Book, Mapping[CellKey, tuple[str, tuple[int, int]]]]:
    """A returned form and where its cells stand."""
    book = read_book(data)
    return book, next(r[1] for sheet in book.sheets if (r := read_issued(sheet)) is not None)


def foreign_cells(clean: Clean) -> list[CellKey]:
    """Every cell of the form that is not to be filled, relisted rows included."""
    own = {(p.key, c.key) for p, c in clean.plan.owned_by("障害福祉課")}
    return sorted(key for key in returned(clean.files[FILE])[1] if key not in own)


def typed(
    clean: Clean, texts: Mapping[CellKey, Scalar], blank_rows: Sequence[int] = (), *, turned: bool = False
) -> Book:
    """The form with these texts typed in, blank rows inserted above some rows, its sheets perhaps turned round."""
    book, where = returned(clean.files[FILE])
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for key, text in texts.items():
        name, position = where[key]
        sheet = sheets[name]
        sheets[name] = replace(sheet, cells={**sheet.cells, position: sheet.at(*position).with_value(text)})
    sheets["柱2"] = with_blank_rows(sheets["柱2"], blank_rows)
    made = tuple(sheets.values())
    return replace(book, sheets=made[::-1] if turned else made)


def with_blank_rows(sheet: Sheet, rows: Sequence[int]) -> Sheet:
    """Blank rows inserted above these rows; merged cells that span one grow, as in Excel."""

    def now(row: int) -> int:
        return row + sum(1 for at in rows if at <= row)

    cells = {(now(row), col): cell for (row, col), cell in sheet.cells.items()}
    merges = tuple(area._replace(top=now(area.top), bottom=now(area.bottom)) for area in sheet.merges)
    return replace(sheet, cells=cells, merges=merges)


#: above which rows of the form a blank row may come: 2(1)②ウ, a header, 2(3)②イ
BLANK_ROWS = st.lists(st.sampled_from([17, 9, 36]), max_size=2)


@PLENTY
@given(data=st.data())
def test_no_foreign_value_reaches_the_output(clean: Clean, data: st.DataObject) -> None:
    cells = data.draw(st.lists(st.sampled_from(foreign_cells(clean)), min_size=1, max_size=8, unique=True))
    kinds = st.sampled_from(["", "99件", "12.5%", "－", "集計中"])
    texts = {cell: f"{FOREIGN}{data.draw(kinds)}{index}" for index, cell in enumerate(cells)}
    result = merge_book(clean, FILE, typed(clean, texts, data.draw(BLANK_ROWS), turned=data.draw(st.booleans())))
    assert not any(FOREIGN in text for text in result.cells.values())
    # an answer may be held because of what was done beside it, but never becomes another
    for key, text in result.cells.items():
        assert text in (clean.result.cells[key], "〔保留〕")
    quoted = " ".join(f"{f.expected} {f.got} {f.message}" for f in result.findings)
    assert all(text in quoted for text in texts.values())


# What a Japanese keyboard writes: letters, figures, signs and spaces of the Windows character set.
TYPED = "".join(
    ch
    for ch in map(chr, range(0x20, 0xFFFF))
    if unicodedata.category(ch)[0] in "LNP" or unicodedata.category(ch) == "Zs"
)
ANSWERS = st.text(st.sampled_from([ch for ch in TYPED if ch.encode("cp932", "ignore")]), min_size=1, max_size=30)


@PLENTY
@given(
    rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=3, unique=True),
    column=st.sampled_from(["actual:2023", "narrative"]),
    answers=st.tuples(ANSWERS, ANSWERS, ANSWERS),
    blank_rows=BLANK_ROWS,
)
def test_every_owned_answer_is_in_the_output_or_quoted(
    clean: Clean, rows: list[str], column: str, answers: tuple[str, str, str], blank_rows: list[int]
) -> None:
    texts = {(number, column): text for number, text in zip(rows, answers, strict=False)}
    result = merge_book(clean, FILE, typed(clean, texts, blank_rows))
    quoted = " ".join(f"{f.got} {f.message}" for f in result.findings)
    for key, text in texts.items():
        assert result.cells[key] == text or is_blank(text) or text in quoted


# ------------------------------------------------------------------------------------------ addresses and what is there
@PLENTY
@given(data=st.data())
def test_every_address_in_a_finding_holds_the_quoted_value(clean: Clean, data: st.DataObject) -> None:
    everywhere = [*foreign_cells(clean), *((n, c) for n in ROWS for c in ("actual:2023", "narrative"))]
    cells = data.draw(st.lists(st.sampled_from(everywhere), min_size=1, max_size=4, unique=True))
    values = st.sampled_from(["同上", "1,2345件", 0, 7, "９9件", "別紙のとおり", "令和4年度", None])
    book = typed(clean, {cell: data.draw(values) for cell in cells}, data.draw(BLANK_ROWS))
    for finding in merge_book(clean, FILE, book).findings:
        place = finding.place
        if place.file != FILE or not place.cell or finding.got is None or len(finding.places) > 1:
            continue
        sheet = book.sheet(place.sheet)
        assert sheet is not None
        cell = sheet.at(*parse_a1(place.cell))
        text = shown(cell.value, cell.style.number_format)
        assert finding.got == text or (finding.severity is not Severity.ERROR and finding.got in text)


def test_the_strategies_reach_relisted_rows_and_columns_of_the_round(clean: Clean) -> None:
    """The properties above would say little if they never touched what is dangerous."""
    reached = foreign_cells(clean)
    assert ("柱2(1)②イ", "actual:2023") in reached
    columns = {c.key for p in clean.plan.programmes for c in p.block.columns if c.filler is Filler.DEPARTMENT}
    assert {column for _, column in reached} > columns


def test_a_merge_of_values_says_what_a_merge_of_bytes_says(clean: Clean) -> None:
    result = merge_book(clean, FILE, typed(clean, {}))
    assert dict(result.cells) == dict(clean.result.cells)
    assert [f for f in result.findings if f.place.file == FILE] == [
        f for f in clean.result.findings if f.place.file == FILE
    ]
