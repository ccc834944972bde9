"""Commands to look instead of read: view."""

from __future__ import annotations

from pathlib import Path

import click

from xl_plan.cli.passwords import password_options
from xl_plan.cli.shared import common_options, finish, naming_in, progress


@click.command(help="今回の状況を、ブラウザーで見る1枚のページに書き出します（通信はしません）。")
@click.argument("inbox", type=click.Path(path_type=Path), default=Path("inbox"))
@common_options
@password_options
def view(inbox: Path, plan: Path, out: Path, as_json: bool, quiet: bool, passwords: tuple[str, ...]) -> int:
    from xl_plan.pipeline.viewing import run_view

    done = run_view(inbox, plan, out, progress(quiet), passwords)
    words = [f"ページを書き出しました：{done.output.as_posix()}（ダブルクリックするとブラウザーで開きます）"]
    words += [f"{notice.message}{notice.remedy}" for notice in done.notices]
    naming = naming_in(inbox, plan)
    data = {"output": done.output.as_posix()}
    return finish(
        (*done.findings, *done.notices), data, words, as_json=as_json, quiet=quiet, naming=naming, listed=as_json
    )
