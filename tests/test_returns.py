"""修正依頼: what a department gets back, that it reads as a form, and that it goes when it is no longer needed."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from corruption.clean import Clean, the_clean_round
from corruption.hands import Change, comment, delete_row, edited, guide, put
from issued_lines import issued_lines
from xl_plan.cells import Book, Sheet, parse_a1
from xl_plan.excel.read import read_book
from xl_plan.issue.issued import read_issued
from xl_plan.meaning.numberformat import shown
from xl_plan.model import Issued
from xl_plan.pipeline import returning
from xl_plan.pipeline.merging import MergeOptions, MergeResult, run_merge
from xl_plan.returned.remarks import NOTE_END
from xl_plan.returns import FAULT, QUESTION
from xl_plan.shares import Shares

DEPARTMENT = "障害福祉課"
FAULTS: tuple[Change, ...] = (
    put("柱2(3)②イ", "narrative", "同上"),
    put("柱2(1)①イ", "actual:2022", "1,328件"),
    put("柱2(1)②ウ", "actual:2023", None),
    delete_row("柱2(3)②ア"),
)


@dataclass(frozen=True)
class Desk:
    """A round on disk."""

    clean: Clean
    inbox: Path
    out: Path

    def put(self, name: str, data: bytes) -> None:
        (self.inbox / name).write_bytes(data)

    def merge(self) -> MergeResult:
        return run_merge(self.inbox, self.clean.plan_path, self.out)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return the_clean_round(tmp_path_factory)


@pytest.fixture
def desk(clean: Clean, tmp_path: Path) -> Desk:
    """Only the department under test has sent something."""
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    made = Desk(clean, inbox, out)
    made.put(f"{DEPARTMENT}.xlsx", clean.files[f"{DEPARTMENT}.xlsx"])
    return made


@pytest.fixture
def faulty(desk: Desk) -> Desk:
    desk.put(f"{DEPARTMENT}.xlsx", edited(desk.clean.files[f"{DEPARTMENT}.xlsx"], *FAULTS))
    return desk


def book_of(path: Path) -> Book:
    return read_book(path.read_bytes())


def issued_of(book: Book) -> tuple[Issued, dict[tuple[str, str], tuple[str, tuple[int, int]]]]:
    issued, where = next(r for sheet in book.sheets if (r := read_issued(sheet)) is not None)
    return issued, dict(where)


def lines_of(sheet: Sheet) -> list[list[str]]:
    """The lines of 確認事項 below its head."""
    head = next(row for (row, col), cell in sheet.cells.items() if col == 0 and cell.value == "No")
    rows = sorted({row for row, _ in sheet.cells if row > head})
    return [[str(sheet.at(row, col).value or "") for col in range(9)] for row in rows]


def codes(done: MergeResult) -> list[str]:
    return sorted({f.code for f in done.findings if f.place.file.startswith(DEPARTMENT) and f.severity.label != "参考"})


def test_nothing_to_settle_no_return(desk: Desk) -> None:
    assert desk.merge().returns == ()
    assert not (desk.out / "修正依頼").exists()


def test_the_return_stands_in_its_folder_and_in_the_result(faulty: Desk) -> None:
    done = faulty.merge()
    assert done.returns == (faulty.out / "修正依頼" / f"{DEPARTMENT}.xlsx",)
    assert [sheet.name for sheet in book_of(done.returns[0]).sheets][:2] == ["確認事項", "記入要領"]


def test_the_first_sheet_lists_each_cell_with_value_now_value_issued_and_what_to_do(faulty: Desk) -> None:
    book = book_of(faulty.merge().returns[0])
    lines = {(line[3], line[4]): line for line in lines_of(book.sheets[0])}
    assert len(lines) == 5
    changed = lines["柱2(1)①イ", "Ｒ4 実績値"]
    assert (changed[1], changed[6], changed[7]) == ("要修正", "1,328件", "13,282件")
    assert "修正申出" in changed[8]
    blank = lines["柱2(1)②ウ", "Ｒ5 実績値"]
    assert (blank[1], blank[6], blank[7]) == ("要確認", "（空欄）", "（空欄）")
    refused = next(line for key, line in lines.items() if key[0] == "柱2(3)②イ")
    assert (refused[1], refused[6]) == ("要修正", "同上")


def test_every_link_leads_to_the_marked_cell_and_its_address_is_the_one_in_the_words(faulty: Desk) -> None:
    book = book_of(faulty.merge().returns[0])
    _, where = issued_of(book)
    first = book.sheets[0]
    links = [(row, cell) for (row, col), cell in sorted(first.cells.items()) if col == 2 and cell.link]
    assert len(links) == 5
    for row, cell in links:
        sheet_name, _, address = (cell.link or "").removeprefix("#").replace("'", "").partition("!")
        assert address == cell.value
        sheet = book.sheet(sheet_name)
        assert sheet is not None
        marked = sheet.at(*parse_a1(address))
        assert marked.note is not None and marked.note.rstrip().endswith(NOTE_END)
        assert marked.style.fill == (FAULT if first.at(row, 1).value == "要修正" else QUESTION)
    refused = where["柱2(3)②イ", "narrative"][1]
    note = book.sheets[2].at(*refused).note or ""
    assert "【要修正】" in note and "直し方：" in note


def test_only_the_faulty_cells_are_marked(faulty: Desk) -> None:
    book = book_of(faulty.merge().returns[0])
    sheet = book.sheet("柱2")
    assert sheet is not None
    assert len([cell for cell in sheet.cells.values() if cell.note]) == 5
    assert len({at for at, cell in sheet.cells.items() if cell.style.fill in (FAULT, QUESTION)}) >= 5


def test_their_values_stand_in_a_form_whose_structure_is_repaired(faulty: Desk) -> None:
    clean = faulty.clean
    book = book_of(faulty.merge().returns[0])
    issued, where = issued_of(book)
    assert (issued.kind, issued.department) == ("return", DEPARTMENT)
    texts = {}
    for key, (name, position) in where.items():
        sheet = book.sheet(name)
        assert sheet is not None
        cell = sheet.at(*position)
        texts[key] = shown(cell.value, cell.style.number_format)
    expected = {key: clean.result.cells[key] for key in issued.owned}
    expected |= {("柱2(3)②イ", "narrative"): "同上", ("柱2(1)②ウ", "actual:2023"): ""}
    expected |= {("柱2(3)②ア", "actual:2023"): "", ("柱2(3)②ア", "narrative"): ""}
    assert {key: texts[key] for key in issued.owned} == expected
    assert texts["柱2(1)①イ", "actual:2022"] == "13,282件"


def test_the_file_in_the_inbox_stays_as_it_was(faulty: Desk) -> None:
    path = faulty.inbox / f"{DEPARTMENT}.xlsx"
    before = path.read_bytes()
    faulty.merge()
    assert path.read_bytes() == before


def test_a_corrected_return_comes_back_beside_the_old_file_and_settles_everything(faulty: Desk) -> None:
    clean = faulty.clean
    sent = faulty.merge().returns[0]
    answers = [
        ("柱2(3)②イ", "narrative"),
        ("柱2(1)②ウ", "actual:2023"),
        ("柱2(3)②ア", "actual:2023"),
        ("柱2(3)②ア", "narrative"),
    ]
    fixed = edited(sent.read_bytes(), *(put(*key, clean.result.cells[key]) for key in answers))
    faulty.put(f"{DEPARTMENT}_修正.xlsx", fixed)
    done = faulty.merge()
    assert codes(done) == []
    assert done.returns == () and not sent.exists()
    states = {outcome.file: outcome.state.value for outcome in done.merged.outcomes}
    assert states == {f"{DEPARTMENT}.xlsx": "superseded", f"{DEPARTMENT}_修正.xlsx": "complete"}
    owned = {key: entry.text for key, entry in done.merged.entries.items() if entry.sha256 and not entry.original}
    assert owned == {key: clean.result.cells[key] for key in owned} and len(owned) == 10


def test_a_return_sent_back_untouched_is_told_the_same_again(faulty: Desk) -> None:
    sent = faulty.merge().returns[0]
    faulty.put(f"{DEPARTMENT}_修正.xlsx", sent.read_bytes())
    done = faulty.merge()
    # what was restored is settled; what only the department can write is not
    assert codes(done) == ["XP301", "XP302"]
    assert done.returns == (sent,)


def test_the_return_states_which_replacement_it_is(faulty: Desk) -> None:
    sent = faulty.merge().returns[0]
    guide_sheet = book_of(sent).sheet("記入要領")
    assert guide_sheet is not None
    said = {cell.value: guide_sheet.at(row, 1).value for (row, col), cell in guide_sheet.cells.items() if col == 0}
    assert (said["提出区分"], said["差し替えの回数（第n回）"]) == ("差し替え", "第1回")
    faulty.put(f"{DEPARTMENT}_修正.xlsx", sent.read_bytes())
    faulty.merge()
    again = book_of(sent).sheet("記入要領")
    assert again is not None
    assert "第2回" in [cell.value for cell in again.cells.values()]


def test_the_covering_text_is_worded_on_the_sheet_of_letters(faulty: Desk) -> None:
    said = [c.value for row in openpyxl.load_workbook(faulty.merge().returns[0]).worksheets[0].iter_rows() for c in row]
    assert any(str(text).startswith("障害福祉課　御中") for text in said)
    assert any("確認していただきたい箇所が" in str(text) and "柏市地域健康福祉計画" in str(text) for text in said)


def test_our_notes_are_no_message_but_what_is_written_below_them_is(faulty: Desk) -> None:
    sent = faulty.merge().returns[0]
    book = openpyxl.load_workbook(sent)
    sheet = book["柱2"]
    noted = next(cell for line in sheet for cell in line if cell.comment)
    noted.comment = openpyxl.comments.Comment(f"{noted.comment.text}9月に確定します", "担当者")
    book.save(faulty.inbox / f"{DEPARTMENT}_修正.xlsx")
    messages = [f.got for f in faulty.merge().findings if f.code == "XP118"]
    assert messages == ["9月に確定します"]


def test_returns_that_are_not_ours_are_left_alone(faulty: Desk) -> None:
    folder = faulty.out / "修正依頼"
    folder.mkdir(parents=True)
    (folder / "メモ.xlsx").write_bytes(faulty.clean.files["学童保育課.xlsx"])
    (folder / "壊れた.xlsx").write_bytes(b"PK")
    faulty.merge()
    assert sorted(path.name for path in folder.iterdir()) == ["メモ.xlsx", "壊れた.xlsx", f"{DEPARTMENT}.xlsx"]


def test_merging_twice_gives_the_same_return(faulty: Desk) -> None:
    sent = faulty.merge().returns[0]
    before = sent.read_bytes()
    faulty.merge()
    assert sent.read_bytes() == before


def test_a_comment_alone_asks_for_no_return(desk: Desk) -> None:
    data = edited(desk.clean.files[f"{DEPARTMENT}.xlsx"], comment("柱2(1)②ウ", "actual:2023", "速報値です"))
    desk.put(f"{DEPARTMENT}.xlsx", data)
    assert desk.merge().returns == ()


def test_answers_that_contradict_each_other_are_both_quoted(desk: Desk) -> None:
    other = edited(
        desk.clean.files[f"{DEPARTMENT}.xlsx"], put("柱2(3)②イ", "actual:2023", 720), guide("提出区分", "新規")
    )
    desk.put(f"{DEPARTMENT}_2.xlsx", other)
    book = book_of(desk.merge().returns[0])
    (line,) = lines_of(book.sheets[0])
    assert "719件" in line[6] and "720件" in line[6]
    issued, where = issued_of(book)
    assert ("柱2(3)②イ", "actual:2023") in issued.owned
    assert book.sheets[2].at(*where["柱2(3)②イ", "actual:2023"][1]).blank


@pytest.mark.office
def test_print_shows_every_character_of_a_return(faulty: Desk, print_gate: Path) -> None:
    sent = faulty.merge().returns[0]
    # 点検 stands beside the cells, outside the print area, and says so itself
    command = [sys.executable, str(print_gate), str(sent), "--allow-unprinted", "柱2!N1:Z999"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "every character is printed" in done.stdout


# ---------------------------------------------------------------- a return that is open in Excel


def busy(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As Windows does while a workbook is open in Excel: it is neither replaced nor removed."""
    replace, unlink = os.replace, Path.unlink

    def no_replace(source: Path, target: Path) -> None:
        if Path(target).name in names:
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(source, target)

    def no_unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name in names:
            raise PermissionError(errno.EACCES, "Access is denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(os, "replace", no_replace)
    monkeypatch.setattr(Path, "unlink", no_unlink)


BESIDE = f"{DEPARTMENT}（別名）.xlsx"


def test_an_open_return_is_written_beside_and_the_merge_goes_on(faulty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = faulty.merge().returns[0]
    old = sent.read_bytes()
    faulty.put(f"{DEPARTMENT}.xlsx", edited(faulty.clean.files[f"{DEPARTMENT}.xlsx"], *FAULTS[:2]))
    with monkeypatch.context() as patch:
        busy(patch, sent.name)
        done = faulty.merge()
    assert done.output is not None and done.output.is_file()
    assert done.returns == (sent.with_name(BESIDE),) and sent.read_bytes() == old
    (said,) = [f for f in done.findings if f.code == "XP163"]
    assert sent.as_posix() in said.message and BESIDE in said.message
    again = faulty.merge()  # closed: the return takes its own name, and the other one goes
    assert again.returns == (sent,) and sent.read_bytes() != old
    assert [path.name for path in sent.parent.iterdir()] == [sent.name]


def test_a_return_open_under_both_names_costs_itself_alone(faulty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = faulty.clean
    other = "学童保育課"
    programme = clean.plan.owned_by(other)[0][0]
    faulty.put(f"{other}.xlsx", edited(clean.files[f"{other}.xlsx"], put(programme.number, "narrative", "同上")))
    busy(monkeypatch, f"{DEPARTMENT}.xlsx", BESIDE)
    done = faulty.merge()
    assert done.output is not None and [path.stem for path in done.returns] == [other]
    (said,) = [f for f in done.findings if f.code == "XP164"]
    assert f"{DEPARTMENT}.xlsx" in said.message and BESIDE in said.message


def test_a_needless_return_that_is_open_is_named(faulty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = faulty.merge().returns[0]
    faulty.put(f"{DEPARTMENT}.xlsx", faulty.clean.files[f"{DEPARTMENT}.xlsx"])
    with monkeypatch.context() as patch:
        busy(patch, sent.name)
        done = faulty.merge()
    assert done.returns == () and sent.exists()
    assert [sent.as_posix() in f.message for f in done.findings if f.code == "XP165"] == [True]
    assert "XP165" not in {f.code for f in faulty.merge().findings} and not sent.exists()


def test_no_verify_spares_the_reading_back_of_returns_too(faulty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(_data: bytes, book: Book, _shares: Shares) -> list[str]:
        asked.append(book.sheets[0].name)
        return []

    monkeypatch.setattr("xl_plan.excel.write.verify_bytes", counted)
    faulty.merge()
    assert len(asked) == 2 and "確認事項" in asked  # the consolidated workbook, and the return
    asked.clear()
    run_merge(faulty.inbox, faulty.clean.plan_path, faulty.out, MergeOptions(verify=False))
    assert asked == []


# ------------------------------------------------------------------------------------------------- made by several hands
def returned(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "修正依頼").glob("*.xlsx"))}


def all_faulty(desk: Desk) -> None:
    """Every department answers 「別紙のとおり」 in its first cell."""
    for name in list(desk.clean.files):
        desk.put(name, with_first_answer(desk.clean.files[name], "別紙のとおり"))


def with_first_answer(form: bytes, text: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet, cell = next((s, c) for _, col, owned, s, c in issued_lines(book) if owned and col.startswith("actual"))
    book[sheet][cell] = text
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_returns_made_by_workers_are_the_same(desk: Desk, tmp_path: Path) -> None:
    all_faulty(desk)
    outs = {jobs: tmp_path / f"jobs{jobs}" for jobs in (1, 2, 3)}
    for jobs, out in outs.items():
        run_merge(desk.inbox, desk.clean.plan_path, out, MergeOptions(jobs=jobs))
    made = returned(outs[1])
    assert len(made) == len(desk.clean.files) > 4
    assert returned(outs[2]) == returned(outs[3]) == made


def test_returns_of_a_worker_that_dies_are_made_all_the_same(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_faulty(desk)
    run_merge(desk.inbox, desk.clean.plan_path, tmp_path / "calm", MergeOptions(jobs=2))
    here, plain = os.getpid(), returning._made

    def dying(returns: returning.Returns, department: str) -> bytes:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(returns, department)

    monkeypatch.setattr(returning, "_made", dying)
    run_merge(desk.inbox, desk.clean.plan_path, tmp_path / "struck", MergeOptions(jobs=2))
    assert returned(tmp_path / "struck") == returned(tmp_path / "calm") != {}
