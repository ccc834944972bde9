"""SECURITY.md is true: its limits are those of the code, and the tests that it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xl_plan.disk import inbox
from xl_plan.excel.package import OWN_LIMITS, Limits
from xl_plan.pipeline import workers

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
MEGA = 1 << 20
USUAL, LIMITS = workers.Allowance(), Limits()


def row(start: str) -> list[float]:
    """The numbers in the second column of the row that begins so."""
    (line,) = [line for line in TEXT.splitlines() if line.startswith(f"| {start}")]
    cell = line.split("|")[2]
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", cell)]


@pytest.mark.parametrize(
    ("start", "numbers"),
    [
        ("time for a file", [USUAL.seconds]),
        ("memory for a file", [USUAL.memory / MEGA]),
        ("bytes of a file", [inbox.MAX_BYTES / MEGA]),
        ("bytes that a file unfolds to", [LIMITS.inflated / MEGA]),
        ("members, sheets, cells", [LIMITS.members, LIMITS.sheets, LIMITS.cells]),
        ("shared strings, positions", [LIMITS.strings, LIMITS.merged]),
        ("blank cells", [LIMITS.styled_blanks]),
        ("of the plan and the last output", [OWN_LIMITS.inflated / MEGA, OWN_LIMITS.cells, OWN_LIMITS.strings]),
    ],
)
def test_limits_are_those_of_the_code(start: str, numbers: list[float]) -> None:
    assert row(start) == numbers


def test_the_ratio_is_that_of_the_code_and_above_every_honest_file() -> None:
    assert row("ratio of a member")[0] == LIMITS.ratio >= 200
    assert f"ratio of a member above {LIMITS.ratio_above // MEGA} MB" in TEXT
    assert workers.SECONDS in TEXT and workers.MEGABYTES in TEXT


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_[a-z_]+)`", TEXT))
    assert len(named) > 12
    assert [name for name in sorted(named) if not (ROOT / "tests" / f"{name}.py").is_file()] == []
    for place in re.findall(r"`((?:tests|requirements)/[^`]+)`", TEXT):
        assert (ROOT / place).exists(), place
