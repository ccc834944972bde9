"""The look: states that can be told without colour, borders, and an office's own format where it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from xl_plan.book.look import HEAD_TINT, HELD_FILL, RELISTED_INK, UNANSWERED_FILL, Look, Scene
from xl_plan.book.planbook import all_columns, plan_book
from xl_plan.cells import Area, Border, Cell, Font, Sheet, Style
from xl_plan.model import BandKind, Column, Plan, Role, Settings
from xl_plan.pipeline.common import load_plan

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
COLUMNS = {
    (0, 0): Column("number", Role.NUMBER, "番号", 0, 0),
    (0, 1): Column("actual:2023", Role.ACTUAL, "Ｒ5 実績値", 1, 1),
    (0, 2): Column("narrative", Role.NARRATIVE, "成果", 2, 2),
    (0, 3): Column("department", Role.DEPARTMENT, "担当部局", 3, 3),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(TEMPLATE)[0]


def dressed(*values: Cell, relisted: bool = False, keep: bool = False, rows: int = 1) -> list[Cell]:
    scene = Scene(BandKind.BLOCK, rows, (), COLUMNS, (0, 3), relisted)
    look = Look(Settings(keep_format=keep))
    cells = look.dress({(0, col): cell for col, cell in enumerate(values)}, scene)
    return [cells[0, col] for col in range(len(values))]


def marks(style: Style) -> tuple[bool, bool, bool, str | None]:
    return style.font.bold, style.font.italic, style.font.underline, style.fill


def test_every_state_can_be_told_without_colour() -> None:
    states = ("15,107件", "集計中", "〔未提出〕", "〔保留〕")
    seen = [marks(dressed(Cell("柱2"), Cell(text))[1].style) for text in states]
    assert seen == [
        (False, False, False, None),
        (False, True, False, None),
        (True, True, False, UNANSWERED_FILL),
        (True, True, True, HELD_FILL),
    ]
    assert len({look[:3] for look in seen}) == len(states)


def test_a_mark_goes_when_its_reason_goes() -> None:
    for text in ("〔未提出〕", "〔保留〕", "集計中"):
        marked = dressed(Cell("柱2"), Cell(text))[1]
        assert (
            dressed(Cell("柱2"), replace(marked, value="12件"))[1].style == dressed(Cell("柱2"), Cell("12件"))[1].style
        )
    relisted = dressed(Cell("柱2"), Cell("12件"), relisted=True)[1]
    assert (relisted.style.font.italic, relisted.style.font.colour) == (True, RELISTED_INK)
    assert dressed(Cell("柱2"), relisted)[1].style == dressed(Cell("柱2"), Cell("12件"))[1].style


def test_dressing_twice_changes_nothing(plan: Plan) -> None:
    once = plan_book(plan, plan.settings, all_columns(plan), {}).book
    from xl_plan.plan import read_plan

    again_plan, _ = read_plan(once)
    again = plan_book(again_plan, again_plan.settings, all_columns(again_plan), {}).book
    assert dict(once.sheets[0].cells) == dict(again.sheets[0].cells)
    assert once.sheets[0].heights == again.sheets[0].heights


def test_values_and_number_formats_are_never_touched(plan: Plan) -> None:
    values = (0.872, 4049, "５箇所", "  前後の空白  ", "")
    for value in values:
        style = Style(number_format='#,##0"件"', font=Font("ＭＳ Ｐゴシック", 9, colour="#FF0000", strike=True))
        after = dressed(Cell("柱2"), Cell(value, style))[1]
        assert (after.value, after.style.number_format) == (value, style.number_format)
        assert (after.style.font.colour, after.style.font.strike) == ("#FF0000", True)  # 見え消し stays


def test_figures_are_centred_and_texts_begin_left() -> None:
    number, actual, narrative, department = dressed(
        *(Cell(t) for t in ("柱2(1)①ア", "12件", "成果を上げた。", "福祉政策課"))
    )
    assert [c.style.horizontal for c in (number, actual, narrative, department)] == [
        "center",
        "center",
        "left",
        "center",
    ]
    assert [c.style.vertical for c in (number, actual, narrative, department)] == ["center", "center", "top", "center"]
    assert all(c.style.wrap for c in (number, actual, narrative, department))


def test_a_cell_to_type_a_narrative_in_begins_at_the_top() -> None:
    open_cell = Cell(None, Style(locked=False, fill="#DDEBF7"))
    _, actual, narrative = dressed(Cell("柱2"), open_cell, open_cell)
    assert (actual.style.vertical, narrative.style.vertical) == ("center", "top")
    assert {actual.style.fill, narrative.style.fill} == {"#DDEBF7"} and not narrative.style.locked


def test_the_filling_department_is_blue_and_bold() -> None:
    blue = dressed(Cell("柱2"), Cell("1"), Cell("文"), Cell("福祉政策課", Style(fill="#B8CCE4")))[3]
    plain = dressed(Cell("柱2"), Cell("1"), Cell("文"), Cell("福祉政策課", Style(font=Font(bold=True))))[3]
    assert (blue.style.fill, blue.style.font.bold) == ("#B8CCE4", True)
    assert (plain.style.fill, plain.style.font.bold) == (None, False)


def test_borders_are_thin_around_a_programme_and_hair_inside() -> None:
    scene = Scene(BandKind.BLOCK, 2, (Area(0, 0, 1, 0),), COLUMNS, (0, 3))
    cells = Look(Settings()).dress({(0, 0): Cell("柱2(1)①ア"), (0, 1): Cell("12件")}, scene)
    assert len(cells) == 8  # every position of the block, so that no line is missing
    assert cells[0, 0].style.border == Border(left="thin", right="hair", top="thin", bottom="")
    assert cells[1, 0].style.border == Border(left="thin", right="hair", top="", bottom="thin")
    assert cells[0, 2].style.border == Border(left="hair", right="hair", top="thin", bottom="hair")
    assert cells[1, 3].style.border == Border(left="hair", right="thin", top="hair", bottom="thin")


def test_headers_are_tinted_and_blue_ones_stay_blue(plan: Plan) -> None:
    sheet = plan_book(plan, plan.settings, all_columns(plan), {}).book.sheets[0]
    fills = {str(c.value): c.style.fill for (r, _), c in sheet.cells.items() if 3 <= r <= 5 and c.value}
    assert fills["番号"] == HEAD_TINT and fills["Ｈ29"] == HEAD_TINT
    assert fills["Ｒ5"] == "#BDD7EE" and fills["Ｒ4"] == HEAD_TINT


def grey(colour: str | None) -> float:
    red, green, blue = (int((colour or "#FFFFFF")[i : i + 2], 16) for i in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def contrast(ink: str, paper: str) -> float:
    return (grey(ink) + 0.05) / (grey(paper) + 0.05)


def test_grey_print_stays_readable() -> None:
    for fill in (HEAD_TINT, UNANSWERED_FILL, HELD_FILL, "#BDD7EE", "#DDEBF7", "#B8CCE4"):
        assert grey(fill) > 0.75  # black letters stand out
    assert contrast("#FFFFFF", RELISTED_INK) > 2.5
    assert UNANSWERED_FILL != HELD_FILL and grey(UNANSWERED_FILL) - grey(HELD_FILL) > 0.05


def test_the_offices_own_format_is_kept_where_it_is_asked_for() -> None:
    plan = load_plan(OFFICE)[0]
    kept = replace(plan.settings, keep_format=True)
    sheet: Sheet = plan_book(replace(plan, settings=kept), kept, all_columns(plan), {}).book.sheets[0]
    office = plan.tables[0].sheet
    looks = {str(c.value): c.style for c in office.cells.values() if c.value}
    again = {str(c.value): c.style for c in sheet.cells.values() if c.value}
    for text in ("柱2(1)①ア", "番号", "福祉政策課", "【柱２】"):
        assert again[text] == looks[text]
