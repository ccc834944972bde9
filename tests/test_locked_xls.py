"""The old .xls under a password, whose records are encrypted inside an open file: as LibreOffice saves it (RC4), and with the
older XOR obfuscation, which is made here from that."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import olefile
import pytest
from click.testing import CliRunner
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from xl_plan.cli import main
from xl_plan.excel.locked import unlocked
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.pipeline.opening import refusal

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "templates" / "plan_template.xlsx"
FORM = "学童保育課.xlsx"
PASSWORD = "Kashiwa2024"
PYTHON_OF_OFFICE = "/usr/bin/python3"
SAVE = """
import subprocess, sys, time
import uno
from com.sun.star.beans import PropertyValue

def said(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one

source, target, kind, password, folder = sys.argv[1:]
pipe = f"pipe,name=xlplan{abs(hash(folder))};urp"
office = subprocess.Popen(
    ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", f"--accept={pipe}"]
)
try:
    local = uno.getComponentContext()
    find = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            context = find.resolve(f"uno:{pipe};StarOffice.ComponentContext")
            break
        except Exception:
            time.sleep(0.2)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL(f"file://{source}", "_blank", 0, (said("Hidden", True),))
    document.storeToURL(f"file://{target}", (said("FilterName", kind), said("Password", password)))
    document.close(True)
    try:
        desktop.terminate()
    except Exception:
        pass
finally:
    office.wait(60)
"""
pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def rc4(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if subprocess.run([PYTHON_OF_OFFICE, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("LibreOffice cannot be asked from Python (Debian: python3-uno)")
    folder = tmp_path_factory.mktemp("office")
    shutil.copyfile(ROOT / "inbox" / FORM, folder / "form.xlsx")
    (folder / "save.py").write_text(SAVE, encoding="utf-8")
    target = folder / "locked.xls"
    words = [str(folder / "form.xlsx"), str(target), "MS Excel 97", PASSWORD, str(folder)]
    subprocess.run([PYTHON_OF_OFFICE, str(folder / "save.py"), *words], capture_output=True, timeout=180, check=True)
    return target.read_bytes()


# ---------------------------------------------------------------- XOR, by [MS-OFFCRYPTO] 2.3.7 and [MS-XLS] 2.2.10
PLAIN = frozenset((0x809, 0x2F, 0x194, 0x195, 0xE1, 0x138, 0x196))  # records that are never obfuscated
BOUND_SHEET = 0x85


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def obfuscated(stream: bytes, password: str) -> bytes:
    pad = DocumentXOR.create_xor_array_method1(password)
    key = DocumentXOR.create_xor_key_method1(password)
    verifier = next(n for n in range(1 << 16) if DocumentXOR.verifypw(password, n))
    made = bytearray(stream)
    first = True
    for at, kind, record in records(stream):
        if kind == 0 and first and len(record) >= 6:  # what stood here said RC4
            first = False
            made[at : at + 4 + len(record)] = struct.pack("<HHHHH", 0x2F, len(record), 0, key, verifier).ljust(
                4 + len(record), b"\0"
            )
            continue
        kept = len(record) if kind in PLAIN else 4 if kind == BOUND_SHEET else 0
        for n in range(kept, len(record)):
            byte = record[n]
            made[at + 4 + n] = ((byte << 5 | byte >> 3) & 0xFF) ^ pad[(at + 4 + n + len(record)) % 16]
    assert not first
    return bytes(made)


@pytest.fixture(scope="module")
def xor(rc4: bytes) -> bytes:
    plain = unlocked(rc4, [PASSWORD])
    file = io.BytesIO(plain)
    with olefile.OleFileIO(file, write_mode=True) as compound:
        stream = compound.openstream("Workbook").read()
        compound.write_stream("Workbook", obfuscated(stream, PASSWORD))
    return file.getvalue()


@pytest.fixture(params=["rc4", "xor"])
def locked(request: pytest.FixtureRequest) -> bytes:
    data = request.getfixturevalue(request.param)
    assert isinstance(data, bytes)
    return data


# ---------------------------------------------------------------- what comes of it
def test_the_right_password_opens_it(locked: bytes) -> None:
    def texts(data: bytes, *passwords: str) -> dict[str, list[object]]:
        book = read_book(data, passwords=passwords)
        # What formulas show is reckoned again by whoever saves.
        return {s.name: [c.value for _, c in sorted(s.cells.items()) if len(str(c.value)) > 20] for s in book.sheets}

    assert texts(locked, "ちがう", PASSWORD) == texts((ROOT / "inbox" / FORM).read_bytes())


@pytest.mark.parametrize(
    ("passwords", "words"), [((), "パスワードが指定されていません"), (("wrong",), "指定されたパスワードでは開きません")]
)
def test_without_it_that_is_said_and_not_that_it_is_damaged(
    locked: bytes, passwords: tuple[str, ...], words: str
) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(locked, passwords=passwords)
    finding = refusal(FORM, locked, caught.value)
    assert finding.code == "XP140" and words in finding.message


def test_its_answers_are_merged_with_a_password_file(locked: bytes, tmp_path: Path) -> None:
    inbox, words = tmp_path / "inbox", tmp_path / "passwords.txt"
    inbox.mkdir()
    (inbox / "回答.xls").write_bytes(locked)
    words.write_text(f"{PASSWORD}\n", encoding="utf-8")
    command = ["merge", str(inbox), "--plan", str(PLAN), "--out", str(tmp_path / "out"), "--json"]
    done = json.loads(CliRunner().invoke(main, [*command, "--password-file", str(words)]).stdout)
    assert [(s["department"], s["state"]) for s in done["submissions"]] == [("学童保育課", "complete")]
    refused = json.loads(CliRunner().invoke(main, command).stdout)
    assert [s["state"] for s in refused["submissions"]] == ["refused"]
