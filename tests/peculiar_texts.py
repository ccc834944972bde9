"""Texts that programs do not keep in a cell as they are, and two programs that open a workbook and save it again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

#: What programs lose, change or take for something else when they save a cell's text.
PECULIAR = (
    "一行目\n二行目",
    "改行\r\nと\r復帰",
    "タブ\tと\"引用\"と'一つ'と\\",
    "  前と後ろの空白　　",
    "\n",
    "制御\x00\x01\x0b\x1f\x7f\x85\u2028\u2029",
    "_x0041_ _x005F_ _x000D_",
    "片方の\ud800と\udfff",
    "\ufeff\ufffe\uffff",
    "叶\U000e0100う🏢",
    "=SUM(A1)",
    "'001",
    "|",
    "",
)


def by_libreoffice(data: bytes, kind: str, folder: Path) -> bytes:
    """A workbook saved by LibreOffice."""
    source, target = folder / "元.xlsx", folder / "again"
    source.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (target / f"元.{kind}").read_bytes()


def by_gnumeric(data: bytes, kind: str, folder: Path) -> bytes:
    """A workbook saved by Gnumeric; the test is skipped where that is not installed."""
    program = shutil.which("ssconvert")
    if program is None:
        pytest.skip("Gnumeric's ssconvert is not installed")
    source, target = folder / "元.xlsx", folder / f"again.{kind}"
    source.write_bytes(data)
    subprocess.run([program, str(source), str(target)], check=True, capture_output=True, timeout=120)
    return target.read_bytes()
