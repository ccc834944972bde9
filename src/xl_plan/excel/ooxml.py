"""A workbook in Office Open XML (.xlsx, .xlsm), both dialects, read to a :class:`Book`.

The common libraries are not used here: openpyxl joins struck-through runs into the text, turns serial numbers into
dates, sees no sheets in the strict dialect, hangs on small hostile files and takes several times as long; calamine
gives values without looks, and aborts the process on files that lie about their counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from xl_plan.cells import Area, Book, Oddity, Properties, Sheet
from xl_plan.excel.package import Attributes, Limits, Package, Relation, Walker, related, truth
from xl_plan.excel.richtext import RichString, Strings, unescape
from xl_plan.excel.rows import Budget
from xl_plan.excel.styles import Styles
from xl_plan.excel.unreadable import UnreadableWorkbook
from xl_plan.excel.validations import area_or_none
from xl_plan.excel.worksheet import Entry, Shared, SheetReader, State

_MAX_NAMES = 100_000
_MAX_REFERENCE = 4_000
_MAX_LINK = 200  # characters that are quoted
_MAX_LINKS = 100
_SHEET_NAME = re.compile(r"(?:'(?:[^']|'')*+'|[^',!]++)!")
_WHOLE_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")
_TEXT_PARTS = {"title": "title", "subject": "subject", "creator": "author", "keywords": "keywords"}


@dataclass(slots=True)
class _Outline:
    """What the workbook part says."""

    sheets: list[Attributes] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    local_names: dict[tuple[int, str], str] = field(default_factory=dict)
    date1904: bool = False


def read_ooxml(data: bytes, limits: Limits) -> Book:
    """The workbook in ``data``, or UnreadableWorkbook."""
    package = Package(data, limits)
    roots = package.relations("")
    part = _main_part(package, roots)
    outline = _read_outline(package, part)
    relations = package.relations(part)
    entries = [_entry(attributes, relations, package) for attributes in outline.sheets]
    if not entries:
        raise UnreadableWorkbook("damaged", "no sheets")
    if len(entries) > limits.sheets:
        raise UnreadableWorkbook("too-large", f"{len(entries)} sheets")
    shared = Shared(
        package=package,
        styles=_read_styles(package, relations),
        strings=_read_strings(package, relations),
        date1904=outline.date1904,
        budget=Budget(cells=limits.cells, styled_blanks=limits.styled_blanks),
    )
    sheets = tuple(_with_print_names(_read_sheet(shared, entry), index, outline) for index, entry in enumerate(entries))
    book = Book(
        sheets=sheets,
        properties=_read_properties(package, roots),
        names=outline.names,
        date1904=outline.date1904,
        has_macros=_has_macros(package, relations),
        oddities=(*_links(package, relations), *shared.oddities),
    )
    package.refuse_doctypes()
    return book


def _main_part(package: Package, roots: dict[str, Relation]) -> str:
    named = [relation.target for relation in roots.values() if relation.kind == "officeDocument"]
    part = package.find(*named, "xl/workbook.xml", "workbook.xml")
    if part is None:
        raise UnreadableWorkbook("damaged", "workbook part missing")
    return part


def _read_outline(package: Package, part: str) -> _Outline:
    outline = _Outline()
    open_name: Attributes = {}

    def properties(attributes: Attributes) -> None:
        outline.date1904 = truth(attributes, "date1904")

    def name(attributes: Attributes) -> None:
        nonlocal open_name
        open_name = attributes

    def reference(text: str) -> None:
        title, scope = unescape(open_name.get("name", "")), open_name.get("localSheetId")
        if len(outline.names) + len(outline.local_names) >= _MAX_NAMES:
            return
        if scope is None:
            outline.names.setdefault(title, text)
        elif scope.isdecimal() and len(scope) < 10:
            outline.local_names.setdefault((int(scope), title.removeprefix("_xlnm.")), text)

    starts = {
        "workbook/workbookPr": properties,
        "sheets/sheet": outline.sheets.append,
        "definedNames/definedName": name,
    }
    package.walk(part, starts, {"definedNames/definedName": reference})
    return outline


def _entry(attributes: Attributes, relations: dict[str, Relation], package: Package) -> Entry:
    name, said = unescape(attributes.get("name", "")), attributes.get("state", "visible")
    state: State = "hidden" if said == "hidden" else "veryHidden" if said == "veryHidden" else "visible"
    relation = relations.get(related(attributes))
    if relation is None:
        raise UnreadableWorkbook("damaged", f"sheet without part: {name}")
    return Entry(name, state, relation.kind, relation.target)


def _read_sheet(shared: Shared, entry: Entry) -> Sheet:
    if entry.kind == "worksheet":
        return SheetReader(shared, entry).read()
    # Charts, dialogs and macros on sheets of their own have no cells for us, but keep their place in the order.
    return Sheet(name=entry.name, cells={}, heights={}, widths={}, state=entry.state)


def _part(package: Package, relations: dict[str, Relation], kind: str, usual: str) -> str | None:
    return package.find(*(relation.target for relation in relations.values() if relation.kind == kind), usual)


def _read_styles(package: Package, relations: dict[str, Relation]) -> Styles:
    styles = Styles()
    if part := _part(package, relations, "styles", "xl/styles.xml"):
        styles.read(package, part)
    if part := _part(package, relations, "theme", "xl/theme/theme1.xml"):
        try:
            styles.colours.read_theme(package, part)
        except UnreadableWorkbook as error:
            if error.kind != "damaged":
                raise
    return styles


def _read_strings(package: Package, relations: dict[str, Relation]) -> list[str | RichString]:
    strings = Strings(package.limits.strings)
    if part := _part(package, relations, "sharedStrings", "xl/sharedStrings.xml"):
        package.feed(part, Walker({}, delegate="/sst", to=strings))
    return strings.found


def _read_properties(package: Package, roots: dict[str, Relation]) -> Properties:
    """The document's properties; what says nothing of the answers may be damaged."""
    found: dict[str, str] = {}

    def keep(name: str) -> Callable[[str], object]:
        return lambda text: found.setdefault(name, unescape(text))

    core = {f"coreProperties/{element}": keep(name) for element, name in _TEXT_PARTS.items()}
    core["coreProperties/modified"] = keep("modified")
    app = {"Properties/Company": keep("company"), "Properties/Application": keep("application")}
    kinds = (("core-properties", "docProps/core.xml", core), ("extended-properties", "docProps/app.xml", app))
    for kind, usual, ends in kinds:
        part = _part(package, roots, kind, usual)
        try:
            if part:
                package.walk(part, {}, ends)
        except UnreadableWorkbook as error:
            if error.kind != "damaged":
                raise
    return Properties(**found)


