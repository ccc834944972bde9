"""Commands that compare: diff."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from xl_plan.cli.shared import finish, output_options, progress


@click.command(help="2つの計画のブックを比べ、変わったところを一覧のExcelに書き出します。")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@output_options
def diff(old: Path, new: Path, out: Path, as_json: bool, quiet: bool) -> int:
    from xl_plan.pipeline.comparing import run_diff

    done = run_diff(old, new, out, progress(quiet))
    counts = Counter(change.kind.value for change in done.changes)
    summary = "、".join(f"{kind}{count}件" for kind, count in counts.items()) or "変更はありません"
    words = [f"変わったところ：{summary}", f"一覧を書き出しました：{done.output.as_posix()}"]
    data = {
        "output": done.output.as_posix(),
        "changes": [
            {
                "kind": change.kind.value,
                "plan": change.plan,
                "sheet": change.sheet or None,
                "cell": change.cell or None,
                "number": change.number or None,
                "column": change.item,
                "old": change.old,
                "new": change.new,
            }
            for change in done.changes
        ],
    }
    return finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=lambda file: file)
