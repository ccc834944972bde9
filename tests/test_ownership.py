"""XP2 on returned cells: what is a change, and which changes are one cause."""

from __future__ import annotations

import pytest

from corruption.clean import Clean, merge_book, the_clean_round
from corruption.mutations import FILE, ROWS
from test_properties import typed
from xl_plan.cells import Book, Scalar
from xl_plan.comparison import listed, plain, short
from xl_plan.findings import Finding

PAST = "actual:2022"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return the_clean_round(tmp_path_factory)


def about_ownership(clean: Clean, book: Book) -> list[Finding]:
    return [f for f in merge_book(clean, FILE, book).findings if f.code.startswith("XP20")]


@pytest.mark.parametrize(
    "value",
    [605, 605.0, "605件", "605件 ", " 605件", "605件\r\n"],
    ids=["number", "float", "as shown", "blank behind", "blank before", "line end"],
)
def test_no_change(clean: Clean, value: Scalar) -> None:
    assert about_ownership(clean, typed(clean, {("柱2(3)②イ", PAST): value})) == []


@pytest.mark.parametrize("value", [606, "605", "６０５件", "605 件", "－", None, True], ids=repr)
def test_a_change(clean: Clean, value: Scalar) -> None:
    (finding,) = about_ownership(clean, typed(clean, {("柱2(3)②イ", PAST): value}))
    assert (finding.code, finding.expected, len(finding.places)) == ("XP201", "605件", 1)


@pytest.mark.parametrize(("rows", "findings"), [(1, 1), (2, 2), (3, 1), (5, 1)])
def test_three_cells_of_a_column_are_one_cause(clean: Clean, rows: int, findings: int) -> None:
    texts = dict.fromkeys([(number, PAST) for number in ROWS[:rows]], "1件")
    said = about_ownership(clean, typed(clean, texts))
    assert len(said) == findings
    assert sorted(place.number for f in said for place in f.places) == sorted(ROWS[:rows])


def test_a_column_and_a_row_are_two_causes_and_no_cell_is_named_twice(clean: Clean) -> None:
    column = {(number, PAST): "1件" for number in ROWS}
    row = {("柱2(3)②イ", f"actual:{year}"): "1件" for year in (2017, 2019, 2020)}
    said = about_ownership(clean, typed(clean, {**column, **row}))
    places = [place for f in said for place in f.places]
    assert len(said) == 2 and len(places) == len(set(places)) == 8


def test_a_finding_of_several_cells_quotes_every_old_and_new_text(clean: Clean) -> None:
    texts = {(number, PAST): f"{index}件" for index, number in enumerate(ROWS)}
    (finding,) = about_ownership(clean, typed(clean, texts))
    assert all(f"「{text}」" in (finding.got or "") for text in texts.values())
    assert "「13,282件」" in (finding.expected or "") and "「605件」" in (finding.expected or "")


def test_words_for_lists() -> None:
    assert listed([("J1", "a"), ("J2", "")]) == "J1「a」、J2「（空欄）」"
    assert short("あ" * 61) == "あ" * 60 + "…"
    assert plain(" a\r\nb\r ") == "a\nb"
