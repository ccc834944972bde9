"""Opening a round: rollover and split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xl_plan.book.alignment import aligned, aligned_findings, changes_book, history_of, to_align
from xl_plan.cells import Book
from xl_plan.findings import Finding, found
from xl_plan.forms import split
from xl_plan.meaning.fiscal import FiscalYear, parse_year
from xl_plan.model import Plan, Role, Settings
from xl_plan.office.letters import COPY, REISSUE, REQUEST, letters_sheet, write_letter
from xl_plan.office.reading import reading
from xl_plan.office.settings import settings_sheet
from xl_plan.pipeline.common import (
    FORMS_FOLDER,
    CannotRun,
    Progress,
    load_plan,
    no_progress,
    plan_as_read,
    require_round,
    safe_name,
    write_book,
)
from xl_plan.pipeline.writing import put_beside, put_book_beside
from xl_plan.plan import read_plan
from xl_plan.reissue import Reissue, reissue, told_lines
from xl_plan.relisted.agreement import Disagreement
from xl_plan.rollover import Prepared, last_year, open_round, prepare
from xl_plan.rules.plan import TABLES_SIDE_BY_SIDE
from xl_plan.rules.reorganisation import ISSUE_NUMBER_RAISED

_OPENING = "今回の計画のブックを作っています"


@dataclass(frozen=True, slots=True)
class Opened:
    """The plan workbook that rollover wrote, and how the given one was read, in words."""

    output: Path
    findings: tuple[Finding, ...]
    reading: tuple[tuple[str, str, str], ...]
    changes: Path | None = None  # the list of relisted cells that --align changed
    aligned: tuple[Disagreement, ...] = ()


def run_rollover(
    workbook: Path,
    year_text: str,
    to: Path,
    *,
    title: str = "",
    deadline: str = "",
    division: str = "",
    align: bool = False,
    progress: Progress = no_progress,
) -> Opened:
    """Any plan workbook → the round's plan workbook at ``to``; with ``align`` its relisted rows say what their originals
    say, and a list of what that changed stands beside it."""
    year = parse_year(year_text)
    if year is None:
        raise CannotRun(f"年度「{year_text}」を読み取れません（例：--year R5）")
    plan, findings = load_plan(workbook)
    _require_readable(plan, findings, workbook, year)
    progress(_OPENING, 1, 3)
    read = reading(plan.tables, plan.programmes)
    prepared = prepare(plan, year, workbook.name)
    if len(prepared.missing) == len(plan.tables):
        raise CannotRun(
            f"{workbook}に{year.era_label}の列がなく、加える位置も分かりません"
            "（前の年度の実績値の列があるか、列の見出しに年度が書かれているか確かめてください）"
        )
    settings = replace(
        prepared.settings,
        title=title or plan.settings.title or workbook.stem,
        deadline=deadline or ("" if _another_round(plan, year) else plan.settings.deadline),
        later_deadline="" if _another_round(plan, year) else plan.settings.later_deadline,
        division=division or plan.settings.division,
    )
    ready, faults = read_plan(_ready_book(plan, prepared, settings), workbook.name, plan.sha256)
    ready = replace(ready, history=prepared.history)
    settings = replace(settings, columns=ready.settings.columns)
    opened = Opened(to, _once((*findings, *prepared.findings, *faults)), read)
    progress(_OPENING, 2, 3)
    if align:
        opened = _write_aligned(replace(ready, settings=settings), prepared, opened, workbook.name)
    else:
        write_book(open_round(ready, settings, year, prepared.computed).book, to)
    progress(_OPENING, 3, 3)
    return opened


def _write_aligned(plan: Plan, prepared: Prepared, opened: Opened, file: str) -> Opened:
    """Only what is left when the round's cells are empty is aligned: that is read from the plan as it would be. What the
    cells said before goes into これまでの経過."""
    settings, year = plan.settings, prepared.settings.year
    assert year is not None
    unaligned, _ = read_plan(open_round(plan, settings, year, prepared.computed).book)
    changes = to_align(unaligned)
    kept = (*plan.history, *history_of(changes, year))
    made = open_round(replace(aligned(plan, changes), history=kept), settings, year, prepared.computed)
    beside = opened.output.with_name(f"{opened.output.stem}_再掲の変更一覧.xlsx")
    write_book(made.book, opened.output)
    write_book(changes_book(settings, changes, made.where), beside)
    findings = aligned_findings(opened.findings, changes, plan, file)
    return replace(opened, findings=findings, changes=beside, aligned=changes)


def _require_readable(plan: Plan, findings: Sequence[Finding], workbook: Path, year: FiscalYear) -> None:
    beside = next((f for f in findings if f.rule is TABLES_SIDE_BY_SIDE), None)
    if not plan.programmes and beside is not None:
        raise CannotRun(f"{workbook}を読み取れません：{beside.message}{beside.remedy}")
    if not plan.programmes:
        raise CannotRun(
            f"{workbook}に事業の表が見つかりません（「番号」「事業名」「担当部局」の見出しがあるか確かめてください）"
        )
    if not any(column.role is Role.DEPARTMENT for table in plan.tables for column in table.columns):
        raise CannotRun(
            f"{workbook}の表に担当部局の列が見つかりません（「担当部局」「所管課」などの見出しの列を作ってください）"
        )
    ends = last_year(plan.settings.period)
    if ends is not None and year > ends:
        raise CannotRun(
            f"計画期間（{plan.settings.period}）は{ends.japanese}で終わっています"
            "（次期計画の表を rollover に指定して、取り込んでください）"
        )


def _another_round(plan: Plan, year: FiscalYear) -> bool:
    return plan.settings.year is not None and plan.settings.year != year


def _ready_book(plan: Plan, prepared: Prepared, settings: Settings) -> Book:
    """The workbook as it would stand if a person had put the year on its sheets."""
    own = {table.sheet.name: table.sheet for table in plan.tables}
    own |= {sheet.name: sheet for sheet in prepared.sheets}
    sheets = (*own.values(), *plan.others)
    if prepared.columns is not None:
        lists = replace(settings, departments=plan.settings.departments)
        sheets = (*sheets, settings_sheet(lists, prepared.columns), letters_sheet(settings, plan.letters))
    return Book(sheets)


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Each cause once, though the sheets were read before and after they were made ready."""
    seen: dict[tuple[str, str, str, str | None], Finding] = {}
    for finding in findings:
        place = finding.place
        seen.setdefault((finding.code, place.sheet, place.number or place.cell, finding.got), finding)
    return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class WrittenForms:
    """The files that split wrote."""

    forms: tuple[tuple[str, Path, int], ...]
    copies: tuple[tuple[str, Path], ...]
    letters: tuple[Path, ...]
    nothing_to_fill: tuple[str, ...]
    findings: tuple[Finding, ...]
    since: Reissue | None = None  # what changed, where only forms that changed were issued


