"""The 配布用 copy: what is in its package, and that nothing else is; the PDF."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest
from click.testing import CliRunner

from xl_plan.cells import Area, Book, Cell, Validation
from xl_plan.cli import main
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.model import PROPOSAL_SHEET
from xl_plan.pipeline.common import CannotRun, load_plan
from xl_plan.pipeline.merging import run_merge
from xl_plan.pipeline.publishing import run_publish, write_pdf
from xl_plan.plan import read_plan
from xl_plan.publication import publication

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
INBOX = ROOT / "inbox"


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = run_merge(INBOX, TEMPLATE, tmp_path_factory.mktemp("out"))
    assert done.output is not None
    return done.output


@pytest.fixture(scope="module")
def published(consolidated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_publish(consolidated, tmp_path_factory.mktemp("public")).output


def spoiled(consolidated: Path) -> Book:
    """The consolidated workbook with all that must not go out: notes, links, hidden and covered cells, rules."""
    book = read_book(consolidated.read_bytes())
    (sheet, *rest) = book.sheets
    cells = dict(sheet.cells)
    area = next(a for a in sheet.merges if a.top > 6)
    cells[area.bottom, area.right] = Cell("結合の下の秘密")
    place = next(p for p, c in cells.items() if c.value == "柱2(1)①イ")
    cells[place] = replace(cells[place], note="注記の秘密", link="https://example.org/秘密")
    spoiled_sheet = replace(
        sheet,
        cells=MappingProxyType(cells),
        validations=(Validation((Area(8, 3, 8, 3),), "list", ("規則の秘密",)),),
    )
    hidden = replace(rest[0], name="隠し", state="hidden")
    return replace(book, sheets=(spoiled_sheet, *rest, hidden))


def texts_in(package: zipfile.ZipFile) -> set[str]:
    """Every text that the package's cells hold."""
    xml = package.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in package.namelist() else ""
    sheets = "".join(package.read(n).decode() for n in package.namelist() if n.startswith("xl/worksheets/"))
    items = re.findall(r"<si>(.*?)</si>", xml, re.S) + re.findall(r"<is>(.*?)</is>", sheets, re.S)
    return {"".join(re.findall(r"<t[^>]*>(.*?)</t>", item, re.S)) for item in items}


def test_the_package_holds_the_plans_sheets_and_nothing_else(consolidated: Path, tmp_path: Path) -> None:
    book = spoiled(consolidated)
    public, _ = publication(book, read_plan(book)[0])
    path = tmp_path / "public.xlsx"
    path.write_bytes(book_bytes(public))
    with zipfile.ZipFile(path) as package:
        assert sorted(package.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/app.xml",
            "docProps/core.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/sharedStrings.xml",
            "xl/styles.xml",
            "xl/theme/theme1.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
        ]
        parts = {name: package.read(name).decode("utf-8") for name in package.namelist()}
        texts = texts_in(package)
    sheet = parts["xl/worksheets/sheet1.xml"]
    for tag in ("<f>", "<f ", "<hyperlink", "<dataValidation", "<conditionalFormatting", "<legacyDrawing", "<extLst"):
        assert tag not in sheet, tag
    assert "<sheetProtection" not in sheet and 'hidden="1"' not in sheet
    assert re.findall(r'<sheet name="([^"]+)"([^>]*?)/>', parts["xl/workbook.xml"]) == [
        ("柱2", ' sheetId="1" r:id="rId1"')
    ]
    names = re.findall(r'<definedName name="([^"]+)"', parts["xl/workbook.xml"])
    assert set(names) <= {"_xlnm.Print_Area", "_xlnm.Print_Titles"}
    core = parts["docProps/core.xml"]
    assert re.findall(r"<dc:creator>(.*?)</dc:creator>", core) in ([], [""])
    assert "<cp:lastModifiedBy>" not in core or "<cp:lastModifiedBy></cp:lastModifiedBy>" in core
    everything = "".join(parts.values())
    assert "秘密" not in everything
    for name in (*(p.name for p in INBOX.iterdir()), "設定", "確認事項", "転記元", "XP", "_xl-plan", "sha"):
        assert name not in "".join(texts | set(names)) + parts["xl/workbook.xml"], name
    # Every text of the package is one that can be seen on the sheet.
    seen = openpyxl.load_workbook(path)["柱2"]
    shown = {str(c.value) for row in seen.iter_rows() for c in row if isinstance(c.value, str)}
    assert {t.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for t in texts} == shown


def test_every_value_of_the_plan_is_in_it(consolidated: Path, published: Path) -> None:
    before, after = load_plan(consolidated)[0], load_plan(published)[0]
    assert [p.number for p in before.programmes] == [p.number for p in after.programmes]
    for one, other in zip(before.programmes, after.programmes, strict=True):
        assert dict(one.texts) == dict(other.texts), one.number
        assert [d.name for d in one.departments] == [d.name for d in other.departments]


def test_the_same_look_and_page(consolidated: Path, published: Path) -> None:
    before = read_book(consolidated.read_bytes()).sheet("柱2")
    after = read_book(published.read_bytes()).sheet("柱2")
    assert before is not None and after is not None
    assert before.heights == after.heights and before.widths == after.widths and before.page == after.page
    assert {p: (c.value, c.style) for p, c in before.cells.items()} == {
        p: (c.value, c.style) for p, c in after.cells.items()
    }


