"""Results kept from merge to merge change nothing but the time: the same bytes with them, without them and whatever
became of them."""

from __future__ import annotations

import os
import shutil
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xl_plan
from small_round import NAME, SHEET, Office
from xl_plan.disk.inbox import list_inbox
from xl_plan.findings import Place, found
from xl_plan.pipeline import examining, keeping, merging, returning
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.examining import Desk, Examined, examine_to_send
from xl_plan.pipeline.following import run_status
from xl_plan.pipeline.keeping import FOLDER, Kept, cache_folder, source_digest, stamp
from xl_plan.pipeline.merging import MergeOptions, MergeResult, run_merge
from xl_plan.pipeline.packing import unpack
from xl_plan.pipeline.previous import LastOutput
from xl_plan.pipeline.workers import Hands, Lost
from xl_plan.rules import ALL


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def office(small: Path, tmp_path: Path) -> Office:
    folder = tmp_path / "office"
    folder.mkdir()
    return Office(folder, small)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The files that are read and checked from here on, by name."""
    seen: Counter[str] = Counter()

    def here(work: Callable[[Any, Any], Any], desk: Any, files: Any, *_: Any) -> Any:
        for file in files:
            seen[file.name] += 1
            yield work(desk, file)

    monkeypatch.setattr(examining, "in_workers", here)
    return seen


def fresh(office: Office, out: Path) -> tuple[MergeResult, Mapping[str, bytes]]:
    """A merge that neither uses nor keeps anything, over the same last output."""
    shutil.copytree(office.out, out)
    done = run_merge(office.inbox, office.plan, out, MergeOptions(keep=False))
    return done, contents(out)


def kept_file(cache: Path) -> Path:
    (path,) = cache.iterdir()
    return path


# ---------------------------------------------------------------- what is read again


def test_only_what_changed_is_read_again(office: Office, cache: Path, read: Counter[str], tmp_path: Path) -> None:
    names = sorted(path.name for path in office.inbox.iterdir())
    office.merge()
    assert read == Counter(names)
    read.clear()
    changed = office.inbox / names[0]
    renamed = office.inbox / f"再提出_{names[1]}"
    (office.inbox / names[1]).rename(renamed)
    changed.write_bytes(changed.read_bytes() + b"\0")  # an archive's comment may follow: other bytes, the same cells
    expected, files = fresh(office, tmp_path / "fresh")
    read.clear()
    done = office.merge()
    assert read == Counter([names[0], renamed.name])
    assert contents(office.out) == files
    assert done.findings == expected.findings
    read.clear()
    office.merge()
    assert not read


def test_a_second_merge_leaves_the_same_bytes_kept(office: Office, cache: Path) -> None:
    office.merge()
    first = contents(cache)
    office.merge()
    assert contents(cache) == first
    assert len(first) == 1


def test_what_the_last_merge_did_not_use_goes(office: Office, cache: Path, read: Counter[str]) -> None:
    office.merge()
    before = kept_file(cache).stat().st_size
    gone = sorted(office.inbox.iterdir())[0]
    data = gone.read_bytes()
    gone.unlink()
    office.merge()
    assert kept_file(cache).stat().st_size < before
    read.clear()
    gone.write_bytes(data)
    office.merge()
    assert read == Counter([gone.name])


def test_another_plan_is_another_matter(office: Office, cache: Path, read: Counter[str], small: Path) -> None:
    office.merge()
    read.clear()
    data = office.plan.read_bytes()
    office.plan.write_bytes(data + b"\0")
    office.merge()
    assert len(read) == len(list(office.inbox.iterdir()))
    assert len(list(cache.iterdir())) == 2
    read.clear()
    office.plan.write_bytes(data)
    office.merge()
    assert not read


def test_without_cache_nothing_is_looked_up_and_nothing_kept(
    office: Office, cache: Path, read: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_merge(office.inbox, office.plan, office.out, MergeOptions(keep=False))
    assert not cache.exists()
    office.merge()
    kept = contents(cache)
    read.clear()
    run_merge(office.inbox, office.plan, office.out, MergeOptions(keep=False))
    assert sum(read.values()) == len(list(office.inbox.iterdir()))
    assert contents(cache) == kept
    monkeypatch.setenv(FOLDER, "")
    read.clear()
    office.merge()
    assert sum(read.values()) == len(list(office.inbox.iterdir()))


def test_status_uses_what_merge_kept_and_writes_nothing(office: Office, cache: Path, read: Counter[str]) -> None:
    plain = run_status(office.inbox, office.plan, office.out)
    assert not cache.exists()
    office.merge()
    kept = contents(cache)
    read.clear()
    again = run_status(office.inbox, office.plan, office.out)
    assert not read
    assert (again.lines, again.findings) == (plain.lines, plain.findings)
    assert contents(cache) == kept


# ---------------------------------------------------------------- what is never kept


def test_what_hangs_on_luck_passwords_or_archives_is_never_kept(
    office: Office, cache: Path, read: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = sorted(office.inbox.iterdir())[:3]
    first.write_bytes(b"not a workbook")
    shutil.make_archive(str(office.inbox / "まとめ"), "zip", office.inbox, second.name)
    second.unlink()
    here = examining.in_workers

    def unlucky(work: Any, desk: Any, files: Any, *_: Any) -> Any:
        for file, result in zip(files, here(work, desk, files, 1), strict=True):
            yield Lost("memory") if file.name == third.name else result

    monkeypatch.setattr(examining, "in_workers", unlucky)
    office.merge()
    read.clear()
    monkeypatch.setattr(examining, "in_workers", here)
    office.merge()
    assert read == Counter([first.name, f"まとめ.zip/{second.name}", third.name])


def test_a_run_that_breaks_off_leaves_what_was_kept(
    office: Office, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.merge()
    kept = contents(cache)
    sorted(office.inbox.iterdir())[0].unlink()
    monkeypatch.setattr("xl_plan.pipeline.merging.put_output", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        office.merge()
    assert contents(cache) == kept


# ---------------------------------------------------------------- whose results they are


def test_another_version_source_or_python_believes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = [stamp("a"), stamp("b")]
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "__version__", xl_plan.__version__ + "1")
        stamps.append(stamp("a"))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version", "4.0")
        stamps.append(stamp("a"))
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "source_digest", lambda: "another")
        stamps.append(stamp("a"))
    assert len(set(stamps)) == len(stamps)
    assert stamps[0] == stamp("a")


def test_the_source_counts_to_the_last_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "xl_plan"
    shutil.copytree(Path(xl_plan.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keeping, "resources", lambda _: copy)
    source_digest.cache_clear()
    try:
        one = source_digest()
        source_digest.cache_clear()
        edited = copy / "checks" / "figures.py"
        edited.write_bytes(edited.read_bytes() + b" ")
        assert source_digest() != one
    finally:
        source_digest.cache_clear()
    monkeypatch.undo()
    assert source_digest() == one


def test_a_head_of_another_program_is_believed_in_nothing(office: Office, cache: Path, read: Counter[str]) -> None:
    office.merge()
    path = kept_file(cache)
    data = path.read_bytes()
    at = data.index(b"\n") + 1
    path.write_bytes(data[:at] + bytes(32) + data[at + 32 :])
    read.clear()
    office.merge()
    assert len(read) == len(list(office.inbox.iterdir()))


# ---------------------------------------------------------------- whatever became of it


def deleted(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-900])  # some of the last result, and what follows it


def scrambled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(100, len(data), 97):
        data[at] ^= 0x55
    path.write_bytes(bytes(data))


def exchanged(path: Path) -> None:
    """Two results change places, each whole and with its checksum: neither belongs to the other's file."""
    data = path.read_bytes()
    records, at = [], data.index(b"\n") + 33
    head = data[:at]
    while at < len(data):
        end = at + 68 + int.from_bytes(data[at + 64 : at + 68], "big")
        records.append((data[at : at + 32], data[at + 64 : at + 68], data[at + 68 : end]))
        at = end
    (one, *first), (other, *second), *rest = records
    swapped = [(one, *second), (other, *first), *rest]
    path.write_bytes(head + b"".join(k + keeping._checksum(k, body) + size + body for k, size, body in swapped))


