"""Letters to departments: 依頼文, 督促, 修正依頼, worded by the division on the sheet 文面 of the plan workbook.

A text may name ``｛部局｝`` and the other fields of :data:`FIELDS`; a name that is not among them stays as it is typed, so
that a slip is seen in the letter and never costs one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell, Sheet
from xl_plan.layout.sheets import Line, lay_out, looks_of
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.model import LETTERS_SHEET, Plan, Settings

REQUEST, COPY, REMINDER, LATE_LIST, RETURN = "依頼文", "確認用の送付", "督促", "督促一覧", "修正依頼"
REISSUE = "調査票の差し替え"
FIELDS = ("部局", "経由", "連絡先", "計画", "年度", "期限", "提出先", "ファイル", "セル数", "未記入", "一覧", "件数")

_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        REQUEST: (
            "｛部局｝｛経由｝｛連絡先｝　御中\n\n｛提出先｝\n\n"
            "　「｛計画｝」の｛年度｝実績について照会します。\n"
            "　添付の調査票「｛ファイル｝」の青色のセル（｛セル数｝か所）に記入し、｛期限｝までに｛提出先｝へ提出してください。\n"
            "　青色以外のセルは変更せず、変更が必要な事項は「修正申出」シートに記入してください。\n\n　よろしくお願いします。\n"
        ),
        REISSUE: (
            "｛部局｝｛経由｝｛連絡先｝　御中\n\n｛提出先｝\n\n"
            "　先にお配りした「｛計画｝」の｛年度｝実績の調査票について、計画を次のとおり改めたため、調査票を差し替えます。\n\n"
            "｛一覧｝\n\n"
            "　添付の調査票「｛ファイル｝」に記入し、｛期限｝までに｛提出先｝へ提出してください。\n"
            "　前の調査票に記入したものは、変わっていないセルについてはそのまま有効です。\n\n　よろしくお願いします。\n"
        ),
        COPY: (
            "｛部局｝｛経由｝｛連絡先｝　御中\n\n｛提出先｝\n\n"
            "　「｛計画｝」の｛年度｝実績について、ほかの部局へ照会しています。\n"
            "　貴部局が関係する事業を確認用の表「｛ファイル｝」にまとめましたので、ご確認ください。記入は不要です。\n"
            "　記入する部局から調整の連絡がありましたら、ご協力をお願いします。\n"
        ),
        REMINDER: (
            "｛部局｝｛経由｝｛連絡先｝　御中\n\n｛提出先｝\n\n"
            "　「｛計画｝」の｛年度｝実績の調査票について、提出期限は｛期限｝です。\n"
            "　次の項目がまだ確認できていません。至急、提出をお願いします。\n\n｛未記入｝\n\n"
            "　行き違いで提出済みの場合は、ご容赦ください。\n"
        ),
        LATE_LIST: (
            "各部局　御中\n\n｛提出先｝\n\n"
            "　「｛計画｝」の｛年度｝実績の調査票（提出期限：｛期限｝）について、次の部局の提出がまだ済んでいません。\n\n｛一覧｝\n"
        ),
        RETURN: (
            "｛部局｝｛経由｝｛連絡先｝　御中\n\n｛提出先｝\n\n"
            "　提出いただいた「｛計画｝」の｛年度｝実績の調査票に、確認していただきたい箇所が｛件数｝件あります。\n"
            "　添付の「｛ファイル｝」の「確認事項」シートをご覧のうえ、色の付いたセルを直して、もう一度提出してください。\n"
        ),
    }
)


def read_letters(sheet: Sheet | None) -> Mapping[str, str]:
    """The texts of the sheet 文面; what is not worded there keeps its usual wording."""
    texts = dict(_DEFAULTS)
    for _, cells in sheet.rows() if sheet else ():
        line = {col: "" if cell.value is None else str(cell.value) for col, cell in cells}
        name = line.get(0, "").strip()
        if name in texts and line.get(1, "").strip():
            texts[name] = line[1]
    return MappingProxyType(texts)


def letters_sheet(settings: Settings, letters: Mapping[str, str]) -> Sheet:
    """The sheet 文面 where the division words its letters."""
    looks = looks_of(settings)
    entry = replace(looks.text, border=looks.cell.border, number_format="@", locked=False)
    fields = "、".join(f"｛{name}｝" for name in FIELDS)
    lines = [
        Line({0: Cell("文面（部局への依頼や督促の文章）", looks.title)}, ((0, 1),)),
        Line({0: Cell(f"文章は自由に直せます。{fields}は、書き出すときに置き換わります。", looks.text)}, ((0, 1),)),
        Line({0: Cell("名前", looks.head), 1: Cell("文章", looks.head)}, keep=True),
    ]
    lines += [
        Line({0: Cell(name, looks.fixed), 1: Cell(letters.get(name, usual), entry)})
        for name, usual in _DEFAULTS.items()
    ]
    page = looks.page(LETTERS_SHEET)
    return replace(lay_out(LETTERS_SHEET, lines, {0: 16.0, 1: 100.0}, page), tab_colour="#7F7F7F")


def write_letter(plan: Plan, name: str, department: str, **fields: str) -> str:
    """A letter, its lines ended as Windows mail programs expect."""
    settings = plan.settings
    known = plan.department(department)
    values = {
        "部局": department,
        "経由": f"（{known.via}経由）" if known and known.via else "",
        "連絡先": f"（{known.contact}）" if known and known.contact else "",
        "計画": settings.title,
        "年度": settings.year.japanese if settings.year else "",
        "期限": japanese_date(settings.deadline) or "別途お知らせする期限",
        "提出先": settings.division or "取りまとめ部局",
        **fields,
    }
    text = re.sub(r"[｛{]([^｛｝{}]+)[｝}]", lambda m: values.get(m[1], m[0]), plan.letters.get(name, _DEFAULTS[name]))
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
