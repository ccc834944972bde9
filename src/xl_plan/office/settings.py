"""The sheet 設定: the plan's only configuration, as a person edits it.

Tables stand under each other, each opened by a line that begins with ■: 計画 (name and value), 担当部局, 列 and others.
■読み取り says in words how the plan's sheets were read; it is written anew each time and never read. A line is found by its words, never by its row, so that people may insert lines and remarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell, Font, Page, Sheet, Style, a1
from xl_plan.findings import Finding, Place, found
from xl_plan.layout.sheets import Line, Looks, lay_out
from xl_plan.meaning.fiscal import FiscalYear, parse_year
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold
from xl_plan.model import (
    SETTINGS_SHEET,
    AskedAgain,
    Column,
    ColumnSetting,
    Department,
    Move,
    Settings,
    SharingException,
    Survey,
)
from xl_plan.office.settinglists import (
    AGAIN_HEAD,
    COLUMN_HEAD,
    MOVE_HEAD,
    SURVEY_HEAD,
    WIDTH,
    again_lines,
    asked_again,
    column_line,
    column_setting,
    move,
    move_lines,
    survey,
    survey_lines,
)
from xl_plan.office.sharing import EXCEPTION_HEAD, exception, exception_lines
from xl_plan.ratings import NO, PRINTED, YES
from xl_plan.rules.plan import SETTING_NOT_UNDERSTOOD

# name in the sheet → field of Settings, explanation in the sheet
_LINES: tuple[tuple[str, str, str], ...] = (
    ("計画名", "title", "計画の名称です。"),
    ("実績年度", "year", "今回、実績を照会する年度です（例：R5）。"),
    ("提出期限", "deadline", "例：2024-05-31"),
    (
        "事務局・会議の期限",
        "later_deadline",
        "取りまとめの後に事務局や会議が記入する列（評価など）の期限です（例：2024-08-30）。",
    ),
    ("取りまとめ部局", "division", "照会を行い、取りまとめる部局です。"),
    ("基準日", "as_of", "提出の遅れを数える日です。空欄のときは遅れを数えません（例：2024-06-01）。"),
    ("発行番号", "issue", "調査票を作り直したときに1つ増やします。"),
    ("計画期間", "period", "例：R3～R6"),
    (
        "表示する年数",
        "shown_years",
        "実績値を表示する年数です（例：5）。古い年度の列は折りたたみます。空欄のときは全て表示します。",
    ),
    ("フォント", "font", "印刷に使う書体です。"),
    ("書式", "keep_format", "「原本」と入れると、元の書体・罫線・列幅をそのまま使います。"),
    ("記述の上限文字数", "narrative_limit", "調査票の記述欄に用意する広さです。超えても受け付けます。"),
    ("文書の日付", "document_date", "印刷物の上部に出す日付です。"),
    ("取扱区分", "mark", "印刷物の上部に出す表示です（例：取扱注意）。"),
    ("確認欄", "seal_boxes", "「あり」と入れると、調査票に担当・係長・課長の確認欄を付けます。"),
    (
        "配布するシート",
        "",
        "配布用のブックに、計画の表のほかに含めるシートです（例：達成状況、指標の推移）。空欄のときは計画の表だけです。",
    ),
    ("評価者", "", "評価を付ける人です（空欄：評価なし。担当部局・事務局・会議・自動）。"),
    ("評価の比較対象", "", "評価で比べる目標です（当年度・中間・最終）。"),
    ("評価の段階", "", "例：◎≧100% ○≧80% △≧60% ×＜60%"),
    ("評価の向き", "", "空欄のときは、目標が「減少」「以下」のものだけ小さい方を良いとします。"),
    ("評価の印刷", "", "「する」と入れると、評価者が「自動」の評価を、取りまとめの計画の表の右端に印刷します。"),
)
_DEPARTMENT_HEAD = ("部局名", "略称", "旧名称", "連絡先", "経由課")
_HEADS = frozenset({"項目", _DEPARTMENT_HEAD[0], COLUMN_HEAD[0], SURVEY_HEAD[0], EXCEPTION_HEAD[0]})
_FIELDS = {name: field for name, field, _ in _LINES}


# ---------------------------------------------------------------------------------------------------------- reading
def read_settings(sheet: Sheet, file: str = "") -> tuple[Settings, tuple[Finding, ...]]:
    """The settings of the sheet 設定, and a finding for each line that cannot be understood."""
    findings: list[Finding] = []
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    departments: list[Department] = []
    columns: list[ColumnSetting] = []
    surveys: list[Survey] = []
    again: list[AskedAgain] = []
    exceptions: list[SharingException] = []
    moves: list[Move] = []
    for part, row, texts in _lines(sheet):
        if part == "計画":
            name = texts[0]
            if name in _FIELDS:
                values[name], places[name] = texts[1], a1(row, 1)
        elif part == "担当部局":
            departments.append(Department(texts[0], texts[1], _names(texts[2]), texts[3], texts[4]))
        elif part == "列":
            setting, bad = column_setting(texts)
            columns.append(setting)
            findings += _not_understood(file, sheet, row, texts, COLUMN_HEAD, bad)
        elif part == "調査周期":
            line, bad = survey(texts)
            surveys += [line] if line is not None else []
            findings += _not_understood(file, sheet, row, texts, SURVEY_HEAD, bad)
        elif part == "再照会":
            again.append(asked_again(texts))
        elif part == "事業の異動":
            moved, bad = move(texts, a1(row, 0))
            moves += [moved] if moved is not None else []
            findings += _not_understood(file, sheet, row, texts, MOVE_HEAD, bad)
        elif part == "再掲の例外":
            odd, bad = exception(texts, a1(row, 0))
            exceptions += [odd] if odd is not None else []
            findings += _not_understood(file, sheet, row, texts, EXCEPTION_HEAD, bad)
    settings, bad_names = _settings(values, _joined(departments), tuple(columns))
    settings = replace(
        settings,
        surveys=tuple(surveys),
        asked_again=tuple(again),
        exceptions=tuple(exceptions),
        moves=tuple(moves),
    )
    findings += [
        found(SETTING_NOT_UNDERSTOOD, Place(file, sheet.name, places[name]), got=values[name], item=name)
        for name in bad_names
    ]
    return settings, tuple(findings)


def _joined(departments: Sequence[Department]) -> tuple[Department, ...]:
    """A department that has several lines (two that were joined, say) as one, with all their former names."""
    by_name: dict[str, Department] = {}
    for line in departments:
        known = by_name.get(line.name, line)
        by_name[line.name] = replace(
            known,
            short=known.short or line.short,
            former=tuple(dict.fromkeys((*known.former, *line.former))),
            contact=known.contact or line.contact,
            via=known.via or line.via,
        )
    return tuple(by_name.values())


def _not_understood(
    file: str, sheet: Sheet, row: int, texts: Sequence[str], head: Sequence[str], bad: Sequence[int]
) -> list[Finding]:
    return [
        found(SETTING_NOT_UNDERSTOOD, Place(file, sheet.name, a1(row, col)), got=texts[col], item=head[col])
        for col in bad
    ]


def _lines(sheet: Sheet) -> Iterator[tuple[str, int, list[str]]]:
    """(table, row, texts) of each line below a ■ line and its head."""
    part, skip_head = "", False
    for row, cells in sheet.rows():
        texts = [""] * WIDTH
        for col, cell in cells:
            if col < WIDTH:
                texts[col] = shown(cell.value, cell.style.number_format).strip()
        if texts[0].startswith("■"):
            part, skip_head = texts[0].lstrip("■").strip(), True
            continue
        if not texts[0]:
            continue
        if skip_head and texts[0] in _HEADS:
            skip_head = False
            continue
        yield part, row, texts


def _names(text: str) -> tuple[str, ...]:
    for mark in "，,／\n":
        text = text.replace(mark, "、")
    return tuple(name.strip() for name in text.split("、") if name.strip())


def _settings(
    values: Mapping[str, str], departments: tuple[Department, ...], columns: tuple[ColumnSetting, ...]
) -> tuple[Settings, tuple[str, ...]]:
    bad = []
    year = parse_year(values.get("実績年度", "")) if values.get("実績年度") else None
    if values.get("実績年度") and year is None:
        bad.append("実績年度")
    for name in ("提出期限", "事務局・会議の期限", "基準日", "文書の日付"):
        if values.get(name) and _iso_date(values[name]) is None:
            bad.append(name)
    if values.get(PRINTED, "") not in (*YES, *NO):
        bad.append(PRINTED)
    numbers = {}
    for name, usual in (("発行番号", 1), ("記述の上限文字数", 600), ("表示する年数", 0)):
        text = values.get(name, "")
        numbers[name] = int(text) if text.isdecimal() else usual
        if text and not text.isdecimal():
            bad.append(name)
    standard = Settings()
    settings = Settings(
        title=values.get("計画名", ""),
        year=year,
        deadline=_iso_date(values.get("提出期限", "")) or "",
        later_deadline=_iso_date(values.get("事務局・会議の期限", "")) or "",
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
        shown_years=numbers["表示する年数"],
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
_WIDTHS = {0: 34.0, 1: 20.0, 2: 18.0, 3: 16.0, 4: 14.0, 5: 12.0, 6: 18.0}
_READING_HEAD = ("シート", "読み取ったこと", "根拠のセル")


def settings_sheet(
    settings: Settings,
    columns: Sequence[Column],
    reading: Sequence[tuple[str, str, str]] = (),
    asked_now: Sequence[str] = (),
) -> Sheet:
    """The sheet 設定 that says these settings and, for each of ``columns``, how it is read.

    ``reading``: (sheet, what was read, cells) in words; ``asked_now``: what each cell that is asked again shows.
    """
    looks = Looks(settings.font)
    plain = replace(looks.cell, font=looks.text.font, number_format="@", locked=False)
    note = replace(looks.text, font=Font(settings.font, 9, colour="#595959"))
    written = _written(settings)
    lines = [_heading("設定（この計画と今回の照会について）", looks), _heading("■計画", looks)]
    lines.append(
        Line({c: Cell(text, looks.head) for c, text in enumerate(("項目", "内容", "説明"))}, ((2, 6),), keep=True)
    )
    for name, _, explanation in _LINES:
        cells = {0: Cell(name, looks.fixed), 1: Cell(written[name] or None, plain), 2: Cell(explanation, note)}
        lines.append(Line(cells, ((2, 6),)))
    departments = [(d.name, d.short, "、".join(d.former), d.contact, d.via) for d in settings.departments]
    tables = (
        ("■担当部局", _DEPARTMENT_HEAD, departments),
        ("■列", COLUMN_HEAD, [column_line(column) for column in columns]),
        ("■調査周期", SURVEY_HEAD, survey_lines(settings)),
        ("■再照会", AGAIN_HEAD, again_lines(settings, asked_now)),
        ("■再掲の例外", EXCEPTION_HEAD, exception_lines(settings)),
        ("■事業の異動", MOVE_HEAD, move_lines(settings)),
    )
    for heading, names, rows in tables:
        lines += [_heading("", looks), _heading(heading, looks)]
        lines += _explained(heading, note)
        lines.append(Line({c: Cell(text, looks.head) for c, text in enumerate(names)}, keep=True))
        for row in rows:
            lines.append(Line({c: Cell(text or None, plain if c else looks.fixed) for c, text in enumerate(row)}))
    lines += _reading_lines(reading, looks, note)
    page = Page("A4", True, 0.5, 0.5, 0.6, 0.6, footer="&C設定　&P / &N")
    return replace(lay_out(SETTINGS_SHEET, lines, _WIDTHS, page), tab_colour="#7F7F7F")


_EXPLANATIONS = {
    "■列": "表の見出しから読み取った各列の意味です。違うときはここを直すと、次からそのとおりに読み取ります。"
    "同じ見出しの列は上から順に、表の左から順の列を指します（「位置」は参考です）。",
    "■調査周期": "数年に一度の調査の指標です。調査のない年度は「－」とし、照会しません。評価指標は、同じ番号に指標が複数あるときに入れます。",
    "■再照会": "過去の値のうち、今回もう一度たずねるものです。「集計中」・速報値・未回答の値は、年度を改めるときに自動で加わります。",
    "■事業の異動": "新規・統合・廃止の事業です。新規はその年度から、統合と廃止はその年度の前まで照会します。"
    "これまでの実績は表に残します（例：柱2(1)①ア　廃止　R5）。",
    "■再掲の例外": "再掲の行のうち、列の扱い（■列の「再掲の扱い」）と違う扱いにするものです。共有は元の行と同じ値、"
    "固有はその行だけの値、計算は表の式で求める値です。",
}


def _explained(heading: str, note: Style) -> list[Line]:
    text = _EXPLANATIONS.get(heading)
    # the first cell stays blank, so that the remark is never read as a line of the list
    return [Line({1: Cell(text, note)}, ((1, 6),), keep=True)] if text else []


def _reading_lines(reading: Sequence[tuple[str, str, str]], looks: Looks, note: Style) -> list[Line]:
    if not reading:
        return []
    areas = ((1, 4), (5, 6))
    lines = [_heading("", looks), _heading("■読み取り", looks)]
    lines.append(
        Line(dict(zip((0, 1, 5), (Cell(t, looks.head) for t in _READING_HEAD), strict=True)), areas, keep=True)
    )
    small = replace(note, border=looks.cell.border)
    for texts in reading:
        lines.append(Line(dict(zip((0, 1, 5), (Cell(t or None, small) for t in texts), strict=True)), areas))
    return lines


def _heading(text: str, looks: Looks) -> Line:
    return Line({0: Cell(text or None, looks.title)}, ((0, 6),), keep=bool(text))


def _written(settings: Settings) -> dict[str, str]:
    year = settings.year
    written = {name: settings.extra.get(name, "") for name, _, _ in _LINES}
    written |= {
        "計画名": settings.title,
        "実績年度": year.era_label if isinstance(year, FiscalYear) else "",
        "提出期限": settings.deadline,
        "事務局・会議の期限": settings.later_deadline,
        "取りまとめ部局": settings.division,
        "基準日": settings.as_of,
        "発行番号": str(settings.issue),
        "計画期間": settings.period,
        "表示する年数": str(settings.shown_years) if settings.shown_years else "",
        "フォント": settings.font,
        "書式": "原本" if settings.keep_format else "",
        "記述の上限文字数": str(settings.narrative_limit),
        "文書の日付": settings.document_date,
        "取扱区分": settings.mark,
        "確認欄": "あり" if settings.seal_boxes else "",
    }
    return written