def forged(path: Path) -> None:
    """Results of other kinds of values, each with a right checksum."""
    data = path.read_bytes()
    at = data.index(b"\n") + 33
    made = data[:at]
    while at < len(data):
        key, length = data[at : at + 32], int.from_bytes(data[at + 64 : at + 68], "big")
        body = bytearray(data[at + 68 : at + 68 + length])
        body[-1] ^= 0xFF  # zlib's own checksum of the part that is looked at late
        made += key + keeping._checksum(key, bytes(body)) + data[at + 64 : at + 68] + bytes(body)
        at += 68 + length
    path.write_bytes(made)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


HARM = [deleted, emptied, cut, scrambled, exchanged, forged, a_folder]
HARM += [a_pipe] if hasattr(os, "mkfifo") else []


@pytest.mark.parametrize("harm", HARM)
def test_the_output_is_the_same_whatever_became_of_what_was_kept(
    office: Office, cache: Path, harm: Callable[[Path], None], tmp_path: Path
) -> None:
    office.merge()
    expected, files = fresh(office, tmp_path / "fresh")
    harm(kept_file(cache))
    done = office.merge()
    assert contents(office.out) == files
    assert done.findings == expected.findings


def test_exchanged_and_forged_results_are_read_anew(office: Office, cache: Path, read: Counter[str]) -> None:
    for harm, count in ((exchanged, 2), (forged, len(list(office.inbox.iterdir()))), (cut, 1)):
        office.merge()
        read.clear()
        harm(kept_file(cache))
        office.merge()
        assert sum(read.values()) == count, harm


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_believed(office: Office, cache: Path, read: Counter[str]) -> None:
    office.merge()
    os.chown(kept_file(cache), 12345, 12345)
    read.clear()
    office.merge()
    assert len(read) == len(list(office.inbox.iterdir()))


