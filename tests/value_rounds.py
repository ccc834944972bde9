"""One programme, one department, one answer: what the tests of values fill in as a small table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import Cell, Run, Scalar, Style, a1
from xl_plan.checks.answers import Judged, Verdict, judge
from xl_plan.findings import Finding
from xl_plan.meaning.fiscal import FiscalYear, parse_year
from xl_plan.meaning.numberformat import shown
from xl_plan.model import (
    Block,
    Column,
    Department,
    Filler,
    HistoryLine,
    Plan,
    Programme,
    Relisting,
    Returned,
    Role,
    Settings,
    Submission,
)

DEPARTMENT = "福祉政策課"
Typed = Scalar | tuple[int | float, str] | Cell
USUAL = MappingProxyType({"Ｒ1": "8,337件", "Ｒ2": "8,247件", "Ｒ3": "8,884件", "Ｒ4": "13,282件"})
FILLED = FiscalYear(2023)


def cell_of(typed: Typed) -> Cell:
    """A text, a number with its number format, or a cell as it is."""
    if isinstance(typed, Cell):
        return typed
    if isinstance(typed, tuple):
        return Cell(typed[0], Style(number_format=typed[1]))
    return Cell(typed)


def struck_out(*pieces: str) -> Cell:
    """A text of which the pieces written ~so~ are struck through."""
    runs = tuple(Run(piece.strip("~"), strike=piece.startswith("~")) for piece in pieces)
    return Cell("".join(run.text for run in runs), runs=runs)


@dataclass(frozen=True)
class Round:
    """A plan of one row. ``past`` and ``targets`` are by year as the header writes it."""

    past: Mapping[str, Typed] = field(default_factory=lambda: USUAL)
    targets: Mapping[str, Typed] = field(default_factory=dict)
    indicator: str = "相談支援件数"
    number_format: str = "General"
    rating: str | None = None
    rated_by: str = ""
    told: str = ""  # the narrative of the year before

    def programme(self) -> Programme:
        columns, cells = [], {}

        def add(
            key: str, role: Role, header: str, typed: Typed, year: FiscalYear | None = None, asked: bool = False
        ) -> None:
            at = len(columns)
            filler = Filler.DEPARTMENT if asked else None
            columns.append(Column(key, role, header, at, at, year, filler))
            cells[key] = cell_of(typed)

        add("number", Role.NUMBER, "番号", "柱2(1)①イ")
        add("indicator", Role.INDICATOR, "評価指標", self.indicator)
        for label, typed in self.past.items():
            year = parse_year(label)
            assert year is not None
            add(f"actual:{year.year}", Role.ACTUAL, f"{label} 実績値", typed, year)
        blank = Cell(style=Style(number_format=self.number_format))
        add("actual:2023", Role.ACTUAL, "Ｒ5 実績値", blank, FILLED, asked=True)
        for label, typed in self.targets.items():
            year = parse_year(label)
            assert year is not None
            add(f"target:{year.year}", Role.TARGET, f"{label} 目標値", typed, year)
        if self.rating is not None:
            add("rating:2023", Role.RATING, "Ｒ5 評価", None, FILLED, asked=True)
        add("narrative", Role.NARRATIVE, "成果・課題", None, FILLED, asked=True)
        places = {column.key: ((6, column.left),) for column in columns}
        block = Block(6, 6, tuple(columns), MappingProxyType(places))
        texts = {key: shown(c.value, c.style.number_format) for key, c in cells.items()}
        return Programme(
            "柱2(1)①イ", "柱2(1)①イ", "障害者の総合相談事業", "柱2", block, cells, texts, responsible=DEPARTMENT
        )

    def plan(self) -> Plan:
        extra = MappingProxyType({"評価者": self.rated_by} if self.rated_by else {})
        settings = Settings("計画", FILLED, extra=extra, given=True)
        told = HistoryLine(FILLED.plus(-1), "柱２(１)①イ", self.indicator, "記述", "成果・課題", self.told)
        departments = (Department(DEPARTMENT),)
        return Plan(settings, (), (self.programme(),), Relisting(), departments, history=(told,) if self.told else ())

    def answered(self, value: Typed, narrative: Typed = "相談員を増員した。", **others: Typed) -> Answered:
        """What becomes of the answer. Other cells of the row come back as ``others`` says, by column key."""
        plan = self.plan()
        programme = plan.programmes[0]
        typed: dict[str, Typed] = {key: c for key, c in programme.cells.items() if c.value is not None}
        typed |= {"actual:2023": value, "narrative": narrative}
        if self.rating is not None:
            typed["rating:2023"] = self.rating
        typed |= {key.replace("_", ":"): c for key, c in others.items()}
        returned = {}
        for key, given in typed.items():
            cell = cell_of(given)
            text = shown(cell.value, cell.style.number_format)
            returned[programme.key, key] = Returned("柱2", a1(*programme.block.places[key][0]), cell, text)
        submission = Submission("福祉政策課.xlsx", "00", DEPARTMENT, None, MappingProxyType(returned))
        return Answered(*judge(submission, plan))


@dataclass(frozen=True)
class Answered:
    judged: Judged
    findings: tuple[Finding, ...]

    @property
    def codes(self) -> list[str]:
        return sorted(f.code for f in self.findings)

    def verdict(self, key: str = "actual:2023") -> Verdict:
        return self.judged.verdicts["柱2(1)①イ", key]

    def taken(self, key: str = "actual:2023") -> Returned:
        """The cell as it is to be taken."""
        assert self.verdict(key) is Verdict.TAKEN
        return self.judged.submission.returned["柱2(1)①イ", key]

    def only(self, code: str) -> Finding:
        assert self.codes == [code], [f.message for f in self.findings]
        return self.findings[0]


def answered(value: Typed, narrative: Typed = "相談員を増員した。", **others: Typed) -> Answered:
    """The answer in a row of 8,337件, 8,247件, 8,884件, 13,282件."""
    return Round().answered(value, narrative, **others)
