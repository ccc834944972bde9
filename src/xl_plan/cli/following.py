"""Commands that follow a round: status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xl_plan.cli.passwords import password_options
from xl_plan.cli.shared import common_options, finish, naming_in, progress


@click.command(help="部局ごとの提出状況を示します。遅れている部局が先に並びます。")
@click.argument("inbox", type=click.Path(path_type=Path))
@common_options
@click.option("--reminders", is_flag=True, help="遅れている部局への督促の文面を、outbox/督促 に書き出します。")
@click.option("--excel", is_flag=True, help="提出状況の表をExcelで書き出します。")
@password_options
def status(inbox: Path, plan: Path, out: Path, as_json: bool, quiet: bool, **asked: Any) -> int:
    from xl_plan.following import Standing, bar
    from xl_plan.pipeline.following import run_status
    from xl_plan.render import outcome_json, plan_json, second_json, second_lines

    done = run_status(inbox, plan, out, **asked, progress=progress(quiet))
    naming = naming_in(inbox, plan)
    finished = sum(line.standing is Standing.DONE for line in done.lines)
    words = [f"{len(done.lines)}部局のうち{finished}部局が提出済みです（セルの数は再掲を除く）。"]
    for line in done.lines:
        late = "　期限超過" if line.overdue else ""
        pending = f"　後日報告{len(line.pending)}件" if line.pending else ""
        words.append(
            f"{bar(line.filled, line.owned)}　{line.filled:>3}/{line.owned:<3}　{line.standing.value}　{line.department}{pending}{late}"
        )
        words += [f"　　　後日報告：{number}　{text}" for number, text in line.pending]
    words += second_lines(done.later)
    words += [f"書き出しました：{path.as_posix()}" for path in done.written]
    words += [f"{notice.message}{notice.remedy}" for notice in done.notices]
    data = {
        "plan": plan_json(done.merged.plan),
        "submissions": [outcome_json(o, naming) for o in done.merged.outcomes],
        "missing": list(done.merged.missing),
        "departments": [
            {
                "department": line.department,
                "state": line.standing.value,
                "owned": line.owned,
                "filled": line.filled,
                "pending": [{"number": number, "text": text} for number, text in line.pending],
                "overdue": line.overdue,
            }
            for line in done.lines
        ],
        "second_round": second_json(done.later),
        "written": [path.as_posix() for path in done.written],
    }
    return finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=naming, listed=False)
