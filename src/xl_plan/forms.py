"""Plan → one form a department, a read-only copy for those that only share rows, and a covering letter for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.book.compose import Composed, Draft, compose
from xl_plan.book.look import Look
from xl_plan.book.planbook import later_lines, relisted_keys, twin_names
from xl_plan.book.secondround import LATER_FILLERS
from xl_plan.cells import Area, Book, Cell, Position, Properties, Protection, Sheet, Style, Validation, a1
from xl_plan.comparison import usual_format
from xl_plan.issue.guide import guide_sheet, proposal_sheet
from xl_plan.issue.handbook import handbook_sheet
from xl_plan.issue.issued import issued_sheet
from xl_plan.issue.notices import notices
from xl_plan.issue.selfcheck import left_to_do, with_checks
from xl_plan.layout.folding import folded_columns
from xl_plan.layout.pages import plan_page
from xl_plan.meaning.values import is_blank
from xl_plan.model import Block, CellKey, Column, Issued, Move, MoveKind, Plan, Programme, Role, Spot
from xl_plan.office.recurring import moved_away, next_survey
from xl_plan.remembered import ByIdentity
from xl_plan.tables.colours import PALE_BLUE

_GREY = "#E7E6E6"
_GREY_TEXT = "#595959"
Changes = Sequence[tuple[str, str, str]]  # what, old, new


@dataclass(frozen=True, slots=True)
class Form:
    """A workbook for one department. ``where``: each issued cell's place in it."""

    department: str
    book: Book
    owned: tuple[CellKey, ...]
    where: Mapping[CellKey, Spot]


@dataclass(frozen=True, slots=True)
class Split:
    """What :func:`split` makes. ``nothing_to_fill`` names the departments of ``copies`` and any that have no row."""

    forms: tuple[Form, ...]
    copies: tuple[Form, ...]
    nothing_to_fill: tuple[str, ...]


def split(plan: Plan, changes: Mapping[str, Changes] | None = None) -> Split:
    """One form for each department that owns a cell of the round, a copy for each that only shares rows.

    With ``changes`` since the last issue only for the departments named there, each told what changed for it.
    """
    forms, copies, idle = [], [], []
    for department in plan.departments:
        owned = plan.owned_by(department.name)
        issued = changes is None or department.name in changes
        if owned:
            if issued:
                forms.append(form(plan, department.name, changes=(changes or {}).get(department.name, ())))
            continue
        idle.append(department.name)
        if issued and any(department.name in p.sharing_names for p in plan.programmes):
            copies.append(_copy(plan, department.name))
    return Split(tuple(forms), tuple(copies), tuple(idle))


def form(plan: Plan, department: str, answers: Mapping[CellKey, Cell] | None = None, changes: Changes = ()) -> Form:
    """The form of a department. ``answers`` are cells already answered, put in place: then it says of itself that it is a
    return; ``changes`` what is different from the form issued before."""
    owned = {(p.key, c.key): (p, c) for p, c in plan.owned_by(department)}
    rows = _rows_of(plan, department)
    edits = _form_edits(plan, rows, owned, answers or {})
    drafts = _drafts(plan, rows, edits, frozenset(owned))
    composed = compose(drafts)
    where = _where(rows, drafts, composed)
    checks = [
        with_checks(plan, draft.table, item, _open(item.sheet, where, owned), owned, where)
        for draft, item in zip(drafts, composed, strict=True)
    ]
    cells = _issued_cells(rows, edits)
    issued = Issued(
        plan.settings.title,
        str(plan.settings.year or ""),
        department,
        plan.settings.issue,
        "form" if answers is None else "return",
        cells,
        frozenset(owned),
    )
    book = Book(
        (
            guide_sheet(plan, department, [p for p, _ in owned.values()], left=left_to_do(checks), changes=changes),
            *(each.sheet for each in checks),
            handbook_sheet(plan.settings),
            proposal_sheet(plan, department, rows),
            issued_sheet(issued, where),
        ),
        Properties(title=f"{plan.settings.title} 調査票（{department}）", author=plan.settings.division),
    )
    return Form(department, book, tuple(owned), where)


def _copy(plan: Plan, department: str) -> Form:
    """The 確認用 copy: the rows that a department shares, to read."""
    rows = tuple(p for p in plan.programmes if department in p.sharing_names)
    drafts = _drafts(plan, rows, {}, frozenset())
    composed = compose(drafts)
    where = _where(rows, drafts, composed)
    sheets = tuple(_locked(item.sheet, frozenset(), {}, where) for item in composed)
    cells = _issued_cells(rows, {})
    issued = Issued(plan.settings.title, str(plan.settings.year or ""), department, plan.settings.issue, "copy", cells)
    guide = guide_sheet(plan, department, list(rows), read_only=True)
    book = Book(
        (guide, *sheets, issued_sheet(issued, where)),
        Properties(title=f"{plan.settings.title} 確認用（{department}）", author=plan.settings.division),
    )
    return Form(department, book, (), where)


