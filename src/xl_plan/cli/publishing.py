"""Commands that hand the plan to the public: publish."""

from __future__ import annotations

from pathlib import Path

import click

from xl_plan.cli.shared import finish, output_options, progress


@click.command(
    help="会議や公開に使う配布用のブックを作ります（値だけを残し、式・注記・リンク・作成者などを除きます）。"
)
@click.argument("workbook", type=click.Path(path_type=Path))
@output_options
def publish(workbook: Path, out: Path, as_json: bool, quiet: bool) -> int:
    from xl_plan.pipeline.publishing import run_publish

    done = run_publish(workbook, out, progress(quiet))
    words = [f"配布用のブックを書き出しました：{done.output.as_posix()}"]
    data = {"output": done.output.as_posix()}
    return finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=lambda _: workbook.as_posix())
