"""The checks that take the plan alone, run whenever a plan workbook is read for its own sake."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xl_plan.checks.constants import plan_values
from xl_plan.checks.relisting import relisting_findings
from xl_plan.findings import Finding
from xl_plan.model import Plan

#: Each takes the plan and the name of its file.
PLAN_CHECKS: tuple[Callable[[Plan, str], Iterable[Finding]], ...] = (relisting_findings, plan_values)
