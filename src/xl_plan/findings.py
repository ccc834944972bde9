"""Findings: what was noticed, as values.

A finding holds fields (rule, place, expected, got) and no prose; :mod:`xl_plan.rules` holds each rule's words and
renders them last. Stages return ``(value, findings)`` and raise only for a bug or an unreadable file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from types import MappingProxyType


class Severity(StrEnum):
    """error 要修正: the value is not taken; warning 要確認: taken, to be looked at; info 参考."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        return {"error": "要修正", "warning": "要確認", "info": "参考"}[self.value]

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return ("error", "warning", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be found. The documentation of a rule lives here and nowhere else.

    ``code`` is never reused; ``name`` states the fault, never the fix. ``message`` and ``remedy`` are Japanese
    ``str.format`` templates over the finding's fields and details (``{sheet}`` ``{cell}`` ``{number}`` ``{column}``
    ``{department}`` ``{file}`` ``{expected}`` ``{got}`` ``{count}`` and whatever the finding's details name).
    ``why`` says why it matters, ``firing`` shows an example that is found, ``quiet`` one that is not.
    """

    code: str
    name: str
    severity: Severity
    title: str
    message: str
    remedy: str
    why: str
    firing: str
    quiet: str


FIELD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "file": "ファイル",
        "sheet": "シート",
        "cell": "セル",
        "number": "番号",
        "column": "列",
        "department": "部局",
        "expected": "本来の内容",
        "got": "実際の内容",
        "count": "数",
        # details that several rules name
        "places": "場所",
        "reason": "理由",
        "quote": "記入された文",
        "history": "これまでの値",
        "last": "前回の値",
        "unit": "単位",
        "value": "値",
        "target": "目標値",
        "actual": "実績値",
        "programme": "事業名",
        "formula": "数式",
        "year": "年度",
        "near": "似た名前",
    }
)


def readable(template: str) -> str:
    """A rule's template for someone who reads about the rule: ［セル］ where a finding will name its cell."""
    parts = Formatter().parse(template)
    return "".join(text + (f"［{FIELD_WORDS.get(name, '…')}］" if name else "") for text, name, _, _ in parts)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where. ``file`` as given on the command line; empty strings where a part does not apply.

    ``key`` says which cell of the plan is meant (its programme's and its column's key) where a number or a header stands
    in the plan several times; it is not shown.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""
    number: str = ""
    column: str = ""
    key: tuple[str, str] = field(default=("", ""), compare=False)


NOWHERE = Place()
_LONG_HEADER = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, at one or several places (the first is the one to open). ``settled``: the 対応 of the division."""

    rule: Rule
    places: tuple[Place, ...] = (NOWHERE,)
    department: str = ""
    expected: str | None = None
    got: str | None = None
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settled: str = ""

    @property
    def place(self) -> Place:
        return self.places[0]

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    def _fields(self) -> dict[str, str]:
        place = self.place
        return {
            "file": place.file,
            "sheet": place.sheet,
            "cell": place.cell,
            "number": place.number,
            "column": short(place.column),
            "department": self.department,
            "expected": self.expected if self.expected is not None else "",
            "got": self.got if self.got is not None else "",
            "count": str(len(self.places)),
            **self.details,
        }

    @property
    def message(self) -> str:
        """What is found, in Japanese."""
        return self.rule.message.format(**self._fields())

    @property
    def remedy(self) -> str:
        """What to do, in Japanese."""
        return self.rule.remedy.format(**self._fields())


def short(header: str) -> str:
    """A column's header as a message names it: of a header that is a list, its first item (・Ｒ5取り組みの成果，課題…)."""
    if len(header) <= _LONG_HEADER:
        return header
    first = header.split(" ", maxsplit=1)[0]
    return (first if len(first) <= _LONG_HEADER else first[: _LONG_HEADER - 1]) + "…"


def found(
    rule: Rule,
    *places: Place,
    department: str = "",
    expected: str | None = None,
    got: str | None = None,
    **details: str,
) -> Finding:
    """A finding of ``rule`` at ``places``."""
    return Finding(rule, places or (NOWHERE,), department, expected, got, MappingProxyType(details))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings gravest first, then by code, department and place: the same whatever order they were made in."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (f.severity.rank, f.code, f.department, f.places, f.expected or "", f.got or "", f.message),
        )
    )


def tally(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings of each severity, all three keys present."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts
