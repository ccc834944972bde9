"""What hands and programs do to a workbook, in openpyxl's terms but with Excel's effects on merged cells."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.cell_range import CellRange

from issued_lines import issued_lines

Book = Any  # openpyxl has no types
Change = Callable[[Book], None]


def edited(data: bytes, *changes: Change, saved: str = "2024-05-20T09:00:00Z") -> bytes:
    """The workbook after these changes, saved as openpyxl saves; ``saved`` is the time that the document states."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for change in changes:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return with_part(
        out.getvalue(),
        "docProps/core.xml",
        lambda part: re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + saved.encode(), part),
    )


def with_part(package: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same package with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), change(data) if member == name else data)
    return out.getvalue()


def address(book: Book, number: str, column: str) -> tuple[str, str]:
    """The sheet and cell where a cell was issued."""
    for line in issued_lines(book):
        if (line.key, line.column) == (number, column):
            return line.sheet, line.cell
    raise KeyError((number, column))


def put(number: str, column: str, value: object, number_format: str | None = None) -> Change:
    """Type a value into a cell of the form."""

    def change(book: Book) -> None:
        sheet, cell = address(book, number, column)
        target = book[sheet][cell]
        target.value = value
        if number_format is not None:
            target.number_format = number_format
        if isinstance(value, str) and not value.startswith("="):
            target.data_type = "s"

    return change


def at(sheet: str, cell: str, value: object) -> Change:
    """Type a value at an address."""

    def change(book: Book) -> None:
        book[sheet][cell].value = value

    return change


def comment(number: str, column: str, text: str) -> Change:
    def change(book: Book) -> None:
        sheet, cell = address(book, number, column)
        book[sheet][cell].comment = openpyxl.comments.Comment(text, "担当者")

    return change


def guide(label: str, value: object) -> Change:
    """Fill the line of 記入要領 that has this label."""

    def change(book: Book) -> None:
        for line in book["記入要領"].iter_rows(max_col=2):
            if line[0].value == label:
                line[1].value = value
                return
        raise KeyError(label)

    return change


def without_hidden(book: Book) -> None:
    del book["_xl-plan"]


def rename_sheet(old: str, new: str) -> Change:
    def change(book: Book) -> None:
        book[old].title = new

    return change


def remove_sheet(name: str) -> Change:
    def change(book: Book) -> None:
        del book[name]

    return change


def copy_sheet(name: str, *changes: tuple[str, object]) -> Change:
    """Excel's 移動またはコピー: the copy is called 「柱2 (2)」."""

    def change(book: Book) -> None:
        twin = book.copy_worksheet(book[name])
        twin.title = f"{name} (2)"
        for cell, value in changes:
            twin[cell].value = value

    return change


def reverse_sheets(book: Book) -> None:
    book._sheets.reverse()


def unmerge_all(book: Book) -> None:
    for sheet in book.worksheets:
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))


def unprotect(book: Book) -> None:
    for sheet in book.worksheets:
        sheet.protection.sheet = False
        sheet.data_validations.dataValidation = []


# --------------------------------------------------------------------------------------------------- rows and columns
def rearrange(sheet: str, rows: Callable[[list[int | None]], Sequence[int | None]]) -> Change:
    """The sheet with its rows in another order; None is an inserted row. Merged cells go with their rows."""

    def change(book: Book) -> None:
        ws = book[sheet]
        order = list(rows(list(range(1, ws.max_row + 1))))
        _rebuild(ws, order, list(range(1, ws.max_column + 1)))

    return change


def rearrange_columns(sheet: str, columns: Callable[[list[int | None]], Sequence[int | None]]) -> Change:
    def change(book: Book) -> None:
        ws = book[sheet]
        order = list(columns(list(range(1, ws.max_column + 1))))
        _rebuild(ws, list(range(1, ws.max_row + 1)), order)

    return change


def _rebuild(ws: Any, rows: Sequence[int | None], columns: Sequence[int | None]) -> None:
    old = {
        (cell.row, cell.column): (cell.value, cell.data_type, copy.copy(cell._style)) for line in ws for cell in line
    }
    merges = [CellRange(str(area)) for area in ws.merged_cells.ranges]
    for area in merges:
        ws.unmerge_cells(str(area))
    ws.delete_rows(1, ws.max_row)
    for r, row in enumerate(rows, 1):
        for c, column in enumerate(columns, 1):
            if row is not None and column is not None and (row, column) in old:
                value, kind, style = old[row, column]
                cell = ws.cell(r, c)
                cell.value = value
                cell.data_type = kind
                cell._style = style
    for area in merges:
        now_rows = _positions(rows, area.min_row, area.max_row)
        now_cols = _positions(columns, area.min_col, area.max_col)
        if _together(rows, now_rows) and _together(columns, now_cols):
            ws.merge_cells(
                start_row=now_rows[0], end_row=now_rows[-1], start_column=now_cols[0], end_column=now_cols[-1]
            )


def _positions(order: Sequence[int | None], first: int, last: int) -> list[int]:
    """Where the lines of a merged area stand now; of a line that stands twice, the first."""
    return sorted(order.index(line) + 1 for line in range(first, last + 1) if line in order)


