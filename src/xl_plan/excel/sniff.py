"""What a file is, by its content: names and extensions in an inbox are whatever a hand made of them."""

from __future__ import annotations

import codecs
import io
import zipfile

from xl_plan.excel.compound import Compound
from xl_plan.excel.unreadable import UnreadableWorkbook

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BARE_BIFF = (b"\x09\x08", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
_HEAD = 65_536
_LONGEST_END = 70_000  # a zip's last record with its comment
_MAX_TYPES = 4_194_304  # [Content_Types].xml of the largest honest workbooks stays far below

# Stream names of compound files, in the order in which they decide.
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "docx"),
    ("PowerPoint Document", "pptx"),
)
# What [Content_Types].xml says of the main part, in the order in which it decides.
_MAIN_TYPES = (
    (b"ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
    (b"ms-excel.sheet.macroEnabled.main", "xlsm"),
    (b"ms-excel.template.macroEnabled.main", "xlsm"),
    (b"ms-excel.addin.macroEnabled.main", "xlsm"),
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"spreadsheetml.template.main", "xlsx"),
    (b"wordprocessingml.document.main", "docx"),
    (b"wordprocessingml.template.main", "docx"),
    (b"ms-word.document.macroEnabled.main", "docx"),
    (b"presentationml.", "pptx"),
)
_MEMBERS = (
    ("xl/workbook.bin", "xlsb"),
    ("xl/vbaproject.bin", "xlsm"),
    ("xl/", "xlsx"),
    ("word/", "docx"),
    ("ppt/", "pptx"),
)


def sniff(data: bytes) -> str:
    """One of xlsx, xlsm, xlsb, ods, xls, encrypted, zip, pdf, docx, pptx, image, html, csv/text, empty, unknown."""
    if not data:
        return "empty"
    if data.startswith(COMPOUND):
        return _compound(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:10] == b"ftyphe":
        return "image"
    if data.startswith(_BARE_BIFF):
        return "xls"
    return _text(data)


def _compound(data: bytes) -> str:
    """The kind of a compound (OLE) file, told by the entries of its directory."""
    for stream, kind in _OLE_STREAMS:
        name = stream.encode("utf-16-le")
        at = data.find(name)
        while at >= 0:
            # A directory entry is 128 bytes and holds its name's length in bytes; the same text in a cell does not.
            if at % 128 == 0 and data[at + 64 : at + 66] == (len(name) + 2).to_bytes(2, "little"):
                return kind
            at = data.find(name, at + 2)
    return "unknown"


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _archive(archive)
    except Exception:  # zipfile raises many kinds; a half-copied workbook is still called a workbook
        return "xlsx" if b"xl/" in data else "docx" if b"word/" in data else "zip"


def _archive(archive: zipfile.ZipFile) -> str:
    names = [name.replace("\\", "/").lstrip("/") for name in archive.namelist()]
    if "mimetype" in names:
        mime = _member(archive, "mimetype", 128)
        if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return "ods"
    lowered = {name.lower(): name for name in names}
    if "[content_types].xml" in lowered:
        types = _member(archive, lowered["[content_types].xml"], _MAX_TYPES)
        for marker, kind in _MAIN_TYPES:
            if marker in types:
                return kind
    for start, kind in _MEMBERS:
        if any(name.startswith(start) for name in lowered):
            return kind
    return "zip"


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        with archive.open(name) as member:
            return member.read(limit)
    except Exception:  # a broken member says nothing; the names may still tell
        return b""


def _text(data: bytes) -> str:
    head = data[:_HEAD]
    for encoding in _encodings(head):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if any(char < " " and char not in "\t\n\r\f\x1a" for char in text):
            continue
        start = text.lstrip("\ufeff \t\r\n").lower()
        hypertext = start.startswith(("<html", "<!doctype html", "<table", "<meta", "mime-version:"))
        return "html" if hypertext or "<html" in start[:2048] else "csv/text"
    return "unknown"


def _encodings(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "cp932")


def cut_short(data: bytes) -> bool:
    """Whether this is the beginning of a zip or compound file whose end is missing."""
    if data.startswith(b"PK\x03\x04"):
        return b"PK\x05\x06" not in data[-_LONGEST_END:]
    if not data.startswith(COMPOUND[: len(data)]):
        return False
    try:
        return Compound(data).cut_short
    except UnreadableWorkbook as error:
        return "cut short" in error.detail or len(data) < 512
    except Exception:  # a directory of nonsense is damage of another kind
        return False