def run_split(
    plan_path: Path, out: Path, progress: Progress = no_progress, *, since: Path | None = None
) -> WrittenForms:
    """Plan → forms, 確認用 copies and letters in ``out``/調査票; with ``since`` an earlier plan only what changed."""
    plan, findings = load_plan(plan_path)
    require_round(plan, plan_path)
    again = None
    if since is not None:
        plan, again, raised = _since(plan, since)
        findings = (*findings, *raised)
    made = split(plan, again.changed if again else None)
    folder = out / FORMS_FOLDER
    total = len(made.forms) + len(made.copies)
    forms, copies, letters, said = [], [], [], list[Finding]()
    for done, form in enumerate((*made.forms, *made.copies), 1):
        fills = bool(form.owned)
        name = safe_name(form.department)
        path = folder / (f"{name}.xlsx" if fills else f"確認用_{name}.xlsx")
        place, notices = put_book_beside(form.book, path)
        said += notices
        told = again.changed.get(form.department, ()) if again else ()
        kind = (REISSUE if told else REQUEST) if fills else COPY
        fields = {"ファイル": (place or path).name, "セル数": str(len(form.owned)), "一覧": "\n".join(told_lines(told))}
        text = write_letter(plan, kind, form.department, **fields)
        letter, notices = put_beside(folder / f"依頼文_{name}.txt", text.encode("utf-8-sig"))
        said += notices
        letters += [] if letter is None else [letter]
        if place is not None and fills:
            forms.append((form.department, place, len(form.owned)))
        elif place is not None:
            copies.append((form.department, place))
        progress("調査票を書き出しています", done, total)
    return WrittenForms(tuple(forms), tuple(copies), tuple(letters), made.nothing_to_fill, (*said, *findings), again)


def _since(plan: Plan, since: Path) -> tuple[Plan, Reissue, tuple[Finding, ...]]:
    """The plan under its new issue number, and what changed since the earlier one."""
    old, _ = plan_as_read(since)
    require_round(old, since)
    if (old.settings.title, old.settings.year) != (plan.settings.title, plan.settings.year):
        said = f"{old.settings.title} {old.settings.year}"
        raise CannotRun(
            f"{since}は別の計画または別の年度（{said}）のものです（今回の照会を配布したときの計画を指定してください）"
        )
    changes = reissue(old, plan)
    if plan.settings.issue > old.settings.issue:
        return plan, changes, ()
    issue = old.settings.issue + 1
    raised = found(ISSUE_NUMBER_RAISED, expected=str(issue), got=str(plan.settings.issue))
    return replace(plan, settings=replace(plan.settings, issue=issue)), changes, (raised,)
