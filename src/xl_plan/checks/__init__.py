"""Checks: one family a module, one rule a function. Each takes a submission and the plan and returns findings; those of
``PLAN_CHECKS`` take the plan alone and are run whenever a plan workbook is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xl_plan.checks.constants import plan_values
from xl_plan.checks.relisting import relisting_findings
from xl_plan.findings import Finding
from xl_plan.model import Plan

#: Each takes the plan and the name of its file.
PLAN_CHECKS: tuple[Callable[[Plan, str], Iterable[Finding]], ...] = (relisting_findings, plan_values)
