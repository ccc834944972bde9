"""Commands that open a round: rollover and split."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xl_plan.cli.shared import PLAN, common_options, finish, progress, result_options


@click.command(help="計画または庁内のブックから、今回の照会に使う計画のブックを作ります。")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--year", required=True, metavar="R6", help="実績を照会する年度。")
@click.option("--title", default="", metavar="T", help="計画の名称。")
@click.option("--deadline", default="", metavar="D", help="提出期限（例：2024-05-31）。")
@click.option("--division", default="", metavar="V", help="取りまとめ部局。")
@click.option("--align", is_flag=True, help="再掲の行を元の行にそろえ、変えたセルの一覧を作ります。")
@click.option(
    "--to", type=click.Path(path_type=Path), default=PLAN, show_default=True, metavar="FILE", help="書き出すファイル。"
)
@result_options
def rollover(
    workbook: Path,
    year: str,
    title: str,
    deadline: str,
    division: str,
    align: bool,
    to: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    from xl_plan.pipeline.rounds import run_rollover
    from xl_plan.render import aligned_json, aligned_lines

    given = {"title": title, "deadline": deadline, "division": division}
    done = run_rollover(workbook, year, to, **given, align=align, progress=progress(quiet))
    read = [{"sheet": sheet, "text": text, "cells": cells} for sheet, text, cells in done.reading]
    data: dict[str, Any] = {"output": to.as_posix(), "reading": read}
    words = [f"計画のブックを書き出しました：{to}"]
    if done.changes is not None:
        data["changes"] = done.changes.as_posix()
        data["aligned"] = [aligned_json(item) for item in done.aligned]
        words.append(f"再掲の行{len(done.aligned)}セルを元の行にそろえました。変えたセルの一覧：{done.changes}")
        words += aligned_lines(done.aligned)
    words += [
        f"{workbook}を次のように読み取りました（設定シートの「■列」で直せます）。",
    ]
    words += [f"　{sheet}　{text}{f'（{cells}）' if cells else ''}" for sheet, text, cells in done.reading]
    return finish(
        done.findings,
        data,
        words,
        as_json=as_json,
        quiet=quiet,
        naming=lambda _: workbook.as_posix(),
    )


@click.command(help="計画から、部局ごとの調査票・確認用の表・依頼文を作ります。")
@common_options
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    default=None,
    metavar="PATH",
    help="前に配布したときの計画のブック。調査票が変わった部局の分だけを作ります。",
)
def split(plan: Path, out: Path, as_json: bool, quiet: bool, since: Path | None) -> int:
    from xl_plan.pipeline.rounds import run_split

    done = run_split(plan, out, progress(quiet), since=since)
    words = [f"調査票を{len(done.forms)}部局分、書き出しました（セルの数は再掲を除く）：{(out / '調査票').as_posix()}"]
    words += [f"　{name}　{owned}セル" for name, _, owned in done.forms]
    if done.nothing_to_fill:
        words.append(f"記入する事業がない部局：{'、'.join(done.nothing_to_fill)}")
    if done.copies:
        words.append(f"　うち、確認用の表を作った部局：{'、'.join(name for name, _ in done.copies)}")
    data = {
        "forms": [{"department": name, "file": path.as_posix(), "owned": owned} for name, path, owned in done.forms],
        "copies": [{"department": name, "file": path.as_posix()} for name, path in done.copies],
        "nothing_to_fill": list(done.nothing_to_fill),
    }
    if done.since is not None:
        data |= {"unchanged": list(done.since.unchanged), "no_longer": list(done.since.dropped)}
        kept, dropped = "、".join(done.since.unchanged), "、".join(done.since.dropped)
        words += [f"調査票が変わらない部局（配り直しは不要です）：{kept}"] if kept else []
        words += [f"調査票が要らなくなった部局：{dropped}"] if dropped else []
    return finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=lambda _: plan.as_posix())