def _rows_of(plan: Plan, department: str) -> tuple[Programme, ...]:
    """The rows that a department's form shows: those it stands in, relisted ones included, and the other lines of the
    same number, since these stand in one block."""
    blocks = {
        (p.sheet, p.block.first)
        for p in plan.programmes
        if p.responsible == department or any(d.name == department for d in p.departments)
    }
    return tuple(p for p in plan.programmes if (p.sheet, p.block.first) in blocks)


def _drafts(
    plan: Plan, rows: Sequence[Programme], edits: Mapping[Spot, Cell], owned: frozenset[CellKey]
) -> tuple[Draft, ...]:
    page = plan_page(plan.settings)
    twins = twin_names(plan)
    look = Look(plan.settings, relisted_keys(plan))
    drafts = []
    for table in plan.tables:
        here = [p for p in rows if p.sheet == table.sheet.name]
        own = {p.block.first: p for p in reversed(here)}
        if not own:
            continue
        drafts.append(
            Draft(
                table,
                MappingProxyType(own),
                edits=MappingProxyType(later_lines(here) | _on_sheet(edits, table.sheet.name)),
                keep=_Among(frozenset(own)),
                look=look,
                reserve=_reserve(plan, here, owned),
                after=notices(plan, here, owned),
                twins=MappingProxyType({first: twins[p.key] for first, p in own.items() if p.key in twins}),
                page=page,
                folded=folded_columns(table, plan.settings),
            )
        )
    return tuple(drafts)


def _on_sheet(edits: Mapping[Spot, Cell], sheet: str) -> dict[Position, Cell]:
    return {position: cell for (name, position), cell in edits.items() if name == sheet}


@dataclass(frozen=True, slots=True)
class _Among:
    firsts: frozenset[int]

    def __call__(self, block: Block) -> bool:
        return block.first in self.firsts


def _reserve(plan: Plan, rows: Iterable[Programme], owned: frozenset[CellKey]) -> Mapping[Position, int]:
    """Room for a narrative before it is written."""
    reserve = {}
    for programme in rows:
        for column in plan.round_columns(programme):
            place = programme.place(column.key)
            if (programme.key, column.key) in owned and column.role is Role.NARRATIVE and place:
                reserve[place] = plan.settings.narrative_limit
    return MappingProxyType(reserve)


class _Shades:
    """The looks of a form's cells, each worked out once from the look in the plan."""

    def __init__(self) -> None:
        self.entry = ByIdentity[Style, Style](lambda style: replace(style, fill=PALE_BLUE, locked=False))
        self.left = ByIdentity[Style, Style](_left)
        self.grey = ByIdentity[Style, Style](
            lambda style: replace(style, fill=_GREY, font=replace(style.font, colour=_GREY_TEXT))
        )


def _left(style: Style) -> Style:
    font = replace(style.font, italic=True, colour=_GREY_TEXT)
    return replace(style, fill=_GREY, number_format="General", font=font)


def _form_edits(
    plan: Plan,
    rows: Sequence[Programme],
    owned: Mapping[CellKey, tuple[Programme, Column]],
    answers: Mapping[CellKey, Cell],
) -> dict[Spot, Cell]:
    originals, shades = plan.relisting.originals(), _Shades()
    edits: dict[Spot, Cell] = {}
    for programme in rows:
        for column in programme.block.columns:
            places = programme.block.places.get(column.key, ())
            key = (programme.key, column.key)
            if not places or (column.filler is None and key not in plan.again):
                continue
            cell = programme.cell(column.key)
            if key in owned:
                value = answers.get(key, cell)
                edits[programme.sheet, places[0]] = _entry(programme, column, value, shades)
            else:
                edits[programme.sheet, places[0]] = _not_to_fill(plan, programme, column, shades)
        if programme.key in originals:
            edits |= _greyed(programme, edits, shades)
    return edits


def _entry(programme: Programme, column: Column, cell: Cell, shades: _Shades) -> Cell:
    """A cell to fill: blue, unlocked, in the row's unit."""
    style = shades.entry(cell.style)
    if column.role is Role.ACTUAL:
        code = usual_format(programme, column, style.number_format)
        style = style if code == style.number_format else replace(style, number_format=code)
    blank = cell.formula is None and is_blank("" if cell.value is None else str(cell.value))
    return (cell.with_value(None) if blank else cell).in_style(style)


def _not_to_fill(plan: Plan, programme: Programme, column: Column, shades: _Shades) -> Cell:
    style = shades.left(programme.cell(column.key).style)
    original, by = plan.original_of(programme, column), plan.asked(programme, column)
    if (programme.key, column.key) in plan.resting:
        following, moved = next_survey(plan.settings, programme), moved_away(plan.settings, programme)
        if moved is not None:
            return Cell(f"記入不要\n（{_moved(moved)}）", style)
        note = f"記入不要\n（次の調査は{following.japanese}です）" if following else "記入不要"
    elif original is not None:
        note = f"記入不要\n（{original.number}から引き写します）"
    elif by in LATER_FILLERS and by is not None:
        note = f"記入不要\n（後で{by.value}が記入します）"
    elif programme.responsible:
        note = f"記入不要\n（{programme.responsible}が記入します）"
    else:
        note = "記入不要"
    return Cell(note, style)


