"""Make a plan of any size and its filled forms: realistic Japanese text, the same for the same seed.

    python benchmarks/generate.py FOLDER --departments 60 --programmes 5 [--pillars 4] [--seed 1] [--erring 10]

writes FOLDER/plan.xlsx and FOLDER/inbox/*.xlsx, one filled form a department. One department in ten has a question to settle
and gets its form back: the share does not grow with the rows.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path

from xl_plan.cells import Area, Book, Border, Cell, Font, Sheet, Style
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.forms import form
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.meaning.numberformat import format_for
from xl_plan.model import CellKey, Plan, Programme, Role
from xl_plan.pipeline.common import load_plan
from xl_plan.plan import read_plan
from xl_plan.rollover import open_round

_LINE = Border("thin", "thin", "thin", "thin")
_FONT = Font("ＭＳ Ｐゴシック", 9)
_PLAIN = Style(font=_FONT, border=_LINE, wrap=True, vertical="center")
_THINGS = [
    "相談",
    "講座",
    "研修",
    "訪問",
    "見守り",
    "交流会",
    "広報",
    "健診",
    "給付",
    "巡回",
    "教室",
    "イベント",
    "支援会議",
    "計画策定",
    "点検",
    "整備",
]
_FOR = [
    "高齢者",
    "障害者",
    "子育て世帯",
    "児童",
    "市民",
    "事業者",
    "地域団体",
    "ボランティア",
    "若者",
    "外国人住民",
    "被災者",
]
_ERRING = 10  # one department in so many errs
_UNITS = ("件", "人", "回", "箇所", "%", "団体", "世帯", "時間")
_SENTENCES = (
    "関係機関と連携し，支援体制の充実を図った。",
    "前年度に比べ利用者が増加し，相談内容も複雑化している。",
    "周知が十分でないことが課題であり，広報紙やホームページでの案内を増やす。",
    "新型コロナウイルス感染症の影響により縮小していた活動を再開した。",
    "研修の参加者からは好評を得ており，引き続き内容の充実に努める。",
    "次年度は対象を広げ，オンラインでの実施も検討する。",
    "担い手の高齢化が進んでいるため，若い世代への働きかけを行う。",
)
_YEARS = [("Ｈ29", "実績値"), ("R1", "実績値"), ("R2", "実績値"), ("Ｒ3(中間年)", "目標値"), ("Ｒ3", "実績値"), ("Ｒ4", "実績値"), ("Ｒ5", "実績値")]  # fmt: skip
_WIDTHS = {
    0: 12,
    1: 24,
    2: 30,
    3: 18,
    4: 10,
    5: 10,
    6: 10,
    7: 10,
    8: 10,
    9: 10,
    10: 10,
    11: 44,
    12: 10,
    13: 16,
    14: 10,
    15: 10,
}


def plan_book(departments: int, programmes: int, pillars: int, seed: int) -> Book:
    """An office workbook of 16 columns, one row a programme, a header at each department's stretch of rows."""
    chance = random.Random(seed)
    names = [f"{chance.choice(_FOR)}{chance.choice(_THINGS)}第{n + 1}課" for n in range(departments)]
    share = -(-departments // pillars)
    return Book(
        tuple(
            _pillar(f"柱{p + 1}", names[p * share : (p + 1) * share], programmes, chance)
            for p in range(pillars)
            if names[p * share : (p + 1) * share]
        )
    )


def _pillar(name: str, departments: list[str], programmes: int, chance: random.Random) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {(0, 0): Cell(f"【{name}】", Style(font=_FONT))}
    merges: list[Area] = []
    row = 1
    for index, department in enumerate(departments):
        cells[row, 0] = Cell(f"（{index + 1}）{department}の取り組み", Style(font=_FONT))
        row = _header(cells, merges, row + 1)
        for number in range(programmes):
            _programme(cells, row, f"{name}({index + 1}){number + 1}", department, chance)
            row += 1
    return Sheet(name, cells, merges=tuple(merges), widths=_WIDTHS)


def _header(cells: dict[tuple[int, int], Cell], merges: list[Area], row: int) -> int:
    fixed = {
        0: "番号",
        1: "事業名",
        2: "内容",
        3: "評価指標",
        11: "・Ｒ5取り組みの成果，課題",
        13: "担当部局",
        14: "備考",
        15: "摘要",
    }
    for col, text in fixed.items():
        cells[row, col] = Cell(text, _PLAIN)
        cells[row + 1, col] = Cell(None, _PLAIN)
        merges.append(Area(row, col, row + 1, col))
    for offset, (year, kind) in enumerate((*_YEARS, ("Ｒ6", "目標値"))):
        col = 4 + offset + (1 if offset == len(_YEARS) else 0)
        cells[row, col], cells[row + 1, col] = Cell(year, _PLAIN), Cell(kind, _PLAIN)
    return row + 2


def _programme(
    cells: dict[tuple[int, int], Cell], row: int, number: str, department: str, chance: random.Random
) -> None:
    who, what = chance.choice(_FOR), chance.choice(_THINGS)
    unit = chance.choice(_UNITS)
    code = "0.0%" if unit == "%" else format_for(unit)
    base = chance.uniform(0.4, 0.6) if unit == "%" else chance.randint(20, 4000)
    texts = {
        0: number,
        1: f"{who}{what}事業 {number.removeprefix('柱')}",
        2: _prose(chance, 2),
        3: f"{what}の実施{unit}数",
        13: department,
    }
    cells.update({(row, col): Cell(text, _PLAIN) for col, text in texts.items()})
    cells.update({(row, col): Cell(None, _PLAIN) for col in (10, 11, 14, 15)})
    for offset in range(8):
        col = 4 + offset + (1 if offset == len(_YEARS) else 0)
        grown = base * (1 + 0.04 * offset + chance.uniform(-0.05, 0.05))
        value = round(grown, 3) if unit == "%" else round(grown)
        cells[row, col] = Cell(value, replace(_PLAIN, number_format=code))


def _prose(chance: random.Random, most: int) -> str:
    return "".join(chance.choice(_SENTENCES) for _ in range(chance.randint(1, most)))


def answers(plan: Plan, department: str, chance: random.Random, *, errs: bool = False) -> dict[CellKey, Cell]:
    """A department's answers: a figure near last year's, a narrative; now and then 集計中. One that ``errs`` says －
    where there were figures in all years before."""
    made: dict[CellKey, Cell] = {}
    for programme, column in plan.owned_by(department):
        style = programme.cell(column.key).style
        if column.role is Role.NARRATIVE:
            made[programme.key, column.key] = Cell(_prose(chance, 6), style)
            continue
        value: str | int | float = "－" if errs else _figure(programme, chance)
        made[programme.key, column.key] = Cell(value, style)
        errs = False
    return made


def _figure(programme: Programme, chance: random.Random) -> str | int | float:
    """A figure near last year's that nobody would ask about, or 集計中."""
    known = [programme.cell(key).value for key in ("actual:2022", "target:2021", "target:2024")]
    last = known[0]
    if chance.random() < 0.03 or not isinstance(last, (int, float)):
        return "集計中"
    grown = last * chance.uniform(0.9, 1.15)
    value = round(grown, 3) if isinstance(last, float) else round(grown)
    step = 0.001 if isinstance(last, float) else 1
    while value in known:
        value = round(value + step, 3)
    return value


def generate(
    folder: Path, departments: int, programmes: int, pillars: int = 4, seed: int = 1, erring: int = _ERRING
) -> None:
    """Write the plan workbook and the filled forms; each ``erring``-th department errs, 0: none."""
    chance = random.Random(seed + 1)
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    office = read_plan(read_book(book_bytes(plan_book(departments, programmes, pillars, seed))))[0]
    settings = replace(office.settings, title="試験計画", deadline="2024-05-31", division="企画課")
    (folder / "plan.xlsx").write_bytes(book_bytes(open_round(office, settings, FiscalYear(2023)).book))
    plan = load_plan(folder / "plan.xlsx")[0]
    for index, department in enumerate(plan.departments):
        errs = bool(erring) and index % erring == erring - 1
        filled = form(plan, department.name, answers(plan, department.name, chance, errs=errs))
        (folder / "inbox" / f"{index + 1:05}_{department.name}.xlsx").write_bytes(book_bytes(filled.book))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--departments", type=int, default=60)
    parser.add_argument("--programmes", type=int, default=5)
    parser.add_argument("--pillars", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--erring", type=int, default=_ERRING)
    given = parser.parse_args()
    generate(given.folder, given.departments, given.programmes, given.pillars, given.seed, given.erring)
