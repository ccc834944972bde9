"""Workbooks that no honest program writes, or that honest programs write in strange ways: made from nothing.

    python tests/hostile/make.py FOLDER

writes them all. The same bytes come out each time, those under a password aside, whose salt is random. Each file has one
quirk, and its name says which.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
PASSWORD = "ひらけゴマ2024"

Members = dict[str, "str | bytes"]
_MADE: dict[str, Callable[[], bytes]] = {}


def file(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """The function below makes the file of this name."""

    def register(maker: Callable[[], bytes]) -> Callable[[], bytes]:
        _MADE[name] = maker
        return maker

    return register


def made() -> Mapping[str, Callable[[], bytes]]:
    """Every file's name → what makes it."""
    return dict(sorted(_MADE.items()))


# ---------------------------------------------------------------- parts


def part(root: str, inside: str, namespace: str = MAIN) -> str:
    return f'<?xml version="1.0"?><{root} xmlns="{namespace}" xmlns:r="{RELATIONS}">{inside}</{root}>'


def rels(**relations: str) -> str:
    inside = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, said in relations.items()
        for kind, target in [said.split(":", 1)]
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def types(main: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml") -> str:
    return f'<Types xmlns="{TYPES}"><Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>'


def book(
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    *,
    strings: str = "",
    before: str = "",
    after: str = "",
    properties: str = "",
    sheets: str = '<sheet name="表" sheetId="1" r:id="rId1"/>',
    styles: str = "",
) -> Members:
    """The members of a small workbook."""
    return {
        "[Content_Types].xml": types(),
        "_rels/.rels": rels(rId1="officeDocument:xl/workbook.xml"),
        "xl/workbook.xml": part("workbook", f"{properties}<sheets>{sheets}</sheets>"),
        "xl/_rels/workbook.xml.rels": rels(
            rId1="worksheet:worksheets/sheet1.xml", rId2="sharedStrings:sharedStrings.xml", rId3="styles:styles.xml"
        ),
        "xl/worksheets/sheet1.xml": part("worksheet", f"{before}<sheetData>{rows}</sheetData>{after}"),
        "xl/sharedStrings.xml": part("sst", strings),
        "xl/styles.xml": part("styleSheet", styles),
    }


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def cell(content: str, kind: str = "", address: str = "A1", style: int = 0) -> str:
    said = f' t="{kind}"' if kind else ""
    row = "".join(ch for ch in address if ch.isdigit())
    return f'<row r="{row}"><c r="{address}" s="{style}"{said}>{content}</c></row>'


def formats(*codes: int) -> str:
    return "<cellXfs>" + "".join(f'<xf numFmtId="{code}"/>' for code in codes) + "</cellXfs>"


# ---------------------------------------------------------------- no workbooks

file("empty.xlsx")(lambda: b"")
file("zeros.xlsx")(lambda: b"\0" * 4096)
file("half-copied.xlsx")(lambda: zipped(book("".join(cell(f"<v>{n}</v>", "", f"A{n}") for n in range(1, 500))))[:900])
file("pdf.xlsx")(lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
file("image.xlsx")(lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
file("page.xls")("<html><table><tr><td>福祉</td></tr></table></html>".encode)
file("table.xlsx")(lambda: "番号,事業名\n1,福祉\n".encode("cp932"))
file("archive.xlsx")(lambda: zipped({"写真.jpg": b"\xff\xd8\xff"}))
file("letter.xlsx")(lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}))
file("noise.xlsx")(lambda: bytes((n * n * 31 + 7 * n) % 251 for n in range(3000)))


# ---------------------------------------------------------------- lies and gaps of the package

file("lying-string-count.xlsx")(
    lambda: zipped(
        book(cell("<v>0</v>", "s"))
        | {
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295"><si><t>あ</t></si></sst>'
        }
    )
)
file("string-beyond.xlsx")(lambda: zipped(book(cell("<v>7</v>", "s"), strings="<si><t>あ</t></si>")))
file("no-workbook-part.xlsx")(lambda: zipped({k: v for k, v in book().items() if k != "xl/workbook.xml"}))
file("no-sheets.xlsx")(lambda: zipped(book(sheets="")))
file("sheet-without-part.xlsx")(
    lambda: zipped(book(sheets='<sheet name="表" sheetId="1" r:id="rId1"/><sheet name="裏" sheetId="2" r:id="rId9"/>'))
)
file("sheet-name-twice.xlsx")(
    lambda: zipped(
        book(sheets='<sheet name="表" sheetId="1" r:id="rId1"/><sheet name="表" sheetId="2" r:id="rId4"/>')
        | {
            "xl/_rels/workbook.xml.rels": rels(
                rId1="worksheet:worksheets/sheet1.xml", rId4="worksheet:worksheets/sheet2.xml"
            ),
            "xl/worksheets/sheet2.xml": part("worksheet", "<sheetData>" + cell("<v>2</v>") + "</sheetData>"),
        }
    )
)
file("members-differ-in-case.xlsx")(
    lambda: zipped(book() | {"xl/worksheets/SHEET1.xml": part("worksheet", "<sheetData/>")})
)
file("strict.xlsx")(
    lambda: zipped(
        {
            name: (
                content.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
                    RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
                )
                if isinstance(content, str)
                else content
            )
            for name, content in book().items()
        }
    )
)
file("wrong-dimension.xlsx")(
    lambda: zipped(
        book(cell("<v>1</v>") + cell("<v>2</v>", "", "C7"), before='<dimension ref="A1"/>'),
    )
)
file("too-many-sheets.xlsx")(
    lambda: zipped(book(sheets="".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 2100))))
)
file("too-many-members.xlsx")(lambda: zipped(book() | {f"xl/media/{n}.png": b"" for n in range(20_001)}))


