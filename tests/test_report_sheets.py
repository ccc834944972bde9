"""The sheets beside the plan: what they count, that their formulas give the values they carry, and their charts."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest

from xl_plan.cells import Cell, Font, Sheet, Style
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.layout.typeset import fits_width
from xl_plan.meaning.values import meaning, reached
from xl_plan.model import Merged, Settings
from xl_plan.pipeline.merging import collect, run_merge
from xl_plan.ratings import rate, read_steps, scale_of
from xl_plan.report import consolidated
from xl_plan.reports.contents import contents_sheet
from xl_plan.reports.judging import Verdict, judge
from xl_plan.reports.rows import standings

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
INBOX = ROOT / "inbox"


@pytest.fixture(scope="module")
def merged() -> Merged:
    return collect(INBOX, TEMPLATE)[0]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = run_merge(INBOX, TEMPLATE, tmp_path_factory.mktemp("out"))
    assert done.output is not None
    return done.output


def recalculated(workbook: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it, every formula calculated anew."""
    again = folder / "again"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(again), str(workbook)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return again / workbook.name


def without_caches(workbook: Path, target: Path) -> None:
    """The same workbook with every formula's result taken out, so that a program has to calculate it."""
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            new.writestr(name, data)


def assert_formulas_agree(workbook: Path, folder: Path) -> int:
    """Every cached value is what LibreOffice calculates; the number of formulas."""
    bare = folder / "bare" / workbook.name
    bare.parent.mkdir(exist_ok=True)
    without_caches(workbook, bare)
    fresh = openpyxl.load_workbook(recalculated(bare, folder), data_only=True)
    cached = openpyxl.load_workbook(workbook, data_only=True)
    formulas = openpyxl.load_workbook(workbook)
    count, differences = 0, []
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                want, got = (book[sheet.title][cell.coordinate].value for book in (cached, fresh))
                near = isinstance(want, (int, float)) and isinstance(got, (int, float)) and abs(want - got) < 1e-9
                if not near and (want or "") != (got or ""):
                    differences.append((sheet.title, cell.coordinate, want, got, cell.value))
    assert differences == []
    return count


# ------------------------------------------------------------------------------------------------------------ 達成状況
def test_the_verdicts_are_those_of_the_values(merged: Merged) -> None:
    words = {True: Verdict.REACHED, False: Verdict.MISSED, None: Verdict.UNJUDGED}
    seen = set()
    for standing in standings(merged):
        verdict = standing.judged(standing.target).verdict
        actual, target = (meaning(standing.text(c)) for c in (standing.actual, standing.target))
        first = meaning(standing.text(standing.actuals[0]))
        seen.add(verdict)
        if verdict is not Verdict.PENDING:
            assert verdict is words[reached(actual, target, first)], standing.programme.number
        else:
            assert standing.text(standing.actual) == "集計中"
    assert seen == {Verdict.REACHED, Verdict.MISSED, Verdict.PENDING, Verdict.UNJUDGED}


def test_copies_are_counted_once(merged: Merged) -> None:
    copies = merged.plan.relisting.originals()
    numbers = [s.programme.key for s in standings(merged)]
    assert len(numbers) == len(merged.plan.programmes) - len(copies) == 26
    assert not set(numbers) & copies.keys()


def test_the_counts_add_up_and_follow_the_list(output: Path) -> None:
    sheet = openpyxl.load_workbook(output, data_only=True)["達成状況"]
    rows = list(sheet.iter_rows(values_only=True))
    whole = next(row for row in rows if row[0] == "全体")
    assert whole[3] == 26 and sum(whole[4:9]) == 26
    listed = [row[9] for row in rows if str(row[0]).startswith("柱2(") and row[9]]
    assert tuple(listed.count(v.value) for v in Verdict) == whole[4:9]
    for group in ("柱", "柱2", "記入部局"):
        lines = [row for row in rows if row[0] == group]
        assert tuple(sum(row[n] for row in lines) for n in range(3, 9)) == whole[3:9], group
    live = openpyxl.load_workbook(output)["達成状況"]
    formulas = [c.value for row in live.iter_rows() for c in row if c.data_type == "f"]
    assert any("'柱2'!" in f for f in formulas) and any(f.startswith("=SUMPRODUCT(") for f in formulas)


@pytest.mark.office
def test_cached_values_are_what_libreoffice_calculates(output: Path, tmp_path: Path) -> None:
    assert assert_formulas_agree(output, tmp_path) > 200


