"""A form that came back as a macro-enabled workbook: its answers are taken, its macros never."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

from xl_plan.pipeline.merging import run_merge

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def with_macros(package: bytes) -> bytes:
    """The same workbook as Excel saves it with macros."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(PLAIN, MACROS)
                data = data.replace(
                    b"<Default ",
                    b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default ',
                    1,
                )
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0MACRO-CODE")
    return made.getvalue()


def test_the_answers_are_taken_and_the_macros_are_not_carried(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(ROOT / "inbox", inbox)
    path = inbox / "障害福祉課.xlsx"
    path.with_suffix(".xlsm").write_bytes(with_macros(path.read_bytes()))
    path.unlink()
    clean = run_merge(ROOT / "inbox", TEMPLATE, tmp_path / "clean")
    done = run_merge(inbox, TEMPLATE, tmp_path / "out")
    assert {k: e.text for k, e in done.merged.entries.items()} == {k: e.text for k, e in clean.merged.entries.items()}
    before = [(f.code, f.place.number) for f in clean.findings]
    assert [(f.code, f.place.file) for f in done.findings if (f.code, f.place.number) not in before] == [
        ("XP152", "障害福祉課.xlsm")
    ]
    assert done.output is not None
    for written in (done.output, *done.returns):
        with zipfile.ZipFile(written) as package:
            assert not any("vba" in name.lower() for name in package.namelist())
            assert not any(b"MACRO-CODE" in package.read(name) for name in package.namelist())