def _has_macros(package: Package, relations: dict[str, Relation]) -> bool:
    kinds = {relation.kind for relation in relations.values()}
    return bool(kinds & {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}) or any(
        name.endswith("vbaproject.bin") for name in package.names()
    )


def _links(package: Package, relations: dict[str, Relation]) -> Iterator[Oddity]:
    """What the workbook draws on from outside. Nothing of it is ever opened."""
    for relation in relations.values():
        if relation.kind == "connections":
            yield Oddity("connection")
        elif relation.kind == "externalLink" and relation.target in package:
            yield from _link(package, relation.target)


def _link(package: Package, part: str) -> list[Oddity]:
    found: list[Oddity] = []
    targets = [other.target for other in package.relations(part).values() if other.external]
    starts: dict[str, Callable[[Attributes], object]] = {
        "externalLink/externalBook": lambda _: found.append(Oddity("link", text="、".join(targets)[:_MAX_LINK])),
        "externalLink/ddeLink": lambda says: found.append(
            Oddity("dde", text=f"{says.get('ddeService', '')}|{says.get('ddeTopic', '')}"[:_MAX_LINK])
        ),
        "externalLink/oleLink": lambda says: found.append(Oddity("dde", text=says.get("progId", "")[:_MAX_LINK])),
    }
    package.walk(part, starts)
    return found[:_MAX_LINKS]


def _with_print_names(sheet: Sheet, index: int, outline: _Outline) -> Sheet:
    area, titles = (
        _SHEET_NAME.sub("", reference) if len(reference) <= _MAX_REFERENCE else ""
        for reference in (outline.local_names.get((index, name), "") for name in ("Print_Area", "Print_Titles"))
    )
    if not area and not titles:
        return sheet
    page = replace(sheet.page, print_area=_around(area), repeat_rows=_rows(titles))
    return replace(sheet, page=page)


def _around(references: str) -> Area | None:
    """The area that holds all the print areas; None where one of them is no plain reference."""
    if not references:
        return None
    areas = [area_or_none(reference) for reference in references.split(",")]
    plain = [area for area in areas if area is not None]
    if len(plain) < len(areas):
        return None
    return Area(
        min(area.top for area in plain),
        min(area.left for area in plain),
        max(area.bottom for area in plain),
        max(area.right for area in plain),
    )


def _rows(references: str) -> tuple[int, int] | None:
    for reference in references.split(","):
        if match := _WHOLE_ROWS.fullmatch(reference.strip()):
            first, last = sorted((int(match[1]) - 1, int(match[2]) - 1))
            return (first, last) if first >= 0 else None
    return None