ODD = (
    # actual, target, first, verdict
    ("５箇所", "8箇所", "3箇所", Verdict.MISSED),
    ("８か所", "８箇所", "3箇所", Verdict.REACHED),
    ("87.2%", "75%以上", "", Verdict.REACHED),
    ("７５％", "75%", "", Verdict.REACHED),
    ("24.0", "24.3以下", "", Verdict.REACHED),
    ("25", "24.3以下", "", Verdict.MISSED),
    ("1,234件", "減少", "2,000件", Verdict.REACHED),
    ("120人", "増加", "120人", Verdict.MISSED),
    ("集計中（9月公表予定）", "10件", "", Verdict.PENDING),
    ("算定中", "10件", "", Verdict.PENDING),
    ("－", "10件", "", Verdict.UNJUDGED),
    ("10件", "－", "", Verdict.UNJUDGED),
    ("〔未提出〕", "10件", "", Verdict.UNANSWERED),
    ("", "10件", "", Verdict.UNANSWERED),
    ("策定済", "策定", "", Verdict.REACHED),
    ("利用者\n59.9%\n家族\n59.8%", "50%以上", "", Verdict.REACHED),
    ("年2回", "2回/年", "", Verdict.REACHED),
    ("5人", "10件", "", Verdict.UNJUDGED),
    ("0件", "0件", "", Verdict.REACHED),
    ("1-10", "5", "", Verdict.UNJUDGED),
)


@pytest.mark.parametrize(("actual", "target", "first", "verdict"), ODD)
def test_a_verdict(actual: str, target: str, first: str, verdict: Verdict) -> None:
    assert judge(Cell(actual or None), Cell(target), Cell(first or None), "").verdict is verdict


@pytest.mark.office
def test_odd_values_are_judged_alike_by_formula_and_by_value(tmp_path: Path) -> None:
    from xl_plan.cells import Book, Sheet

    cells: dict[tuple[int, int], Cell] = {}
    pairs = [*((a, t, f) for a, t, f, _ in ODD), (0.872, 0.75, ""), (0, 5, ""), (7, "5件以上", ""), ("1/2", "5", "")]
    for row, (actual, target, first) in enumerate(pairs):
        style = Style(font=Font("BIZ UDゴシック", 9))
        judged = judge(Cell(actual or None if actual != 0 else 0), Cell(target), Cell(first or None), "")
        mine, other = f"D{row + 1}", f"E{row + 1}"
        compared = f"C{row + 1}" if judged.way.moves else f"B{row + 1}"
        cells[row, 0], cells[row, 1], cells[row, 2] = judged.actual.cell, Cell(target, style), judged.first.cell
        cells[row, 3] = Cell(_shown(judged.actual.value), formula=judged.actual.formula(f"A{row + 1}"))
        cells[row, 4] = Cell(_shown(judged.other.value), formula=judged.other.formula(compared))
        cells[row, 5] = Cell(_shown(judged.rate), formula=judged.rate_formula(mine, other))
        formula = judged.formula(f"A{row + 1}", f"B{row + 1}", mine, other)
        cells[row, 6] = Cell(judged.verdict.value, formula=formula)
    path = tmp_path / "odd.xlsx"
    path.write_bytes(book_bytes(Book((Sheet("表", MappingProxyType(cells)),))))
    assert assert_formulas_agree(path, tmp_path) == 4 * len(pairs)


def _shown(value: float | None) -> float | str:
    return "" if value is None else value


@pytest.mark.office
def test_correcting_the_plan_changes_the_counts(output: Path, tmp_path: Path) -> None:
    """The actual of one missed programme corrected in the plan sheet: it is counted as reached."""
    book = openpyxl.load_workbook(output)
    before = openpyxl.load_workbook(output, data_only=True)["達成状況"]
    row = next(r for r in before.iter_rows() if r[0].value == "柱2(1)②オ" and r[9].value == "未達成")
    address = re.search(r"'柱2'!([A-Z]+[0-9]+)", book["達成状況"].cell(row[0].row, 4).value)
    assert address is not None
    book["柱2"][address[1]].value = 3000
    corrected = tmp_path / "corrected.xlsx"
    book.save(corrected)
    after = openpyxl.load_workbook(recalculated(corrected, tmp_path), data_only=True)["達成状況"]
    assert after.cell(row[0].row, 10).value == "達成"
    whole = [next(r for r in s.iter_rows(values_only=True) if r[0] == "全体") for s in (before, after)]
    assert (whole[1][4] - whole[0][4], whole[1][5] - whole[0][5]) == (1, -1)


