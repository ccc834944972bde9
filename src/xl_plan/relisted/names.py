"""Departments' names in one cell: joined by 、, ・ or a line break, where ・ and a break may also lie inside a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xl_plan.meaning.text import fold
from xl_plan.model import Department

_JOINTS = re.compile(r"[、，,；;／/]+")
_ENDING = re.compile(
    r"(?:課|室|局|部|係|班|センター|[支事務]*所|館|署|会|院|校|園|団|社|機構|法人|組合|公社|担当)(?:[（(][^（）()]*[)）])?$"
)
_CHIEF = re.compile(r"^[◎○〇◯●★☆]\s*|\s*[（(](?:主|主管|主担当|代表)[)）]$")


def official_names(departments: Sequence[Department]) -> dict[str, str]:
    """Every name, folded, that is one department's → its name.

    A name of today goes before a former one. A former name that several have (a department that was split) is none's.
    """
    former: dict[str, set[str]] = {}
    for department in departments:
        for name in department.former:
            former.setdefault(fold(name), set()).add(department.name)
    names = {name: next(iter(whose)) for name, whose in former.items() if len(whose) == 1}
    names |= {fold(d.short): d.name for d in departments if d.short}
    return names | {fold(d.name): d.name for d in departments}


def split_names(text: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The names in a cell. ``known``: folded names that are one department however they are written.

    ``福祉政策課・生活支援課`` are two, ``子ども・子育て課`` is one: a piece that does not end like a department goes on
    in the next one.
    """
    if fold(text) in known:
        return (_plain(text),)
    names: list[str] = []
    for piece in _JOINTS.split(text):
        for line in _lines(piece, known):
            names += _between_dots(line, known)
    return tuple(name for name in names if name)


def chief(text: str) -> tuple[str, bool]:
    """A name without the mark ◎ or （主） by which a cell with several names says who fills, and whether it has one."""
    bare = _CHIEF.sub("", text).strip()
    return (bare, True) if bare and bare != text.strip() else (text.strip(), False)


def _plain(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def _lines(text: str, known: frozenset[str]) -> Iterator[str]:
    """The lines of a cell; two are one name where together they are a known one, or the second is in parentheses."""
    pieces = [line.strip() for line in text.splitlines() if line.strip()]
    while pieces:
        name = pieces.pop(0)
        while pieces and (pieces[0][0] in "（(" or (fold(name) not in known and fold(name + pieces[0]) in known)):
            name += pieces.pop(0)
        yield name


def _between_dots(text: str, known: frozenset[str]) -> Sequence[str]:
    if "・" not in text or fold(chief(text)[0]) in known:
        return [text]
    names: list[str] = []
    name = ""
    for piece in text.split("・"):
        name = f"{name}・{piece}" if name else piece
        if _ENDING.search(chief(name)[0]):
            names.append(name)
            name = ""
    if name and names:
        names[-1] = f"{names[-1]}・{name}"
    elif name:
        names.append(name)
    return names


def whole_names(texts: Sequence[str]) -> frozenset[str]:
    """The texts that are one name beyond doubt: those without any joint, folded."""
    return frozenset(
        fold(chief(text)[0])
        for text in texts
        if text.strip() and not _JOINTS.search(text) and not re.search(r"[\n・]", text)
    )
