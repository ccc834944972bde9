"""How values travel between processes: what a file's result holds by the thousand is packed as plain fields.

A frozen dataclass with slots is otherwise packed and unpacked field by field in Python, with a look at its definition
for each object; for a large inbox that took the parent longer than the workers took to read the files. Importing this
module is enough; it is imported where results are made.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from xl_plan.cells import Border, Cell, Font, Run, Style
from xl_plan.findings import Place
from xl_plan.model import Returned

CARRIED: tuple[type[Any], ...] = (Border, Cell, Font, Place, Returned, Run, Style)


def _by_fields(kind: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    content = attrgetter(*(field.name for field in fields(kind)))
    return lambda value: (kind, content(value))


for _kind in CARRIED:
    copyreg.pickle(_kind, _by_fields(_kind))
