"""表記ゆれ: where the book writes one thing in several ways, what most of it writes, and what staff accepted.

Nothing is changed by finding it. Staff put ○ into the column 採用 of the consolidated workbook; at the next merge what
they accepted is typed into that workbook as a person would type it, so that it is kept, listed and traced like every
other correction by hand (事務局修正).

Every correction keeps the number of characters, so that marks inside a text (見え消し) stay where they are.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Position, Sheet
from xl_plan.meaning.values import is_blank
from xl_plan.model import SPELLING_SHEET, CellKey, Column, Plan, Programme, Role

ACCEPT, NUMBER, COLUMN, HERE, KIND, NOW, COUNT, PROPOSED, TEXT, KEY = HEAD = (
    "採用",
    "番号",
    "列",
    "本書のセル",
    "種類",
    "現在の書き方",
    "か所",
    "提案",
    "該当する文",
    "照合番号",
)
ACCEPTED, DECLINED = "○", "×"
NO_CHOICES: Mapping[str, str] = MappingProxyType({})
_YES = frozenset("○◯〇")
_ROLES = frozenset(
    {Role.NAME, Role.DESCRIPTION, Role.INDICATOR, Role.ACTUAL, Role.TARGET, Role.NARRATIVE, Role.REMARKS}
)
_AROUND = 12  # characters of a text that are shown around the place
_NONE: Mapping[str, int] = MappingProxyType({})
_HALF, _FULL = "0123456789", "０１２３４５６７８９"


@dataclass(frozen=True, slots=True)
class Family:
    """Ways of writing one thing, all equally long. ``pattern`` finds any of them and has no groups; ``usual`` is proposed
    where two are equally common; ``fixed`` where what is proposed does not depend on what the book mostly writes."""

    name: str
    pattern: re.Pattern[str]
    variants: Mapping[str, str]  # what a way of writing is called
    usual: str
    fixed: bool = False

    def variant(self, found: str) -> str:
        """Which of the ways a text found is written in."""
        if self.name == DIGITS:
            return "全角の数字" if found[0] in _FULL else "半角の数字"
        return found

    def rewritten(self, found: str, to: str) -> str:
        if self.name == DIGITS:
            return found.translate(_TO_HALF if to == "半角の数字" else _TO_FULL)
        return to


_TO_HALF = str.maketrans(_FULL, _HALF)
_TO_FULL = str.maketrans(_HALF, _FULL)
DIGITS = "数字の幅"
# In ASCII words, dates and version numbers a digit stays as it is: only those beside Japanese are counted.
_DIGIT = r"(?<![A-Za-zＡ-Ｚａ-ｚ0-9０-９./:@_-])(?:[0-9]+|[０-９]+)(?![A-Za-zＡ-Ｚａ-ｚ0-9０-９/:@_])"


def _family(name: str, pattern: str, variants: Sequence[str], *, fixed: bool = False) -> Family:
    return Family(name, re.compile(pattern), MappingProxyType({v: f"「{v}」" for v in variants}), variants[0], fixed)


_PLACES = ("か所", "箇所", "ヶ所", "カ所", "ヵ所", "ケ所", "個所")
_MONTHS = ("か月", "箇月", "ヶ月", "カ月", "ヵ月", "ケ月")
FAMILIES: tuple[Family, ...] = (
    _family("読点", "[，、](?![0-9０-９]{3})", ("、", "，")),
    _family("箇所・か所", f"(?:{'|'.join(_PLACES)})", _PLACES),
    _family("か月・ヶ月", f"(?<=[0-9０-９一二三四五六七八九十数])(?:{'|'.join(_MONTHS)})", _MONTHS),
    _family(DIGITS, _DIGIT, ("半角の数字", "全角の数字")),
    _family("横線", r"^\s*ー\s*$|(?<=[0-9０-９)）])ー(?=[0-9０-９(（])", ("－", "ー"), fixed=True),
)


@dataclass(frozen=True, slots=True)
class Variation:
    """One way of writing in one cell that differs from what is proposed. ``text`` is the whole cell's."""

    key: CellKey
    number: str
    column: str
    family: Family
    now: str
    proposed: str
    count: int
    text: str

    @property
    def mark(self) -> str:
        """Known again as long as the cell says the same."""
        parts = (*self.key, self.family.name, self.now, self.proposed, self.text)
        return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:10]

    @property
    def around(self) -> str:
        """The text around the first place."""
        for found in self.family.pattern.finditer(self.text):
            if self.family.variant(found[0].strip()) == self.now:
                start, end = max(0, found.start() - _AROUND), found.end() + _AROUND
                before, after = "…" if start else "", "…" if end < len(self.text) else ""
                return before + self.text[start:end] + after
        return self.text[: 2 * _AROUND]


def variations(plan: Plan, texts: Mapping[CellKey, str]) -> tuple[Variation, ...]:
    """What is written in several ways, in the plan's order. ``texts``: what the cells say now; of a relisted row only
    what it does not take from its original."""
    cells = list(_cells(plan, texts))
    found: list[Variation] = []
    for family in FAMILIES:
        counted = {text: here for text in {text: None for _, _, text in cells} if (here := _counted(family, text))}
        most = _proposed(family, [counted[text] for _, _, text in cells if text in counted])
        for programme, column, text in cells if most else ():
            for now, count in counted.get(text, _NONE).items():
                if now != most:
                    key = (programme.key, column.key)
                    found.append(Variation(key, programme.number, column.header, family, now, most, count, text))
    order = {p.key: n for n, p in enumerate(plan.programmes)}
    return tuple(sorted(found, key=lambda v: (FAMILIES.index(v.family), v.now, order[v.key[0]])))


