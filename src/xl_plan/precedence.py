"""Which of a department's several answers counts, cell by cell.

A later issue of the form goes before an older one, then the stated 提出区分 (差し替え 第n回) decides, then the time that
the document says of itself, which is always pointed out. A blank never supersedes an answer, so that two partial files
join. Where nothing decides, the cell is held and every answer is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from xl_plan.checks.answers import Judged, Verdict
from xl_plan.findings import Finding, Place, found
from xl_plan.model import CellKey, Column, Plan, Programme, Returned, Submission
from xl_plan.relisted.relisting import meant
from xl_plan.rules.files import ROW_MISSING
from xl_plan.rules.ownership import RESUBMITTED, TAKEN_BY_TIME, TWO_ANSWERS
from xl_plan.rules.returned import COLUMN_MISSING, COMMENT_LEFT, DUPLICATE_FILE, ROW_NOT_ISSUED
from xl_plan.rules.values import UNANSWERED

_MISSING = (ROW_MISSING, ROW_NOT_ISSUED, COLUMN_MISSING)


@dataclass(frozen=True, slots=True)
class Answer:
    """One file's answer in a cell."""

    judged: Judged
    item: Returned
    verdict: Verdict

    @property
    def submission(self) -> Submission:
        return self.judged.submission


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer that counts in a cell, None where none does; ``held`` where one stands but is not taken."""

    answer: Answer | None
    held: bool = False
    findings: tuple[Finding, ...] = field(default=())


def stated_rank(submission: Submission) -> tuple[int, int]:
    """Which of two files is the later by what they state: the issue of the form, then 差し替え 第n回."""
    issue = submission.issued.issue if submission.issued else 0
    replaces = submission.kind.startswith("差") or submission.version > 0
    return issue, max(submission.version, 1) if replaces else 0


def document_time(submission: Submission) -> datetime | None:
    """When the document says it was saved; None when it does not say."""
    try:
        time = datetime.fromisoformat(submission.modified)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def later(one: Submission, other: Submission) -> bool:
    """Whether ``one`` is clearly later than ``other``."""
    mine, theirs = stated_rank(one), stated_rank(other)
    if mine != theirs:
        return mine > theirs
    saved, before = document_time(one), document_time(other)
    return saved is not None and before is not None and saved > before


def decide(programme: Programme, column: Column, mine: Sequence[Judged]) -> Decision:
    """The answer that counts among the files of the owning department."""
    key = (programme.key, column.key)
    answers = [
        Answer(judged, judged.submission.returned[key], verdict)
        for judged in mine
        if (verdict := judged.verdicts.get(key)) is not None and verdict is not Verdict.BLANK
    ]
    if not answers:
        return Decision(None)
    newest = _newest(answers)
    if newest is None:
        places = [_place(answer, programme, column) for answer in answers]
        got = " / ".join(dict.fromkeys(f"{a.item.text}（{a.submission.file}）" for a in answers))
        finding = found(TWO_ANSWERS, *places, department=answers[0].submission.department, got=got)
        return Decision(None, held=True, findings=(finding,))
    older = [a for a in answers if a.item.text != newest.item.text]
    findings = (_superseded(newest, older, programme, column),) if older else ()
    return Decision(newest, newest.verdict is Verdict.HELD, findings)


def _newest(answers: Sequence[Answer]) -> Answer | None:
    """The answer that no other one is later than, None where several different ones are."""
    last = [a for a in answers if not any(later(b.submission, a.submission) for b in answers)]
    if len({a.item.text for a in last}) != 1:
        return None
    taken = [a for a in last if a.verdict is Verdict.TAKEN]
    return (taken or last)[0]


def _superseded(newest: Answer, older: Sequence[Answer], programme: Programme, column: Column) -> Finding:
    """The finding that lists the new answer and every older one."""
    before = sorted(older, key=lambda a: (stated_rank(a.submission), a.submission.modified, a.submission.file))
    by_time = any(stated_rank(a.submission) == stated_rank(newest.submission) for a in before)
    return found(
        TAKEN_BY_TIME if by_time else RESUBMITTED,
        *(_place(answer, programme, column) for answer in (newest, *reversed(before))),
        department=newest.submission.department,
        expected=" / ".join(dict.fromkeys(a.item.text for a in reversed(before))),
        got=newest.item.text,
        older="、".join(dict.fromkeys(a.submission.file for a in reversed(before))),
    )


def _place(answer: Answer, programme: Programme, column: Column) -> Place:
    item = answer.item
    return Place(
        answer.submission.file, item.sheet, item.cell_name, programme.number, column.header, (programme.key, column.key)
    )


# ------------------------------------------------------------------------------------------- files that do not count
def identical(judged: Sequence[Judged]) -> Mapping[str, str]:
    """Files that are byte for byte another one of the same department → the file that counts, the shortest name."""
    first: dict[tuple[str, str], str] = {}
    copies = {}
    for item in sorted(judged, key=lambda j: (len(j.submission.file), j.submission.file)):
        whose = (item.submission.sha256, item.submission.department)
        if whose in first:
            copies[item.submission.file] = first[whose]
        else:
            first[whose] = item.submission.file
    return copies


def overtaken(mine: Sequence[Judged]) -> frozenset[str]:
    """Files of one department whose every answer stands in a later file too."""
    gone = set()
    for item in mine:
        newer = [j for j in mine if later(j.submission, item.submission)]
        answered = {key for j in newer for key in _answered(j)}
        seen = {key for j in newer for key in j.verdicts}
        if newer and _answered(item) <= answered and set(item.verdicts) <= seen:
            gone.add(item.submission.file)
    return frozenset(gone)


def _answered(judged: Judged) -> set[CellKey]:
    return {key for key, verdict in judged.verdicts.items() if verdict is not Verdict.BLANK}


# --------------------------------------------------------------------------------------- findings that no longer stand
def standing(plan: Plan, judged: Sequence[Judged], findings: Iterable[Finding]) -> list[Finding]:
    """The findings of the files without those that another file of the department has settled.

    A copy of a file says nothing of its own. A cell that a later file answers is no more to be complained of in the
    older one, a blank is none where another file answers, and a row is not missing where another file has it.
    """
    copies = identical(judged)
    counting = [j for j in judged if j.submission.file not in copies]
    by_department: dict[str, list[Judged]] = {}
    for item in counting:
        by_department.setdefault(item.submission.department, []).append(item)
    views = {item.submission.file: _View.of(plan, item, mine) for mine in by_department.values() for item in mine}
    kept = []
    for finding in findings:
        file = finding.place.file
        if file in copies:
            continue
        rest = views[file].left(finding) if file in views else finding
        if rest is not None:
            kept.append(rest)
    department = {item.submission.file: item.submission.department for item in judged}
    kept += [found(DUPLICATE_FILE, Place(file), department=department[file], got=of) for file, of in copies.items()]
    return kept


@dataclass(frozen=True, slots=True)
class _View:
    """One file seen beside the department's other files."""

    judged: Judged
    plan: Plan
    others: bool
    owned: frozenset[CellKey]
    overtaken: bool
    answered_later: frozenset[CellKey]
    returned_later: frozenset[CellKey]
    answered_elsewhere: frozenset[CellKey]
    blank_elsewhere: frozenset[CellKey]  # said of the last file that has the cell
    present_elsewhere: frozenset[CellKey]

    @classmethod
    def of(cls, plan: Plan, item: Judged, mine: Sequence[Judged]) -> _View:
        others = [j for j in mine if j is not item]
        newer = [j for j in others if later(j.submission, item.submission)]
        after = [j for j in others if j in newer or _after(j, item)]
        return cls(
            item,
            plan,
            bool(others),
            frozenset((p.key, c.key) for p, c in plan.owned_by(item.submission.department)),
            item.submission.file in overtaken(mine),
            frozenset(key for j in newer for key in _answered(j)),
            frozenset(key for j in newer for key in j.submission.returned),
            frozenset(key for j in others for key in _answered(j)),
            frozenset(key for j in after for key in j.verdicts),
            frozenset(key for j in others for key in j.verdicts),
        )

    def left(self, finding: Finding) -> Finding | None:
        """The finding with the places that still stand; None where none does."""
        if self.overtaken and finding.rule != COMMENT_LEFT:
            return None
        if not self.others or finding.rule == COMMENT_LEFT:
            return finding
        if finding.rule == UNANSWERED:
            gone = self.answered_elsewhere | self.blank_elsewhere
        elif finding.rule in _MISSING:
            gone = self.present_elsewhere
        else:
            gone = self.answered_later | (self.returned_later - self.owned)
            return None if self._all_in(finding, gone) else finding
        places = tuple(place for place in finding.places if self._key(place) not in gone)
        return replace(finding, places=places) if places else None

    def _all_in(self, finding: Finding, gone: frozenset[CellKey]) -> bool:
        return bool(finding.place.number) and all(self._key(place) in gone for place in finding.places)

    def _key(self, place: Place) -> CellKey:
        return meant(self.plan, place) or ("", "")


def _after(one: Judged, other: Judged) -> bool:
    """A fixed order for two files of which neither is clearly later."""
    if later(other.submission, one.submission):
        return False
    return one.submission.file > other.submission.file
