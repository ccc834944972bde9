"""The same form saved by other programs merges to the same cells and the same findings."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from xl_plan.findings import Severity

from .clean import Clean, Result
from .hands import edited, put
from .mutations import ACTUAL, FILE, NARRATIVE

#: What a program loses is said in one of these, and in nothing else.
LOSSES = {"XP109", "XP149", "XP150"}
#: A percentage, a number with a unit, full-width text, a refused answer, a blank and a changed past value.
FAULTS = (
    put("柱2(3)②イ", NARRATIVE, "同上"),
    put("柱2(1)②ウ", ACTUAL, None),
    put("柱2(1)①イ", "actual:2022", 1328),
    put("柱2(3)②ア", ACTUAL, "１8名"),
)


@pytest.fixture(scope="module")
def faulty(clean: Clean) -> bytes:
    return edited(clean.files[FILE], *FAULTS)


@pytest.fixture(scope="module")
def converted(clean: Clean, faulty: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every form of the round and the faulty one, saved by LibreOffice in each of its formats (one start a format)."""
    folder = tmp_path_factory.mktemp("programs")
    source = folder / "in"
    source.mkdir()
    for name, data in clean.files.items():
        (source / name).write_bytes(data)
    (source / f"faulty_{FILE}").write_bytes(faulty)
    made = {}
    for kind, convert in (("xlsx", "xlsx:Calc MS Excel 2007 XML"), ("xls", "xls:MS Excel 97"), ("ods", "ods")):
        made[kind] = folder / kind
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", convert,
             "--outdir", str(made[kind]), *map(str, sorted(source.glob("*.xlsx")))],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
    return made


def assert_same(result: Result, other: Result) -> None:
    """The same cells of the output and the same findings, up to what the saving program lost."""
    assert dict(result.cells) == dict(other.cells)
    said, expected = (sorted(text for text in r.said.elements() if text[:5] not in LOSSES) for r in (result, other))
    assert said == expected


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_whole_round_saved_by_libreoffice(kind: str, clean: Clean, converted: dict[str, Path]) -> None:
    files = {name: (converted[kind] / f"{Path(name).stem}.{kind}").read_bytes() for name in clean.files}
    result = clean.merge(files)
    assert_same(result, clean.result)
    assert set(result.states.values()) == {"complete"}


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_faulty_form_saved_by_libreoffice(kind: str, clean: Clean, faulty: bytes, converted: dict[str, Path]) -> None:
    data = (converted[kind] / f"faulty_{Path(FILE).stem}.{kind}").read_bytes()
    assert_same(clean.merge({FILE: data}), clean.merge({FILE: faulty}))


@pytest.fixture(scope="module")
def gnumeric() -> str:
    program = shutil.which("ssconvert")
    if program is None:
        pytest.skip("Gnumeric's ssconvert is not installed")
    return program


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_forms_saved_by_gnumeric(kind: str, gnumeric: str, clean: Clean, faulty: bytes, tmp_path: Path) -> None:
    files = {}
    for name, data in {FILE: faulty, "地域包括支援課.xlsx": clean.files["地域包括支援課.xlsx"]}.items():
        source, target = tmp_path / name, tmp_path / f"{Path(name).stem}_g.{kind}"
        source.write_bytes(data)
        subprocess.run([gnumeric, str(source), str(target)], check=True, capture_output=True, timeout=120)
        files[name] = target.read_bytes()
    result, expected = clean.merge(files), clean.merge({FILE: faulty})
    assert_same(result, expected)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_gnumeric_drops_is_said(kind: str, gnumeric: str, clean: Clean, tmp_path: Path) -> None:
    """Whether the hidden sheet survived or not, the file is read; where it did not, the merge says so."""
    source, target = tmp_path / FILE, tmp_path / f"g.{kind}"
    source.write_bytes(clean.files[FILE])
    subprocess.run([gnumeric, str(source), str(target)], check=True, capture_output=True, timeout=120)
    result = clean.merge({FILE: target.read_bytes()})
    (judged,) = [j for j in result.judged if j.submission.file == FILE]
    lost = judged.submission.issued is None
    assert lost == any(f.code == "XP109" and f.place.file == FILE for f in result.findings)
    assert not any(f.severity is Severity.ERROR for f in result.findings)