def test_charts_are_native_and_described(output: Path) -> None:
    with zipfile.ZipFile(output) as package:
        charts = {n: package.read(n).decode() for n in package.namelist() if n.startswith("xl/charts/chart")}
        drawings = "".join(package.read(n).decode() for n in package.namelist() if n.startswith("xl/drawings/drawing"))
    stacked = [xml for xml in charts.values() if 'grouping val="stacked"' in xml]
    assert len(stacked) == 2 and all('barDir val="bar"' in xml for xml in stacked)
    assert all("<a:pattFill" in xml for xml in stacked)  # not by colour alone
    described = re.findall(r'descr="([^"]+)"', drawings)
    assert len(described) == len(charts)
    assert any("達成2" in text and "地域包括支援課" in text for text in described)
    rates = next(xml for xml in charts.values() if "最終目標に対する達成率" in xml)
    assert "<c:f>達成状況!$C$" in rates or "<c:f>'達成状況'!$C$" in rates


# ------------------------------------------------------------------------------------------------------------- ratings
def test_ratings_are_off_until_somebody_rates(merged: Merged, output: Path) -> None:
    assert scale_of(merged.plan.settings) is None
    sheet = openpyxl.load_workbook(output)["達成状況"]
    assert not any(c.value == "評価" for row in sheet.iter_rows() for c in row)


def test_the_scale_is_read_as_written() -> None:
    steps = read_steps("◎≧100% ○≧80% △≧60% ×＜60%")
    assert [(s.mark, s.sign, str(s.rate)) for s in steps] == [
        ("◎", ">=", "1"), ("○", ">=", "0.8"), ("△", ">=", "0.6"), ("×", "<", "0.6"),
    ]  # fmt: skip
    assert [s.mark for s in read_steps("Ａ：120%以上、Ｂ：１００％以上、Ｃ：100%未満")] == ["Ａ", "Ｂ", "Ｃ"]


RATES = (
    # actual, target, since, mark
    ("100件", "100件", "", "◎"),
    ("99件", "100件", "", "○"),
    ("60件", "100件", "", "△"),
    ("59件", "100件", "", "×"),
    ("50件", "40件以下", "", "○"),  # less is better: 40/50
    ("40件", "40件以下", "", "◎"),
    ("90件", "減少", "100件", "◎"),
    ("120件", "減少", "100件", "○"),
    ("100件", "増加", "100件", "○"),  # stood still
    ("101件", "増加", "100件", "◎"),
    ("策定済", "策定", "", "◎"),
    ("検討中", "策定", "", "×"),
    ("集計中", "100件", "", ""),
    ("－", "100件", "", ""),
    ("10人", "100件", "", ""),
)


@pytest.mark.parametrize(("actual", "target", "since", "mark"), RATES)
def test_a_rating(actual: str, target: str, since: str, mark: str) -> None:
    scale = scale_of(Settings(extra=MappingProxyType({"評価者": "自動"})))
    assert scale is not None
    assert scale.mark(rate(meaning(actual), meaning(target), meaning(since))) == mark


def test_less_is_better_where_the_settings_say_so() -> None:
    scale = scale_of(Settings(extra=MappingProxyType({"評価者": "自動", "評価の向き": "小さい方が良い：柱2(1)①イ"})))
    assert scale is not None and "柱2(1)①イ" in scale.lower
    assert scale.mark(rate(meaning("80件"), meaning("100件"), None, lower=True)) == "◎"


def rated(merged: Merged, **extra: str) -> Merged:
    settings = replace(merged.plan.settings, extra=MappingProxyType(extra))
    return replace(merged, plan=replace(merged.plan, settings=settings))


@pytest.mark.office
@pytest.mark.parametrize("against", ["最終", "中間"])
def test_ratings_stand_in_the_sheet_and_live(merged: Merged, tmp_path: Path, against: str) -> None:
    book = consolidated(rated(merged, 評価者="自動", 評価の比較対象=against), ()).book
    path = tmp_path / "rated.xlsx"
    path.write_bytes(book_bytes(book))
    sheet = book.sheet("達成状況")
    assert sheet is not None
    head = next(r for r, row in sheet.rows() if any(c.value == "評価" for _, c in row))
    marks = {str(sheet.at(r, 0).value): sheet.at(r, 13) for r in range(head + 1, head + 27)}
    by_number = {s.programme.number: s for s in standings(merged)}
    if against == "最終":
        assert marks["柱2(1)①イ"].value == "◎" and marks["柱2(1)①ア"].value in (None, "")
        assert marks["柱2(1)②オ"].value == "×" and marks["柱2(1)①オ"].value == "○"
    assert marks.keys() == by_number.keys()
    assert_formulas_agree(path, tmp_path)