def test_a_disk_that_refuses_costs_only_time(
    office: Office, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, files = fresh(office, tmp_path / "fresh")
    cache.write_bytes(b"a file where the folder would be")
    office.merge()
    assert contents(office.out) == files
    cache.unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xl_plan.disk.files.Draft.write", full)
    office.merge()
    assert contents(office.out) == files
    assert contents(cache) == {}


def test_plans_that_are_long_past_go(tmp_path: Path) -> None:
    for number in range(20):
        kept = Kept(tmp_path)
        kept.open(str(number))
        kept.close(done=True)
    assert len(list(tmp_path.iterdir())) == keeping._MOST_FILES


def test_where_results_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(FOLDER)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "l"))
    for platform, place in (("linux", "x/xl-plan"), ("win32", "l/xl-plan/Cache"), ("darwin", "Library/Caches/xl-plan")):
        monkeypatch.setattr(sys, "platform", platform)
        assert cache_folder() == tmp_path / place


# ---------------------------------------------------------------- results as bytes


@pytest.fixture(scope="module")
def examined(small: Path) -> list[Examined]:
    desk = Desk(load_plan(small / "plan.xlsx")[0])
    return [examine_to_send(desk, file) for file in list_inbox(small / "inbox")[0]]


@given(st.data())
@settings(max_examples=150)
def test_no_bytes_make_anything_but_a_result_or_malformed(examined: list[Examined], data: st.DataObject) -> None:
    """Spoilt bytes raise Malformed and nothing else, or say what they said."""
    packed = bytearray(data.draw(st.sampled_from(examined)).packed)
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    packed = packed[: data.draw(st.integers(0, len(packed)))] if data.draw(st.booleans()) else packed
    try:
        result = unpack(bytes(packed), doubted=True)
    except keeping.Malformed:
        return
    if result.judged is not None:
        assert len(result.judged.submission.returned) >= len(result.judged.verdicts)


# ---------------------------------------------------------------- the plan


