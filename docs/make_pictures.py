"""Make the README's picture again: the first page of the consolidated workbook, as LibreOffice prints it.

    python docs/make_pictures.py

Merges the shipped inbox into a temporary folder, converts the workbook to PDF and its first page to PNG. Needs
LibreOffice Calc, poppler (pdftoppm), and the fonts BIZ UDGothic and Carlito.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "progress-sheet.png"
DPI = 90
# The part of an A3 page inside its margins, in hundredths of the page: left, top, width, height.
SHOWN = (3, 1.6, 92, 77.9)
A3_LANDSCAPE_INCHES = (420 / 25.4, 297 / 25.4)


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def main() -> None:
    width, height = (DPI * inches / 100 for inches in A3_LANDSCAPE_INCHES)
    crop = {"-x": SHOWN[0] * width, "-y": SHOWN[1] * height, "-W": SHOWN[2] * width, "-H": SHOWN[3] * height}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "xl_plan", "merge", "inbox", "--out", folder, "--quiet")
        (workbook,) = folder.glob("*.xlsx")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, workbook)
        sizes = [part for option, value in crop.items() for part in (option, str(round(value)))]
        pdf = workbook.with_suffix(".pdf")
        run("pdftoppm", "-png", "-singlefile", "-r", str(DPI), "-l", "1", *sizes, pdf, PICTURE.with_suffix(""))
    print(PICTURE.relative_to(ROOT), PICTURE.stat().st_size)


if __name__ == "__main__":
    main()
