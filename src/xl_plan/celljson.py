"""A value as JSON text in cells, read back as it was whatever program saved them.

What some program might not keep in a cell (control characters, halves of surrogate pairs, spaces at an end, what looks
like an escape of the file format) does not stand in one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

_PIECE = 8_000  # characters, far below what any program keeps in a cell
_FRAME = "|"  # around each piece, so that none begins or ends with a space
_RISKY = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def json_text(value: object) -> str:
    """A value as JSON without the characters that some program might not keep."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _RISKY.sub(lambda match: f"\\u{ord(match[0]):04x}", plain.replace("_x", r"_\u0078"))


def in_pieces(text: str) -> list[str]:
    """A text cut into what one cell holds."""
    return [f"{_FRAME}{text[at : at + _PIECE]}{_FRAME}" for at in range(0, len(text), _PIECE)]


def is_piece(cell: str) -> bool:
    """Whether a cell's text is, or was before something cut it off, a piece of a text."""
    return cell.startswith(_FRAME)


def joined(cells: Sequence[str]) -> str:
    """The text that was cut into these. Raises ValueError where one of them is seen to be lost or cut off."""
    whole = all(len(cell) >= 2 and cell[0] == cell[-1] == _FRAME for cell in cells)
    if not whole or len({len(cell) for cell in cells[:-1]}) > 1:
        raise ValueError("not the pieces of a text")
    return "".join(cell[1:-1] for cell in cells)


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError for any other text."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