def test_the_checks_of_a_plan_are_asked_once_for_it_and_its_name(
    office: Office, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def asking(hands: Hands, work: Any, subject: Any) -> Any:
        if work is merging.checks_of:
            asked.append(subject[1])
        return beside(hands, work, subject)

    beside = Hands.beside
    monkeypatch.setattr(Hands, "beside", asking)
    first = office.merge().findings
    assert office.merge().findings == first
    assert asked == [office.plan.name]
    other = office.plan.with_name("同じ計画.xlsx")
    office.plan.rename(other)
    run_merge(office.inbox, other, office.out)
    assert asked == [office.plan.name, other.name]


@pytest.mark.parametrize("spoilt", [b"", zlib.compress(b"[[],[[1]]]"), zlib.compress(b'[[],[["XP000"]]]')])
def test_kept_findings_of_a_plan_that_cannot_be_read_are_not_believed(
    spoilt: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = (found(ALL[0], Place("計画.xlsx"), got="x"),)
    first, again = Kept(tmp_path), Kept(tmp_path)
    first.open("0")
    assert first.checks("計画.xlsx") is None
    first.keep_checks("計画.xlsx", findings)
    first.close(done=True)
    again.open("0")
    assert again.checks("計画.xlsx") == findings
    assert again.checks("別の名前.xlsx") is None
    monkeypatch.setattr(Kept, "_packed", lambda *_: spoilt)
    assert again.checks("計画.xlsx") is None
    again.close(done=False)


# ---------------------------------------------------------------- the last output


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The last outputs that are opened from here on."""
    seen: list[str] = []
    plain = merging.load_previous

    def seeing(output: Path) -> LastOutput | None:
        seen.append(output.name)
        return plain(output)

    monkeypatch.setattr(merging, "load_previous", seeing)
    return seen


def value_of(office: Office, value: str) -> None:
    """Somebody types over a value in the consolidated workbook."""

    def edit(book: Any) -> None:
        sheet = book[SHEET]
        row = next(cell.row for cell in sheet["A"] if cell.value == "柱2(1)①イ") + 1
        sheet.cell(row, 9).value = value

    office.edit(edit)


def test_an_output_that_nobody_touched_is_not_opened_again(
    office: Office, cache: Path, looked_into: list[str], tmp_path: Path
) -> None:
    office.merge()
    looked_into.clear()
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "4321箇所")
    shutil.copytree(office.out, tmp_path / "fresh")
    office.merge()
    assert looked_into == []
    run_merge(office.inbox, office.plan, tmp_path / "fresh", MergeOptions(keep=False))
    assert contents(office.out) == contents(tmp_path / "fresh")
    office.merge()
    assert looked_into == [NAME]  # only by the merge that keeps nothing


def test_an_output_with_a_hands_work_is_always_opened(office: Office, cache: Path, looked_into: list[str]) -> None:
    office.merge()
    value_of(office, "九件")
    for _ in range(3):  # what it has taken over stands in the output that the program wrote itself
        looked_into.clear()
        office.merge()
        assert looked_into == [NAME]
        assert office.text("柱2(1)①イ", "actual:2022") == "九件"


def test_another_plan_or_no_cache_opens_it(office: Office, cache: Path, looked_into: list[str]) -> None:
    office.merge()
    kept_file(cache).unlink()
    looked_into.clear()
    office.merge()
    assert looked_into == [NAME]
    office.change_plan(lambda book: setattr(book.worksheets[0].cell(1, 1), "value", "別の題"))
    looked_into.clear()
    office.merge()
    assert looked_into == [NAME]


# ---------------------------------------------------------------- returns


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The departments whose returns are made from here on."""
    seen: list[str] = []
    plain = returning._made

    def making(returns: returning.Returns, department: str) -> bytes:
        seen.append(department)
        return plain(returns, department)

    monkeypatch.setattr(returning, "_made", making)
    return seen


def test_a_return_that_stands_there_is_made_again_only_when_something_changed(
    office: Office, cache: Path, made: list[str], tmp_path: Path
) -> None:
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "別紙のとおり")
    office.merge()
    assert made == ["福祉政策課"]
    sent = office.out / "修正依頼" / "福祉政策課.xlsx"
    first, kept = sent.read_bytes(), contents(cache)
    made.clear()
    office.merge()
    assert (made, sent.read_bytes(), contents(cache)) == ([], first, kept)

    book = openpyxl.load_workbook(sent)  # somebody wrote into it
    book.worksheets[0]["A1"] = "覚え書き"
    book.save(sent)
    office.merge()
    assert (made, sent.read_bytes()) == (["福祉政策課"], first)

    made.clear()
    sent.unlink()
    office.merge()
    assert (made, sent.read_bytes()) == (["福祉政策課"], first)

    made.clear()
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "同上")
    office.merge()
    assert made == ["福祉政策課"] and sent.read_bytes() != first
    _, files = fresh(office, tmp_path / "fresh")
    assert contents(office.out) == files
