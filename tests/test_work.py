"""How much is done, counted in what does not depend on the machine: files, members, parses, formats, modules.

A bound is what the work needs. Growth is held too: a form may not cost more because there are more forms.
"""

from __future__ import annotations

import copyreg
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import pytest

from xl_plan.excel import package, write_styles
from xl_plan.pipeline import carrying, examining, merging
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import run_merge

MEMBERS_OF_A_FORM, PARSES_OF_A_FORM = 16, 16
BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


def generated(folder: Path, departments: int) -> Path:
    words = [str(folder), "--departments", str(departments), "--programmes", "2", "--pillars", "1"]
    subprocess.run([sys.executable, str(BENCHMARKS / "generate.py"), *words], check=True)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("small"), 4)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("large"), 8)


def in_this_process(work: Callable[[Any, Any], Any], shared: Any, tasks: Any, *_: Any) -> Iterator[Any]:
    """What the workers do, where it can be counted."""
    for task in tasks:
        yield work(shared, task)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what is done from here on."""
    seen: Counter[str] = Counter()

    def counted(owner: Any, name: str, what: str) -> None:
        plain = getattr(owner, name)

        def counting(*args: Any, **named: Any) -> Any:
            seen[what] += 1
            return plain(*args, **named)

        monkeypatch.setattr(owner, name, counting)

    monkeypatch.setattr(examining, "in_workers", in_this_process)
    counted(examining, "read_regular", "files")
    counted(package, "new_parser", "parses")
    counted(package, "_inflate", "members")
    counted(write_styles, "_properties", "formats")
    return seen


def merged(folder: Path, tmp_path: Path, count: Counter[str]) -> Counter[str]:
    """What a merge did, without what it does for each return: how many there are hangs on the answers."""
    count.clear()
    run_merge(folder / "inbox", folder / "plan.xlsx", tmp_path / folder.name)
    return Counter(count)


def test_a_form_costs_the_same_among_many(
    small: Path, large: Path, tmp_path: Path, count: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "made_at_once", lambda *_: iter(()))
    monkeypatch.setattr(merging, "put_returns", lambda *_: ((), ()))
    few, many = (merged(folder, tmp_path, count) for folder in (small, large))
    assert (few["files"], many["files"]) == (4, 8)
    a_form = {what: (many[what] - few[what]) / 4 for what in ("members", "parses")}
    assert 10 <= a_form["members"] <= MEMBERS_OF_A_FORM
    assert 10 <= a_form["parses"] <= PARSES_OF_A_FORM
    assert few["members"] - 4 * a_form["members"] <= MEMBERS_OF_A_FORM  # the plan, once
    assert many["formats"] <= few["formats"] + 10  # looks are few, however many rows there are


def test_what_travels_by_the_thousand_is_packed_as_plain_fields(small: Path) -> None:
    form = next(iter(sorted((small / "inbox").glob("*.xlsx"))))
    plan, _ = load_plan(small / "plan.xlsx")
    result = examining.examine(form.name, form.read_bytes(), plan)
    packed = bytes(ForkingPickler.dumps(result))
    assert pickle.loads(packed) == result
    names = {kind.__name__ for kind in carrying.CARRIED} & {"Cell", "Returned", "Style"}
    assert len(names) == 3
    for kind in carrying.CARRIED:
        assert kind in copyreg.dispatch_table
        assert all(field.init for field in fields(kind))


CHECKED = """
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))
from xl_plan.cli import main
main()
"""


def loaded_by(*words: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", CHECKED, *words], capture_output=True, encoding="utf-8", check=False)
    assert run.returncode in (0, 1), run.stderr
    return set(run.stderr.split())


def test_check_imports_neither_writer_nor_pages(small: Path) -> None:
    form = next(iter(sorted((small / "inbox").glob("*.xlsx"))))
    loaded = loaded_by("check", "--plan", str(small / "plan.xlsx"), str(form))
    heavy = {"openpyxl", "xlsxwriter", "python_calamine", "pandas", "pyarrow", "numpy", "xl_plan.report"}
    heavy |= {"xl_plan.excel.write", "xl_plan.book.compose", "xl_plan.layout.typeset", "xl_plan.forms"}
    heavy |= {"xl_plan.checks.plans", "xl_plan.relisted.duplicates"}
    assert "xl_plan.submissions" in loaded
    assert loaded & heavy == set()
    assert len({name for name in loaded if name.startswith("xl_plan.reports")}) == 0
    assert len(loaded) <= 420
