"""The table of mutations: what becomes of one file, which findings that gives and which cells of the output it changes.

A finding is written as :func:`clean.brief` writes it. A cell that is not named must be as in the clean round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .hands import (
    Book,
    address,
    at,
    comment,
    copy_sheet,
    delete_column,
    delete_row,
    duplicate_row,
    edited,
    guide,
    hide_row,
    insert_column,
    insert_rows,
    move_column,
    pasted_into_new_book,
    put,
    remove_sheet,
    rename_sheet,
    reverse_sheets,
    right_of_table,
    swap_rows,
    unmerge_all,
    unprotect,
    without_hidden,
)

FILE = "障害福祉課.xlsx"
HELD, BLANK, NOT_SENT = "〔保留〕", "〔未記入〕", "〔未提出〕"
ACTUAL, NARRATIVE = "actual:2023", "narrative"
#: rows of 障害福祉課; the second relists the first
ROWS = ("柱2(1)①イ", "柱2(1)②ウ", "柱2(2)①イ", "柱2(3)②ア", "柱2(3)②イ")
COPY = "柱2(1)②イ"
ALL_HELD = {(number, column): HELD for number in (*ROWS, COPY) for column in (ACTUAL, NARRATIVE)}
ALL_BLANK = dict.fromkeys(ALL_HELD, BLANK)
ALL_MISSING = dict.fromkeys(ALL_HELD, NOT_SENT)
Key = tuple[str, str]


@dataclass(frozen=True)
class Mutation:
    name: str
    change: Callable[[bytes], bytes]
    finds: Sequence[str] = ()
    cells: Mapping[Key, str] = field(default_factory=dict)
    state: str = "complete"
    file: str = FILE  # as it lies in the inbox
    source: str = FILE


def hand(*changes: Callable[[Book], None]) -> Callable[[bytes], bytes]:
    return lambda data: edited(data, *changes)


def column_of_fives(book: Book) -> None:
    for number in (*ROWS, COPY):
        put(number, "actual:2022", 5)(book)


def sorted_in_part(book: Book) -> None:
    """Number to indicator of two rows change places, the values stay."""
    for column in ("number", "name", "indicator", "description"):
        sheet, one = address(book, "柱2(3)②ア", column)
        _, other = address(book, "柱2(3)②イ", column)
        cells = book[sheet]
        cells[one].value, cells[other].value = cells[other].value, cells[one].value


def added_sheet(book: Book) -> None:
    book.create_sheet("連絡").append(["確定は9月です"])


def text_below(book: Book) -> None:
    book["柱2"].append(["※数値は速報です"])


def painted(book: Book) -> None:
    """Colours and fonts as somebody likes them: nothing is read from these."""
    from openpyxl.styles import Font, PatternFill

    for line in book["柱2"].iter_rows(min_row=7):
        for cell in line:
            cell.fill = PatternFill("solid", fgColor="DDEBF7")
            cell.font = Font("メイリオ", 14)


STRUCTURE = (
    Mutation("saved again by another library", hand()),
    Mutation("a blank row inserted", hand(insert_rows("柱2(1)②ウ"))),
    Mutation("three blank rows inserted", hand(insert_rows("柱2(3)②ア", 3))),
    Mutation(
        "an owned row deleted",
        hand(delete_row("柱2(1)②ウ")),
        ["XP105 柱2(1)②ウ Ｒ5実績値 ×2"],
        {("柱2(1)②ウ", ACTUAL): HELD, ("柱2(1)②ウ", NARRATIVE): HELD},
        "faulty",
    ),
    Mutation(
        "two owned rows deleted: one finding",
        hand(delete_row("柱2(3)②イ"), delete_row("柱2(3)②ア")),
        ["XP105 柱2(3)②ア Ｒ5実績値 ×4"],
        {(number, column): HELD for number in ("柱2(3)②ア", "柱2(3)②イ") for column in (ACTUAL, NARRATIVE)},
        "faulty",
    ),
    Mutation("a relisted row deleted", hand(delete_row(COPY)), ["XP121 柱2(1)②イ 番号 ×14"]),
    Mutation("two rows change places", hand(swap_rows("柱2(1)②ウ", "柱2(3)②イ"))),
    Mutation("a row stands twice, the same", hand(duplicate_row("柱2(3)②イ"))),
    Mutation(
        "a row stands twice, one answer differs",
        hand(duplicate_row("柱2(3)②イ"), at("柱2", "J40", 720)),
        ["XP107 柱2(3)②イ Ｒ5実績値 ×2"],
        {("柱2(3)②イ", ACTUAL): HELD},
        "faulty",
    ),
    Mutation("a row hidden", hand(hide_row("柱2(3)②イ"))),
    Mutation(
        "a prefilled column deleted",
        hand(delete_column("柱2(1)①イ", "actual:2019")),
        ["XP121 柱2(1)①イ R1実績値 ×6"],
    ),
    Mutation(
        "the column to fill deleted",
        hand(delete_column("柱2(1)①イ", ACTUAL)),
        ["XP110 柱2(1)①イ Ｒ5実績値 ×5"],
        {(number, ACTUAL): HELD for number in (*ROWS, COPY)},
        "faulty",
    ),
    Mutation("an empty column inserted", hand(insert_column("柱2(1)①イ", ACTUAL))),
    Mutation("the column to fill moved to the front", hand(move_column("柱2(1)①イ", ACTUAL, "actual:2017"))),
    Mutation("every merged cell unmerged", hand(unmerge_all)),
    Mutation("protection and validation gone", hand(unprotect)),
    Mutation("colours and fonts changed", hand(painted)),
    Mutation("the sheet renamed", hand(rename_sheet("柱2", "Sheet1"))),
    Mutation("the guide renamed", hand(rename_sheet("記入要領", "表紙"))),
    Mutation("the guide removed", hand(remove_sheet("記入要領"))),
    Mutation("the proposals removed", hand(remove_sheet("修正申出"))),
    Mutation("the sheets in another order", hand(reverse_sheets)),
    Mutation("the sheet copied", hand(copy_sheet("柱2"))),
    Mutation(
        "the sheet copied, one answer differs",
        hand(copy_sheet("柱2", ("J38", 999))),
        ["XP107 柱2(3)②イ Ｒ5実績値 ×2"],
        {("柱2(3)②イ", ACTUAL): HELD},
        "faulty",
    ),
    Mutation(
        "a number overwritten",
        hand(put("柱2(1)①イ", "number", "柱2(9)①イ")),
        ["XP201 柱2(1)①イ 番号 柱2(9)①イ"],
        state="faulty",
    ),
    Mutation(
        "a number in other characters",
        hand(put("柱2(1)①イ", "number", "柱２（１）①ｲ")),
        ["XP201 柱2(1)①イ 番号 柱２（１）①ｲ"],
        state="faulty",
    ),
    Mutation(
        "a number overwritten by another row's",
        hand(put("柱2(1)②ウ", "number", "柱2(3)②ア")),
        ["XP201 柱2(1)②ウ 番号 柱2(3)②ア"],
        state="faulty",
    ),
    Mutation(
        "the numbers of two rows exchanged",
        hand(put("柱2(1)②ウ", "number", "柱2(3)②ア"), put("柱2(3)②ア", "number", "柱2(1)②ウ")),
        ["XP201 柱2(1)②ウ 番号 柱2(3)②ア", "XP201 柱2(3)②ア 番号 柱2(1)②ウ"],
        state="faulty",
    ),
    Mutation(
        "number and name overwritten",
        hand(put("柱2(1)①イ", "number", "ア"), put("柱2(1)①イ", "name", "総合相談")),
        ["XP201 柱2(1)①イ 番号 ア", "XP201 柱2(1)①イ 事業名 総合相談"],
        state="faulty",
    ),
    Mutation(
        "the left half of two rows sorted",
        hand(sorted_in_part),
        ["XP120 柱2(3)②イ Ｈ29実績値 ×18 21名"],
        {(number, column): HELD for number in ("柱2(3)②ア", "柱2(3)②イ") for column in (ACTUAL, NARRATIVE)},
        "faulty",
    ),
    Mutation("the header to fill in other words", hand(at("柱2", "J5", "令和5年度")), ["XP119 令和5年度"]),
    Mutation(
        "the header to fill overwritten",
        hand(at("柱2", "J35", "今年度")),
        ["XP110 柱2(3)②イ Ｒ5実績値", "XP119 ×2 J35「今年度」、J38「719件」"],
        {("柱2(3)②イ", ACTUAL): HELD},
        "faulty",
    ),
    Mutation(
        "a row of another plan added",
        hand(at("柱2", "A39", "柱2(9)⑨ア"), at("柱2", "B39", "新しい事業")),
        ["XP106 柱2(9)⑨ア 柱2(9)⑨ア"],
    ),
)

OWNERSHIP = (
    Mutation(
        "a past value changed",
        hand(put("柱2(1)①イ", "actual:2022", "1,328件")),
        ["XP201 柱2(1)①イ Ｒ4実績値 1,328件"],
        state="faulty",
    ),
    Mutation(
        "a past number changed",
        hand(put("柱2(1)①イ", "actual:2022", 1328)),
        ["XP201 柱2(1)①イ Ｒ4実績値 1,328件"],
        state="faulty",
    ),
    Mutation(
        "a past value deleted",
        hand(put("柱2(1)①イ", "actual:2022", None)),
        ["XP201 柱2(1)①イ Ｒ4実績値"],
        state="faulty",
    ),
    Mutation(
        "a target changed",
        hand(put("柱2(1)②ウ", "target:2024", "9回")),
        ["XP201 柱2(1)②ウ Ｒ6目標値 9回"],
        state="faulty",
    ),
    Mutation(
        "the indicator changed",
        hand(put("柱2(3)②イ", "indicator", "派遣回数")),
        ["XP201 柱2(3)②イ 評価指標 派遣回数"],
        state="faulty",
    ),
    Mutation(
        "the department's cell changed",
        hand(put("柱2(3)②イ", "department", "福祉政策課")),
        ["XP201 柱2(3)②イ 記述 福祉政策課"],
        state="faulty",
    ),
    Mutation(
        "two cells far apart: a finding each",
        hand(put("柱2(3)②イ", "actual:2020", 1), put("柱2(1)②ウ", "target:2024", "9回")),
        ["XP201 柱2(3)②イ R2実績値 1件", "XP201 柱2(1)②ウ Ｒ6目標値 9回"],
        state="faulty",
    ),
    Mutation(
        "a column pasted over: one finding", hand(column_of_fives), ["XP201 柱2(1)①イ Ｒ4実績値 ×6"], state="faulty"
    ),
    Mutation(
        "a row pasted over: one finding",
        hand(*(put("柱2(3)②イ", f"actual:{year}", 1) for year in (2017, 2019, 2020, 2021, 2022))),
        ["XP201 柱2(3)②イ Ｈ29実績値 ×5"],
        state="faulty",
    ),
    Mutation(
        "a formula over a past value",
        hand(put("柱2(3)②イ", "actual:2022", "=600+5")),
        ["XP206 柱2(3)②イ Ｒ4実績値 =600+5"],
    ),
    Mutation("a past value typed again as text", hand(put("柱2(3)②イ", "actual:2022", "605件"))),
    Mutation("another number format, the same shown", hand(put("柱2(3)②イ", "actual:2022", 605, '0"件"'))),
    Mutation("the number format lost", hand(put("柱2(3)②イ", "actual:2022", 605, "General"))),
    Mutation("a relisted row filled with the same", hand(put(COPY, ACTUAL, "15,107件"))),
    Mutation("a relisted row emptied", hand(put(COPY, ACTUAL, None))),
    Mutation("a comment", hand(comment("柱2(1)②ウ", ACTUAL, "速報値です")), ["XP118 柱2(1)②ウ Ｒ5実績値 速報値です"]),
    Mutation(
        "a comment on a foreign cell",
        hand(comment("柱2(1)②ウ", "target:2024", "見直したい")),
        ["XP118 柱2(1)②ウ Ｒ6目標値 見直したい"],
    ),
    Mutation(
        "a new column with content",
        hand(right_of_table("柱2(1)②ウ", "備考", "確認中")),
        ["XP119 ×2 Z15「備考」、Z19「確認中」"],
    ),
    Mutation("a line below the table", hand(text_below), ["XP119 ※数値は速報です"]),
    Mutation("a sheet added", hand(added_sheet), ["XP119 確定は9月です"]),
)

VALUES = (
    Mutation("another number", hand(put("柱2(3)②イ", ACTUAL, 720)), cells={("柱2(3)②イ", ACTUAL): "720件"}),
    Mutation("a number as text", hand(put("柱2(3)②イ", ACTUAL, "720件")), cells={("柱2(3)②イ", ACTUAL): "720件"}),
    Mutation("to follow", hand(put("柱2(3)②イ", ACTUAL, "集計中")), cells={("柱2(3)②イ", ACTUAL): "集計中"}),
    Mutation(
        "none",
        hand(put("柱2(3)②イ", ACTUAL, "－")),
        ["XP317 柱2(3)②イ Ｒ5実績値 －"],
        cells={("柱2(3)②イ", ACTUAL): "－"},
    ),
    Mutation(
        "an answer left out",
        hand(put("柱2(3)②イ", ACTUAL, None)),
        ["XP301 柱2(3)②イ Ｒ5実績値"],
        {("柱2(3)②イ", ACTUAL): BLANK},
        "partial",
    ),
    Mutation(
        "the reserved text left standing",
        hand(put("柱2(3)②イ", ACTUAL, "〔未記入〕")),
        ["XP301 柱2(3)②イ Ｒ5実績値"],
        {("柱2(3)②イ", ACTUAL): BLANK},
        "partial",
    ),
    Mutation(
        "同上",
        hand(put("柱2(3)②イ", ACTUAL, "同上")),
        ["XP302 柱2(3)②イ Ｒ5実績値 同上"],
        {("柱2(3)②イ", ACTUAL): HELD},
        "faulty",
    ),
    Mutation(
        "同上 in an original holds its copy too",
        hand(put("柱2(1)①イ", ACTUAL, "同上")),
        ["XP302 柱2(1)①イ Ｒ5実績値 同上"],
        {("柱2(1)①イ", ACTUAL): HELD, (COPY, ACTUAL): HELD},
        "faulty",
    ),
    Mutation(
        "a formula without a result",
        hand(put("柱2(3)②イ", ACTUAL, "=700+19")),
        ["XP305 柱2(3)②イ Ｒ5実績値"],
        {("柱2(3)②イ", ACTUAL): HELD},
        "faulty",
    ),
)

FILES = (
    Mutation("the file renamed", hand(), file="回答.xlsx"),
    Mutation("the file named 提出用（障害福祉課→福祉政策課）", hand(), file="提出用（障害福祉課→福祉政策課）.xlsx"),
    Mutation("the file named after another department", hand(), ["XP112 生活支援課"], file="生活支援課.xlsx"),
    Mutation("the extension changed", hand(), ["XP149"], file="障害福祉課.xls"),
    Mutation("the hidden sheet lost", hand(without_hidden), ["XP109"]),
    Mutation("the hidden sheet and the guide lost", hand(without_hidden, remove_sheet("記入要領")), ["XP109"]),
    Mutation(
        "both lost, the file renamed: its rows tell",
        hand(without_hidden, remove_sheet("記入要領")),
        ["XP109"],
        file="回答.xlsx",
    ),
    Mutation("pasted into a new workbook", pasted_into_new_book(["記入要領", "柱2"]), ["XP109"]),
    Mutation(
        "values pasted into a new workbook", pasted_into_new_book(["記入要領", "柱2"], values_only=True), ["XP109"]
    ),
    Mutation("the 部局名 cell emptied", hand(guide("部局名", None))),
    Mutation("a section written behind the 部局名", hand(guide("部局名", "障害福祉課 管理担当"))),
    Mutation(
        "the 部局名 of another department",
        hand(guide("部局名", "福祉政策課")),
        ["XP111 柱2(1)①イ Ｒ5実績値 ×10"],
        ALL_MISSING,
        "refused",
    ),
    Mutation(
        "the form of another year",
        hand(at("_xl-plan", "B3", "R4")),
        ["XP104 柏市地域健康福祉計画 R4"],
        ALL_MISSING,
        "refused",
    ),
    Mutation(
        "the form of another plan",
        hand(at("_xl-plan", "B2", "環境基本計画")),
        ["XP104 環境基本計画 R5"],
        ALL_MISSING,
        "refused",
    ),
    Mutation("an empty file", lambda data: b"", ["XP141"], ALL_MISSING, "refused"),
    Mutation("half a file", lambda data: data[: len(data) // 2], ["XP141"], ALL_MISSING, "refused"),
    Mutation("a PDF", lambda data: b"%PDF-1.4\n", ["XP142"], ALL_MISSING, "refused"),
    Mutation("the table removed", hand(remove_sheet("柱2")), ["XP108"], ALL_MISSING, "refused"),
    Mutation(
        "nothing filled in",
        hand(*(put(n, c, None) for n in ROWS for c in (ACTUAL, NARRATIVE))),
        ["XP301 柱2(1)①イ Ｒ5実績値 ×10"],
        ALL_BLANK,
        "partial",
    ),
)

MUTATIONS = (*STRUCTURE, *OWNERSHIP, *VALUES, *FILES)
