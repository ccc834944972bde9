"""Returns of a merge: for each department with something to settle a workbook in 修正依頼, and none for the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from xl_plan.cells import Book, Cell
from xl_plan.checks.answers import Judged
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.findings import Finding, Severity, found
from xl_plan.forms import form
from xl_plan.issue.issued import issued_in
from xl_plan.model import CellKey, Merged, Plan
from xl_plan.pipeline.common import RETURNS_FOLDER, checked_bytes, os_reason, safe_name
from xl_plan.pipeline.keeping import Kept
from xl_plan.pipeline.workers import at_once, usual_jobs
from xl_plan.pipeline.writing import put_beside
from xl_plan.precedence import decide, stated_rank
from xl_plan.returns import points, return_book
from xl_plan.rules.reading import NEEDLESS_RETURN_LEFT
from xl_plan.shares import even_batches

_WEIGHT = 4  # a return is so many times the work of reading a file


@dataclass(frozen=True)
class Returns:
    """What the returns are made of. ``findings``: those that are still open."""

    merged: Merged
    judged: Sequence[Judged]
    findings: Sequence[Finding]
    verify: bool = True
    kept: Kept | None = None

    @cached_property
    def of_department(self) -> Mapping[str, tuple[tuple[Judged, ...], tuple[Finding, ...]]]:
        """The departments with something to settle, in the plan's order: their files and what is open in them."""
        mine: dict[str, list[Judged]] = {}
        for item in self.judged:
            mine.setdefault(item.submission.department, []).append(item)
        points = _to_settle(self.findings, {item.submission.file: item.submission.department for item in self.judged})
        return {
            each.name: (tuple(mine[each.name]), tuple(points[each.name]))
            for each in self.merged.plan.departments
            if each.name in points and self.merged.plan.owned_by(each.name)
        }

    @cached_property
    def origins(self) -> Mapping[str, bytes]:
        """Department → everything that its return is made of besides the plan."""
        result = {}
        for department, (mine, open_points) in self.of_department.items():
            keys = ((programme.key, column.key) for programme, column in self.merged.plan.owned_by(department))
            entries = [(key, self.merged.entries[key].cell, self.merged.entries[key].state) for key in keys]
            files = [(item.submission.file, item.submission.sha256) for item in mine]
            said = repr((department, self.verify, files, open_points, entries))
            result[department] = said.encode("utf-8", "surrogatepass")
        return result


def made_at_once(returns: Returns, out: Path, jobs: int | None = None) -> Iterator[bytes]:
    """The files of the returns in their order, made beside whatever the caller does meanwhile where that helps. One that
    stands there already, made of the same things, is not made again."""
    known = {} if returns.kept is None else _standing(returns, returns.kept, out)
    made = _made_anew(returns, tuple(each for each in returns.of_department if each not in known), jobs)
    return (known[each] if each in known else next(made) for each in returns.of_department)


def _standing(returns: Returns, kept: Kept, out: Path) -> dict[str, bytes]:
    """The returns that stand there already as they would be made."""
    there = {each: kept.made(origin, _path(out, each)) for each, origin in returns.origins.items()}
    return {each: data for each, data in there.items() if data is not None}


def _path(out: Path, department: str) -> Path:
    return out / RETURNS_FOLDER / f"{safe_name(department)}.xlsx"


def _made_anew(returns: Returns, departments: Sequence[str], jobs: int | None) -> Iterator[bytes]:
    workers = jobs or usual_jobs(len(departments) * _WEIGHT)
    # One batch for each worker: it would wait with the next until the caller, who does other things, has heard of the last.
    batches = [departments[each.start : each.stop] for each in even_batches([1] * len(departments), workers)]
    done = at_once(_made_together, returns, batches, workers)
    return (data for made in done for data in made)


def _made_together(returns: Returns, departments: Sequence[str]) -> list[bytes]:
    return [_made(returns, department) for department in departments]


def _made(returns: Returns, department: str) -> bytes:
    mine, points = returns.of_department[department]
    book = _return(returns.merged, department, mine, points)
    return checked_bytes(book, Path(f"{safe_name(department)}.xlsx"), verify=returns.verify)


def write_returns(returns: Returns, out: Path, jobs: int | None = None) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Make and write the returns that are needed and remove those that no longer are."""
    return put_returns(returns, made_at_once(returns, out, jobs), out)


def put_returns(returns: Returns, made: Iterable[bytes], out: Path) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Write the returns that are needed and remove those that no longer are; their paths in the plan's order.

    One that is open in Excel costs itself alone: the findings say what was written beside it, or not at all.
    """
    folder = out / RETURNS_FOLDER
    written: list[Path] = []
    needed: set[Path] = set()
    said: list[Finding] = []
    for department, data in zip(returns.of_department, made, strict=True):
        path = _path(out, department)
        if returns.kept is not None:
            returns.kept.remember_made(returns.origins[department], data)
        place, notices = put_beside(path, data)
        needed |= {path} if place is None else {path, place}
        written += [] if place is None else [place]
        said += notices
    said += _remove_others(folder, frozenset(needed))
    return tuple(written), tuple(said)


def _to_settle(findings: Iterable[Finding], whose: Mapping[str, str]) -> dict[str, list[Finding]]:
    """What each department itself can settle: faults and questions in its own files. ``whose``: a file's department."""
    points: dict[str, list[Finding]] = {}
    for finding in findings:
        department = whose.get(finding.place.file)
        if department is not None and finding.severity is not Severity.INFO:
            points.setdefault(department, []).append(finding)
    return points


def _return(merged: Merged, department: str, mine: Sequence[Judged], findings: Sequence[Finding]) -> Book:
    plan = merged.plan
    drawn = form(plan, department, _answers(plan, department, merged, mine))
    to_settle = points(plan, findings, [j.submission for j in mine])
    version = 1 + max(stated_rank(j.submission)[1] for j in mine)
    return return_book(plan, department, drawn.book, drawn.where, to_settle, version)


def _answers(plan: Plan, department: str, merged: Merged, mine: Sequence[Judged]) -> Mapping[CellKey, Cell]:
    """What the department wrote in its cells: what was taken, and what was not as it stood there."""
    answers: dict[CellKey, Cell] = {}
    for programme, column in plan.owned_by(department):
        key = (programme.key, column.key)
        entry = merged.entries[key]
        if not entry.state:
            answers[key] = entry.cell
            continue
        newest = decide(programme, column, mine).answer
        if newest is not None:
            style = programme.cell(column.key).style
            value = newest.item.cell.value
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            shown_as = replace(style, number_format=newest.item.cell.style.number_format) if number else style
            answers[key] = Cell(value if number else newest.item.text, shown_as)
    return answers


def _remove_others(folder: Path, needed: frozenset[Path]) -> Iterator[Finding]:
    """Remove the returns that are no longer needed: only workbooks that say of themselves that they are returns."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.xlsx")):
        if path in needed or not _is_return(path):
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            held = isinstance(error, PermissionError)
            reason = "開かれているか、書き換える権限がありません" if held else os_reason(error)
            yield found(NEEDLESS_RETURN_LEFT, file=path.as_posix(), reason=reason)


def _is_return(path: Path) -> bool:
    try:
        book = read_book(path.read_bytes())
    except (OSError, UnreadableWorkbook):
        return False
    said = issued_in(book)
    return said is not None and said[0].kind == "return"
