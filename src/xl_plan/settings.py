"""The sheet 設定: the plan's only configuration, as a person edits it.

Three tables stand under each other, each opened by a line that begins with ■: 計画 (name and value), 担当部局, 列.
A line is found by its words, never by its row, so that people may insert lines and remarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell, Font, Page, Sheet, a1
from xl_plan.findings import Finding, Place, found
from xl_plan.fiscal import FiscalYear, parse_year
from xl_plan.model import (
    SETTINGS_SHEET,
    Column,
    ColumnSetting,
    Department,
    Filler,
    Role,
    Settings,
    Sharing,
)
from xl_plan.numberformat import shown
from xl_plan.rules.plan import SETTING_NOT_UNDERSTOOD
from xl_plan.sheets import Line, Looks, lay_out
from xl_plan.text import fold

# name in the sheet → field of Settings, explanation in the sheet
_LINES: tuple[tuple[str, str, str], ...] = (
    ("計画名", "title", "計画の名称です。"),
    ("実績年度", "year", "今回、実績を照会する年度です（例：R5）。"),
    ("提出期限", "deadline", "例：2024-05-31"),
    ("取りまとめ部局", "division", "照会を行い、取りまとめる部局です。"),
    ("基準日", "as_of", "提出の遅れを数える日です。空欄のときは遅れを数えません（例：2024-06-01）。"),
    ("発行番号", "issue", "調査票を作り直したときに1つ増やします。"),
    ("計画期間", "period", "例：R3～R6"),
    ("フォント", "font", "印刷に使う書体です。"),
    ("書式", "keep_format", "「原本」と入れると、元の書体・罫線・列幅をそのまま使います。"),
    ("記述の上限文字数", "narrative_limit", "調査票の記述欄に用意する広さです。超えても受け付けます。"),
    ("文書の日付", "document_date", "印刷物の上部に出す日付です。"),
    ("取扱区分", "mark", "印刷物の上部に出す表示です（例：取扱注意）。"),
    ("確認欄", "seal_boxes", "「あり」と入れると、調査票に担当・係長・課長の確認欄を付けます。"),
    ("評価者", "", "評価を付ける人です（空欄：評価なし。担当部局・事務局・会議・自動）。"),
    ("評価の比較対象", "", "評価で比べる目標です（当年度・中間・最終）。"),
    ("評価の段階", "", "例：◎≧100% ○≧80% △≧60% ×＜60%"),
    ("評価の向き", "", "空欄のときは、目標が「減少」「以下」のものだけ小さい方を良いとします。"),
)
_DEPARTMENT_HEAD = ("部局名", "略称", "旧名称", "連絡先", "経由課")
_COLUMN_HEAD = ("列見出し", "役割", "年度", "今回の記入者", "再掲の扱い")
_FIELDS = {name: field for name, field, _ in _LINES}


# ---------------------------------------------------------------------------------------------------------- reading
def read_settings(sheet: Sheet, file: str = "") -> tuple[Settings, tuple[Finding, ...]]:
    """The settings of the sheet 設定, and a finding for each line that cannot be understood."""
    findings: list[Finding] = []
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    departments: list[Department] = []
    columns: list[ColumnSetting] = []
    for part, row, texts in _lines(sheet):
        if part == "計画":
            name = texts[0]
            if name in _FIELDS:
                values[name], places[name] = texts[1], a1(row, 1)
        elif part == "担当部局":
            departments.append(Department(texts[0], texts[1], _names(texts[2]), texts[3], texts[4]))
        elif part == "列":
            setting, bad = _column_setting(texts)
            columns.append(setting)
            findings += [
                found(
                    SETTING_NOT_UNDERSTOOD,
                    Place(file, sheet.name, a1(row, col)),
                    got=texts[col],
                    item=_COLUMN_HEAD[col],
                )
                for col in bad
            ]
    settings, bad_names = _settings(values, tuple(departments), tuple(columns))
    findings += [
        found(SETTING_NOT_UNDERSTOOD, Place(file, sheet.name, places[name]), got=values[name], item=name)
        for name in bad_names
    ]
    return settings, tuple(findings)


def _lines(sheet: Sheet) -> Iterator[tuple[str, int, list[str]]]:
    """(table, row, five texts) of each line below a ■ line and its head."""
    part, skip_head = "", False
    for row, cells in sheet.rows():
        texts = [""] * 5
        for col, cell in cells:
            if col < 5:
                texts[col] = shown(cell.value, cell.style.number_format).strip()
        if texts[0].startswith("■"):
            part, skip_head = texts[0].lstrip("■").strip(), True
            continue
        if not texts[0]:
            continue
        if skip_head and texts[0] in ("項目", _DEPARTMENT_HEAD[0], _COLUMN_HEAD[0]):
            skip_head = False
            continue
        yield part, row, texts


def _names(text: str) -> tuple[str, ...]:
    for mark in "，,／\n":
        text = text.replace(mark, "、")
    return tuple(name.strip() for name in text.split("、") if name.strip())


def _column_setting(texts: Sequence[str]) -> tuple[ColumnSetting, tuple[int, ...]]:
    header, role_text, year_text, filler_text, sharing_text = texts
    bad = []
    role = next((r for r in Role if r.value == role_text), None)
    if role_text and role is None:
        bad.append(1)
    year = parse_year(year_text) if year_text else None
    if year_text and year is None:
        bad.append(2)
    filler = next((f for f in Filler if f.value == filler_text), None)
    if filler_text and filler is None:
        bad.append(3)
    sharing = next((s for s in Sharing if s.value == sharing_text), None)
    if sharing_text and sharing is None:
        bad.append(4)
    return ColumnSetting(header, role, year, filler, sharing), tuple(bad)


def _settings(
    values: Mapping[str, str], departments: tuple[Department, ...], columns: tuple[ColumnSetting, ...]
) -> tuple[Settings, tuple[str, ...]]:
    bad = []
    year = parse_year(values.get("実績年度", "")) if values.get("実績年度") else None
    if values.get("実績年度") and year is None:
        bad.append("実績年度")
    for name in ("提出期限", "基準日", "文書の日付"):
        if values.get(name) and _iso_date(values[name]) is None:
            bad.append(name)
    numbers = {}
    for name, usual in (("発行番号", 1), ("記述の上限文字数", 600)):
        text = values.get(name, "")
        numbers[name] = int(text) if text.isdecimal() else usual
        if text and not text.isdecimal():
            bad.append(name)
    standard = Settings()
    settings = Settings(
        title=values.get("計画名", ""),
        year=year,
        deadline=_iso_date(values.get("提出期限", "")) or "",
        division=values.get("取りまとめ部局", ""),
        as_of=_iso_date(values.get("基準日", "")) or "",
        issue=numbers["発行番号"],
        period=values.get("計画期間", ""),
        font=values.get("フォント", "") or standard.font,
        keep_format=values.get("書式", "") == "原本",
        narrative_limit=numbers["記述の上限文字数"],
        mark=values.get("取扱区分", ""),
        document_date=_iso_date(values.get("文書の日付", "")) or "",
        seal_boxes=values.get("確認欄", "") in ("あり", "有", "○"),
        departments=departments,
        columns=columns,
        extra=MappingProxyType({n: values[n] for n, f, _ in _LINES if not f and values.get(n)}),
        given=True,
    )
    return settings, tuple(bad)


def _iso_date(text: str) -> str | None:
    """``2024-05-31`` of ``2024-05-31``, ``2024/5/31`` or ``2024年5月31日``; None for anything else."""
    parts = (
        fold(text)
        .replace("年", "-")
        .replace("月", "-")
        .replace("日", "")
        .replace("/", "-")
        .replace(".", "-")
        .split("-")
    )
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        return None
    year, month, day = (int(part) for part in parts)
    if not (1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04}-{month:02}-{day:02}"


# ---------------------------------------------------------------------------------------------------------- writing
_WIDTHS = {0: 34.0, 1: 22.0, 2: 22.0, 3: 22.0, 4: 22.0}


def settings_sheet(settings: Settings, columns: Sequence[Column]) -> Sheet:
    """The sheet 設定 that says these settings and, for each of ``columns``, how it is read."""
    looks = Looks(settings.font)
    plain = replace(looks.cell, font=looks.text.font, number_format="@", locked=False)
    note = replace(looks.text, font=Font(settings.font, 9, colour="#595959"))
    written = _written(settings)
    lines = [_heading("設定（この計画と今回の照会について）", looks), _heading("■計画", looks)]
    lines.append(
        Line({c: Cell(text, looks.head) for c, text in enumerate(("項目", "内容", "説明"))}, ((2, 4),), keep=True)
    )
    for name, _, explanation in _LINES:
        cells = {0: Cell(name, looks.fixed), 1: Cell(written[name] or None, plain), 2: Cell(explanation, note)}
        lines.append(Line(cells, ((2, 4),)))
    departments = [(d.name, d.short, "、".join(d.former), d.contact, d.via) for d in settings.departments]
    tables = (
        ("■担当部局", _DEPARTMENT_HEAD, departments),
        ("■列", _COLUMN_HEAD, [_column_line(column) for column in columns]),
    )
    for heading, names, rows in tables:
        lines += [_heading("", looks), _heading(heading, looks)]
        lines.append(Line({c: Cell(text, looks.head) for c, text in enumerate(names)}, keep=True))
        for row in rows:
            lines.append(Line({c: Cell(text or None, plain if c else looks.fixed) for c, text in enumerate(row)}))
    page = Page("A4", True, 0.5, 0.5, 0.6, 0.6, footer="&C設定　&P / &N")
    return replace(lay_out(SETTINGS_SHEET, lines, _WIDTHS, page), tab_colour="#7F7F7F")


def _heading(text: str, looks: Looks) -> Line:
    return Line({0: Cell(text or None, looks.title)}, ((0, 4),), keep=bool(text))


def _column_line(column: Column) -> tuple[str, ...]:
    return (
        column.header,
        column.role.value,
        str(column.year) if column.year else "",
        column.filler.value if column.filler else "",
        column.sharing.value,
    )


def _written(settings: Settings) -> dict[str, str]:
    year = settings.year
    written = {name: settings.extra.get(name, "") for name, _, _ in _LINES}
    written |= {
        "計画名": settings.title,
        "実績年度": year.era_label if isinstance(year, FiscalYear) else "",
        "提出期限": settings.deadline,
        "取りまとめ部局": settings.division,
        "基準日": settings.as_of,
        "発行番号": str(settings.issue),
        "計画期間": settings.period,
        "フォント": settings.font,
        "書式": "原本" if settings.keep_format else "",
        "記述の上限文字数": str(settings.narrative_limit),
        "文書の日付": settings.document_date,
        "取扱区分": settings.mark,
        "確認欄": "あり" if settings.seal_boxes else "",
    }
    return written
