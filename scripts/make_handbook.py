"""Write docs/記入の手引き.md again, from the words of the sheet 記入の手引き.

python scripts/make_handbook.py
"""

from __future__ import annotations

from pathlib import Path

from xl_plan.issue.handbook import handbook_markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "記入の手引き.md"


def main() -> None:
    PAGE.write_text(handbook_markdown(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
