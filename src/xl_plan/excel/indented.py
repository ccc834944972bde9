"""OpenDocument content that its program indented (Gnumeric does): calamine takes the blanks between cells for text."""

from __future__ import annotations

import io
import re
import zipfile

from xl_plan.excel.package import Package

_CONTENT = "content.xml"
_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_INDENTED = re.compile(rb"<table:table-row\b[^>]*>\s+<")
# Blanks that stand between a tag of the table, or the end of a paragraph, and the next tag: never part of a text.
_BLANKS = re.compile(rb"(</?(?:table|office):[^>]*>|</text:p>)\s+(?=<)")


def closed_up(package: Package, data: bytes) -> bytes:
    """The same document without the blanks between its cells; ``data`` itself where there are none."""
    if _CONTENT not in package:
        return data
    content = b"".join(package.chunks(_CONTENT))
    if _INDENTED.search(content) is None:
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        for name in old.namelist():
            if name == _CONTENT:
                new.writestr(name, _BLANKS.sub(rb"\1", content))
            elif name in ("styles.xml", "META-INF/manifest.xml"):
                new.writestr(name, old.read(name))
    return out.getvalue()
