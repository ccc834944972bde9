"""Commands on the inbox: merge and check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from xl_plan.cli.passwords import password_options
from xl_plan.cli.shared import common_options, finish, naming_in, progress


@click.command(help="提出された調査票を取りまとめ、進捗状況のブックを作ります。")
@click.argument("inbox", type=click.Path(path_type=Path))
@common_options
@click.option("--jobs", type=click.IntRange(1, 256), default=None, metavar="N", help="同時に読み取る数。")
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="読み取りを、動いているDaskの計算機に任せます（tcp://…）。"
)
@click.option(
    "--shared-inbox", "shared", is_flag=True, help="計算機にファイルの中身を送らず、共有された場所から読ませます。"
)
@click.option("--strict", is_flag=True, help="要修正があるときは、取りまとめのブックを書き出しません。")
@click.option(
    "--no-verify", is_flag=True, help="書き出したブック（取りまとめと修正依頼）を読み直して確かめる手順を省きます。"
)
@click.option("--redact", is_flag=True, help="転記元一覧に、提出されたファイルの名前を載せません。")
@click.option("--no-cache", is_flag=True, help="前回の読み取り結果を使わず、すべての提出物を読み直します。")
@click.option("--pdf", is_flag=True, help="印刷したときの姿のPDFも書き出します（LibreOfficeを使います）。")
@password_options
def merge(
    inbox: Path,
    plan: Path,
    out: Path,
    as_json: bool,
    quiet: bool,
    no_verify: bool,
    no_cache: bool,
    pdf: bool,
    **chosen: Any,
) -> int:
    from xl_plan.pipeline.merging import MergeOptions, run_merge
    from xl_plan.render import outcome_json, plan_json
    from xl_plan.summary import merge_summary

    if chosen["scheduler"] and chosen["jobs"]:
        raise click.UsageError("--jobs と --scheduler は同時に指定できません。")
    if chosen["shared"] and not chosen["scheduler"]:
        raise click.UsageError("--shared-inbox は --scheduler と一緒に指定してください。")
    options = MergeOptions(verify=not no_verify, keep=not no_cache, **chosen)
    done = run_merge(inbox, plan, out, options, progress=progress(quiet))
    naming = naming_in(inbox, plan)
    data = {
        "plan": plan_json(done.merged.plan),
        "output": done.output.as_posix() if done.output else None,
        "returns": [path.as_posix() for path in done.returns],
        "submissions": [outcome_json(o, naming) for o in done.merged.outcomes],
        "missing": list(done.merged.missing),
    }
    words = list(merge_summary(done.merged, done.findings, done.output, done.returns, done.later))
    if pdf and done.output:
        data["pdf"] = _write_pdf(done.output, words)
    return finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=naming, summed=True)


def _write_pdf(output: Path, words: list[str]) -> str | None:
    """The PDF's path; a word on stderr where there is none (no LibreOffice), or where it bears another name."""
    from xl_plan.pipeline.publishing import write_pdf

    path, said = write_pdf(output)
    if said:
        click.echo(f"xl-plan: {said}", err=True)
    if path is None:
        return None
    words.append(f"PDFを書き出しました：{path}")
    return path.as_posix()


@click.command(help="提出物（指定しないときは計画そのもの）を確かめます。何も書き出しません。")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@common_options
@password_options
def check(files: Sequence[Path], plan: Path, out: Path, as_json: bool, quiet: bool, passwords: tuple[str, ...]) -> int:
    from xl_plan.pipeline.checking import run_check
    from xl_plan.render import outcome_json

    outcomes, findings = run_check(files, plan, passwords, progress(quiet))
    names = {str(path): path.as_posix() for path in files}
    naming = lambda file: names.get(file, plan.as_posix())  # noqa: E731
    data = {"submissions": [outcome_json(o, naming) for o in outcomes]}
    return finish(findings, data, [], as_json=as_json, quiet=quiet, naming=naming, most=None)
