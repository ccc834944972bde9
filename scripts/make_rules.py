"""Write docs/rules.md again from the rules, where their documentation lives.

python scripts/make_rules.py
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from xl_plan.findings import Rule, readable
from xl_plan.rules import ALL

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
FAMILIES = {
    "XP1": "ファイルと構造",
    "XP2": "記入する部局",
    "XP3": "値の内容",
    "XP4": "再掲",
    "XP5": "計画の構造と担当",
}
OPENING = """\
<!-- Made from src/xl_plan/rules/ by scripts/make_rules.py; edit the rules, not this page. -->
# 確認事項の一覧

`xl-plan` が知らせる確認事項の意味と直し方です。手元では `xl-plan rules XP201` のように、コードを付けて表示できます。

| 区分 | 意味 |
|---|---|
| 要修正 | 値を受け取っていません。直して提出し直してもらってください。 |
| 要確認 | 値を受け取りました。内容を確かめてください。 |
| 参考 | お知らせです。対応は要りません。 |
"""


def family_of(rule: Rule) -> str:
    return rule.code[:3]


def rule_lines(rule: Rule) -> Iterator[str]:
    yield f"### {rule.code} {rule.title}\n"
    yield f"{rule.severity.label}　`{rule.name}`\n"
    yield f"{rule.why}\n"
    yield f"- 見つかる例：{rule.firing}"
    yield f"- 該当しない例：{rule.quiet}"
    yield f"- 表示：{readable(rule.message)}"
    yield f"- 直し方：{readable(rule.remedy)}\n"


def page() -> str:
    lines = [OPENING]
    for family, rules in groupby(ALL, family_of):
        lines.append(f"## {FAMILIES[family]}（{family}）\n")
        for rule in rules:
            lines += rule_lines(rule)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
