"""The fuzzer's targets for a moment, the same each time: real seeds, bytes that hypothesis makes, damaged real files."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.pipeline.workers import Allowance, Lost, in_workers
from xl_plan.returned.peculiar import as_shown, peculiarities

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "fuzz"))

import targets  # noqa: E402 - the folder is not a package

SLICE = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
)


@pytest.mark.parametrize("name", sorted(targets.TARGETS))
def test_targets_come_back_from_their_seeds(name: str) -> None:
    seeds = targets.seeds(name)
    assert seeds
    for seed in seeds[:: max(1, len(seeds) // 25)]:
        targets.TARGETS[name](seed)


@settings(SLICE, max_examples=300)
@given(st.text(max_size=60))
def test_values(text: str) -> None:
    targets.value(text.encode("utf-8", "replace"))


@settings(SLICE, max_examples=40)
@given(st.binary(min_size=4, max_size=120))
def test_submissions(data: bytes) -> None:
    targets.submission(data)


@settings(SLICE, max_examples=15)
@given(st.binary(min_size=4, max_size=120))
def test_plans(data: bytes) -> None:
    targets.plan(data)


@settings(SLICE, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=8)), min_size=1, max_size=12))
def test_sheets(changes: list[tuple[int, bytes]]) -> None:
    part = bytearray(targets.seeds("sheet")[0])
    for at, piece in changes:
        start = at % len(part)
        part[start : start + len(piece)] = piece
    targets.sheet(bytes(part))


# ---------------------------------------------------------------- damaged files of every format


def read(_: None, data: bytes) -> str:
    try:
        book = read_book(data)
    except UnreadableWorkbook as error:
        return error.kind
    list(peculiarities(as_shown(book), "a.xlsx"))
    return "read"


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, or a piece cut out or doubled."""
    changed = bytearray(data)
    match chance.randrange(4):
        case 0:
            start = chance.randrange(len(changed))
            del changed[start : start + chance.randrange(1, 2000)]
        case 1:
            start = chance.randrange(len(changed))
            changed[start:start] = changed[start : start + chance.randrange(1, 200)]
        case _:
            for _ in range(chance.randrange(1, 20)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def test_damaged_files_cost_at_most_themselves(strange_workbooks: Path) -> None:
    """Our own reader never dies; a library for the other formats may, and a worker with it."""
    chance = random.Random(7)
    paths = sorted(path for path in strange_workbooks.glob("*/*") if 0 < path.stat().st_size < 60_000)
    chosen = [chance.choice(paths) for _ in range(300)]
    tasks = [damaged(path.read_bytes(), chance) for path in chosen]
    results = list(in_workers(read, None, tasks, 2, Allowance(seconds=20, memory=1 << 30)))
    for path, result in zip(chosen, results, strict=True):
        if isinstance(result, Lost):
            assert result.reason != "bug" and path.suffix in (".xls", ".xlsb", ".ods"), (path.name, result)
    assert {"read", "damaged"} <= {result for result in results if isinstance(result, str)}
