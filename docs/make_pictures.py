"""Make the pictures of README and the manuals again, all from real output.

    python docs/make_pictures.py [NAME …]

Runs a round on the shipped plan and inbox in a temporary folder, prints the sheets with LibreOffice, and takes a
screenshot of the HTML page with Chromium. Needs LibreOffice Calc, poppler (pdftoppm), Chromium, and the fonts BIZ
UDGothic and Carlito. Without names it makes all of PICTURES.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl

from xl_plan.cells import Area, Book, Page, Sheet
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.issue.issued import issued_in
from xl_plan.pipeline.merging import run_merge
from xl_plan.pipeline.rounds import run_split
from xl_plan.pipeline.viewing import run_view

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
PLAN = ROOT / "templates" / "plan_template.xlsx"
LARGEST = 300_000  # bytes of a picture
_PAPERS = {"A3": (420 / 25.4, 297 / 25.4), "A4": (297 / 25.4, 210 / 25.4)}
_FAULTY = "福祉政策課"


@dataclass(frozen=True)
class Shot:
    """A picture of a sheet: ``file`` of the round, the part of the page that is shown (hundredths: left, top, width,
    height), and with ``screen`` also what stands outside the print area."""

    file: str
    sheet: str
    part: tuple[float, float, float, float] = (3, 3, 94, 94)
    dpi: int = 80
    screen: bool = False


OUTPUT = "out/進捗状況_R5.xlsx"
PICTURES: Mapping[str, Shot | str] = {
    "progress-sheet.png": Shot(OUTPUT, "柱2", (3, 1.6, 92, 77.9), 82),
    "plan-settings.png": Shot("plan.xlsx", "設定", (3, 3, 94, 60), 70),
    "form-guide.png": Shot(f"out/調査票/{_FAULTY}.xlsx", "記入要領", (6, 4, 88, 72), 80),
    "form-sheet.png": Shot(f"out/調査票/{_FAULTY}.xlsx", "柱2", (3, 3, 94, 60), 90, screen=True),
    "status.png": Shot(OUTPUT, "提出状況", (3, 4, 94, 45)),
    "findings.png": Shot(OUTPUT, "確認事項", (2, 4, 96, 50)),
    "spelling.png": Shot(OUTPUT, "表記ゆれ", (2, 4, 96, 45)),
    "progress.png": Shot(OUTPUT, "達成状況", (4, 4, 90, 87), 70),
    "return.png": Shot(f"out/修正依頼/{_FAULTY}.xlsx", "確認事項", (2, 4, 96, 30)),
    "view.png": "html",
}


def a_round(folder: Path) -> None:
    """The round of the pictures: the shipped inbox, in which one department slipped twice and one is missing."""
    shutil.copytree(ROOT / "inbox", folder / "inbox")
    shutil.copyfile(PLAN, folder / "plan.xlsx")
    (folder / "inbox" / "学童保育課.xlsx").unlink()
    path = folder / "inbox" / f"{_FAULTY}.xlsx"
    book = openpyxl.load_workbook(path)
    said = issued_in(read_book(path.read_bytes()))
    assert said is not None, path
    issued, where = said
    mine = next(key for key in issued.cells if key in issued.owned)
    foreign = next(key for key in issued.cells if key[1] == "actual:2022" and key not in issued.owned)
    for (sheet, (row, col)), answer in ((where[mine], "同上"), (where[foreign], 98765)):
        book[sheet].cell(row + 1, col + 1).value = answer
    book.save(path)
    run_split(folder / "plan.xlsx", folder / "out")
    run_merge(folder / "inbox", folder / "plan.xlsx", folder / "out")
    run_view(folder / "inbox", folder / "plan.xlsx", folder / "out")


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def first_page(book: Book, name: str) -> int:
    """The page on which a sheet begins in the printed book."""
    before = [sheet for sheet in book.sheets[: [s.name for s in book.sheets].index(name)] if sheet.state == "visible"]
    return 1 + sum(len(sheet.page.row_breaks) + 1 for sheet in before)


def on_screen(book: Book, shot: Shot) -> Sheet:
    """The sheet of a picture with all its columns, also those outside the print area."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == shot.sheet)
    last = max(col for _, col in sheet.cells)
    rows = sheet.page.print_area.bottom if sheet.page.print_area else max(row for row, _ in sheet.cells)
    page = Page(sheet.page.paper, landscape=True, fit=(1, 0), print_area=Area(0, 0, rows, last))
    return replace(sheet, page=page)


def take(name: str, shot: Shot, folder: Path) -> None:
    """Print the workbook as it was written, charts and all, and cut the picture out of the sheet's first page."""
    data = (folder / shot.file).read_bytes()
    book = read_book(data)
    sheet = next(sheet for sheet in book.sheets if sheet.name == shot.sheet)
    if shot.screen:
        sheet = on_screen(book, shot)
        data = book_bytes(replace(book, sheets=tuple(sheet if s.name == shot.sheet else s for s in book.sheets)))
    made = folder / "shots" / name.replace(".png", ".xlsx")
    made.parent.mkdir(exist_ok=True)
    made.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", made.parent, made)
    long, short = _PAPERS[sheet.page.paper]
    width, height = (long, short) if sheet.page.landscape else (short, long)
    left, top, wide, high = shot.part
    box = {"-x": left * width, "-y": top * height, "-W": wide * width, "-H": high * height}
    sizes = [part for option, value in box.items() for part in (option, str(round(value * shot.dpi / 100)))]
    target, page = (FOLDER / name).with_suffix(""), str(first_page(book, shot.sheet))
    run(
        "pdftoppm",
        "-png",
        "-singlefile",
        "-r",
        str(shot.dpi),
        "-f",
        page,
        "-l",
        page,
        *sizes,
        made.with_suffix(".pdf"),
        target,
    )


def photograph(name: str, folder: Path) -> None:
    """The HTML page as Chromium shows it."""
    (page,) = (folder / "out").glob("*.html")
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    size = "--window-size=1100,900"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb", size)
    run(browser, *options, f"--screenshot={FOLDER / name}", page.as_uri())


def main(*names: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        a_round(folder)
        for name in names or tuple(PICTURES):
            shot = PICTURES[name]
            if isinstance(shot, Shot):
                take(name, shot, folder)
            else:
                photograph(name, folder)
            size = (FOLDER / name).stat().st_size
            print(name, size, "too large" if size > LARGEST else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
