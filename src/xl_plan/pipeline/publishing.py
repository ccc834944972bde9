"""Publishing: the 配布用 copy, and the PDF through LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from xl_plan.pipeline.common import (
    Progress,
    Written,
    no_progress,
    plan_with_book,
)
from xl_plan.pipeline.writing import put_beside, write_output
from xl_plan.publication import publication

PREFIX = "配布用_"
_SECONDS = 600
_WORK = "配布用のブックを作っています"


def run_publish(workbook: Path, out: Path, progress: Progress = no_progress) -> Written:
    """The 配布用 copy of a plan workbook, values only. Raises CannotRun where it cannot be read or written."""
    plan, book = plan_with_book(workbook)
    progress(_WORK, 1, 3)
    target = out / f"{PREFIX}{workbook.stem}.xlsx"
    public, findings = publication(book, plan)
    progress(_WORK, 2, 3)
    written, notices = write_output(public, target)
    progress(_WORK, 3, 3)
    return Written(written, (*findings, *notices))


def write_pdf(workbook: Path) -> tuple[Path | None, str]:
    """The PDF of a workbook beside it, as LibreOffice prints it, and what is to be said of it; None where there is none."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None, "LibreOfficeが見つからないため、PDFは書き出していません。Excelで開き、PDFとして保存してください。"
    target = workbook.with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", name, str(workbook)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
            data = (folder / target.name).read_bytes()
        except (subprocess.SubprocessError, OSError):
            return (
                None,
                "LibreOfficeがPDFを作れなかったため、PDFは書き出していません。Excelで開き、PDFとして保存してください。",
            )
    written, notices = put_beside(target, data)
    return written, "".join(notice.message + notice.remedy for notice in notices)
