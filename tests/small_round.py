"""A round of six programmes of the real plan, and a division at work on it."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from issued_lines import issued_lines
from xl_plan.book.compose import compose
from xl_plan.book.planbook import all_columns, plan_drafts
from xl_plan.cells import Book, Sheet
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.office.settings import settings_sheet
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import MergeResult, run_merge
from xl_plan.pipeline.rounds import run_split

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
SHEET = "柱2"
NAME = "進捗状況_R5.xlsx"
Edit = Callable[[Any], None]

_spec = importlib.util.spec_from_file_location("make_inbox", ROOT / "scripts" / "make_inbox.py")
assert _spec is not None and _spec.loader is not None
make_inbox = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_inbox)
KEPT = ("①ア", "①イ", "①エ", "②ア", "③ア", "④ウ")  # of section 柱2(1): 柱2(1)②ア repeats 柱2(1)①ア


def make_small(folder: Path) -> Path:
    """The round in a folder: its plan workbook, the departments' answers and the first output."""
    plan = load_plan(TEMPLATE)[0]
    kept = {p.block.first for p in plan.programmes if p.number in {f"柱2(1){name}" for name in KEPT}}
    drafts = [replace(d, keep=lambda block: block.first in kept) for d in plan_drafts(plan, plan.settings, {})]
    sheets = (*(item.sheet for item in compose(drafts)), settings_sheet(plan.settings, all_columns(plan)))
    (folder / "plan.xlsx").write_bytes(book_bytes(Book(sheets)))
    run_split(folder / "plan.xlsx", folder / "forms")
    (folder / "inbox").mkdir()
    rows = make_inbox.printed_values()
    for form in sorted((folder / "forms" / "調査票").glob("*.xlsx")):
        if not form.name.startswith("確認用_"):
            make_inbox.fill(form, folder / "inbox" / form.name, rows)
    run_merge(folder / "inbox", folder / "plan.xlsx", folder / "outbox")
    return folder


class Office:
    """A division at work: an inbox, an outbox, and the workbook between them."""

    def __init__(self, folder: Path, small: Path) -> None:
        self.inbox, self.out, self.plan = folder / "inbox", folder / "outbox", folder / "plan.xlsx"
        shutil.copytree(small / "inbox", self.inbox)
        shutil.copy(small / "plan.xlsx", self.plan)
        self.out.mkdir()
        shutil.copy(small / "outbox" / NAME, self.out)
        self.first_inbox = small / "inbox"

    @property
    def output(self) -> Path:
        return self.out / NAME

    def merge(self) -> MergeResult:
        return run_merge(self.inbox, self.plan, self.out)

    def edit(self, edit: Edit) -> None:
        book = openpyxl.load_workbook(self.output)
        edit(book)
        book.save(self.output)

    def resubmit(self, department: str, number: str, column: str, value: Any) -> None:
        """The department's file comes in again with another answer."""
        path = self.inbox / f"{department}.xlsx"
        book = openpyxl.load_workbook(path)
        sheet, cell = next((s, c) for key, col, _, s, c in issued_lines(book) if (key, col) == (number, column))
        book[sheet][cell] = value
        book.save(path)

    def change_plan(self, edit: Edit) -> None:
        book = openpyxl.load_workbook(self.plan)
        edit(book)
        book.save(self.plan)

    def text(self, number: str, column: str) -> str:
        plan = load_plan(self.output)[0]
        return next(p for p in plan.programmes if p.number == number).text(column)

    def book(self) -> Book:
        return read_book(self.output.read_bytes())

    def sheet(self, name: str) -> Sheet:
        sheet = self.book().sheet(name)
        assert sheet is not None, f"no sheet {name}"
        return sheet

    def copies(self) -> list[str]:
        return sorted(path.name for path in self.out.glob("*手修正控え*"))

    def again(self) -> bytes:
        """Merge once more: not a byte may change."""
        before = self.output.read_bytes()
        copies = self.copies()
        self.merge()
        assert self.output.read_bytes() == before
        assert self.copies() == copies
        return before
