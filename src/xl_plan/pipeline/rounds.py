"""Opening a round: rollover and split."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from xl_plan.findings import Finding
from xl_plan.fiscal import parse_year
from xl_plan.forms import split
from xl_plan.letters import COPY, REQUEST, write_letter
from xl_plan.pipeline.common import (
    FORMS_FOLDER,
    CannotRun,
    Progress,
    Written,
    load_plan,
    no_progress,
    require_round,
    safe_name,
    write,
    write_book,
)
from xl_plan.rollover import open_round


def run_rollover(
    workbook: Path, year_text: str, to: Path, *, title: str = "", deadline: str = "", division: str = ""
) -> Written:
    """Any plan workbook → the round's plan workbook at ``to``."""
    year = parse_year(year_text)
    if year is None:
        raise CannotRun(f"年度「{year_text}」を読み取れません（例：--year R5）")
    plan, findings = load_plan(workbook)
    if not plan.programmes:
        raise CannotRun(
            f"{workbook}に事業の表が見つかりません（「番号」「事業名」「担当部局」の見出しがあるか確かめてください）"
        )
    settings = plan.settings
    settings = replace(
        settings,
        title=title or settings.title or workbook.stem,
        deadline=deadline or settings.deadline,
        division=division or settings.division,
    )
    if not any(column.year == year for table in plan.tables for column in table.columns):
        raise CannotRun(f"{workbook}に{year.era_label}の列がありません")
    write_book(open_round(plan, settings, year).book, to)
    return Written(to, findings)


@dataclass(frozen=True, slots=True)
class WrittenForms:
    """The files that split wrote."""

    forms: tuple[tuple[str, Path, int], ...]
    copies: tuple[tuple[str, Path], ...]
    letters: tuple[Path, ...]
    nothing_to_fill: tuple[str, ...]
    findings: tuple[Finding, ...]


def run_split(plan_path: Path, out: Path, progress: Progress = no_progress) -> WrittenForms:
    """Plan → forms, 確認用 copies and letters in ``out``/調査票."""
    plan, findings = load_plan(plan_path)
    require_round(plan, plan_path)
    made = split(plan)
    folder = out / FORMS_FOLDER
    total = len(made.forms) + len(made.copies)
    forms, copies, letters = [], [], []
    for done, form in enumerate((*made.forms, *made.copies), 1):
        fills = bool(form.owned)
        name = safe_name(form.department)
        path = folder / (f"{name}.xlsx" if fills else f"確認用_{name}.xlsx")
        write_book(form.book, path)
        kind = REQUEST if fills else COPY
        text = write_letter(plan, kind, form.department, ファイル=path.name, セル数=str(len(form.owned)))
        letters.append(folder / f"依頼文_{name}.txt")
        write(letters[-1], text.encode("utf-8-sig"))
        if fills:
            forms.append((form.department, path, len(form.owned)))
        else:
            copies.append((form.department, path))
        progress("調査票を書き出しています", done, total)
    return WrittenForms(tuple(forms), tuple(copies), tuple(letters), made.nothing_to_fill, findings)