def _moved(move: Move) -> str:
    """Why a programme is not asked."""
    if move.kind is MoveKind.NEW:
        return f"{move.year.japanese}からの事業です"
    into = f"{move.into}に" if move.into else ""
    return f"{move.year.japanese}に{into}{move.kind.value}されました"


def _greyed(programme: Programme, edits: Mapping[Spot, Cell], shades: _Shades) -> dict[Spot, Cell]:
    """The other cells of a relisted row in grey."""
    grey = {}
    for column in programme.block.columns:
        for place in programme.block.places.get(column.key, ())[:1]:
            if (programme.sheet, place) not in edits and column.role is not Role.DEPARTMENT:
                cell = programme.cell(column.key)
                grey[programme.sheet, place] = cell.in_style(shades.grey(cell.style))
    return grey


def _where(rows: Sequence[Programme], drafts: Sequence[Draft], composed: Sequence[Composed]) -> Mapping[CellKey, Spot]:
    by_sheet = {draft.table.sheet.name: item for draft, item in zip(drafts, composed, strict=True)}
    where: dict[CellKey, Spot] = {}
    for programme in rows:
        item = by_sheet[programme.sheet]
        for column in programme.block.columns:
            places = programme.block.places.get(column.key, ())
            for index, place in enumerate(places):
                now = item.where.get(place)
                if now:
                    key = column.key if index == 0 else f"{column.key}#{index + 1}"
                    where[programme.key, key] = (item.sheet.name, now[0])
    return MappingProxyType(where)


def _issued_cells(rows: Sequence[Programme], edits: Mapping[Spot, Cell]) -> Mapping[CellKey, str]:
    """What each cell shows in the form, every cell of every row."""
    from xl_plan.meaning.numberformat import shown

    cells: dict[CellKey, str] = {}
    for programme in rows:
        for column in programme.block.columns:
            places = programme.block.places.get(column.key, ())
            for index, place in enumerate(places):
                key = column.key if index == 0 else f"{column.key}#{index + 1}"
                edited = edits.get((programme.sheet, place))
                if edited is not None:
                    cells[programme.key, key] = shown(edited.value, edited.style.number_format)
                elif column.role is Role.DEPARTMENT:
                    cells[programme.key, key] = programme.department_text(place)
                elif index == 0:
                    cells[programme.key, key] = programme.text(column.key)
    return MappingProxyType(cells)


def _open(sheet: Sheet, where: Mapping[CellKey, Spot], owned: Mapping[CellKey, tuple[Programme, Column]]) -> Sheet:
    return _locked(sheet, _open_places(sheet.name, where, owned), owned, where)


def _open_places(sheet: str, where: Mapping[CellKey, Spot], owned: Mapping[CellKey, object]) -> frozenset[Position]:
    return frozenset(where[key][1] for key in owned if key in where and where[key][0] == sheet)


def _locked(
    sheet: Sheet,
    open_places: frozenset[Position],
    owned: Mapping[CellKey, tuple[Programme, Column]],
    where: Mapping[CellKey, Spot],
) -> Sheet:
    """The sheet protected, nothing unlocked but ``open_places``; their validations and a pane that keeps the name."""
    merged = sheet.merge_map()
    shut = ByIdentity[Style, Style](lambda style: replace(style, locked=True))
    opened = ByIdentity[Style, Style](lambda style: replace(style, locked=False))
    cells = {}
    for position, cell in sheet.cells.items():
        area = merged.get(position)
        locked = ((area.top, area.left) if area else position) not in open_places
        same = cell.style.locked is locked
        cells[position] = cell if same else cell.in_style((shut if locked else opened)(cell.style))
    validations = [
        validation(column, merged.get(where[key][1]) or Area(*where[key][1], *where[key][1]))
        for key, (_, column) in owned.items()
        if key in where and where[key][0] == sheet.name
    ]
    return replace(sheet, cells=MappingProxyType(cells), protection=Protection(), validations=tuple(validations))


def validation(column: Column, area: Area) -> Validation:
    """A help that never stops anyone: a short message, and a remark when something is typed that is no answer.

    The message is one short line, since Excel draws it over the cells below.
    """
    areas, address = (area,), a1(area.top, area.left)
    if column.role is Role.NARRATIVE:
        return Validation(areas, "any", title="成果・課題など", message="Alt＋Enterで改行できます。")
    refused = ",".join(f'{address}<>"{word}"' for word in ("同上", "〃", "別紙のとおり", "前年度と同じ"))
    return Validation(
        areas,
        "custom",
        f"=AND({refused})",
        title=column.header[:32],
        message="未確定は「集計中」、無い場合は「－」です。",
        error_style="information",
        error_title="ご確認ください",
        error_message="「同上」「別紙のとおり」などは印刷すると内容が分からなくなります。数値か言葉で記入してください。",
    )
