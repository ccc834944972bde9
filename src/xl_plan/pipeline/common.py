"""What every command needs: reading the plan, writing a workbook whole, saying why something cannot be done."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_plan.cells import Book
from xl_plan.disk.files import TargetBusy, write_whole
from xl_plan.excel.read import UnreadableWorkbook
from xl_plan.findings import Finding
from xl_plan.meaning.text import near_name
from xl_plan.model import SETTINGS_SHEET, Plan
from xl_plan.pipeline.opening import open_book
from xl_plan.plan import read_plan
from xl_plan.shares import ONE_BY_ONE, Shares

if TYPE_CHECKING:
    from xl_plan.excel.write import Last

FORMS_FOLDER = "調査票"
RETURNS_FOLDER = "修正依頼"
Progress = Callable[[str, int, int], None]


class CannotRun(Exception):  # noqa: N818 - says what is the case
    """The command could not run: one line that says what, where and what to do."""


def no_progress(_what: str, _done: int, _all: int) -> None:
    return None


_OS_REASONS = {
    errno.ENOENT: "見つかりません",
    errno.ENOTDIR: "フォルダーではありません",
    errno.EISDIR: "フォルダーです",
    errno.EACCES: "権限がありません",
    errno.EPERM: "権限がありません",
    errno.ENOSPC: "空き容量が足りません",
    errno.EDQUOT: "割り当てられた容量が足りません",
    errno.EFBIG: "書き込める大きさの上限を超えました",
    errno.EROFS: "書き込みが禁止されている場所です",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EEXIST: "同じ名前のファイルがあります",
}


def os_reason(error: OSError) -> str:
    """Why the system refused, in the same words on every machine."""
    number = error.errno or 0
    return _OS_REASONS.get(number) or f"システムのエラー：{errno.errorcode.get(number, type(error).__name__)}"


def required_file(path: Path, what: str) -> Path:
    """Where a file named by the user is. Raises CannotRun for what is none; a pipe would be waited for without end."""
    if not path.is_file():
        read_file(path, what)
    return path.resolve()


def read_file(path: Path, what: str) -> bytes:
    if path.exists() and not path.is_file() and not path.is_dir():
        raise CannotRun(f"{what}がふつうのファイルではありません：{path}（ファイルを指定してください）")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CannotRun(f"{what}が見つかりません：{path}{_near_file(path)}（場所と名前を確かめてください）") from None
    except IsADirectoryError:
        raise CannotRun(f"{what}にフォルダーが指定されています：{path}（ファイルを指定してください）") from None
    except OSError as error:
        raise CannotRun(f"{what}を読み取れません：{path}（{os_reason(error)}。開く権限を確かめてください）") from None


def _near_file(path: Path) -> str:
    """The file beside it that may have been meant."""
    try:
        beside = sorted(p.name for p in path.parent.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    except OSError:
        return ""
    return near_name(path.name, beside)


def load_plan(path: Path) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan workbook at ``path``, and all that is to be said of it. Raises CannotRun when it is no workbook."""
    plan, findings = plan_as_read(path)
    return plan, (*findings, *checks_of((plan, path.name)))


def checks_of(named: tuple[Plan, str]) -> tuple[Finding, ...]:
    """What is to be said of a plan besides the reading of it; with the plan its file's name."""
    from xl_plan.checks.plans import PLAN_CHECKS  # the check of a form asks none of them

    return tuple(finding for check in PLAN_CHECKS for finding in check(*named))


def plan_as_read(path: Path) -> tuple[Plan, tuple[Finding, ...]]:
    """The same with the findings of reading it alone."""
    plan, findings, _ = _plan_in_book(path)
    return plan, findings


def plan_with_book(path: Path) -> tuple[Plan, Book]:
    """The same with the whole workbook. Raises CannotRun also where it has no table of programmes."""
    plan, _, book = _plan_in_book(path)
    if not plan.programmes:
        raise CannotRun(
            f"{path}に事業の表が見つかりません（「番号」「事業名」「担当部局」の見出しがあるか確かめてください）"
        )
    return plan, book


def _plan_in_book(path: Path) -> tuple[Plan, tuple[Finding, ...], Book]:
    data = read_file(path, "計画のブック")
    try:
        book = open_book(data)
    except UnreadableWorkbook as error:
        raise CannotRun(f"計画のブックを読み取れません：{path}（{unreadable_reason(error)}）") from None
    return *read_plan(book, path.name, hashlib.sha256(data).hexdigest()), book


REASONS = {
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
    return REASONS.get(error.kind, REASONS["damaged"])[0]


def write_book(book: Book, path: Path) -> None:
    write(path, checked_bytes(book, path))


def checked_bytes(
    book: Book,
    path: Path,
    *,
    verify: bool = True,
    shares: Shares = ONE_BY_ONE,
    last: Last | None = None,
) -> bytes:
    """The file of a book, read back with another library and found to say what was meant. ``shares``: who does the
    work; ``last``: the last sheet where that is still being made."""
    from xl_plan.excel.write import verify_bytes, written  # `check` writes nothing

    data, meant = written(book, shares, last)
    differences = verify_bytes(data, meant, shares) if verify else []
    if differences:
        raise CannotRun(f"書き出した内容を読み直すと一致しませんでした：{path.name}（{differences[0]}）")
    return data


def write(path: Path, data: bytes) -> None:
    try:
        put(path, data)
    except TargetBusy:
        raise CannotRun(f"{path}に書き込めません（Excelで開いている場合は閉じて、もう一度実行してください）") from None


def put(path: Path, data: bytes) -> None:
    """Write a file whole, or leave it when it is the same already. Raises TargetBusy where it is open elsewhere."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_bytes() == data:
            return
        write_whole(path, data)
    except TargetBusy:
        raise
    except OSError as error:
        raise CannotRun(
            f"{path}に書き込めません（{os_reason(error)}。空き容量と書き込みの権限を確かめてください）"
        ) from None


@dataclass(frozen=True, slots=True)
class Written:
    """What a command that writes one workbook did."""

    output: Path
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...] = ()  # what happened in writing it


def safe_name(department: str) -> str:
    """A department's name as a file name on every system."""
    return "".join("_" if ch in '<>:"/\\|?*' or ord(ch) < 32 else ch for ch in department).strip(" .") or "部局"


def require_round(plan: Plan, path: Path) -> None:
    if not plan.programmes:
        raise CannotRun(f"{path}に事業の表が見つかりません（xl-plan rollover で計画のブックを作ってください）")
    if not plan.settings.given or plan.settings.year is None:
        sheets = [table.sheet.name for table in plan.tables] + [sheet.name for sheet in plan.others]
        near = "" if plan.settings.given else near_name(SETTINGS_SHEET, sheets)
        raise CannotRun(
            f"{path}に「設定」シートまたは実績年度がありません{near}（xl-plan rollover {path} --year R5 のように計画のブックを作ってください）"
        )
