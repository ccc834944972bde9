"""Commands that explain: rules."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from xl_plan.cli.shared import json_option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from xl_plan.findings import Rule


def _codes(_context: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """What the Tab key offers."""
    from click.shell_completion import CompletionItem

    from xl_plan.rules import ALL

    return [CompletionItem(rule.code, help=rule.title) for rule in ALL if rule.code.startswith(typed.upper())]


@click.command(
    help="確認事項のコードの意味と、直し方を示します。コードを付けないと一覧を、XP3のように初めだけを入れるとその種類の一覧を示します。"
)
@click.argument("code", required=False, metavar="[CODE]", shell_complete=_codes)
@json_option
def rules(code: str | None, as_json: bool) -> int:
    wanted = _wanted(code or "")
    if as_json:
        ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
        click.echo(json.dumps({"rules": [_as_json(rule) for rule in wanted]}, ensure_ascii=ascii_only, indent=2))
    elif code and len(wanted) == 1:
        click.echo(_explained(wanted[0]))
    else:
        for rule in wanted:
            click.echo(f"{rule.code}　{rule.severity.label}　{rule.title}")
    return 0


def _wanted(said: str) -> tuple[Rule, ...]:
    """The rules of a code as people type it (in full width, in small letters), of the beginning of one, or of a name."""
    from xl_plan.meaning.text import fold, near_name
    from xl_plan.rules import ALL

    code = fold(said).upper()
    wanted = tuple(rule for rule in ALL if rule.code.startswith(code) or rule.name == said)
    if not wanted:
        near = near_name(said, [rule.name for rule in ALL])
        raise click.UsageError(f"コード「{said}」はありません{near}（xl-plan rules で一覧を表示します）")
    return wanted


def _explained(rule: Rule) -> str:
    from xl_plan.findings import readable

    return (
        f"{rule.code}　{rule.severity.label}　{rule.title}（{rule.name}）\n\n"
        f"理由　　　　：{rule.why}\n"
        f"見つかる例　：{rule.firing}\n"
        f"該当しない例：{rule.quiet}\n"
        f"表示　　　　：{readable(rule.message)}\n"
        f"直し方　　　：{readable(rule.remedy)}"
    )


def _as_json(rule: Rule) -> dict[str, Any]:
    from xl_plan.findings import readable

    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "title": rule.title,
        "message": readable(rule.message),
        "remedy": readable(rule.remedy),
        "why": rule.why,
        "firing": rule.firing,
        "quiet": rule.quiet,
    }
