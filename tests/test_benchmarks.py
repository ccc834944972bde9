"""The benchmark works at toy size; what it measures is not judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xl_plan.findings import Severity
from xl_plan.pipeline.merging import run_merge

RUN = Path(__file__).resolve().parent.parent / "benchmarks" / "run.py"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "performance.md"
    path.write_text("before\n<!-- benchmarks: begin -->\nold\n<!-- benchmarks: end -->\nafter\n", encoding="utf-8")
    return path


def test_both_run_and_the_table_is_put_into_the_document(document: Path, tmp_path: Path) -> None:
    done = run("3x2", "--repeat", "1", "--work", str(tmp_path / "work"), "--docs", str(document))
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if line.startswith("| 3 × 2"))
    forms, *numbers = (float(cell) for cell in row.split("|")[2:-1])
    assert forms == 3
    assert len(numbers) == 9
    assert all(number > 0 for number in numbers[:6])
    text = document.read_text(encoding="utf-8")
    assert row in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert (tmp_path / "work" / "3x2" / "peer.xlsx").is_file()
    assert list((tmp_path / "work" / "3x2" / "out").glob("進捗状況_*.xlsx"))


def test_a_merge_that_fails_is_no_result(tmp_path: Path) -> None:
    folder = tmp_path / "2x1"
    (folder / "inbox").mkdir(parents=True)
    (folder / "plan.xlsx").write_bytes(b"no workbook")
    done = run("2x1", "--repeat", "1", "--work", str(tmp_path))
    assert done.returncode != 0
    assert "|" not in done.stdout


def test_growth_is_told_for_each_size_and_put_into_the_document(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- growth: begin -->\nold\n<!-- growth: end -->\nafter\n", encoding="utf-8")
    words = ["3", "7", "--departments", "2", "--jobs", "1", "--docs", str(document)]
    command = [sys.executable, str(RUN.parent / "growth.py"), *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith(("| 3 ", "| 7 "))]
    assert len(rows) == 2
    for row in rows:
        assert len(row.split("|")) == 11
        assert row in document.read_text(encoding="utf-8")
    assert "old" not in document.read_text(encoding="utf-8")


def test_a_second_merge_is_held_against_the_first() -> None:
    command = [sys.executable, str(RUN.parent / "again.py"), "2x1", "--repeat", "1"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    *_, row = done.stdout.splitlines()
    assert len([float(cell) for cell in row.split("|")[2:-1]]) == 5


def test_one_department_in_so_many_has_a_question_to_settle(tmp_path: Path) -> None:
    words = ["--departments", "4", "--programmes", "3", "--erring", "2"]
    subprocess.run([sys.executable, str(RUN.parent / "generate.py"), str(tmp_path), *words], check=True)
    merged = run_merge(tmp_path / "inbox", tmp_path / "plan.xlsx", tmp_path / "out")
    departments = sorted(path.stem.split("_")[1] for path in (tmp_path / "inbox").iterdir())
    assert len(departments) == 4
    asked = [Path(f.place.file).stem.split("_")[1] for f in merged.findings if f.severity is not Severity.INFO]
    assert sorted(asked) == sorted(path.stem for path in merged.returns)
    assert len(asked) == 2
