"""Changed words marked inside a text: what went struck through, what came underlined."""

from __future__ import annotations

import difflib
import re

from xl_plan.cells import Run

# Japanese has no spaces: a word is taken to be a run of kana or letters, a figure with its separators, or one sign;
# each kanji stands for itself, since words are put together of them.
_WORD = re.compile(r"[0-9０-９]+(?:[.,，．][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヶー]+|[ぁ-ん]+|\s+|.", re.DOTALL)
_OLD, _NEW = "#C00000", "#0563C1"


def words(text: str) -> list[str]:
    """The text cut into words; joined they are the text."""
    return _WORD.findall(text)


def marked(old: str, new: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The two texts as runs: (old with what went struck, new with what came underlined)."""
    before, after = words(old), words(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    went: list[Run] = []
    came: list[Run] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        gone, arrived = "".join(before[i:j]), "".join(after[k:m])
        if tag == "equal":
            went.append(Run(gone))
            came.append(Run(arrived))
            continue
        if gone:
            went.append(Run(gone, strike=True, colour=_OLD))
        if arrived:
            came.append(Run(arrived, underline=True, colour=_NEW))
    return tuple(went), tuple(came)
