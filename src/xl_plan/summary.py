"""What a merge says on a screen of 24 lines: states, faults by department, what to look at first, what to open."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from xl_plan.book.secondround import NO_SECOND_ROUND, SecondRound
from xl_plan.findings import Finding, Severity, tally
from xl_plan.following import Follow, Standing, follow
from xl_plan.model import Merged
from xl_plan.render import tally_line

_COLUMNS = 79  # of the smallest usual terminal
_DEPARTMENTS = 10  # lines for departments
_FIRST = 3  # findings that are quoted


def merge_summary(
    merged: Merged,
    findings: Sequence[Finding],
    output: Path | None,
    returns: Sequence[Path],
    later: SecondRound = NO_SECOND_ROUND,
) -> Iterator[str]:
    """The lines, gravest first; what is only worth knowing (参考) is counted and stands in the workbook."""
    plan = merged.plan
    still_open = [finding for finding in findings if not finding.settled]
    lines = follow(merged)
    yield f"{plan.settings.title}：{len(plan.programmes)}行、{len(plan.counted())}事業（再掲を除く）"
    done = sum(line.standing is Standing.DONE for line in lines)
    yield f"{len(lines)}部局のうち{done}部局が提出済みです。"
    yield from _departments(lines, still_open)
    if later.sentence:
        yield later.sentence
    nobody_s = [outcome.file for outcome in merged.outcomes if not outcome.department]
    if nobody_s:
        yield _cut(f"　部局の分からないファイル（{len(nobody_s)}件）：{'、'.join(nobody_s)}")
    grave = [finding for finding in still_open if finding.severity is not Severity.INFO]
    for finding in grave[:_FIRST]:
        yield _cut(f"【{finding.severity.label}】{finding.code} {finding.message}")
    if grave:
        rest = f"ほか{len(grave) - _FIRST}件と、" if len(grave) > _FIRST else ""
        yield f"　{rest}それぞれの直し方は「確認事項」シートにあります。"
    yield tally_line(findings)
    yield from _paths(output, returns)


def _departments(lines: Sequence[Follow], findings: Sequence[Finding]) -> Iterator[str]:
    """A line for each department; those that are done and without a fault only counted where there are many."""
    faults = {line.department: tally(f for f in findings if f.department == line.department) for line in lines}

    def calm(line: Follow) -> bool:
        return line.standing is Standing.DONE and not faults[line.department][Severity.ERROR]

    shown = list(lines) if len(lines) <= _DEPARTMENTS else [line for line in lines if not calm(line)][:_DEPARTMENTS]
    wide = max((_width(line.department) for line in shown), default=0)
    for line in shown:
        counts = faults[line.department]
        said = [f"{s.label} {counts[s]}件" for s in (Severity.ERROR, Severity.WARNING) if counts[s]]
        name = line.department + " " * (wide - _width(line.department))
        state = line.standing.value + ("（期限超過）" if line.overdue else "")
        yield f"　{name}　{state}　{line.filled}/{line.owned}か所{'　' if said else ''}{'　'.join(said)}"
    hidden = [line for line in lines if line not in shown]
    if hidden:
        waiting = sum(not calm(line) for line in hidden)
        rest = f"（うち提出待ちなど{waiting}部局）" if waiting else "は提出済みで、要修正はありません"
        yield f"　ほか{len(hidden)}部局{rest}"


def _cut(text: str) -> str:
    """As much of a text as a line of the screen holds."""
    line = " ".join(text.split())
    if _width(line) <= _COLUMNS:
        return line
    while _width(line) > _COLUMNS - 2:
        line = line[:-1]
    return line + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def _paths(output: Path | None, returns: Sequence[Path]) -> Iterator[str]:
    if output is None:
        yield "要修正があるため、取りまとめのブックは書き出していません（--strict）。"
    else:
        yield f"取りまとめを書き出しました：{output}"
    workbooks = [path for path in returns if path.suffix == ".xlsx"]
    if workbooks:
        yield f"修正依頼を書き出しました：{workbooks[0].parent}（{len(workbooks)}部局）"
