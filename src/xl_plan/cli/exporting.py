"""Commands that hand data on: export."""

from __future__ import annotations

from pathlib import Path

import click

from xl_plan.cli.shared import finish, progress, result_options


@click.command(help="計画の値を、1行に1つの値の表として書き出します（.csv .json .parquet .xlsx、またはフォルダー）。")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Path(path_type=Path), metavar="FILE", help="書き出すファイル。")
@result_options
def export(workbook: Path, to: Path, as_json: bool, quiet: bool) -> int:
    from xl_plan.pipeline.exporting import run_export

    done = run_export(workbook, to, progress(quiet))
    words = [f"データを書き出しました：{to.as_posix()}"]
    data = {"output": to.as_posix()}
    return finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=lambda _: workbook.as_posix())