@file("wrong-checksum.xlsx")
def wrong_checksum() -> bytes:
    data = bytearray(zipped(book()))
    entry = data.index(b"PK\x01\x02", data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")) - 60)
    data[entry + 16 : entry + 20] = b"\1\2\3\4"
    return bytes(data)


@file("lying-size.xlsx")
def lying_size() -> bytes:
    data = bytearray(zipped(book()))
    entry = data.index(b"PK\x01\x02", data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")) - 60)
    data[entry + 24 : entry + 28] = (2**31).to_bytes(4, "little")
    return bytes(data)


# ---------------------------------------------------------------- too much of something

file("far-corner.xlsx")(lambda: zipped(book(cell("<v>1</v>", "", "XFD1048576"))))
file("beyond-the-last-cell.xlsx")(lambda: zipped(book(cell("<v>1</v>", "", "XFE1048577"))))
file("merge-of-the-whole-sheet.xlsx")(
    lambda: zipped(book(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))
)
file("many-styled-rows.xlsx")(
    lambda: zipped(
        book(cell("<v>1</v>") + "".join(f'<row r="{n}" s="1" customFormat="1" ht="20"/>' for n in range(2, 300_000)))
    )
)
file("many-styles.xlsx")(lambda: zipped(book(styles=formats(*[0] * 200_000))))
file("many-merges.xlsx")(
    lambda: zipped(
        book(
            after="<mergeCells>" + "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 100_010)) + "</mergeCells>"
        )
    )
)
file("bomb.xlsx")(lambda: zipped(book(strings=" " * 40_000_000)))
file("deep.xlsx")(lambda: zipped(book("<a>" * 5000 + "</a>" * 5000)))
file("endless-tag.xlsx")(lambda: zipped(book("<c " + "x" * 20_000_000)))
file("long-formula-shared.xlsx")(
    lambda: zipped(
        book(
            cell(f'<f t="shared" si="0" ref="A1:A9000">{"A1+" * 2700}1</f><v>1</v>')
            + "".join(cell('<f t="shared" si="0"/><v>1</v>', "", f"A{n}") for n in range(2, 3000))
        )
    )
)


# ---------------------------------------------------------------- what must not be followed

DOCTYPE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
file("doctype.xlsx")(
    lambda: zipped(book() | {"xl/sharedStrings.xml": f"{DOCTYPE}<sst xmlns='{MAIN}'><si><t>&b;</t></si></sst>"})
)
file("doctype-in-a-drawing.xlsx")(lambda: zipped(book() | {"xl/drawings/drawing1.xml": f"{DOCTYPE}<a>&b;</a>"}))
file("outside-link.xlsx")(
    lambda: zipped(
        book(cell("<f>[1]表!A1</f><v>12</v>"))
        | {
            "xl/_rels/workbook.xml.rels": rels(
                rId1="worksheet:worksheets/sheet1.xml", rId8="externalLink:externalLinks/externalLink1.xml"
            ),
            "xl/externalLinks/externalLink1.xml": part("externalLink", '<externalBook r:id="rId1"/>'),
            "xl/externalLinks/_rels/externalLink1.xml.rels": rels(rId1="externalLinkPath:file:///secret.xlsx").replace(
                "/>", ' TargetMode="External"/>', 1
            ),
        }
    )
)
file("dde.xlsx")(
    lambda: zipped(
        book(cell("<f>[1]!'A0'</f><v>3</v>"))
        | {
            "xl/_rels/workbook.xml.rels": rels(
                rId1="worksheet:worksheets/sheet1.xml", rId8="externalLink:externalLinks/externalLink1.xml"
            ),
            "xl/externalLinks/externalLink1.xml": part(
                "externalLink", '<ddeLink ddeService="cmd" ddeTopic="/c calc.exe"/>'
            ),
        }
    )
)
file("macros.xlsm")(
    lambda: zipped(
        book()
        | {
            "[Content_Types].xml": types("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        }
    )
)
file("macros-named-xlsx.xlsx")(_MADE["macros.xlsm"])


# ---------------------------------------------------------------- what stands where nobody looks

file("hidden-sheet.xlsx")(lambda: zipped(book(sheets='<sheet name="控え" sheetId="1" state="hidden" r:id="rId1"/>')))
file("very-hidden-sheet.xlsx")(
    lambda: zipped(book(sheets='<sheet name="控え" sheetId="1" state="veryHidden" r:id="rId1"/>'))
)
file("under-a-merge.xlsx")(
    lambda: zipped(
        book(
            '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
            after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
        )
    )
)


# ---------------------------------------------------------------- values

file("no-number.xlsx")(lambda: zipped(book(cell("<v>八件</v>"))))
file("nan.xlsx")(lambda: zipped(book(cell("<v>NaN</v>"))))
file("infinite.xlsx")(lambda: zipped(book(cell("<v>1e999</v>") + cell("<v>-INF</v>", "", "A2"))))
file("half-character.xlsx")(lambda: zipped(book(cell("<is><t>_xD842_田</t></is>", "inlineStr"))))
file("whole-character-in-halves.xlsx")(lambda: zipped(book(cell("<is><t>_xD842__xDFB7_田</t></is>", "inlineStr"))))
file("escaped-return.xlsx")(lambda: zipped(book(cell("<is><t>一行目_x000D_\n二行目</t></is>", "inlineStr"))))
file("escaped-bell.xlsx")(lambda: zipped(book(cell("<is><t>件_x0007_</t></is>", "inlineStr"))))
file("raw-bell.xlsx")(lambda: zipped(book(cell("<is><t>件\x07</t></is>", "inlineStr"))))
file("raw-surrogate.xlsx")(
    lambda: zipped(
        book()
        | {
            "xl/worksheets/sheet1.xml": part(
                "worksheet", "<sheetData>" + cell("<is><t>HERE</t></is>", "inlineStr") + "</sheetData>"
            )
            .encode()
            .replace(b"HERE", b"\xed\xa1\x82")
        }
    )
)
file("error-values.xlsx")(lambda: zipped(book(cell("<v>#REF!</v>", "e") + cell("<f>1/0</f><v>#DIV/0!</v>", "e", "A2"))))
file("no-cache.xlsx")(lambda: zipped(book(cell("<f>SUM(B1:B9)</f>"))))
file("formula-like-text.xlsx")(lambda: zipped(book(cell("<is><t>=cmd|' /c calc'!A1</t></is>", "inlineStr"))))
file("dates-of-1904.xlsx")(
    lambda: zipped(
        book(
            cell("<v>43921</v>", "", "A1", 1) + cell("<v>0.5</v>", "", "A2", 2),
            properties='<workbookPr date1904="1"/>',
            styles=formats(0, 14, 20),
        )
    )
)
file("japanese-dates.xlsx")(
    lambda: zipped(
        book(
            "".join(cell("<v>45383</v>", "", f"A{n}", n) for n in range(1, 20)),
            styles=formats(0, *range(27, 37), *range(50, 59)),
        )
    )
)
file("dates-out-of-range.xlsx")(
    lambda: zipped(
        book(
            cell("<v>-5</v>", "", "A1", 1) + cell("<v>99999999</v>", "", "A2", 1) + cell("<v>45383</v>", "", "A3", 1),
            styles=formats(0, 14),
        )
    )
)


# ---------------------------------------------------------------- other formats


def ods(content: str, **more: bytes) -> bytes:
    namespaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    extension = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body>"
    members: Members = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<manifest/>",
        "content.xml": f'<?xml version="1.0"?><office:document-content{namespaces}{extension}>{body}</office:document-content>',
    }
    return zipped(members | more)


def ods_table(rows: str) -> str:
    return f'<table:table table:name="表">{rows}</table:table>'


_FLOAT = 'office:value-type="float" office:value="1"'
file("small.ods")(lambda: ods(ods_table(f"<table:table-row><table:table-cell {_FLOAT}/></table:table-row>")))
file("error-values.ods")(
    lambda: ods(
        ods_table(
            '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
            '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""'
            ' calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
            '<table:table-cell table:formula="of:=[.A1]"/></table:table-row>'
        )
    )
)
file("repeated-without-end.ods")(
    lambda: ods(
        ods_table(
            '<table:table-row table:number-rows-repeated="1048576">'
            f'<table:table-cell table:number-columns-repeated="16384" {_FLOAT}/></table:table-row>'
        )
    )
)
file("encrypted.ods")(
    lambda: ods(ods_table(""), **{"META-INF/manifest.xml": b"<manifest><encryption-data/></manifest>"})
)
file("doctype.ods")(lambda: ods(ods_table(""), **{"content.xml": f"{DOCTYPE}<a>&b;</a>".encode()}))
file("nonsense.xlsb")(
    lambda: zipped(
        {
            "[Content_Types].xml": types("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
            "xl/workbook.bin": struct.pack("<BBI", 0x83, 0x01, 0xFFFFFFFF) * 20,
        }
    )
)
file("nonsense.xls")(lambda: struct.pack("<HHHHHHI", 0x809, 16, 0x600, 5, 0, 0, 0) + b"\xff" * 400)


# ---------------------------------------------------------------- under a password


def locked(password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    # The library that encrypts handles only payloads that need whole sectors.
    noise = bytes((n * n * 31 + n * 7) >> 3 & 0xFF for n in range(40_000))
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(zipped(book() | {"xl/media/image1.png": noise}))).encrypt(password, target)
    return target.getvalue()


file("default-password.xlsx")(lambda: locked("VelvetSweatshop"))
file("password.xlsx")(lambda: locked(PASSWORD))
file("password-half-copied.xlsx")(lambda: locked(PASSWORD)[:6000])


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, maker in made().items():
        (Path(folder) / name).write_bytes(maker())


if __name__ == "__main__":
    main(*sys.argv[1:])
