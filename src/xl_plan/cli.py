"""The command line: parse, call, print, exit. 0 nothing to correct, 1 要修正 found, 2 could not run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from xl_plan.findings import Finding

_PLAN = Path("templates/plan_template.xlsx")
_OUT = Path("outbox")


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--plan", "plan", type=click.Path(path_type=Path), default=_PLAN, show_default=True, metavar="PATH", help="計画のブック。"),
        click.option("--out", type=click.Path(path_type=Path), default=_OUT, show_default=True, metavar="DIR", help="書き出す先のフォルダー。"),
        click.option("--json", "as_json", is_flag=True, help="結果をJSONで標準出力に出します。"),
        click.option("--quiet", is_flag=True, help="結果の要約を出しません。"),
    )
    for option in reversed(options):
        command = option(command)
    return command


class _Group(click.Group):
    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("standalone_mode", None)
        try:
            result = super().main(*args, standalone_mode=False, **kwargs)
        except click.exceptions.Exit as error:
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(f"xl-plan: {_japanese(error)}", err=True)
            sys.exit(2)
        except (click.Abort, KeyboardInterrupt):
            click.echo("xl-plan: 中止しました", err=True)
            sys.exit(2)
        except Exception as error:
            from xl_plan.pipeline import CannotRun

            if isinstance(error, CannotRun):
                click.echo(f"xl-plan: {error}", err=True)
            elif os.environ.get("XL_PLAN_DEBUG"):
                raise
            else:
                click.echo(f"xl-plan: 予期しない不具合で止まりました（{type(error).__name__}: {error}）。XL_PLAN_DEBUG=1 を付けて実行した結果を添えてお知らせください", err=True)
            sys.exit(2)
        sys.exit(result if isinstance(result, int) else 0)


def _japanese(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        near = f"（もしかして：{'、'.join(error.possibilities)}）" if error.possibilities else ""
        return f"オプション{error.option_name}はありません{near}"
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param else ""
        return f"{name}を指定してください（xl-plan {error.ctx.info_name if error.ctx else ''} --help）"
    return " ".join(error.format_message().split())


@click.group(cls=_Group, help="計画の進捗状況を、Excelのまま照会し、取りまとめます。", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xl-plan", message="xl-plan %(version)s")
def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


@main.command(help="計画または庁内のブックから、今回の照会に使う計画のブックを作ります。")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--year", required=True, metavar="R6", help="実績を照会する年度。")
@click.option("--title", default="", metavar="T", help="計画の名称。")
@click.option("--deadline", default="", metavar="D", help="提出期限（例：2024-05-31）。")
@click.option("--division", default="", metavar="V", help="取りまとめ部局。")
@click.option("--to", type=click.Path(path_type=Path), default=_PLAN, show_default=True, metavar="FILE", help="書き出すファイル。")
@click.option("--json", "as_json", is_flag=True, help="結果をJSONで標準出力に出します。")
@click.option("--quiet", is_flag=True, help="結果の要約を出しません。")
def rollover(workbook: Path, year: str, title: str, deadline: str, division: str, to: Path, as_json: bool, quiet: bool) -> int:
    from xl_plan.pipeline import run_rollover

    done = run_rollover(workbook, year, to, title=title, deadline=deadline, division=division)
    return _finish(
        done.findings,
        {"output": to.as_posix()},
        [f"計画のブックを書き出しました：{to}"],
        as_json=as_json,
        quiet=quiet,
        naming=lambda _: workbook.as_posix(),
    )


@main.command(help="計画から、部局ごとの調査票・確認用の表・依頼文を作ります。")
@_common
def split(plan: Path, out: Path, as_json: bool, quiet: bool) -> int:
    from xl_plan.pipeline import run_split

    done = run_split(plan, out, _progress(quiet))
    words = [f"調査票を{len(done.forms)}部局分、書き出しました：{(out / '調査票').as_posix()}"]
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
    return _finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=lambda _: plan.as_posix())


@main.command(help="提出された調査票を取りまとめ、進捗状況のブックを作ります。")
@click.argument("inbox", type=click.Path(path_type=Path))
@_common
@click.option("--jobs", type=click.IntRange(1, 256), default=None, metavar="N", help="同時に読み取る数。")
@click.option("--strict", is_flag=True, help="要修正があるときは、取りまとめのブックを書き出しません。")
def merge(inbox: Path, plan: Path, out: Path, as_json: bool, quiet: bool, jobs: int | None, strict: bool) -> int:
    from xl_plan.pipeline import run_merge
    from xl_plan.render import outcome_json, plan_json

    done = run_merge(inbox, plan, out, jobs=jobs or 1, strict=strict, progress=_progress(quiet))
    naming = _naming(inbox, plan)
    data = {
        "plan": plan_json(done.merged.plan),
        "output": done.output.as_posix() if done.output else None,
        "returns": [path.as_posix() for path in done.returns],
        "submissions": [outcome_json(o, naming) for o in done.merged.outcomes],
        "missing": list(done.merged.missing),
    }
    words = _merge_words(done)
    return _finish(done.findings, data, words, as_json=as_json, quiet=quiet, naming=naming)


def _merge_words(done: Any) -> list[str]:
    from xl_plan.report import status_label

    words = []
    for outcome in done.merged.outcomes:
        count = f"{outcome.filled}/{outcome.owned}セル" if outcome.owned else ""
        words.append(f"　{outcome.department or '－'}　{status_label(outcome.state)}　{count}　{outcome.file}")
    if done.merged.missing:
        words.append(f"未提出：{'、'.join(done.merged.missing)}")
    if done.output:
        words.append(f"取りまとめを書き出しました：{done.output}")
    else:
        words.append("要修正があるため、取りまとめのブックは書き出していません（--strict）。")
    return words


@main.command(help="提出物（指定しないときは計画そのもの）を確かめます。何も書き出しません。")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_common
def check(files: Sequence[Path], plan: Path, out: Path, as_json: bool, quiet: bool) -> int:
    from xl_plan.pipeline import run_check
    from xl_plan.render import outcome_json

    outcomes, findings = run_check(files, plan)
    names = {str(path): path.as_posix() for path in files}
    naming = lambda file: names.get(file, plan.as_posix())  # noqa: E731
    data = {"submissions": [outcome_json(o, naming) for o in outcomes]}
    return _finish(findings, data, [], as_json=as_json, quiet=quiet, naming=naming)


@main.command(help="確認事項のコードの意味と、直し方を示します。")
@click.argument("code", required=False)
def rules(code: str | None) -> int:
    from xl_plan.rules import ALL, BY_CODE

    if code is None:
        for rule in ALL:
            click.echo(f"{rule.code}　{rule.severity.label}　{rule.title}（{rule.name}）")
        return 0
    rule = BY_CODE.get(code.upper()) or next((r for r in ALL if r.name == code), None)
    if rule is None:
        raise click.UsageError(f"コード「{code}」はありません（xl-plan rules で一覧を表示します）")
    click.echo(f"{rule.code}　{rule.severity.label}　{rule.title}\n")
    click.echo(f"理由　　　：{rule.why}\n見つかる例：{rule.firing}\n該当しない例：{rule.quiet}\n直し方　　：{rule.remedy}")
    return 0


# --------------------------------------------------------------------------------------------------------------- help
def _naming(inbox: Path, plan: Path) -> Callable[[str], str]:
    return lambda file: plan.as_posix() if file == plan.name else (inbox / file).as_posix()


def _finish(
    findings: Sequence[Finding],
    data: dict[str, Any],
    words: Sequence[str],
    *,
    as_json: bool,
    quiet: bool,
    naming: Callable[[str], str],
) -> int:
    from xl_plan.findings import Severity
    from xl_plan.render import finding_json, finding_lines, tally_line

    if as_json:
        data["findings"] = [finding_json(finding, naming) for finding in findings]
        ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
        click.echo(json.dumps(data, ensure_ascii=ascii_only, indent=2))
    elif not quiet:
        for line in (*words, *finding_lines(findings), tally_line(findings)):
            click.echo(line)
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def _progress(quiet: bool) -> Callable[[str, int, int], None]:
    """Progress on stderr, and only to a terminal."""
    shows = not quiet and sys.stderr.isatty()

    def show(what: str, done: int, total: int) -> None:
        if shows:
            end = "\n" if done >= total else ""
            click.echo(f"\r{what} {done}/{total}", err=True, nl=False)
            click.echo(end, err=True, nl=False)

    return show
