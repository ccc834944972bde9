"""Make the example inbox again: each department's R5 form, filled with the values of the printed sheet.

    python scripts/make_inbox.py [FORMS_DIR] [INBOX_DIR]

Run ``xl-plan split`` first. The forms are filled with openpyxl, as a person would: a figure is typed as a number where
the cell's format then shows what was printed, anything else as text.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENPYXL_LXML", "False")  # the same bytes whether lxml is installed or not

import openpyxl

from xl_plan.cells import a1
from xl_plan.excel.read import read_book
from xl_plan.issue.issued import issued_in
from xl_plan.meaning.numberformat import shown

ROOT = Path(__file__).resolve().parent.parent
PRINTED = ROOT / "tests" / "data" / "pillar2.json"
FIELDS = {"actual:2023": "Ｒ5 実績値", "narrative": "成果・課題・方向性"}
FILLED_ON = datetime.datetime(2024, 5, 20, 9, 0, 0)


def printed_values() -> dict[str, dict[str, Any]]:
    """番号 → the printed row."""
    plan = json.loads(PRINTED.read_text(encoding="utf-8"))
    return {row["番号"]: row for section in plan["節"] for row in section["事業"]}


def typed(text: str, number_format: str) -> str | int | float:
    """What a person types so that the cell shows ``text``."""
    match = re.fullmatch(r"([0-9,]+(?:\.[0-9]+)?)(%?)\D*", text)
    if match is None or unicodedata.normalize("NFKC", text) != text:
        return text
    plain = match[1].replace(",", "")
    number: int | float = float(plain) if "." in plain else int(plain)
    if match[2]:
        number = number / 100
    return number if shown(number, number_format) == text else text


def to_fill(form: Path) -> Iterator[tuple[str, str, str, str]]:
    """The programme, column, sheet and address of each cell that a form asks for."""
    said = issued_in(read_book(form.read_bytes()))
    assert said is not None, form
    issued, where = said
    for key in sorted(issued.owned):
        sheet, place = where[key]
        yield *key, sheet, a1(*place)


def fill(form: Path, target: Path, rows: dict[str, dict[str, Any]]) -> int:
    """Fill one form; the number of cells filled."""
    book = openpyxl.load_workbook(form)
    count = 0
    for key, column, sheet, cell in to_fill(form):
        target_cell = book[sheet][cell]
        target_cell.value = typed(rows[key][FIELDS[column]], target_cell.number_format)
        target_cell.data_type = "s" if isinstance(target_cell.value, str) else "n"
        count += 1
    for line in book["記入要領"].iter_rows(max_col=2):
        if line[0].value == "回答者・内線":
            line[1].value = "担当者（内線2100）"
    book.properties.modified = book.properties.created = FILLED_ON
    saved = io.BytesIO()
    book.save(saved)
    target.write_bytes(without_times(saved.getvalue()))
    return count


def without_times(package: bytes) -> bytes:
    """The same package with one fixed time for every member, so that making it again gives the same bytes."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2024-05-20T09:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def main(forms: str = "outbox/調査票", inbox: str = "inbox") -> None:
    rows = printed_values()
    Path(inbox).mkdir(exist_ok=True)
    for form in sorted(Path(forms).glob("*.xlsx")):
        if not form.name.startswith("確認用_"):
            print(form.name, fill(form, Path(inbox) / form.name, rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
