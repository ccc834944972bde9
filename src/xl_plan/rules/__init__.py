"""Every rule by its code. A family a module: files XP1, ownership XP2, values XP3, relisting XP4, plan XP5."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xl_plan.findings import Rule
from xl_plan.rules import (
    departments,
    files,
    ownership,
    plan,
    reading,
    relisting,
    reorganisation,
    returned,
    revisions,
    values,
    writing,
)

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (
            *files.RULES,
            *returned.RULES,
            *reading.RULES,
            *ownership.RULES,
            *revisions.RULES,
            *reorganisation.RULES,
            *departments.RULES,
            *values.RULES,
            *writing.RULES,
            *relisting.RULES,
            *plan.RULES,
        ),
        key=lambda rule: rule.code,
    )
)
BY_CODE: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in ALL})
