"""What is said of a file that can be read but is not as it should be, and of one that cannot be opened."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from click.testing import CliRunner

from xl_plan.cells import Area, Book, Cell, Sheet, Style
from xl_plan.cli import main
from xl_plan.disk.inbox import list_inbox
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.findings import Finding
from xl_plan.meaning.numberformat import shown
from xl_plan.pipeline import examining
from xl_plan.pipeline.common import CannotRun, load_plan, read_file
from xl_plan.pipeline.examining import Desk
from xl_plan.pipeline.merging import MergeOptions, run_check, run_merge
from xl_plan.pipeline.opening import lost, open_book, refusal
from xl_plan.pipeline.packing import unpack
from xl_plan.pipeline.workers import Lost, in_workers
from xl_plan.returned.peculiar import as_shown, peculiarities

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "templates" / "plan_template.xlsx"
DAY = Style(number_format="yyyy/m/d")


def _make() -> ModuleType:
    path = ROOT / "tests" / "hostile" / "make.py"
    spec = importlib.util.spec_from_file_location("hostile_make", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = _make()


def hostile(name: str) -> bytes:
    data = make.made()[name]()
    assert isinstance(data, bytes)
    return data


def said(name: str) -> dict[str, Finding]:
    return {finding.code: finding for finding in peculiarities(read_book(hostile(name)), name)}


def shown_cells(book: Book) -> dict[str, str]:
    sheet = book.sheets[0]
    return {Area(r, c, r, c).a1: shown(cell.value, cell.style.number_format) for (r, c), cell in sheet.cells.items()}


# ---------------------------------------------------------------- honest files


def test_of_an_honest_form_nothing_is_said() -> None:
    for path in sorted((ROOT / "inbox").glob("*.xlsx")):
        assert list(peculiarities(read_book(path.read_bytes()), path.name)) == []


def test_of_the_offices_own_sheet_nothing_is_said() -> None:
    path = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
    assert list(peculiarities(read_book(path.read_bytes()), path.name)) == []


# ---------------------------------------------------------------- each peculiarity quotes what it is about


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("macros.xlsm", "XP152", ("マクロ", "実行せずに")),
        ("macros-named-xlsx.xlsx", "XP149", ("Excelマクロ有効ブック（.xlsm）",)),
        ("outside-link.xlsx", "XP153", ("ほかのブック（file:///secret.xlsx）",)),
        ("dde.xlsx", "XP153", ("cmd|/c calc.exe",)),
        ("hidden-sheet.xlsx", "XP154", ("「控え」",)),
        ("very-hidden-sheet.xlsx", "XP154", ("「控え」",)),
        ("under-a-merge.xlsx", "XP155", ("B1「2」",)),
        ("dates-of-1904.xlsx", "XP156", ("1904年",)),
        ("dates-out-of-range.xlsx", "XP157", ("A1「-5」", "A2「99999999」")),
        ("no-number.xlsx", "XP158", ("A1「八件」",)),
        ("nan.xlsx", "XP158", ("A1「NaN」",)),
        ("infinite.xlsx", "XP158", ("A1「1e999」", "A2「-INF」")),
        ("half-character.xlsx", "XP159", ("_xD842_田",)),
        ("small.ods", "XP150", ("OpenDocument",)),
    ],
)
def test_each_is_named_and_quoted(name: str, code: str, words: tuple[str, ...]) -> None:
    finding = said(name)[code]
    assert finding.place.file == name
    for word in words:
        assert word in finding.message
    assert finding.remedy.endswith("。")


def test_values_are_taken_and_formulas_are_not_followed() -> None:
    for name, value in (("outside-link.xlsx", 12), ("dde.xlsx", 3)):
        cell = read_book(hostile(name)).sheets[0].at(0, 0)
        assert cell.value == value


def test_dates_of_1904_are_shown_as_the_file_shows_them() -> None:
    book = as_shown(read_book(hostile("dates-of-1904.xlsx")))
    assert not book.date1904
    assert shown_cells(book) == {"A1": "2024/4/1", "A2": "12:00"}
    plain = read_book(hostile("japanese-dates.xlsx"))
    assert as_shown(plain) is plain


def test_two_sheets_of_one_name_are_told_apart() -> None:
    book = as_shown(read_book(hostile("sheet-name-twice.xlsx")))
    assert [(sheet.name, sheet.at(0, 0).value) for sheet in book.sheets] == [("表", 1), ("表 (2)", 2)]


def test_built_in_japanese_dates_are_shown_in_japanese() -> None:
    texts = list(shown_cells(read_book(hostile("japanese-dates.xlsx"))).values())
    assert texts[:5] == ["R6.4.1", "令和6年4月1日", "令和6年4月1日", "4/1/24", "2024年4月1日"]
    assert texts[10] == "R6.4.1" and texts[18] == "令和6年4月1日"


def test_escapes_are_what_they_stand_for() -> None:
    def first(name: str) -> object:
        return read_book(hostile(name)).sheets[0].at(0, 0).value

    assert first("escaped-return.xlsx") == "一行目\r\n二行目"
    assert first("escaped-bell.xlsx") == "件\x07"
    assert first("whole-character-in-halves.xlsx") == "𠮷田"
    assert first("formula-like-text.xlsx") == "=cmd|' /c calc'!A1"


def test_a_time_of_day_and_a_span_are_no_dates_out_of_range() -> None:
    cells = {
        (0, 0): Cell(0.5, Style(number_format="h:mm")),
        (1, 0): Cell(-3, Style(number_format="[h]:mm")),
        (2, 0): Cell(-3),
        (3, 0): Cell(45383, DAY),
    }
    assert list(peculiarities(Book((Sheet("表", cells),), kind="xlsx"), "a.xlsx")) == []


def test_many_cells_of_one_cause_are_one_finding() -> None:
    cells = {(row, 0): Cell(-1, DAY) for row in range(50)}
    (finding,) = peculiarities(Book((Sheet("表", cells),), kind="xlsx"), "a.xlsx")
    assert len(finding.places) == 50 and "ほか45セル" in finding.message


# ---------------------------------------------------------------- what other readers hide


def test_errors_and_formulas_without_result_in_ods() -> None:
    sheet = read_book(hostile("error-values.ods")).sheets[0]
    assert sheet.at(2, 2) == Cell("#DIV/0!", formula="1/0", error=True)
    assert sheet.at(2, 3) == Cell(None, formula="[.A1]")


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("poi/49896.xls", 2),
        ("poi/50939.xls", 1),
        ("poi/IfNaTestCaseData.xls", 10),
        ("poi/SampleSS.xls", 0),
        ("calamine/issues.xlsb", 0),
    ],
)
def test_errors_in_xls_and_xlsb(strange_workbooks: Path, name: str, errors: int) -> None:
    book = read_book((strange_workbooks / name).read_bytes())
    wrong = [cell.value for sheet in book.sheets for cell in sheet.cells.values() if cell.error]
    assert len(wrong) == errors
    assert all(str(text).startswith("#") for text in wrong)


@pytest.mark.office
def test_errors_are_seen_however_the_book_is_saved(tmp_path: Path) -> None:
    """The same sheet saved by LibreOffice in each format has the same errors in the same cells."""
    import subprocess

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"], sheet["C3"], sheet["D4"] = "=1/0", "=NA()", 7
    book.save(tmp_path / "a.xlsx")
    for extension in ("xls", "ods"):
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            extension,
            "--outdir",
            tmp_path,
            tmp_path / "a.xlsx",
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        found = read_book((tmp_path / f"a.{extension}").read_bytes()).sheets[0]
        assert [found.at(r, c).value for r, c in ((1, 1), (2, 2), (3, 3))] == ["#DIV/0!", "#N/A", 7], extension


def test_a_record_that_overruns_its_part_never_reaches_the_library() -> None:
    """It would make room for all that the record says: 256 megabytes for a file of 400 bytes."""
    with pytest.raises(UnreadableWorkbook, match="record beyond the end"):
        read_book(hostile("nonsense.xlsb"))


# ---------------------------------------------------------------- what cannot be opened


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("empty.xlsx", "XP141", "0バイト"),
        ("zeros.xlsx", "XP141", "すべて0"),
        ("half-copied.xlsx", "XP141", "途中まで"),
        ("password-half-copied.xlsx", "XP141", "途中まで"),
        ("pdf.xlsx", "XP142", "これはPDFです"),
        ("image.xlsx", "XP142", "これは画像です"),
        ("letter.xlsx", "XP142", "これはWord文書です"),
        ("archive.xlsx", "XP142", "これはZIPです"),
        ("bomb.xlsx", "XP144", "展開すると極端に大きくなります"),
        ("doctype-in-a-drawing.xlsx", "XP144", "DOCTYPE"),
        ("endless-tag.xlsx", "XP144", "展開すると極端に大きく"),
        ("many-merges.xlsx", "XP143", "結合したセルが多すぎます"),
        ("too-many-sheets.xlsx", "XP143", "シートが多すぎます"),
        ("password.xlsx", "XP140", "パスワードが指定されていません"),
        ("encrypted.ods", "XP140", "この形式（.ods）のパスワードは、指定しても開けません"),
        ("wrong-checksum.xlsx", "XP101", "壊れています"),
    ],
)
def test_each_refusal_says_what_it_is(name: str, code: str, words: str) -> None:
    data = hostile(name)
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(data)
    finding = refusal(name, data, caught.value)
    assert finding.code == code
    assert words in finding.message and finding.remedy.endswith("。")


@pytest.mark.parametrize(
    ("what", "code", "words"),
    [
        (Lost("died", "SIGABRT"), "XP146", "異常終了しました：SIGABRT"),
        (Lost("bug", "ValueError: x"), "XP146", "予期しない不具合：ValueError: x"),
        (Lost("slow", "120"), "XP147", "120秒"),
        (Lost("memory"), "XP143", "記憶域"),
    ],
)
def test_each_loss_says_what_it_was(what: Lost, code: str, words: str) -> None:
    finding = lost("福祉政策課.xlsx", what)
    assert (finding.code, finding.place.file) == (code, "福祉政策課.xlsx")
    assert words in finding.message


# ---------------------------------------------------------------- passwords


def test_a_password_that_is_known_opens() -> None:
    data = hostile("password.xlsx")
    assert read_book(data, passwords=("ちがう", make.PASSWORD)).sheets[0].at(0, 0).value == 1
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(data, passwords=("ちがう",))
    assert "指定されたパスワードでは開きません" in refusal("a.xlsx", data, caught.value).message


def test_excels_own_password_is_opened_without_a_word() -> None:
    data = hostile("default-password.xlsx")
    assert read_book(data).sheets[0].at(0, 0).value == 1
    assert list(peculiarities(read_book(data), "a.xlsx")) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_passwords_come_from_a_file_or_are_asked_for(tmp_path: Path, encoding: str) -> None:
    locked, words = tmp_path / "福祉政策課.xlsx", tmp_path / "words.txt"
    locked.write_bytes(hostile("password.xlsx"))
    words.write_text(f"ちがう\n\n{make.PASSWORD}\n", encoding=encoding)
    command = ["check", str(locked), "--plan", str(PLAN), "--json"]

    def codes(*options: str, typed: str | None = None) -> set[str]:
        result = CliRunner().invoke(main, [*command, *options], input=typed)
        return {finding["code"] for finding in json.loads(result.stdout)["findings"]}

    assert "XP140" in codes()
    assert "XP140" not in codes("--password-file", str(words))
    assert "XP140" not in codes("--ask-password", typed=f"{make.PASSWORD}\n")
    assert "XP140" in codes("--ask-password", typed="ちがう\n")


def test_a_password_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    command = ["merge", str(ROOT / "inbox"), "--out", str(tmp_path), "--password-file", str(tmp_path / "none.txt")]
    result = CliRunner().invoke(main, [*command, "--plan", str(PLAN)])
    assert result.exit_code == 2 and "パスワードのファイルが見つかりません" in result.output


# ---------------------------------------------------------------- among others


real_read = examining.read_submission


@pytest.mark.skipif(os.name == "nt", reason="the fault is inherited by fork")
@pytest.mark.parametrize("jobs", [1, 3])
def test_bad_files_cost_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """A reader that dies, hangs, or raises on one file: all others are taken, each bad one is named."""
    inbox = tmp_path / "inbox"
    shutil.copytree(ROOT / "inbox", inbox)
    plain = run_merge(ROOT / "inbox", PLAN, tmp_path / "plain")
    one = next(inbox.glob("*.xlsx")).read_bytes()
    for name in ("aa-dies.xlsx", "bb-hangs.xlsx", "zz-raises.xlsx"):
        (inbox / name).write_bytes(one)
    for name in ("pdf.xlsx", "bomb.xlsx", "empty.xlsx"):
        (inbox / name).write_bytes(hostile(name))

    def strange(book: Book, plan: object, file: str, sha256: str) -> object:
        if file == "aa-dies.xlsx":
            os.abort()
        if file == "zz-raises.xlsx":
            raise RecursionError("too deep")
        while file == "bb-hangs.xlsx":
            pass
        return real_read(book, plan, file, sha256)  # type: ignore[arg-type]

    monkeypatch.setattr(examining, "read_submission", strange)
    monkeypatch.setenv("XL_PLAN_FILE_SECONDS", "6")
    done = run_merge(inbox, PLAN, tmp_path / "out", MergeOptions(jobs=jobs))
    codes = {f.place.file: f.code for f in done.findings if f.place.file in {p.name for p in inbox.iterdir()}}
    assert codes["aa-dies.xlsx"] == codes["zz-raises.xlsx"] == "XP146"
    assert codes["bb-hangs.xlsx"] == "XP147"
    assert (codes["pdf.xlsx"], codes["bomb.xlsx"], codes["empty.xlsx"]) == ("XP142", "XP144", "XP141")
    assert {key: entry.text for key, entry in done.merged.entries.items()} == {
        key: entry.text for key, entry in plain.merged.entries.items()
    }


def test_spawned_workers_find_the_same_as_forked_ones() -> None:
    """Windows and macOS spawn: the plan, the files and the results travel between processes there."""
    desk = Desk(load_plan(PLAN)[0])
    files = list_inbox(ROOT / "inbox")[0][:3]
    spawned = list(in_workers(examining.examine_to_send, desk, files, 2, method="spawn"))
    here = [examining.examine_to_send(desk, file) for file in files]
    assert spawned == here
    assert all(unpack(result.packed).judged is not None for result in here)


def test_a_plan_in_a_format_that_may_end_the_process_is_opened_in_another(strange_workbooks: Path) -> None:
    data = (strange_workbooks / "calamine" / "date.ods").read_bytes()
    assert open_book(data) == as_shown(read_book(data))
    with pytest.raises(UnreadableWorkbook):
        open_book(hostile("nonsense.xls"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_given_by_name_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    with pytest.raises(CannotRun, match="ふつうのファイルではありません"):
        read_file(pipe, "提出物")
    with pytest.raises(CannotRun, match="ふつうのファイルではありません"):
        load_plan(pipe)
    with pytest.raises(CannotRun, match="ふつうのファイルではありません"):
        run_check([pipe], PLAN)


def test_a_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path = inbox / "福祉政策課.xlsx"
    shutil.copy(ROOT / "inbox" / path.name, path)

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(examining, "read_regular", denied)
    done = run_merge(inbox, PLAN, tmp_path / "out")
    assert [f.message for f in done.findings if f.code == "XP145"] == [
        "福祉政策課.xlsxを開くことができません（権限がありません）。"
    ]
