"""Excel-native progress reporting for administrative plans. The way the data goes: ``docs/architecture.md``.

``from xl_plan import read_plan, merge, split, status, diff``: see :mod:`xl_plan.api`, imported only when one of its
names is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xl_plan.api import CannotRun, PlanWorkbook, Round, diff, merge, read_plan, split, status

__version__ = "0.1.0"
__all__ = ["CannotRun", "PlanWorkbook", "Round", "__version__", "diff", "merge", "read_plan", "split", "status"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from xl_plan import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
