"""Characters exchanged for others, in texts that hold few of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def exchanging(table: Mapping[str, str]) -> Callable[[str], str]:
    """What gives a text with each character of ``table`` exchanged.

    The same as ``str.translate``, which asks its table about every character of a text.
    """
    any_of_them = re.compile(f"[{re.escape(''.join(table))}]")

    def exchanged(text: str) -> str:
        return any_of_them.sub(lambda match: table[match[0]], text)

    return exchanged
