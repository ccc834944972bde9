"""Where the round stands in this folder, and what comes next."""

from __future__ import annotations

import re
from pathlib import Path

from xl_plan.disk.inbox import list_inbox
from xl_plan.findings import Severity, tally
from xl_plan.following import Standing, follow
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.model import SOURCES_SHEET, Merged, Plan
from xl_plan.pipeline.common import FORMS_FOLDER, RETURNS_FOLDER, CannotRun, Progress, load_plan, no_progress
from xl_plan.pipeline.merging import collect
from xl_plan.pipeline.previous import load_previous
from xl_plan.pipeline.publishing import PREFIX

_SHA256 = re.compile(r"[0-9a-f]{64}")


def guidance(plan_path: Path, inbox: Path, out: Path, progress: Progress = no_progress) -> tuple[str, ...]:
    """Lines for a terminal: the state in one or two, then the next command. Raises CannotRun only for a plan that is
    there and cannot be read."""
    if not plan_path.is_file():
        return (
            f"このフォルダーには計画のブック（{plan_path.as_posix()}）がありません。",
            "次は、お手元の計画のExcelから今回の計画のブックを作ります：",
            "　xl-plan rollover 計画のブック.xlsx --year R6 --title 計画の名称 --deadline 2025-05-30 --division 取りまとめ部局",
        )
    plan, findings = load_plan(plan_path)
    head = _head(plan)
    if tally(findings)[Severity.ERROR]:
        count = tally(findings)[Severity.ERROR]
        return (*head, f"計画に、直す必要のあるところが{count}件あります。次は内容を確かめます：", "　xl-plan check")
    waiting = _submissions(inbox)
    if waiting is None or waiting == 0:
        return (*head, *_before_answers(inbox, out, waiting))
    merged, _ = collect(inbox, plan_path, progress=progress)
    return (*head, *_with_answers(merged, inbox, out))


def _head(plan: Plan) -> tuple[str, ...]:
    year = f"　{plan.settings.year.japanese}実績" if plan.settings.year else ""
    deadline = japanese_date(plan.settings.deadline)
    return (f"{plan.settings.title}{year}" + (f"（提出期限：{deadline}）" if deadline else ""),)


def _submissions(inbox: Path) -> int | None:
    """How many files lie in the inbox; None when there is no such folder."""
    try:
        return len(list_inbox(inbox)[0])
    except OSError:
        return None


def _before_answers(inbox: Path, out: Path, waiting: int | None) -> tuple[str, ...]:
    if not any((out / FORMS_FOLDER).glob("*.xlsx")):
        return ("調査票はまだ作られていません。次は調査票を作ります：", "　xl-plan split")
    where = f"{inbox.as_posix()} フォルダー"
    made = f"次は、{where}を作り、" if waiting is None else f"次は、{where}に"
    return (
        f"調査票は{(out / FORMS_FOLDER).as_posix()}にあります。提出物はまだありません。",
        f"{made}提出された調査票を置いて取りまとめます：",
        f"　xl-plan merge {inbox.as_posix()}",
    )


def _with_answers(merged: Merged, inbox: Path, out: Path) -> tuple[str, ...]:
    lines = follow(merged)
    done = sum(line.standing is Standing.DONE for line in lines)
    words = [f"{len(lines)}部局中{done}部局が提出済みです。"]
    for standing in (Standing.MISSING, Standing.RETURNED, Standing.PARTIAL):
        names = [line.department for line in lines if line.standing is standing]
        if names:
            words.append(f"　{standing.value}：{'、'.join(names)}")
    pending = sum(len(line.pending) for line in lines)
    if pending:
        words.append(f"　後日報告：{pending}件")
    output = out / f"進捗状況_{merged.plan.settings.year}.xlsx"
    if done < len(lines):
        words += ["次は、取りまとめて修正依頼を作り、督促の文面を用意します："]
        words += [f"　xl-plan merge {inbox.as_posix()}", f"　xl-plan status {inbox.as_posix()} --reminders"]
        words.append(f"　（修正依頼は{(out / RETURNS_FOLDER).as_posix()}に書き出されます）")
    elif not _holds(output, merged):
        words += ["次は、取りまとめて、印刷するブックを確かめます：", f"　xl-plan merge {inbox.as_posix()}"]
        if output.is_file():
            words.append(f"　（前回の取りまとめ：{output.as_posix()}）")
    else:
        words += _after_merge(output, out, merged.plan)
    return tuple(words)


def _holds(output: Path, merged: Merged) -> bool:
    """Whether the consolidated workbook is made of the files that lie in the inbox now, by their hashes."""
    try:
        last = load_previous(output)
    except CannotRun:
        return False
    sheet = last.book.sheet(SOURCES_SHEET) if last is not None else None
    if sheet is None:
        return False
    told = {text for cell in sheet.cells.values() if _SHA256.fullmatch(text := str(cell.value))}
    return told == {entry.sha256 for entry in merged.entries.values() if entry.sha256}


def _after_merge(output: Path, out: Path, plan: Plan) -> tuple[str, ...]:
    """Everything is in the consolidated workbook: it is handed out, and then it begins the next year."""
    public = out / f"{PREFIX}{output.name}"
    if plan.settings.year is None or not public.is_file() or public.stat().st_mtime < output.stat().st_mtime:
        return (
            f"取りまとめは済んでいます：{output.as_posix()}",
            "次は、「確認事項」シートを片付けてから、配布用のブックを作ります：",
            f"　xl-plan publish {output.as_posix()}",
        )
    year = plan.settings.year.next()
    return (
        f"取りまとめも配布用のブックもできています：{public.as_posix()}",
        "次は、年度が替わったら、次の年度の計画のブックを作ります：",
        f"　xl-plan rollover {output.as_posix()} --year {year} --to templates/plan_{year}.xlsx",
    )
