"""What the commands share: options, and how a result is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_plan.cli.screen import coloured
from xl_plan.cli.screen import progress as progress  # noqa: PLC0414 - the commands' own

if TYPE_CHECKING:
    from xl_plan.findings import Finding

PLAN = Path("templates/plan_template.xlsx")
OUT = Path("outbox")


_PATH = click.Path(path_type=Path)
_plan = click.option("--plan", type=_PATH, default=PLAN, show_default=True, metavar="PATH", help="計画のブック。")
_out = click.option("--out", type=_PATH, default=OUT, show_default=True, metavar="DIR", help="書き出す先のフォルダー。")
json_option = click.option("--json", "as_json", is_flag=True, help="結果をJSONで標準出力に出します。")
_quiet = click.option("--quiet", is_flag=True, help="結果の要約を出しません。")


def result_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How the result is told, of every command: ``--json``, ``--quiet``."""
    return json_option(_quiet(command))


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same and ``--out``, of a command that is given its workbooks."""
    return _out(result_options(command))


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same and ``--plan``, of a command on a round."""
    return _plan(output_options(command))


def naming_in(inbox: Path, plan: Path) -> Callable[[str], str]:
    return lambda file: plan.as_posix() if file == plan.name else (inbox / file).as_posix()


def finish(
    findings: Sequence[Finding],
    data: dict[str, Any],
    words: Sequence[str],
    *,
    as_json: bool,
    quiet: bool,
    naming: Callable[[str], str],
    listed: bool = True,
    summed: bool = False,
    most: int | None = 20,
) -> int:
    """Print a result and say the exit code.

    ``listed`` False: the findings count for the code but are not shown; ``summed``: the words speak of them, so that only
    JSON lists them; ``most``: how many are listed, None for all.
    """
    from xl_plan.findings import Severity
    from xl_plan.render import finding_json, finding_lines, tally_line

    if as_json:
        if listed:
            data["findings"] = [finding_json(finding, naming) for finding in findings]
        ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
        click.echo(json.dumps(data, ensure_ascii=ascii_only, indent=2))
    elif not quiet:
        tells = listed and not summed and (findings or most is None)
        shown = (*finding_lines(findings, most), tally_line(findings)) if tells else ()
        for line in (*words, *shown):
            click.echo(coloured(line))
    return int(any(finding.severity is Severity.ERROR and not finding.settled for finding in findings))
