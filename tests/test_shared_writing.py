"""A workbook whose sheets are written and read back by several processes is the one that one process writes."""

from __future__ import annotations

import io
import multiprocessing
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relisted_plans import Row, merged, opened
from xl_plan.cells import Book, Cell, Sheet
from xl_plan.excel.write import Last, UnwritableCell, book_bytes, verify_bytes, written
from xl_plan.excel.write_zip import Part, part, zipped
from xl_plan.pipeline.workers import Hands, at_once, shares_memory
from xl_plan.report import consolidated
from xl_plan.shares import ONE_BY_ONE, even_batches

forks = pytest.mark.skipif(not shares_memory(), reason="processes here begin without what their parent has")


def sheet(name: str, *texts: str | float) -> Sheet:
    return Sheet(name, MappingProxyType({(row, 0): Cell(text) for row, text in enumerate(texts)}))


BOOK = Book((sheet("柱1", "計画", "相談", 3), sheet("柱2", "相談", "研修"), sheet("柱3", "研修", "見守り", 0.5)))


# --------------------------------------------------------------------------------------------------------------- writing
@forks
def test_two_hands_write_the_same_bytes() -> None:
    assert book_bytes(BOOK, Hands(2)) == book_bytes(BOOK)


def test_the_last_sheet_may_come_later() -> None:
    asked: list[Sequence[str]] = []

    def last(told: Sequence[str]) -> Sheet:
        asked.append(told)
        return BOOK.sheets[-1]

    stand_in = Sheet("柱3", MappingProxyType({(0, 0): Cell(None)}))
    for shares in (ONE_BY_ONE, Hands(2)):
        book = Book((*BOOK.sheets[:-1], stand_in))
        assert written(book, shares, Last(lambda sheet: sheet.name, last)) == (book_bytes(BOOK), BOOK)
    assert asked == [["柱1", "柱2"], ["柱1", "柱2"]]


@forks
def test_what_excel_cannot_hold_is_named_whoever_finds_it() -> None:
    book = Book((*BOOK.sheets, sheet("柱4", 1, float("nan"))))
    for shares in (ONE_BY_ONE, Hands(2)):
        with pytest.raises(UnwritableCell, match=r"柱4!A2"):
            book_bytes(book, shares)


@pytest.mark.parametrize("hands", [1, 2, 5])
def test_each_difference_is_told_once_and_in_order(hands: int) -> None:
    data = book_bytes(BOOK)
    other = Book((sheet("柱1", "計画", "相談", 4), sheet("柱2", "相談", "研修"), sheet("柱3", "研究", "見守り", 0.5)))
    said = ["柱1!A3: 4 != 3", "柱3!A1: '研究' != '研修'"]
    assert verify_bytes(data, other, Hands(hands)) == said
    assert verify_bytes(data, BOOK, Hands(hands)) == []
    (names,) = verify_bytes(data, Book(BOOK.sheets[:2]), Hands(hands))
    assert names.startswith("sheets: ")


# --------------------------------------------------------------------------------------------------------------- batches
@given(st.lists(st.integers(0, 50), max_size=20), st.integers(1, 6))
def test_batches_hold_each_task_once_in_order(weights: list[int], most: int) -> None:
    batches = even_batches(weights, most)
    assert [task for batch in batches for task in batch] == list(range(len(weights)))
    assert all(batches)


def test_batches_are_about_even() -> None:
    assert even_batches([5, 5, 5, 5], 2) == [range(2), range(2, 4)]
    assert even_batches([90, 5, 5], 2) == [range(1), range(1, 3)]
    assert even_batches([1, 1], 5) == [range(1), range(1, 2)]


# ----------------------------------------------------------------------------------------------------------------- hands
def act(parent: int, task: str) -> str:
    if task == "dies" and os.getpid() != parent:
        os._exit(3)
    return f"{task} {'here' if os.getpid() == parent else 'there'}"


@forks
def test_what_a_worker_could_not_do_is_done_here() -> None:
    assert list(at_once(act, os.getpid(), ["a", "dies", "b"], 2)) == ["a there", "dies here", "b there"]


@forks
@pytest.mark.parametrize(("task", "said"), [("a", "a there"), ("dies", "dies here")])
def test_one_thing_goes_on_beside_and_is_asked_for_later(task: str, said: str) -> None:
    result = Hands(2).beside(partial(act, os.getpid()), task)
    assert [result(), result()] == [said, said]


@forks
@pytest.mark.parametrize("sentences", [1, 700])
def test_a_book_is_laid_out_the_same_by_several(sentences: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second row of 柱2 is that of 柱1, and taller than a page when it says much."""
    monkeypatch.setattr("xl_plan.book.compose._WORTH_SHARING", 0)
    told = "長い記述、" * sentences
    row = Row("柱2(1)①イ", "講座", indicator=told)
    copy = replace(row, number="柱1(1)①ア", name=f"{row.name}\n【再掲】\n{row.number}")
    result = merged(opened(Row("柱2(1)①ア"), row, 柱1=(copy, Row("柱1(1)①イ", "訪問"))))[0]
    assert [group.copies for group in result.plan.relisting.groups] != []
    by_several = consolidated(result, (), shares=Hands(2))
    assert by_several == consolidated(result, ())
    assert any(sheet.page.row_breaks for sheet in by_several.book.sheets[1:3]) is (sentences > 1)


@forks
def test_who_did_something_beside_is_let_go_of_when_it_is_asked_for() -> None:
    others = set(multiprocessing.active_children())
    result = Hands(2).beside(partial(act, os.getpid()), "a")
    begun = set(multiprocessing.active_children()) - others
    assert len(begun) == 1
    assert result() == "a there"
    assert begun.isdisjoint(multiprocessing.active_children())


def test_with_one_job_nothing_goes_on_beside() -> None:
    for shares in (Hands(1), ONE_BY_ONE):
        assert shares.beside(partial(act, os.getpid()), "a")() == "a here"


@pytest.mark.parametrize(("tasks", "jobs"), [(["a", "b"], 1), ([], 2)])
def test_little_work_is_done_here(tasks: list[str], jobs: int) -> None:
    assert list(at_once(act, os.getpid(), tasks, jobs)) == [f"{task} here" for task in tasks]


def test_one_task_is_done_here() -> None:
    assert list(Hands(2).done(act, os.getpid(), ["a"])) == ["a here"]


def test_processes_that_begin_empty_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda: "spawn")
    assert list(at_once(act, os.getpid(), ["a", "b"], 2)) == ["a here", "b here"]


# ------------------------------------------------------------------------------------------------------------------- zip
@given(st.dictionaries(st.text("ab/あ.", min_size=1, max_size=8), st.binary(max_size=300), max_size=5))
def test_a_zip_is_the_one_that_the_library_of_python_makes(contents: dict[str, bytes]) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as expected:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            expected.writestr(info, content, compresslevel=6)
    assert zipped([part(name, (content,)) for name, content in contents.items()]) == target.getvalue()


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_a_part_is_the_same_in_whatever_pieces_it_comes(pieces: list[bytes]) -> None:
    assert part("a.xml", pieces) == part("a.xml", (b"".join(pieces),))


def test_a_part_beyond_the_size_of_a_zip_is_refused() -> None:
    with pytest.raises(OverflowError, match="xl/big"):
        zipped([Part("xl/big.xml", 0, 1 << 32, b"")])