def _together(order: Sequence[int | None], positions: Sequence[int]) -> bool:
    """Whether these lines are still neighbours; inserted ones between them belong to the merged area, as in Excel."""
    if not positions:
        return False
    between = range(positions[0], positions[-1] + 1)
    return all(order[i - 1] is None or i in positions for i in between)


def block(book: Book, number: str) -> tuple[str, int, int]:
    """The sheet, first and last row of a programme as issued: those that its number's cell spans."""
    sheet, cell = address(book, number, "number")
    for area in book[sheet].merged_cells.ranges:
        if cell in area:
            return sheet, area.min_row, area.max_row
    row = book[sheet][cell].row
    return sheet, row, row


def delete_row(number: str) -> Change:
    def change(book: Book) -> None:
        sheet, first, last = block(book, number)
        rearrange(sheet, lambda rows: [r for r in rows if r is None or not first <= r <= last])(book)

    return change


def insert_rows(before: str, count: int = 1) -> Change:
    def change(book: Book) -> None:
        sheet, first, _ = block(book, before)
        rearrange(sheet, lambda rows: [*rows[: first - 1], *[None] * count, *rows[first - 1 :]])(book)

    return change


def swap_rows(one: str, other: str) -> Change:
    """Two programmes change places, whole, as after a careful cut and paste."""

    def change(book: Book) -> None:
        sheet, a, b = block(book, one)
        _, c, d = block(book, other)
        rearrange(
            sheet,
            lambda rows: [*rows[: a - 1], *rows[c - 1 : d], *rows[b : c - 1], *rows[a - 1 : b], *rows[d:]],
        )(book)

    return change


def duplicate_row(number: str) -> Change:
    """The programme's rows stand a second time at the end."""

    def change(book: Book) -> None:
        sheet, first, last = block(book, number)
        rearrange(sheet, lambda rows: [*rows, *rows[first - 1 : last]])(book)
        ws = book[sheet]
        offset = ws.max_row - last
        source = [a for a in ws.merged_cells.ranges if first <= a.min_row and a.max_row <= last]
        for area in [CellRange(str(a)) for a in source]:
            area.shift(row_shift=offset)
            ws.merge_cells(str(area))

    return change


def hide_row(number: str) -> Change:
    def change(book: Book) -> None:
        sheet, first, last = block(book, number)
        for row in range(first, last + 1):
            book[sheet].row_dimensions[row].hidden = True

    return change


def letter(cell: str) -> str:
    return "".join(ch for ch in cell if ch.isalpha())


def column_of(book: Book, number: str, column: str) -> int:
    return int(column_index_from_string(letter(address(book, number, column)[1])))


def delete_column(number: str, column: str) -> Change:
    """The column in which a cell stands, deleted whole."""

    def change(book: Book) -> None:
        gone = column_of(book, number, column)
        rearrange_columns(address(book, number, column)[0], lambda columns: [c for c in columns if c != gone])(book)

    return change


def move_column(number: str, column: str, before: str) -> Change:
    def change(book: Book) -> None:
        mine, target = column_of(book, number, column), column_of(book, number, before)

        def order(columns: list[int | None]) -> list[int | None]:
            rest = [c for c in columns if c != mine]
            place = rest.index(target)
            return [*rest[:place], mine, *rest[place:]]

        rearrange_columns(address(book, number, column)[0], order)(book)

    return change


def insert_column(number: str, before: str) -> Change:
    def change(book: Book) -> None:
        target = column_of(book, number, before)
        rearrange_columns(
            address(book, number, before)[0], lambda columns: [*columns[: target - 1], None, *columns[target - 1 :]]
        )(book)

    return change


def right_of_table(number: str, header: str, value: object) -> Change:
    """A new column at the right: its header beside the headers, a text in the programme's value row."""

    def change(book: Book) -> None:
        sheet, cell = address(book, number, "target:2024")
        ws = book[sheet]
        column = "Z"  # beyond whatever the form itself has there
        ws[f"{column}{ws[cell].row}"].value = value
        ws[f"{column}{block(book, number)[1] - 3}"].value = header

    return change


def pasted_into_new_book(names: Sequence[str], *, values_only: bool = False) -> Callable[[bytes], bytes]:
    """The cells of some sheets pasted into a new workbook."""

    def change(data: bytes) -> bytes:
        old = openpyxl.load_workbook(io.BytesIO(data))
        new = openpyxl.Workbook()
        del new["Sheet"]
        for index, name in enumerate(names, 1):
            source, target = old[name], new.create_sheet(f"Sheet{index}")
            for line in source:
                for cell in line:
                    if cell.value is not None:
                        target[cell.coordinate].value = cell.value
                        target[cell.coordinate].data_type = cell.data_type
                        if not values_only:
                            target[cell.coordinate].number_format = cell.number_format
            for area in () if values_only else source.merged_cells.ranges:
                target.merge_cells(str(area))
        saved = io.BytesIO()
        new.save(saved)
        return saved.getvalue()

    return change
