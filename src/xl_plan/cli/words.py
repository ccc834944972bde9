"""Commands that explain: rules."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from xl_plan.findings import Rule


@click.command(help="確認事項のコードの意味と、直し方を示します。コードを付けないと、一覧を示します。")
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--json", "as_json", is_flag=True, help="結果をJSONで標準出力に出します。")
def rules(code: str | None, as_json: bool) -> int:
    from xl_plan.rules import ALL

    wanted = ALL if code is None else tuple(rule for rule in ALL if code.upper() == rule.code or code == rule.name)
    if not wanted:
        raise click.UsageError(f"コード「{code}」はありません（xl-plan rules で一覧を表示します）")
    if as_json:
        ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
        click.echo(json.dumps({"rules": [_as_json(rule) for rule in wanted]}, ensure_ascii=ascii_only, indent=2))
    elif code is None:
        for rule in wanted:
            click.echo(f"{rule.code}　{rule.severity.label}　{rule.title}")
    else:
        click.echo(_explained(wanted[0]))
    return 0


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
