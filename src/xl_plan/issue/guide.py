"""The sheets that stand around the plan sheets of a form: 記入要領 before them, 修正申出 after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Area, Cell, Highlight, Protection, Sheet, Validation
from xl_plan.issue.formulas import Formula
from xl_plan.issue.formwords import (
    CHECKER,
    DEPARTMENT,
    KINDS,
    PROPOSAL_HEAD,
    RESPONDENT,
    STATE,
    SUBMISSION_KIND,
    VERSION,
)
from xl_plan.layout.sheets import Line, Looks, lay_out, looks_of, table
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.model import GUIDE_SHEET, PROPOSAL_SHEET, Plan, Programme, Role

PROPOSAL_ITEMS = ("過去の実績値", "評価指標", "目標値", "担当部局", "事業名・内容", "その他")
PROPOSAL_LINES = 12
SEALS = ("担当", "係長", "課長")

_EXAMPLES = (
    ("1,234件", "数値は、ほかの年度と同じ単位で入れます。単位は付けても付けなくても構いません。"),
    ("87.2%", "割合は「％」を付けて入れます。"),
    ("0件", "実績がゼロのときは「0」と入れます。空欄にはしません。"),
    ("集計中", "まだ確定していないときに入れます。確定する時期が分かれば「集計中（9月公表予定）」のように入れます。"),
    ("－", "指標がない、調査のない年度であるなど、値がないときに入れます。"),
)


def guide_sheet(
    plan: Plan,
    department: str,
    rows: Sequence[Programme],
    *,
    read_only: bool = False,
    left: Formula | None = None,
    changes: Sequence[tuple[str, str, str]] = (),
) -> Sheet:
    """記入要領: who, what, until when, a filled example, and the cells for the respondent; ``changes`` since the last
    issue as (what, old, new)."""
    looks = looks_of(plan.settings)
    settings = plan.settings
    year = settings.year.japanese if settings.year else ""
    title = f"{settings.title}　{year}実績　{'確認用' if read_only else '調査票 記入要領'}"
    lines = [_wide(title, looks, "title"), _pair(DEPARTMENT, department, looks)]
    lines += [_pair("提出期限", japanese_date(settings.deadline) or "別途お知らせします", looks)]
    lines += [_pair("提出先", settings.division or "取りまとめ部局", looks)]
    if read_only:
        lines += _to_read(plan, rows, looks)
        sheet = lay_out(GUIDE_SHEET, lines, _WIDTHS, looks.page(GUIDE_SHEET, landscape=False))
        return replace(sheet, protection=Protection(), tab_colour="#7F7F7F")
    lines += [] if left is None else [_state(left, looks)]
    lines += _to_fill(plan, rows, changes, looks)
    sheet = lay_out(GUIDE_SHEET, lines, _WIDTHS, looks.page(GUIDE_SHEET, landscape=False))
    kind_row = next(r for (r, c), cell in sheet.cells.items() if c == 0 and cell.value == SUBMISSION_KIND)
    choices = Validation((Area(kind_row, 1, kind_row, 3),), "list", KINDS, error_style="information")
    return replace(
        sheet, protection=Protection(), validations=(choices,), highlights=_ready(sheet), tab_colour="#2F75B5"
    )


def _to_read(plan: Plan, rows: Sequence[Programme], looks: Looks) -> list[Line]:
    """What a department that fills nothing is told."""
    text = "この表は、貴部局が関係する事業の内容をご確認いただくためのものです。記入は不要です。"
    return [_wide(text, looks, "text"), *_shared_lines(plan, rows, looks, read_only=True)]


def _to_fill(
    plan: Plan, rows: Sequence[Programme], changes: Sequence[tuple[str, str, str]], looks: Looks
) -> list[Line]:
    """The cells for the respondent, what is to be filled and how, and an example."""
    return [
        _pair(RESPONDENT, None, looks, entry=True),
        _pair(CHECKER, None, looks, entry=True),
        _pair(SUBMISSION_KIND, KINDS[0], looks, entry=True),
        _pair(VERSION, None, looks, entry=True),
        *_change_lines(changes, looks),
        _wide(None, looks, "text"),
        _wide("記入していただくこと", looks, "heading", keep=True),
        *(_wide(text, looks, "text") for text in _instructions(plan, rows)),
        *_shared_lines(plan, rows, looks, read_only=False),
        _wide(None, looks, "text"),
        _wide("記入例", looks, "heading", keep=True),
        Line({0: Cell("入れるもの", looks.head), 1: Cell("使う場面", looks.head)}, ((1, 3),)),
        *(Line({0: Cell(a, looks.cell), 1: Cell(b, looks.cell)}, ((1, 3),)) for a, b in _EXAMPLES),
        *_filled_example(plan, rows, looks),
        *(_seal_lines(looks) if plan.settings.seal_boxes else ()),
    ]


def _state(left: Formula, looks: Looks) -> Line:
    """How many cells are left to fill, counted by the form itself."""
    style = replace(looks.cell, font=replace(looks.text.font, bold=True))
    cells = {0: Cell(STATE, looks.fixed), 1: Cell(left.value, style, formula=left.text)}
    return Line(cells | {2: Cell(None, style), 3: Cell(None, style)}, ((1, 3),), least=33.0)


def _ready(sheet: Sheet) -> tuple[Highlight, ...]:
    """Green behind 「提出できます」: the words alone say it too."""
    row = next((r for (r, c), cell in sheet.cells.items() if c == 0 and cell.value == STATE), None)
    if row is None:
        return ()
    area = Area(row, 1, row, 3)
    return (Highlight(area, f'LEFT($B${row + 1},2)="提出"', fill="#E2EFDA", bold=True),)


_WIDTHS: Mapping[int, float] = MappingProxyType({0: 26.0, 1: 22.0, 2: 22.0, 3: 22.0})


_REISSUED = (
    "この調査票は、前にお配りした調査票を次のとおり改めたものです。前の調査票に記入したものは、変わっていないセルについては"
    "そのまま有効です。すでに提出いただいている場合は、変わったところだけをこの調査票に記入してください。"
)


def _change_lines(changes: Sequence[tuple[str, str, str]], looks: Looks) -> list[Line]:
    if not changes:
        return []
    head = {0: Cell("変わったところ", looks.head), 1: Cell("前", looks.head), 2: Cell("今", looks.head)}
    return [
        _wide(None, looks, "text"),
        _wide("前の調査票から変わったところ", looks, "heading", keep=True),
        _wide(_REISSUED, looks, "text"),
        Line(head, ((2, 3),), keep=True),
        *(Line({c: Cell(text, looks.cell) for c, text in enumerate(change)}, ((2, 3),)) for change in changes),
    ]


def _wide(text: str | None, looks: Looks, look: str, *, keep: bool = False) -> Line:
    return Line({0: Cell(text, getattr(looks, look))}, ((0, 3),), keep)


def _pair(label: str, value: str | None, looks: Looks, *, entry: bool = False) -> Line:
    style = looks.entry if entry else looks.cell
    if not entry:
        style = replace(style, font=looks.text.font)
    return Line(
        {0: Cell(label, looks.fixed), 1: Cell(value, style), 2: Cell(None, style), 3: Cell(None, style)}, ((1, 3),)
    )


def _seal_lines(looks: Looks) -> list[Line]:
    """確認欄: boxes for the seals of those who checked the answers, kept together on one page."""
    box = replace(looks.cell, horizontal="center", locked=False)
    head = replace(looks.head, horizontal="center")
    return [
        _wide(None, looks, "text"),
        _wide("確認欄", looks, "heading", keep=True),
        Line({col: Cell(who, head) for col, who in enumerate(SEALS, 1)}, keep=True),
        Line({col: Cell(None, box) for col, _ in enumerate(SEALS, 1)}, least=63.0),
    ]


def _instructions(plan: Plan, rows: Sequence[Programme]) -> list[str]:
    columns = dict.fromkeys(c.header for p in rows for c in plan.round_columns(p))
    named = "、".join(f"「{header}」" for header in columns)
    owned = sum(len(plan.round_columns(p)) for p in _unique(rows))
    return [
        f"１　青色のセル（{owned}か所）に記入してください。記入していただく列は{named}です。",
        "２　青色以外のセルは変更しないでください。過去の値や指標、目標などの変更が必要なときは、最後の「修正申出」に記入してください。",
        "３　灰色の行は再掲などのため記入不要です。再掲の行には、元の事業の記入内容を取りまとめの際に引き写します。",
        "４　空欄は「未記入」として扱います。値がないときは「－」、確定していないときは「集計中」と記入してください。",
        "５　「同上」「別紙のとおり」とは記入せず、印刷してそのまま読める内容を記入してください。",
        f"６　記述は{plan.settings.narrative_limit}字程度までを目安にしてください。超えても受け付けます。",
    ]


def _unique(rows: Sequence[Programme]) -> list[Programme]:
    return list({p.key: p for p in rows}.values())


def _shared_lines(plan: Plan, rows: Sequence[Programme], looks: Looks, *, read_only: bool) -> list[Line]:
    """The rows that several departments share, with who fills."""
    shared = [p for p in _unique(rows) if p.sharing_names]
    if not shared:
        return []
    heading = "関係する事業" if read_only else "ほかの部局が関係する事業"
    lines = [_wide(None, looks, "text"), _wide(heading, looks, "heading", keep=True)]
    for p in shared:
        if read_only:
            note = f"記入部局：{p.responsible}" if p.responsible else "記入部局：未定"
        else:
            note = f"関係部局：{'、'.join(p.sharing_names)}（調整の上ご記入ください）"
        cells = {0: Cell(p.number, looks.cell), 1: Cell(f"{p.name}\n{note}", looks.cell)}
        lines.append(Line(cells, ((1, 3),)))
    return lines


def _filled_example(plan: Plan, rows: Sequence[Programme], looks: Looks) -> list[Line]:
    """One row as it might be filled, from the department's own first row and last year's value."""
    for programme in rows:
        actuals = [c for c in programme.with_role(Role.ACTUAL) if c.filler is None and programme.text(c.key)]
        asked = [c for c in plan.round_columns(programme) if c.role is Role.ACTUAL]
        if actuals and asked:
            value = programme.text(actuals[-1].key)
            return [
                _wide(None, looks, "text"),
                _wide(
                    f"記入後の例（{programme.number}の場合。値は{actuals[-1].header}を写した見本です）",
                    looks,
                    "text",
                    keep=True,
                ),
                Line({0: Cell(asked[0].header, looks.head), 1: Cell("成果，課題など", looks.head)}, ((1, 3),)),
                Line(
                    {
                        0: Cell(value, looks.cell),
                        1: Cell(
                            "研修を3回開催し，参加者から好評を得た。\n周知の方法が課題であり，来年度は広報紙での案内を増やす。",
                            looks.cell,
                        ),
                    },
                    ((1, 3),),
                ),
            ]
    return []


def proposal_sheet(plan: Plan, department: str, rows: Sequence[Programme]) -> Sheet:
    """修正申出: where a department proposes a change to what is not its to write."""
    looks = looks_of(plan.settings)
    entry = replace(looks.entry, font=looks.cell.font)
    lines = [[Cell(None, entry) for _ in PROPOSAL_HEAD] for _ in range(PROPOSAL_LINES)]
    sheet, first = table(
        PROPOSAL_SHEET,
        looks,
        f"修正申出（{department}）",
        PROPOSAL_HEAD,
        lines,
        (16, 18, 34, 34, 34),
        notes=(
            "過去の値・評価指標・目標・担当部局などの変更が必要なときに、理由を添えて記入してください。採否は取りまとめ部局がお知らせします。",
        ),
    )
    last = first + PROPOSAL_LINES - 1
    heights = dict(sheet.heights) | dict.fromkeys(range(first, last + 1), 40.5)
    numbers = tuple(dict.fromkeys(p.number for p in rows))
    validations = [Validation((Area(first, 1, last, 1),), "list", PROPOSAL_ITEMS, error_style="information")]
    if numbers and len(",".join(numbers)) <= 250 and not any("," in n for n in numbers):
        validations.append(Validation((Area(first, 0, last, 0),), "list", numbers, error_style="information"))
    return replace(
        sheet,
        heights=MappingProxyType(heights),
        validations=tuple(validations),
        protection=Protection(),
        tab_colour="#BF8F00",
        filter=None,
    )
