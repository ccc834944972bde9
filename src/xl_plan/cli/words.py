"""Commands that explain: rules."""

from __future__ import annotations

import click


@click.command(help="確認事項のコードの意味と、直し方を示します。")
@click.argument("code", required=False)
def rules(code: str | None) -> int:
    from xl_plan.rules import ALL, BY_CODE

    if code is None:
        for rule in ALL:
            click.echo(f"{rule.code}　{rule.severity.label}　{rule.title}（{rule.name}）")
        return 0
    wanted = BY_CODE.get(code.upper()) or next((r for r in ALL if r.name == code), None)
    if wanted is None:
        raise click.UsageError(f"コード「{code}」はありません（xl-plan rules で一覧を表示します）")
    click.echo(f"{wanted.code}　{wanted.severity.label}　{wanted.title}\n")
    click.echo(
        f"理由　　　：{wanted.why}\n見つかる例：{wanted.firing}\n該当しない例：{wanted.quiet}\n直し方　　：{wanted.remedy}"
    )
    return 0
