"""OpenDocument content as Gnumeric writes it: indented, which calamine takes for text between the cells, and with line
breaks inside a paragraph, which calamine leaves out."""

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
_BREAK = re.compile(rb"<text:line-break\s*(?:/>|>\s*</text:line-break>)")


def closed_up(package: Package, data: bytes) -> bytes:
    """The same document without the blanks between its cells, its line breaks as characters; else ``data`` itself."""
    if _CONTENT not in package:
        return data
    content = b"".join(package.chunks(_CONTENT))
    indented, broken = _INDENTED.search(content) is not None, _BREAK.search(content) is not None
    if not indented and not broken:
        return data
    if indented:
        content = _BLANKS.sub(rb"\1", content)
    content = _BREAK.sub(b"\n", content)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        for name in old.namelist():
            if name == _CONTENT:
                new.writestr(name, content)
            elif name in ("styles.xml", "META-INF/manifest.xml"):
                new.writestr(name, old.read(name))
    return out.getvalue()