def test_a_year_without_a_target_has_no_ratings(merged: Merged) -> None:
    sheet = consolidated(rated(merged, 評価者="自動", 評価の比較対象="当年度"), ()).book.sheet("達成状況")
    assert sheet is not None
    assert not any(c.value in ("◎", "○", "△", "×") for c in sheet.cells.values())


def test_what_people_rate_is_shown_as_they_wrote_it(merged: Merged) -> None:
    sheet = consolidated(rated(merged, 評価者="会議"), ()).book.sheet("達成状況")
    assert sheet is not None
    assert any("会議が記入" in str(c.value) for c in sheet.cells.values())
    assert not any(c.value in ("◎", "○", "△", "×") for c in sheet.cells.values())


# ------------------------------------------------------------------------------------- 指標の推移, データ一覧, 目次
def test_every_indicator_with_figures_has_a_chart_with_its_target(merged: Merged, output: Path) -> None:
    sheet = consolidated(merged, ()).book.sheet("指標の推移")
    assert sheet is not None
    lines = {str(sheet.at(r, 0).value): r for r, row in sheet.rows() if str(row[0][1].value).startswith("柱2(")}
    assert len(sheet.charts) == len(lines) == 24
    row = lines["柱2(1)①イ"]
    assert [sheet.at(row, c).value for c in range(5, 11)] == [4049, 8337, 8247, 8884, 13282, 15107]
    assert {sheet.at(row + 1, c).value for c in range(5, 11)} == {6000}
    assert all("'柱2'!" in str(sheet.at(row, c).formula) for c in range(5, 11))
    chart = next(c for c in sheet.charts if "柱2(1)①イ" in c.title)
    assert [(s.name, s.dashed) for s in chart.series] == [("実績", False), ("最終目標", True)]
    assert "R5 15,107件" in chart.alt and "最終目標 6,000件" in chart.alt
    percent = lines["柱2(1)①ア"]  # 集計中 in R5: no figure, and no zero in the chart
    assert sheet.at(percent, 10).blank and sheet.at(percent, 5).value == 0.872
    corners = [c.at for c in sheet.charts]
    assert len(set(corners)) == len(corners)  # none lies on another


def test_the_data_sheet_is_tidy(merged: Merged) -> None:
    sheet = consolidated(merged, ()).book.sheet("データ一覧")
    assert sheet is not None
    rows = [dict(row) for _, row in sheet.rows()]
    head = next(i for i, row in enumerate(rows) if row[0].value == "番号")
    names = {cell.value: col for col, cell in rows[head].items()}
    body = [{n: row[c].value for n, c in names.items() if c in row} for row in rows[head + 1 :]]
    assert len({(r["番号"], r["列"], r["区分"]) for r in body}) == len(body)
    filled = next(r for r in body if (r["番号"], r["列"]) == ("柱2(1)①イ", "Ｒ5 実績値"))
    assert (filled["原文"], filled["数値"], filled["単位"], filled["状態"]) == ("15,107件", 15107, "件", "回答")
    assert not any(area.top > head for area in sheet.merges)