def _cells(plan: Plan, texts: Mapping[CellKey, str]) -> Iterator[tuple[Programme, Column, str]]:
    for programme in plan.programmes:
        for column in programme.block.columns:
            text = texts.get((programme.key, column.key), "")
            if column.role in _ROLES and not is_blank(text):
                yield programme, column, text


def _counted(family: Family, text: str) -> Mapping[str, int]:
    found = [family.variant(way.strip()) for way in family.pattern.findall(text)]
    return Counter(found) if found else _NONE  # most texts have none, and a counter costs more than looking


def _proposed(family: Family, counted: Sequence[Mapping[str, int]]) -> str:
    """What most of the book writes; "" where it writes one way only."""
    total: Counter[str] = Counter()
    for here in counted:
        total.update(here)
    if family.fixed:
        return family.usual
    if len(total) < 2:
        return ""
    order = list(family.variants)
    return max(total, key=lambda way: (total[way], -order.index(way)))


# --------------------------------------------------------------------------------------------------------- read back
def read_choices(book: Book) -> Mapping[str, str]:
    """What staff put into 採用, by the key of its line."""
    return MappingProxyType({line[KEY]: line[ACCEPT] for line in _lines(book) if line[KEY] and line[ACCEPT]})


def _lines(book: Book) -> Iterator[Mapping[str, str]]:
    """The lines of the sheet by their headings."""
    sheet = book.sheet(SPELLING_SHEET)
    columns: dict[str, int] = {}
    for _, cells in sheet.rows() if sheet is not None else ():
        texts = {col: str(cell.value or "").strip() for col, cell in cells}
        if columns:
            yield {name: texts.get(col, "") for name, col in columns.items()}
        elif set(HEAD) <= set(texts.values()):
            columns = {text: col for col, text in sorted(texts.items(), reverse=True)}


@dataclass(frozen=True, slots=True)
class Adopted:
    """The last output with what staff accepted typed into its cells. ``stale``: the accepted lines (番号, 列, 現在の書き方)
    whose cells say something else by now."""

    book: Book
    stale: tuple[tuple[str, str, str], ...] = ()


def adopted(book: Book, plan: Plan) -> Adopted:
    """``plan`` is the same book as read."""
    lines = list(_accepted(book))
    if not lines:
        return Adopted(book)
    by_number: dict[str, list[Programme]] = {}
    for programme in plan.programmes:
        by_number.setdefault(programme.number, []).append(programme)
    sheets = {sheet.name: dict(sheet.cells) for sheet in book.sheets}
    stale = []
    for line in lines:
        target = next(iter(_meant(line, by_number.get(line[NUMBER], ()))), None)
        if target is None:
            stale.append((line[NUMBER], line[COLUMN], line[NOW]))
            continue
        programme, each = target
        _type_in(sheets[programme.sheet], programme.block.places.get(each.key[1], ()), each)
    typed = tuple(_with_cells(sheet, sheets[sheet.name]) for sheet in book.sheets)
    return Adopted(replace(book, sheets=typed), tuple(stale))


def is_yes(choice: str) -> bool:
    return choice in _YES


def _accepted(book: Book) -> Iterator[Mapping[str, str]]:
    return (line for line in _lines(book) if line[ACCEPT] in _YES)


def _meant(line: Mapping[str, str], programmes: Sequence[Programme]) -> Iterator[tuple[Programme, Variation]]:
    """The cell that a line was written for, as long as it says the same."""
    family = next((f for f in FAMILIES if f.name == line[KIND]), None)
    for programme in programmes if family is not None else ():
        for column in programme.block.columns:
            if column.header == line[COLUMN] and family is not None:
                key, text = (programme.key, column.key), programme.text(column.key)
                each = Variation(key, line[NUMBER], column.header, family, line[NOW], line[PROPOSED], 0, text)
                if each.mark == line[KEY]:
                    yield programme, each


def _with_cells(sheet: Sheet, cells: dict[Position, Cell]) -> Sheet:
    return sheet if cells == sheet.cells else replace(sheet, cells=MappingProxyType(cells))


def _type_in(cells: dict[Position, Cell], places: Sequence[Position], each: Variation) -> None:
    """A text may stand in several cells, where it was divided over pages."""
    for place in places:
        cell = cells.get(place)
        if cell is not None and cell.formula is None and isinstance(cell.value, str):
            text = corrected(cell.value, each)
            runs, at = [], 0
            for run in cell.runs:
                runs.append(replace(run, text=text[at : at + len(run.text)]))
                at += len(run.text)
            cells[place] = replace(cell, value=text, runs=tuple(runs))


def corrected(text: str, each: Variation) -> str:
    """The text with one way of writing replaced, and nothing else."""

    def put(found: re.Match[str]) -> str:
        core = found[0].strip()
        if each.family.variant(core) != each.now:
            return found[0]
        return found[0].replace(core, each.family.rewritten(core, each.proposed))

    return each.family.pattern.sub(put, text)
