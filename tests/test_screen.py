"""What a terminal shows: a summary that fits, a bar for what takes its time, colours that only repeat words, near names."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import xl_plan.cli.screen
from xl_plan.cells import Book
from xl_plan.cli import main
from xl_plan.cli.screen import coloured, progress
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.text import near_name
from xl_plan.model import Department, Merged, Outcome, State
from xl_plan.pipeline.checking import run_check
from xl_plan.pipeline.common import CannotRun, load_plan, read_file, require_round
from xl_plan.pipeline.comparing import run_diff
from xl_plan.pipeline.exporting import run_export
from xl_plan.pipeline.guidance import guidance
from xl_plan.pipeline.merging import collect
from xl_plan.pipeline.publishing import run_publish
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.plan import read_plan
from xl_plan.rules.values import NOT_AN_ANSWER
from xl_plan.submissions import read_submission
from xl_plan.summary import merge_summary

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)


@pytest.fixture(scope="module")
def merged() -> tuple[Merged, tuple[Finding, ...]]:
    return collect(ROOT / "inbox", TEMPLATE)


# ------------------------------------------------------------------------------------------------------------ summary
def test_the_summary_fits_a_screen(merged: tuple[Merged, tuple[Finding, ...]]) -> None:
    faults = tuple(
        found(
            NOT_AN_ANSWER,
            Place("a.xlsx", "柱2", f"J{n}", "柱2(1)①ア", "Ｒ5 実績値"),
            department="福祉政策課",
            got="同上",
        )
        for n in range(40)
    )
    lost = tuple(Outcome(f"知らない提出物{n}.xlsx", "", "", State.REFUSED) for n in range(30))
    held = replace(merged[0], outcomes=(*merged[0].outcomes, *lost))
    lines = list(merge_summary(held, (*faults, *merged[1]), Path("outbox/a.xlsx"), [Path("outbox/修正依頼/b.xlsx")]))
    assert len(lines) <= 24 and max(map(width, lines)) <= 80
    text = "\n".join(lines)
    assert "10部局のうち10部局が提出済みです。" in text
    assert next(line for line in lines if "福祉政策課" in line).endswith("要修正 40件")
    assert "部局の分からないファイル（30件）：知らない提出物0.xlsx" in text
    assert "outbox/a.xlsx" in text and "outbox/修正依頼（1部局）" in text
    assert "要修正 40件" in lines[-3] and "【参考】" not in text and "参考 16件" in text


def test_many_departments_are_counted_and_those_to_look_at_named(merged: tuple[Merged, tuple[Finding, ...]]) -> None:
    plan = merged[0].plan
    names = [f"第{n}課" for n in range(60)]
    programmes = tuple(
        replace(plan.programmes[0], key=f"柱2(9)①{n}", number=f"柱2(9)①{n}", responsible=name)
        for n, name in enumerate(names)
    )
    many = replace(plan, programmes=programmes, departments=tuple(Department(name) for name in names))
    entries = {
        (p.key, c.key): replace(merged[0].entries["柱2(1)①ア", c.key], state="未提出" if n == 7 else "")
        for n, p in enumerate(programmes)
        for _, c in many.owned_by(p.responsible)
    }
    held = replace(merged[0], plan=many, entries=entries, missing=("第7課",), outcomes=())
    lines = list(merge_summary(held, (), Path("outbox/a.xlsx"), []))
    assert len(lines) <= 24
    assert any("第7課" in line and "未提出" in line for line in lines)
    assert "　ほか59部局は提出済みで、要修正はありません" in lines


def test_check_lists_everything() -> None:
    said = CliRunner().invoke(main, ["check", "--plan", str(TEMPLATE)], prog_name="xl-plan")
    assert said.output.count("【参考】") == 16 - 1 and "ほか" not in said.output.splitlines()[-2]


# ---------------------------------------------------------------------------------------------------------------- bar
class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [0.0]
    monkeypatch.setattr(xl_plan.cli.screen.time, "monotonic", lambda: now[0])
    yield now


def drawn(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, clock: list[float], step: float) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    show = progress(False)
    for done in range(1, 5):
        clock[0] += step
        show("読み取っています", done, 4)
    return stream.getvalue()


def test_a_bar_for_what_takes_over_a_second(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    text = drawn(monkeypatch, Terminal(), clock, 0.6)
    bars = text.split("\r")[1:]
    assert [bar.count("■") for bar in bars] == [10, 15, 20] and all(
        bar.count("■") + bar.count("□") == 20 for bar in bars
    )
    assert text.endswith("4/4\n") and text.count("\n") == 1


def test_nothing_for_a_moment_and_nothing_but_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    assert drawn(monkeypatch, Terminal(), clock, 0.01) == ""
    assert drawn(monkeypatch, io.StringIO(), clock, 5) == ""


def test_every_command_that_may_take_its_time_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []

    def hear(what: str, done: int, total: int) -> None:
        told.append((what, done, total))

    def steps() -> list[int]:
        (what,) = {what for what, _, _ in told}
        (total,) = {total for _, _, total in told}
        assert re.search("[ぁ-ん]", what) and told[-1][1] == total > 1
        done = [done for _, done, _ in told]
        told.clear()
        return done

    run_rollover(TEMPLATE, "R5", tmp_path / "plan.xlsx", progress=hear)
    assert steps() == [1, 2, 3]
    run_publish(TEMPLATE, tmp_path, hear)
    assert steps() == [1, 2, 3]
    run_diff(TEMPLATE, TEMPLATE, tmp_path, hear)
    assert steps() == [1, 2, 3, 4]
    for name in ("a.csv", "folder"):
        run_export(TEMPLATE, tmp_path / name, hear)
        assert steps() == [1, 2, 3]
    run_split(TEMPLATE, tmp_path, hear)
    assert len(steps()) == 12  # ten forms, two copies
    forms = sorted((ROOT / "inbox").glob("*.xlsx"))
    run_check(forms, TEMPLATE, progress=hear)
    assert steps() == list(range(1, 11))
    guidance(TEMPLATE, ROOT / "inbox", tmp_path, hear)
    assert steps() == list(range(1, 11))


# ------------------------------------------------------------------------------------------------------------ colours
def test_colours_add_nothing_but_colour() -> None:
    line = "【要修正】XP302 …　要確認 3件　提出済"
    assert click.unstyle(coloured(line)) == line != coloured(line)
    assert coloured("要修正 0件") == "要修正 0件"


@pytest.mark.parametrize(
    ("arguments", "variable", "expected"),
    [([], None, True), (["--no-color"], None, False), ([], "1", False)],
)
def test_colours_switch_off(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str | None, expected: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if variable:
        monkeypatch.setenv("NO_COLOR", variable)
    before = CliRunner().invoke(main, [*arguments, "check", "--plan", str(TEMPLATE)], color=True, prog_name="xl-plan")
    after = CliRunner().invoke(main, ["check", "--plan", str(TEMPLATE), *arguments], color=True, prog_name="xl-plan")
    assert {"\x1b[" in before.output, "\x1b[" in after.output} == {expected}


# -------------------------------------------------------------------------------------------------------- near names
def test_near_names() -> None:
    names = ["福祉政策課", "広報広聴課", "障害福祉課"]
    assert near_name("福祉制策課", names) == "（もしかして：福祉政策課）"
    assert near_name("設定", ["柱2", "設定 (2)"]) == "（もしかして：設定 (2)）"
    assert near_name("水道局", names) == near_name("", names) == ""


def test_an_unknown_department_in_the_plan_is_told_its_nearest() -> None:
    book = read_book(TEMPLATE.read_bytes())
    sheets = []
    for sheet in book.sheets:
        cells = {
            at: cell.with_value("福祉制策課") if sheet.name == "柱2" and cell.value == "福祉政策課" else cell
            for at, cell in sheet.cells.items()
        }
        sheets.append(replace(sheet, cells=cells))
    findings = read_plan(Book(tuple(sheets)))[1]
    said = [f.message for f in findings if f.code == "XP508"]
    assert said and all("（もしかして：福祉政策課）" in text for text in said)


def test_an_unknown_department_of_a_file_is_told_its_nearest() -> None:
    plan = load_plan(TEMPLATE)[0]
    book = read_book((ROOT / "inbox" / "学童保育課.xlsx").read_bytes())
    sheets = []
    for sheet in book.sheets:
        if sheet.state == "visible":
            at = next((at for at, cell in sheet.cells.items() if cell.value == "部局名"), None)
            cells = dict(sheet.cells)
            if at is not None:
                cells[at[0], at[1] + 1] = sheet.at(at[0], at[1] + 1).with_value("学童保有課")
            blank = {at: cell.with_value(None) for at, cell in cells.items() if not cell.style.locked}
            sheets.append(replace(sheet, cells=cells | (blank if sheet.name == "柱2" else {})))
    submission, findings = read_submission(Book(tuple(sheets)), plan, "提出.xlsx", "")
    assert submission is None
    assert [f.message.count("（もしかして：学童保育課）") for f in findings if f.code == "XP103"] == [1]


def test_a_mistyped_file_and_sheet_are_told_their_nearest(tmp_path: Path) -> None:
    (tmp_path / "plan_template.xlsx").write_bytes(b"")
    with pytest.raises(CannotRun, match="もしかして：plan_template"):
        read_file(tmp_path / "plan_tmplate.xlsx", "計画のブック")
    book = read_book(TEMPLATE.read_bytes())
    sheets = tuple(replace(s, name="設定 (2)") if s.name == "設定" else s for s in book.sheets)
    plan = read_plan(read_book(book_bytes(Book(sheets))))[0]
    with pytest.raises(CannotRun, match="もしかして：設定"):
        require_round(plan, Path("a.xlsx"))