def with_changes(consolidated: Path, *lines: tuple[str, ...]) -> Book:
    """The workbook with these lines in 修正申出: 番号, 項目, 現在の内容, 修正案, 採否."""
    book = read_book(consolidated.read_bytes())
    sheet = book.sheet(PROPOSAL_SHEET)
    assert sheet is not None
    row, heads = next(
        (r, {str(c.value): col for col, c in cells})
        for r, cells in sheet.rows()
        if any(c.value == "採否" for _, c in cells)
    )
    cells = dict(sheet.cells)
    for n, line in enumerate(lines, 1):
        for name, text in zip(("番号", "項目", "現在の内容", "修正案", "採否"), line, strict=True):
            cells[row + n, heads[name]] = Cell(text or None)
    changed = replace(sheet, cells=MappingProxyType(cells))
    return replace(book, sheets=tuple(changed if s.name == PROPOSAL_SHEET else s for s in book.sheets))


def test_an_accepted_change_stands_as_a_note_below_its_programme(consolidated: Path) -> None:
    book = with_changes(
        consolidated,
        ("柱2(1)①イ", "目標値", "6,000件", "7,000件", "採用"),
        ("柱２（１）①ウ", "評価指標", "", "新規受付件数", "採用"),
        ("柱2(1)①エ", "目標値", "－", "200件", "不採用"),
        ("柱2(1)①オ", "目標値", "11箇所", "12箇所", ""),
    )
    public, findings = publication(book, read_plan(book)[0])
    sheet = public.sheet("柱2")
    assert sheet is not None and findings == ()
    notes = {
        r: str(c.value)
        for (r, _), c in sheet.cells.items()
        if str(c.value).startswith("※目標値") or str(c.value).startswith("※評価指標")
    }
    assert sorted(notes.values()) == [
        "※目標値を「6,000件」から「7,000件」に修正しました。",
        "※評価指標を「新規受付件数」に修正しました。",
    ]
    first = min(notes)
    above = [str(sheet.at(r, 0).value) for r in range(first - 3, first)]
    assert "柱2(1)①イ" in above
    assert str(sheet.at(first + 1, 0).value) == "柱2(1)①ウ"
    # A published workbook is a plan workbook too: the notes are no programmes.
    assert len(read_plan(public)[0].programmes) == 32


def test_an_accepted_change_of_an_unknown_number_is_said(consolidated: Path) -> None:
    book = with_changes(consolidated, ("柱2(9)①ア", "目標値", "", "1件", "採用"))
    _, findings = publication(book, read_plan(book)[0])
    assert [(f.code, f.place.sheet, f.place.number, f.got) for f in findings] == [
        ("XP513", PROPOSAL_SHEET, "柱2(9)①ア", "1件")
    ]
    assert publication(with_changes(consolidated), read_plan(book)[0])[1] == ()


def test_chosen_sheets_come_along_as_values(consolidated: Path, tmp_path: Path) -> None:
    book = read_book(consolidated.read_bytes())
    plan, _ = read_plan(book)
    extra = MappingProxyType({"配布するシート": "達成状況、指標の推移，データ一覧、確認事項"})
    public, _ = publication(book, replace(plan, settings=replace(plan.settings, extra=extra)))
    assert [s.name for s in public.sheets] == ["柱2", "達成状況", "指標の推移", "データ一覧"]  # 確認事項 stays inside
    assert not any(c.formula or c.link or c.note for s in public.sheets for c in s.cells.values())
    progress = public.sheet("達成状況")
    assert progress is not None and len(progress.charts) == 3
    whole = next(r for r, row in progress.rows() if row[0][1].value == "全体")
    assert [progress.at(whole, c).value for c in range(3, 9)] == [26, 12, 8, 1, 0, 5]
    path = tmp_path / "p.xlsx"
    path.write_bytes(book_bytes(public))
    assert openpyxl.load_workbook(path).sheetnames == [s.name for s in public.sheets]


def test_an_offices_own_workbook_can_be_published(tmp_path: Path) -> None:
    output = run_publish(OFFICE, tmp_path).output
    assert output.name == "配布用_柱2_進捗状況.xlsx"
    assert len(load_plan(output)[0].programmes) == 32


def test_publishing_twice_gives_the_same_bytes(consolidated: Path, published: Path, tmp_path: Path) -> None:
    assert run_publish(consolidated, tmp_path).output.read_bytes() == published.read_bytes()


def test_what_is_no_plan_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="見つかりません"):
        run_publish(tmp_path / "なし.xlsx", tmp_path)


def test_the_command(consolidated: Path, tmp_path: Path) -> None:
    import json

    done = CliRunner().invoke(main, ["publish", str(consolidated), "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert Path(said["output"]).is_file() and said["findings"] == []


# ----------------------------------------------------------------------------------------------------------------- PDF
@pytest.mark.office
def test_the_pdf_stands_beside_the_workbook(published: Path, tmp_path: Path) -> None:
    workbook = tmp_path / "進捗 状況.xlsx"
    shutil.copyfile(published, workbook)
    path, reason = write_pdf(workbook)
    assert (path, reason) == (tmp_path / "進捗 状況.pdf", "")
    assert path is not None and path.read_bytes().startswith(b"%PDF")


def test_without_libreoffice_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(main, ["merge", str(INBOX), "--plan", str(TEMPLATE), "--out", str(tmp_path), "--pdf"])
    assert done.exit_code == 0
    assert "LibreOfficeが見つからない" in done.stderr and not list(tmp_path.glob("*.pdf"))
    assert list(tmp_path.glob("*.xlsx"))