def test_more_trends_than_a_person_turns_over_are_left_to_export(
    merged: Merged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xl_plan.reports.trends.MOST", 3)
    sheet = consolidated(merged, ()).book.sheet("指標の推移")
    assert sheet is not None and sheet.charts == () and len(sheet.cells) < 5
    assert "xl-plan export" in str(sheet.at(1, 0).value)


def test_more_rates_than_a_person_turns_over_have_no_chart(merged: Merged, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines(sheet: Sheet | None) -> tuple[int, list[str], int]:
        assert sheet is not None
        texts = [str(cell.value) for _, cell in sorted(sheet.cells.items())]
        rates = texts[texts.index("最終目標に対する達成率") : texts.index("事業ごとの判定")]
        return (
            len(sheet.charts),
            [text for text in texts if "初めの" in text],
            len([t for t in rates if t.startswith("柱")]),
        )

    whole = lines(consolidated(merged, ()).book.sheet("達成状況"))
    monkeypatch.setattr("xl_plan.reports.progress._BARS", 2)
    monkeypatch.setattr("xl_plan.reports.progress._MOST_CHARTS", 3)
    few = lines(consolidated(merged, ()).book.sheet("達成状況"))
    assert whole[1] == [] and whole[2] > 6
    note = "最終目標に対する達成率の表とグラフは、初めの6事業です。すべての事業の達成率は「事業ごとの判定」にあります。"
    assert few == (2 + 3, [note], 6)


def two_pillars(merged: Merged) -> Merged:
    """The plan with its sheet a second time under another name and other numbers."""
    from xl_plan.cells import Book
    from xl_plan.plan import read_plan

    book = read_book(TEMPLATE.read_bytes())
    first = book.sheets[0]
    renamed = {
        place: cell.with_value(cell.value.replace("柱2(", "柱3(").replace("柱２", "柱３"))
        if isinstance(cell.value, str)
        else cell
        for place, cell in first.cells.items()
    }
    second = replace(first, name="柱3", cells=MappingProxyType(renamed))
    plan, _ = read_plan(Book((first, second, *book.sheets[1:])))
    return replace(merged, plan=plan, entries=MappingProxyType({}))


@pytest.mark.office
def test_the_contents_name_the_pages_that_are_printed(merged: Merged, tmp_path: Path) -> None:
    book = consolidated(two_pillars(merged), ()).book
    assert book.sheets[0].name == "目次" and [s.name for s in book.sheets[1:3]] == ["柱2", "柱3"]
    contents = {str(row[0][1].value).strip(): row[1][1].value for _, row in book.sheets[0].rows() if len(row) > 1}
    assert contents["【柱２】"] == 2 and {"【柱３】", "（１）相談窓口の充実"} <= contents.keys()
    path = tmp_path / "two.xlsx"
    path.write_bytes(book_bytes(replace(book, sheets=book.sheets[:3])))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer

    printed = [
        "".join(item.get_text() for item in page if isinstance(item, LTTextContainer))
        for page in extract_pages(str(tmp_path / "two.pdf"))
    ]
    assert "【柱３】" in printed[contents["【柱３】"] - 1]
    assert len(printed) >= contents["【柱３】"]


def test_the_contents_name_no_page_that_nobody_can_tell(merged: Merged, monkeypatch: pytest.MonkeyPatch) -> None:
    table = merged.plan.tables[0]
    broken = replace(table.sheet, page=replace(table.sheet.page, row_breaks=(4, 20)))
    pages = {}
    for most in (2, 3):
        monkeypatch.setattr("xl_plan.reports.contents.MAX_BREAKS", most)
        sheet = contents_sheet(merged.plan.settings, (broken, broken), (table, table))
        assert sheet is not None
        pages[most] = [sheet.at(row, 1).value for row in range(3, max(sheet.heights) + 1)]
    first_of_second = len(pages[3]) // 2
    assert pages[3][0] == 2 and pages[3][first_of_second] == 5
    assert pages[2] == [page if page and page < 4 else None for page in pages[3]]
    assert None in pages[2]


def test_one_pillar_needs_no_contents(merged: Merged) -> None:
    assert consolidated(merged, ()).book.sheet("目次") is None


# ---------------------------------------------------------------------------------------------------------- 確認事項
def test_findings_lead_to_cells_and_numbers_lead_back(output: Path) -> None:
    """Every programme with a finding leads from its number to its first line, which leads to the programme."""
    from xl_plan.cells import parse_a1
    from xl_plan.plan import read_plan

    book = read_book(output.read_bytes())
    findings, plan_sheet = book.sheet("確認事項"), book.sheet("柱2")
    assert findings is not None and plan_sheet is not None and findings.filter is not None
    lines: dict[str, int] = {}
    for (row, _), cell in sorted(findings.cells.items()):
        if cell.link:
            assert cell.link.startswith("#'柱2'!")
            lines.setdefault(str(cell.value).split()[0], row)
    back = {
        str(cell.value).strip(): parse_a1(cell.link.split("!")[1])[0]
        for (_, col), cell in plan_sheet.cells.items()
        if col == 0 and cell.link
    }
    assert back == lines and len(back) > 5
    plan, _ = read_plan(book)
    assert not any(cell.link for table in plan.tables for cell in table.sheet.cells.values())  # gone with the next plan


# -------------------------------------------------------------------------------------------------------- named ranges
def test_tables_and_their_columns_have_names(output: Path) -> None:
    """Each name gives its table, or the column below its head, whichever program reads it."""
    book = openpyxl.load_workbook(output)
    names = {name: defined.attr_text for name, defined in book.defined_names.items()}
    assert names["達成状況_判定"].startswith("'達成状況'!$J$") and "データ一覧_表" in names
    for name in names:
        ((sheet, cells),) = book.defined_names[name].destinations
        block = book[sheet][cells]
        head = name.removeprefix(f"{sheet}_")
        if not name.startswith("計画表") and head != "表":
            above = book[sheet].cell(block[0][0].row - 1, block[0][0].column).value
            assert re.sub(r"\W+", "_", above).strip("_") == head, name
    numbers = [c.value for (c,) in book["柱2"][names["計画表_柱2_番号"].split("!")[1].replace("$", "")] if c.value]
    assert len([n for n in numbers if n.startswith("柱2(")]) == 32


@pytest.mark.office
def test_formulas_may_use_the_names(output: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(output)
    book["柱2"]["Z1"] = '=COUNTIF(達成状況_判定,"達成")'
    book["柱2"]["Z2"] = "=ROWS(計画表_柱2)"
    path = tmp_path / "counted.xlsx"
    book.save(path)
    counted = openpyxl.load_workbook(recalculated(path, tmp_path), data_only=True)["柱2"]
    rows = list(openpyxl.load_workbook(output, data_only=True)["達成状況"].iter_rows(values_only=True))
    assert counted["Z1"].value == next(row for row in rows if row[0] == "全体")[4]
    assert counted["Z2"].value >= 64


def test_a_sheet_whose_name_no_range_may_have(merged: Merged) -> None:
    plan, odd = merged.plan, "（仮）柱 2-'案'分"
    (table,) = plan.tables
    table = replace(table, sheet=replace(table.sheet, name=odd))
    programmes = tuple(replace(p, sheet=odd) for p in plan.programmes)
    renamed = replace(merged, plan=replace(plan, tables=(table,), programmes=programmes), entries=MappingProxyType({}))
    book = read_book(book_bytes(consolidated(renamed, ()).book))
    assert book.names["計画表_仮_柱_2_案_分"].startswith("'（仮）柱 2-''案''分'!$A$")


# ----------------------------------------------------------------------------------------------------- the whole book
def test_the_report_sheets_are_never_read_as_pillars(output: Path) -> None:
    from xl_plan.plan import read_plan

    plan, _ = read_plan(read_book(output.read_bytes()))
    assert [table.sheet.name for table in plan.tables] == ["柱2"] and plan.others == ()


@pytest.mark.parametrize("reader", ["openpyxl", "calamine"])
def test_other_readers_open_it_without_complaint(output: Path, reader: str) -> None:
    if reader == "openpyxl":
        assert "達成状況" in openpyxl.load_workbook(io.BytesIO(output.read_bytes())).sheetnames
    else:
        from python_calamine import CalamineWorkbook

        assert "達成状況" in CalamineWorkbook.from_path(str(output)).sheet_names


@pytest.mark.parametrize("extra", [{}, {"評価者": "自動", "評価の印刷": "する"}])
def test_every_sheet_is_as_wide_as_its_paper(merged: Merged, extra: dict[str, str]) -> None:
    """No column prints on a page of its own: the sheets fit, with room to spare, at a scale that keeps 8 points."""
    _, findings = collect(INBOX, TEMPLATE)
    sheets = consolidated(rated(merged, **extra), findings).book.sheets
    assert len(sheets) > 10
    for sheet in sheets:
        assert fits_width(sheet.widths, sheet.page), sheet.name
        assert sheet.page.scale * 9 / 100 >= 8


@pytest.mark.office
def test_every_sheet_prints_on_the_pages_that_are_laid_out(output: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(output)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    from pdfminer.pdfpage import PDFPage

    with (tmp_path / f"{output.stem}.pdf").open("rb") as pdf:
        printed = sum(1 for _ in PDFPage.get_pages(pdf))
    sheets = [sheet for sheet in read_book(output.read_bytes()).sheets if sheet.state == "visible"]
    assert printed == sum(len(sheet.page.row_breaks) + 1 for sheet in sheets)
