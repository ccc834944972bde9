"""The one exception that reading a file may end in."""

from __future__ import annotations

from typing import Literal

Kind = Literal["empty", "encrypted", "not-a-workbook", "damaged", "too-large", "unsafe"]

MAX_DETAIL = 200


# What is told of a locked workbook, where that is more than that nobody gave a password.
WRONG_PASSWORDS = "none of the passwords"
OPEN_DOCUMENT = "OpenDocument manifest"


class UnreadableWorkbook(Exception):  # noqa: N818 -- it states the fault, as the findings do
    """A file that gives no workbook.

    ``detail`` says what a ``not-a-workbook`` is, in the words of the reader (``PDF``, ``画像``); for every other kind
    it is a short technical reason.
    """

    def __init__(self, kind: Kind, detail: str = "") -> None:
        # Details may quote the file, whose text must neither break a line of output nor fill a screen.
        shown = "".join(char if char.isprintable() else "�" for char in detail[:MAX_DETAIL])
        super().__init__(kind, shown)
        self.kind: Kind = kind
        self.detail = shown

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind
