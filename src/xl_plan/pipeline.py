"""The order of the stages. The only caller of :mod:`xl_plan.excel`: bytes become books here and books become files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from xl_plan.cells import Book
from xl_plan.checks.answers import Judged, judge
from xl_plan.checks.ownership import foreign_cells
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.excel.write import book_bytes, verify_bytes
from xl_plan.files import TargetBusy, write_whole
from xl_plan.findings import Finding, Place, Severity, found, ordered, tally
from xl_plan.fiscal import FiscalYear, parse_year
from xl_plan.forms import split
from xl_plan.guide import letter
from xl_plan.inbox import InboxFile, list_inbox
from xl_plan.model import Merged, Outcome, Plan, State
from xl_plan.plan import read_plan
from xl_plan.reconcile import reconcile
from xl_plan.report import consolidated
from xl_plan.rollover import open_round
from xl_plan.rules.files import UNREADABLE
from xl_plan.submissions import read_submission

FORMS_FOLDER = "調査票"
RETURNS_FOLDER = "修正依頼"
Progress = Callable[[str, int, int], None]


class CannotRun(Exception):  # noqa: N818 - says what is the case
    """The command could not run: one line that says what, where and what to do."""


def _no_progress(_what: str, _done: int, _all: int) -> None:
    return None


# ------------------------------------------------------------------------------------------------------------ reading
def _read_file(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CannotRun(f"{what}が見つかりません：{path}（場所と名前を確かめてください）") from None
    except IsADirectoryError:
        raise CannotRun(f"{what}にフォルダーが指定されています：{path}（ファイルを指定してください）") from None
    except OSError as error:
        raise CannotRun(f"{what}を読み取れません：{path}（{error.strerror}。開く権限を確かめてください）") from None


def load_plan(path: Path) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan workbook at ``path``. Raises CannotRun when it is no workbook."""
    data = _read_file(path, "計画のブック")
    try:
        book = read_book(data)
    except UnreadableWorkbook as error:
        raise CannotRun(f"計画のブックを読み取れません：{path}（{unreadable_reason(error)}）") from None
    return read_plan(book, path.name, hashlib.sha256(data).hexdigest())


_REASONS = {
    "empty": ("中身が空（0バイト）です", "コピーの途中だった可能性があります。もう一度置き直してください。"),
    "encrypted": ("パスワードがかかっています", "パスワードを外して保存したものを置き直してもらってください。"),
    "damaged": ("ファイルが壊れています", "Excelで開き、「名前を付けて保存」し直したものを置いてください。"),
    "too-large": ("大きすぎます", "使っていない行や列、画像を除いて保存し直してもらってください。"),
    "unsafe": ("安全でない内容が含まれています", "配布した調査票に記入し直してもらってください。"),
}


def unreadable_reason(error: UnreadableWorkbook) -> str:
    """Why a file cannot be read, in Japanese."""
    if error.kind == "not-a-workbook":
        return f"Excelのブックではありません。これは{error.detail or '別の種類のファイル'}です"
    return _REASONS.get(error.kind, _REASONS["damaged"])[0]


def _unreadable(file: InboxFile, error: UnreadableWorkbook) -> Finding:
    advice = "Excelの調査票に記入したものを置き直してもらってください。"
    if error.kind in _REASONS:
        advice = _REASONS[error.kind][1]
    return found(UNREADABLE, Place(file.name), reason=unreadable_reason(error), advice=advice)


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file of the inbox, read and checked: a pure function of the plan and the file's bytes."""

    judged: Judged | None
    outcome: Outcome | None
    findings: tuple[Finding, ...]


def examine(name: str, data: bytes, plan: Plan) -> FileResult:
    """Read and check one submission."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        book = read_book(data)
    except UnreadableWorkbook as error:
        finding = _unreadable(InboxFile(name, Path(name)), error)
        return FileResult(None, Outcome(name, sha256, "", State.REFUSED), (finding,))
    submission, findings = read_submission(book, plan, name, sha256)
    if submission is None:
        department = next((f.department for f in findings if f.department), "")
        return FileResult(None, Outcome(name, sha256, department, State.REFUSED), findings)
    judged, faults = judge(submission, plan)
    return FileResult(judged, None, (*findings, *foreign_cells(submission, plan), *faults))


_worker_plan: dict[str, Plan] = {}


def _start_worker(plan: Plan) -> None:
    _worker_plan["plan"] = plan


def _examine_path(file: InboxFile) -> FileResult:
    return _examine_file(file, _worker_plan["plan"])


def _examine_file(file: InboxFile, plan: Plan) -> FileResult:
    try:
        data = file.path.read_bytes()
    except OSError as error:
        finding = found(
            UNREADABLE,
            Place(file.name),
            reason=f"開くことができません（{error.strerror}）",
            advice="ほかの人が開いていないか、読み取りの権限があるかを確かめてください。",
        )
        return FileResult(None, Outcome(file.name, "", "", State.REFUSED), (finding,))
    return examine(file.name, data, plan)


def _examine_all(files: Sequence[InboxFile], plan: Plan, jobs: int, progress: Progress) -> list[FileResult]:
    results = []
    for done, result in enumerate(_results(files, plan, jobs), 1):
        progress("提出物を読み取っています", done, len(files))
        results.append(result)
    return results


def _results(files: Sequence[InboxFile], plan: Plan, jobs: int) -> Iterator[FileResult]:
    if jobs <= 1 or len(files) <= 1:
        for file in files:
            yield _examine_file(file, plan)
        return
    with ProcessPoolExecutor(min(jobs, len(files)), initializer=_start_worker, initargs=(plan,)) as pool:
        yield from pool.map(_examine_path, files, chunksize=max(1, len(files) // (jobs * 8)))


# ------------------------------------------------------------------------------------------------------------ writing
def _write_book(book: Book, path: Path) -> None:
    data = book_bytes(book)
    differences = verify_bytes(data, book)
    if differences:
        raise CannotRun(f"書き出した内容を読み直すと一致しませんでした：{path.name}（{differences[0]}）")
    _write(path, data)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_bytes() == data:
            return
        write_whole(path, data)
    except TargetBusy:
        raise CannotRun(f"{path}に書き込めません（Excelで開いている場合は閉じて、もう一度実行してください）") from None
    except OSError as error:
        raise CannotRun(f"{path}に書き込めません（{error.strerror}。空き容量と書き込みの権限を確かめてください）") from None


# ----------------------------------------------------------------------------------------------------------- commands
@dataclass(frozen=True, slots=True)
class Written:
    """What a command that writes one workbook did."""

    output: Path
    findings: tuple[Finding, ...]


def run_rollover(
    workbook: Path, year_text: str, to: Path, *, title: str = "", deadline: str = "", division: str = ""
) -> Written:
    """Any plan workbook → the round's plan workbook at ``to``."""
    year = parse_year(year_text)
    if year is None:
        raise CannotRun(f"年度「{year_text}」を読み取れません（例：--year R5）")
    plan, findings = load_plan(workbook)
    if not plan.programmes:
        raise CannotRun(f"{workbook}に事業の表が見つかりません（「番号」「事業名」「担当部局」の見出しがあるか確かめてください）")
    settings = plan.settings
    settings = replace(
        settings,
        title=title or settings.title or workbook.stem,
        deadline=deadline or settings.deadline,
        division=division or settings.division,
    )
    if not any(column.year == year for table in plan.tables for column in table.columns):
        raise CannotRun(f"{workbook}に{FiscalYear(year.year).era_label}の列がありません")
    _write_book(open_round(plan, settings, year).book, to)
    return Written(to, findings)


@dataclass(frozen=True, slots=True)
class WrittenForms:
    """The files that split wrote."""

    forms: tuple[tuple[str, Path, int], ...]
    copies: tuple[tuple[str, Path], ...]
    letters: tuple[Path, ...]
    nothing_to_fill: tuple[str, ...]
    findings: tuple[Finding, ...]


def run_split(plan_path: Path, out: Path, progress: Progress = _no_progress) -> WrittenForms:
    """Plan → forms, 確認用 copies and letters in ``out``/調査票."""
    plan, findings = load_plan(plan_path)
    _require_round(plan, plan_path)
    made = split(plan)
    folder = out / FORMS_FOLDER
    total = len(made.forms) + len(made.copies)
    forms, copies, letters = [], [], []
    for done, form in enumerate((*made.forms, *made.copies), 1):
        fills = bool(form.owned)
        name = safe_name(form.department)
        path = folder / (f"{name}.xlsx" if fills else f"確認用_{name}.xlsx")
        _write_book(form.book, path)
        text = letter(plan, form.department, path.name, len(form.owned))
        letters.append(folder / f"依頼文_{name}.txt")
        _write(letters[-1], text.encode("utf-8-sig"))
        if fills:
            forms.append((form.department, path, len(form.owned)))
        else:
            copies.append((form.department, path))
        progress("調査票を書き出しています", done, total)
    return WrittenForms(tuple(forms), tuple(copies), tuple(letters), made.nothing_to_fill, findings)


def safe_name(department: str) -> str:
    """A department's name as a file name on every system."""
    return "".join("_" if ch in '<>:"/\\|?*' or ord(ch) < 32 else ch for ch in department).strip(" .") or "部局"


def _require_round(plan: Plan, path: Path) -> None:
    if not plan.programmes:
        raise CannotRun(f"{path}に事業の表が見つかりません（xl-plan rollover で計画のブックを作ってください）")
    if not plan.settings.given or plan.settings.year is None:
        raise CannotRun(
            f"{path}に「設定」シートまたは実績年度がありません（xl-plan rollover {path} --year R5 のように計画のブックを作ってください）"
        )


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What merge did. ``output`` is None when --strict held the workbook back."""

    merged: Merged
    output: Path | None
    returns: tuple[Path, ...]
    findings: tuple[Finding, ...]


def collect(
    inbox: Path, plan_path: Path, jobs: int = 1, progress: Progress = _no_progress
) -> tuple[Merged, tuple[Finding, ...]]:
    """Everything that merge finds out, nothing written."""
    plan, plan_findings = load_plan(plan_path)
    _require_round(plan, plan_path)
    try:
        files, ignored = list_inbox(inbox)
    except OSError as error:
        raise CannotRun(f"提出物のフォルダーを開けません：{inbox}（{error.strerror}。場所を確かめてください）") from None
    results = _examine_all(files, plan, jobs, progress)
    findings = [*plan_findings, *ignored, *(f for result in results for f in result.findings)]
    judged = [result.judged for result in results if result.judged is not None]
    others = [result.outcome for result in results if result.outcome is not None]
    others += [Outcome(f.place.file, "", "", State.IGNORED) for f in ignored]
    merged, faults = reconcile(plan, judged, others, findings)
    return merged, ordered((*findings, *faults))


def run_merge(
    inbox: Path, plan_path: Path, out: Path, *, jobs: int = 1, strict: bool = False, progress: Progress = _no_progress
) -> MergeResult:
    """The main job: submissions → consolidated workbook and findings."""
    merged, findings = collect(inbox, plan_path, jobs, progress)
    output = out / f"進捗状況_{merged.plan.settings.year}.xlsx"
    if strict and tally(findings)[Severity.ERROR]:
        return MergeResult(merged, None, (), findings)
    progress("取りまとめを書き出しています", 0, 1)
    _write_book(consolidated(merged, findings).book, output)
    progress("取りまとめを書き出しています", 1, 1)
    return MergeResult(merged, output, (), findings)


def run_check(files: Sequence[Path], plan_path: Path) -> tuple[tuple[Outcome, ...], tuple[Finding, ...]]:
    """The findings for single submissions, or on the plan itself when there are none; nothing is written."""
    plan, findings = load_plan(plan_path)
    if not files:
        return (), ordered(findings)
    _require_round(plan, plan_path)
    outcomes: list[Outcome] = []
    every: list[Finding] = []
    for path in files:
        result = examine(str(path), _read_file(path, "提出物"), plan)
        judged = [result.judged] if result.judged else []
        others = [result.outcome] if result.outcome else []
        merged, faults = reconcile(plan, judged, others, result.findings)
        outcomes += merged.outcomes
        every += [*result.findings, *faults]
    return tuple(outcomes), ordered(every)


def as_given(folder: Path, file: str, names: Mapping[str, str]) -> str:
    """A file's path as the user gave it: relative stays relative."""
    return names.get(file) or PurePath(folder, file).as_posix()
