"""All of a sheet that is not a cell: rows and columns, page, views, rules, charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from xl_plan.cells import (
    MAX_BREAKS,
    MAX_COLUMNS,
    MAX_ROW_HEIGHT,
    MAX_ROWS,
    Area,
    Book,
    Chart,
    Highlight,
    Page,
    Series,
    Sheet,
    Validation,
    column_name,
    parse_a1,
)
from xl_plan.excel.write_limits import (
    UnwritableCell,
    check_area,
    check_colour,
    check_position,
    check_text,
    done,
    utf16_length,
)
from xl_plan.excel.write_package import escape_controls
from xl_plan.excel.write_styles import Formats

PAPERS = {"A3": 8, "A4": 9, "A5": 11, "B4": 12, "B5": 13}
_DEFAULT_ROW = 20  # pixels; a row of just this height would be left out of the file and be fitted by Excel
_DEFAULT_COLUMN = 64  # pixels
_DIGIT = 7  # pixels of a digit of the Normal font
_PADDING = 5  # pixels


def written_height(points: float) -> float:
    """The height a row really gets: whole pixels of 0.75 points, never less than asked for, and 15.75 for 15."""
    return _row_pixels(points) * 0.75


def _row_pixels(points: float) -> int:
    pixels = math.ceil(points * 4 / 3 - 1e-6)
    return _DEFAULT_ROW + 1 if pixels == _DEFAULT_ROW else pixels


def column_pixels(characters: float) -> int:
    """Pixels of a column of so many characters: Excel adds 5 of padding, and grows into them below one character."""
    if characters < 1:
        return int(characters * (_DIGIT + _PADDING) + 0.5)
    return int(characters * _DIGIT + 0.5) + _PADDING


def write_heights(worksheet: Any, sheet: Sheet) -> None:
    """Check every height. They stand in our rows; the library learns those by which it places charts and notes."""
    places = bool(sheet.charts) or any(cell.note is not None for cell in sheet.cells.values())
    for row in sorted(sheet.heights.keys() | sheet.hidden_rows):
        address = str(row + 1)
        if not 0 <= row < MAX_ROWS:
            raise UnwritableCell(sheet.name, address, "out-of-range")
        points = sheet.heights.get(row)
        if points is not None and not 0 <= points <= MAX_ROW_HEIGHT:
            raise UnwritableCell(sheet.name, address, "row-height", str(points))
        if places:
            pixels = None if points is None else _row_pixels(points)
            options = {"hidden": row in sheet.hidden_rows}
            done(worksheet.set_row_pixels(row, pixels, None, options), sheet.name, address)


def write_columns(worksheet: Any, sheet: Sheet) -> None:
    """Widths are those that Excel shows; the file says them with the padding (10 is written as 10.7109375)."""
    folded = sheet.outline_columns & sheet.hidden_columns
    # Excel shows the [+] of a folded group on the column after it.
    buttons = {col + 1 for col in folded} - folded
    for col in sorted(sheet.widths.keys() | sheet.hidden_columns | sheet.outline_columns | buttons):
        address = column_name(col)
        if not 0 <= col < MAX_COLUMNS:
            if col in buttons:
                continue
            raise UnwritableCell(sheet.name, address, "out-of-range")
        width = sheet.widths.get(col)
        if width is not None and not 0 <= width <= 255:
            raise UnwritableCell(sheet.name, address, "column-width", str(width))
        pixels = _DEFAULT_COLUMN if width is None else column_pixels(width)
        options = {
            "hidden": col in sheet.hidden_columns or pixels == 0,
            "level": int(col in sheet.outline_columns),
            "collapsed": col in buttons,
        }
        done(worksheet.set_column_pixels(col, col, pixels, None, options), sheet.name, address)


def write_view(worksheet: Any, sheet: Sheet) -> None:
    if not 10 <= sheet.zoom <= 400:
        raise UnwritableCell(sheet.name, "", "page", f"zoom {sheet.zoom}")
    worksheet.set_zoom(int(sheet.zoom))
    if sheet.freeze and sheet.freeze != (0, 0):
        check_position(sheet.name, *sheet.freeze)
        worksheet.freeze_panes(*sheet.freeze)
    if sheet.filter:
        done(worksheet.autofilter(*check_area(sheet.name, sheet.filter)), sheet.name, sheet.filter.a1)
    if sheet.tab_colour:
        worksheet.set_tab_color(check_colour(sheet.name, "", sheet.tab_colour))
    if not sheet.gridlines:
        worksheet.hide_gridlines(2)
    if sheet.state == "hidden":
        worksheet.hide()
    elif sheet.state == "veryHidden":
        worksheet.very_hidden()
    if sheet.protection:
        options = {
            "format_columns": sheet.protection.format_columns,
            "format_rows": sheet.protection.format_rows,
            "autofilter": sheet.protection.filter_rows,
        }
        worksheet.protect("", options)


def write_page(worksheet: Any, sheet: Sheet) -> None:
    page, name = sheet.page, sheet.name
    worksheet.set_paper(_paper(page.paper, name))
    if page.landscape:
        worksheet.set_landscape()
    margins = (page.left, page.right, page.top, page.bottom, page.head_margin, page.foot_margin)
    if not all(0 <= margin < 49 for margin in margins):
        raise UnwritableCell(name, "", "page", f"margins {margins}")
    worksheet.set_margins(*map(float, margins[:4]))
    _write_header_footer(worksheet, page, name)
    _write_scale(worksheet, page, name)
    if page.centre:
        worksheet.center_horizontally()
    if page.print_area:
        done(worksheet.print_area(*check_area(name, page.print_area)), name, page.print_area.a1)
    if page.repeat_rows:
        check_position(name, page.repeat_rows[0], 0)
        check_position(name, page.repeat_rows[1], 0)
        worksheet.repeat_rows(*page.repeat_rows)
    if page.row_breaks:
        breaks = sorted({row for row in page.row_breaks if row > 0})
        if len(breaks) > MAX_BREAKS:  # the library would leave out the rest
            raise UnwritableCell(name, "", "page", f"{len(breaks)} breaks > {MAX_BREAKS}")
        worksheet.set_h_pagebreaks(breaks)


def _paper(paper: str, sheet: str) -> int:
    if paper in PAPERS:
        return PAPERS[paper]
    if paper.isascii() and paper.isdigit():
        return int(paper)
    raise UnwritableCell(sheet, "", "page", f"paper {paper}")


def _write_header_footer(worksheet: Any, page: Page, sheet: str) -> None:
    head = (worksheet.set_header, page.header, page.head_margin)
    foot = (worksheet.set_footer, page.footer, page.foot_margin)
    for write, text, margin in (head, foot):
        escaped = escape_controls(check_text(sheet, "", text, 255, "page")).replace("_x000D_", "")
        if "&G" in escaped or "&[Picture]" in escaped:  # a picture, which no book has
            raise UnwritableCell(sheet, "", "page", text)
        if text or margin != 0.3:
            write(escaped, {"margin": float(margin)})


def _write_scale(worksheet: Any, page: Page, sheet: str) -> None:
    if page.fit is not None:
        wide, tall = page.fit
        if not (0 <= wide <= 32767 and 0 <= tall <= 32767):
            raise UnwritableCell(sheet, "", "page", f"fit {page.fit}")
        worksheet.fit_to_pages(wide, tall)
    elif page.scale != 100:
        if not 10 <= page.scale <= 400:
            raise UnwritableCell(sheet, "", "page", f"scale {page.scale}")
        worksheet.set_print_scale(int(page.scale))


def write_validations(worksheet: Any, sheet: Sheet) -> None:
    for validation in sheet.validations:
        if not validation.areas:
            continue
        for area in validation.areas:
            check_area(sheet.name, area)
        first = validation.areas[0]
        if validation.kind != "any" and not validation.source:
            # A rule that a book cannot express was read without its condition: its message is what is left of it.
            validation = replace(validation, kind="any")  # noqa: PLW2901
        options = _validation(validation, sheet.name, first.a1)
        if validation.kind == "any" and not (validation.title or validation.message):
            continue  # says nothing, which the library refuses
        options["other_cells"] = [list(area) for area in validation.areas[1:]]
        done(worksheet.data_validation(*first, options), sheet.name, first.a1, "validation")


def _validation(validation: Validation, sheet: str, cell: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "validate": {"textLength": "length"}.get(validation.kind, validation.kind),
        "error_type": validation.error_style,
    }
    texts = (
        ("input_title", validation.title, 32),
        ("input_message", validation.message, 255),
        ("error_title", validation.error_title, 32),
        ("error_message", validation.error_message, 255),
    )
    for key, text, limit in texts:
        # Escapes count: a message that needs them is rare, and the library counts what it gets.
        escaped = check_text(sheet, cell, escape_controls(text), limit, "validation")
        if text:
            options[key] = escaped
    return options | _validation_source(validation, sheet, cell)


def _validation_source(validation: Validation, sheet: str, cell: str) -> dict[str, Any]:
    source = validation.source
    if validation.kind == "any":
        return {}
    if validation.kind == "textLength":
        return _length_limits(source, sheet, cell)
    if isinstance(source, str):
        return {"value": f"={check_text(sheet, cell, source, 8192, 'validation').removeprefix('=')}"}
    choices = [check_text(sheet, cell, choice, 255, "validation") for choice in source]
    if any("," in choice for choice in choices) or utf16_length(",".join(choices)) > 255:
        raise UnwritableCell(sheet, cell, "validation", ",".join(choices))
    # The list stands in a formula as one text: quotes are doubled there.
    return {"value": [choice.replace('"', '""') for choice in choices]}


def _length_limits(source: str | tuple[str, ...], sheet: str, cell: str) -> dict[str, Any]:
    """One number is the most letters allowed, two are the fewest and the most."""
    limits: Sequence[str] = (source,) if isinstance(source, str) else source
    if len(limits) == 1:
        return {"criteria": "<=", "value": limits[0]}
    if len(limits) == 2:
        return {"criteria": "between", "minimum": limits[0], "maximum": limits[1]}
    raise UnwritableCell(sheet, cell, "validation", str(source))


def write_highlights(worksheet: Any, sheet: Sheet, formats: Formats) -> None:
    for highlight in sheet.highlights:
        _write_highlight(worksheet, sheet.name, highlight, formats)


def _write_highlight(worksheet: Any, sheet: str, highlight: Highlight, formats: Formats) -> None:
    area = check_area(sheet, highlight.area)
    formula = check_text(sheet, area.a1, highlight.formula, 8192).removeprefix("=")
    look = formats.of_highlight(sheet, area.a1, highlight.fill, highlight.colour, highlight.bold)
    options = {"type": "formula", "criteria": f"={formula}", "format": look}
    done(worksheet.conditional_format(*area, options), sheet, area.a1)


def write_charts(workbook: Any, worksheet: Any, sheet: Sheet) -> None:
    for chart in sheet.charts:
        address = check_position(sheet.name, *chart.at)
        native = _chart(workbook, chart, sheet.name, address)
        options: dict[str, Any] = {"description": chart.alt} if chart.alt else {"decorative": True}
        options |= {"x_offset": chart.offset[0], "y_offset": chart.offset[1]}
        check_text(sheet.name, address, chart.alt, 32767, "chart")
        done(worksheet.insert_chart(*chart.at, native, options), sheet.name, address, "chart")


def drawn_areas(book: Book) -> dict[str, tuple[Area, ...]]:
    """Sheet → the areas whose figures some chart of the book shows."""
    references = [
        reference
        for sheet in book.sheets
        for chart in sheet.charts
        for series in chart.series
        for reference in (series.values, series.categories)
    ]
    areas: dict[str, list[Area]] = {}
    for reference in dict.fromkeys(references):
        name, _, place = reference.removeprefix("=").rpartition("!")
        first, _, last = place.partition(":")
        try:
            area = Area(*parse_a1(first), *parse_a1(last or first))
        except ValueError:  # a name or a formula: the chart keeps no figures, and shows those of the sheet
            continue
        plain = name[1:-1].replace("''", "'") if name.startswith("'") else name
        areas.setdefault(plain, []).append(area)
    return {name: tuple(found) for name, found in areas.items()}


def _chart(workbook: Any, chart: Chart, sheet: str, address: str) -> Any:
    if not chart.series:
        raise UnwritableCell(sheet, address, "chart", "no series")
    kind = {"type": chart.kind, "subtype": "stacked"} if chart.stacked else {"type": chart.kind}
    native = workbook.add_chart(kind)
    for series in chart.series:
        native.add_series(_series(chart, series, sheet, address))
    if chart.title:
        native.set_title({"name": _literal(chart.title, sheet, address), "name_font": _chart_font(chart, 11)})
    else:
        native.set_title({"none": True})
    legend = {"position": "bottom", "font": _chart_font(chart, 9)}
    native.set_legend(legend if len(chart.series) > 1 else {"none": True})
    # Bars lie with the first category on top, as in the table they show.
    turned = {"reverse": True, "crossing": "max"} if chart.kind == "bar" else {}
    if chart.font or turned:
        native.set_y_axis({"num_font": _chart_font(chart, 9)} | turned)
    if chart.font or chart.percent:
        native.set_x_axis({"num_font": _chart_font(chart, 9)})
    values = {"num_font": _chart_font(chart, 9), "num_format": "0%"} if chart.percent else {}
    if values and chart.kind == "bar":
        native.set_x_axis(values | {"min": 0})
    elif values:
        native.set_y_axis(values)
    native.show_hidden_data()  # the figures often stand in helper columns
    native.set_size({"width": chart.size[0], "height": chart.size[1]})
    return native


def _series(chart: Chart, series: Series, sheet: str, address: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": _literal(series.name, sheet, address),
        "values": f"={check_text(sheet, address, series.values, 8192, 'chart').removeprefix('=')}",
        "categories": f"={check_text(sheet, address, series.categories, 8192, 'chart').removeprefix('=')}",
    }
    colour = check_colour(sheet, address, series.colour) if series.colour else None
    if chart.kind == "line":
        line: dict[str, Any] = {"color": colour} if colour else {}
        options["line"] = line | ({"dash_type": "dash"} if series.dashed else {})
        if not series.dashed and any(other.dashed for other in chart.series):
            options["marker"] = {"type": "circle", "size": 5} | (
                {"fill": {"color": colour}, "border": {"color": colour}} if colour else {}
            )
    elif series.pattern:
        options["pattern"] = {"pattern": series.pattern, "fg_color": colour or "#000000", "bg_color": "#FFFFFF"}
        options["border"] = {"color": "#404040", "width": 0.5}
    elif colour:
        options["fill"] = {"color": colour}
        options["border"] = {"color": "#404040", "width": 0.5}
    if chart.kind != "line":
        options["gap"] = 60
    if chart.labels:
        dark = chart.stacked and colour is not None and not series.pattern and _dark(colour)
        font = _chart_font(chart, 9) | ({"color": "#FFFFFF"} if dark else {})
        # A count of nothing has no label.
        options["data_labels"] = {"value": True, "font": font, "num_format": "0%" if chart.percent else "0;-0;"}
    return options


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red * 299 + green * 587 + blue * 114 < 128_000


def _chart_font(chart: Chart, size: float) -> dict[str, Any]:
    return {"size": size, "bold": False} | ({"name": chart.font} if chart.font else {})


def _literal(text: str, sheet: str, address: str) -> str:
    """Names in charts are text; with a leading = the library would make them references."""
    check_text(sheet, address, text, 255, "chart")
    if text.startswith("="):
        raise UnwritableCell(sheet, address, "chart", text)
    return escape_controls(text)
