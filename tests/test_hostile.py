"""Every strange workbook against the table of what must come of it: tests/hostile/expected.csv.

A file that comes off better than its row says fails too, so that the table stays true. To see what would stand in it:

    python tests/test_hostile.py > tests/hostile/expected.csv
"""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.pipeline.opening import lost, refusal
from xl_plan.pipeline.workers import Allowance, Lost, in_workers
from xl_plan.returned.peculiar import as_shown, peculiarities

HERE = Path(__file__).resolve().parent / "hostile"
CORPUS = HERE.parent.parent.parent / "shared" / "corpus"
TABLE = HERE / "expected.csv"
HEAD = ("file", "outcome", "sheets", "cells", "findings")
ALLOWED = Allowance(seconds=60, memory=1 << 30)
Row = tuple[str, str, str, str, str]


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile_make", HERE / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(_: None, task: tuple[str, bytes]) -> Row:
    """The row of a file, as a worker finds it."""
    name, data = task
    try:
        book = read_book(data)
    except UnreadableWorkbook as error:
        return name, f"refused:{error.kind}", "", "", refusal(name, data, error).code
    cells = sum(not cell.blank for sheet in as_shown(book).sheets for cell in sheet.cells.values())
    codes = sorted({finding.code for finding in peculiarities(book, name)})
    return name, "read", str(len(book.sheets)), str(cells), " ".join(codes)


def rows(tasks: list[tuple[str, bytes]]) -> Iterator[Row]:
    for (name, _), result in zip(tasks, in_workers(read, None, tasks, 2, ALLOWED), strict=True):
        if isinstance(result, Lost):
            yield name, f"lost:{result.reason}", "", "", lost(name, result).code
        else:
            yield result


def made_files() -> list[tuple[str, bytes]]:
    return [(f"made/{name}", make()) for name, make in maker().made().items()]


def corpus_files() -> list[tuple[str, bytes]]:
    paths = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
    return [(path.relative_to(CORPUS).as_posix(), path.read_bytes()) for path in paths]


def table() -> dict[str, Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *lines = csv.reader(file)
    assert tuple(head) == HEAD
    found = {line[0]: (line[0], line[1], line[2], line[3], line[4]) for line in lines}
    assert len(found) == len(lines), "a file stands in the table twice"
    return found


def differing(found: Iterable[Row], expected: dict[str, Row]) -> list[str]:
    return [f"{expected.get(row[0], 'not in the table')} but {row}" for row in found if expected.get(row[0]) != row]


def test_made_files_come_off_as_the_table_says() -> None:
    expected = {name: row for name, row in table().items() if name.startswith("made/")}
    found = list(rows(made_files()))
    assert differing(found, expected) == []
    assert {row[0] for row in found} == expected.keys()


def test_a_file_that_comes_off_better_or_worse_is_told() -> None:
    expected = table()
    refused = next(row for row in expected.values() if row[1].startswith("refused:"))
    taken = next(row for row in expected.values() if row[1] == "read")
    better = (refused[0], "read", "1", "1", "")
    worse = (taken[0], "refused:damaged", "", "", "XP101")
    new = ("made/new.xlsx", "read", "1", "1", "")
    assert differing([refused, taken], expected) == []
    assert len(differing([better, worse, new], expected)) == 3


def test_the_collection_comes_off_as_the_table_says() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the collection of strange workbooks is not beside the repository")
    expected = {name: row for name, row in table().items() if not name.startswith("made/")}
    found = list(rows(corpus_files()))
    assert differing(found, expected) == []
    assert {row[0] for row in found} == expected.keys()


def test_made_files_are_the_same_each_time() -> None:
    for name, make in maker().made().items():
        if "password" not in name:
            assert make() == make(), name


def test_no_row_tells_of_a_crash_of_our_own_reader() -> None:
    for name, outcome, *_ in table().values():
        if outcome.startswith("lost:"):
            assert not name.endswith((".xlsx", ".xlsm")), name


def main() -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(rows([*made_files(), *corpus_files()]))


if __name__ == "__main__":
    main()
