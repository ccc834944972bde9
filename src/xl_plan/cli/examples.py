"""Examples below the help of each command: the lines that staff can copy. A test runs every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: The commands as the year goes: heading → names.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "照会の準備": ("rollover", "split"),
        "集めて取りまとめる": ("merge", "check", "status", "view"),
        "取りまとめた後": ("diff", "publish", "export"),
        "調べる": ("rules",),
    }
)

EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rollover": (
            "xl-plan rollover outbox/進捗状況_R5.xlsx --year R6 --deadline 2025-05-30 --to templates/R6.xlsx",
        ),
        "split": ("xl-plan split",),
        "merge": ("xl-plan merge inbox", "xl-plan merge inbox --strict --out 会議用"),
        "check": ("xl-plan check", "xl-plan check inbox/福祉政策課.xlsx"),
        "status": ("xl-plan status inbox", "xl-plan status inbox --reminders"),
        "view": ("xl-plan view inbox",),
        "diff": ("xl-plan diff templates/plan_template.xlsx outbox/進捗状況_R5.xlsx",),
        "publish": ("xl-plan publish outbox/進捗状況_R5.xlsx",),
        "export": ("xl-plan export outbox/進捗状況_R5.xlsx --to outbox/進捗状況_R5.csv",),
        "rules": ("xl-plan rules", "xl-plan rules XP302"),
    }
)


def epilog(name: str) -> str:
    """The examples of a command for click, each on a line of its own."""
    lines = EXAMPLES.get(name, ())
    return "\n".join(("\b", "例:", *(f"  {line}" for line in lines))) if lines else ""
