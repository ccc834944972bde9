"""Writing where others are at work too: one run at a time, and a target that is open does not cost the result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from xl_plan.cells import Book
from xl_plan.disk.files import TargetBusy
from xl_plan.disk.locks import FolderBusy, held
from xl_plan.findings import Finding, found
from xl_plan.model import Merged
from xl_plan.pipeline.common import CannotRun, checked_bytes, os_reason, put
from xl_plan.rules.reading import LOCK_LEFT, OUTPUT_NOT_WRITTEN, OUTPUT_OPEN

NOT_NAMED = "（ファイル名は省略）"


@contextmanager
def alone_in(folder: Path) -> Iterator[tuple[Finding, ...]]:
    """The output folder for this run alone; gives the findings on what an earlier run left there.

    These stand in the result and never in the workbook, which the same inbox gives whatever happened before.
    """
    stack = ExitStack()
    try:
        remains = stack.enter_context(held(folder))
    except FolderBusy as busy:
        hint = "" if busy.sure else f"。実行していないときは{busy.path}を消してください"
        raise CannotRun(
            f"{folder}では、{busy.owner or 'ほかの人'}が実行中です（終わるのを待って、もう一度実行してください{hint}）"
        ) from None
    except OSError as error:
        raise CannotRun(f"{folder}に書き込めません（{os_reason(error)}。書き込みの権限を確かめてください）") from None
    with stack:
        yield () if remains is None else (_left(folder, remains.owner, remains.swept),)


def _left(folder: Path, owner: str, swept: int) -> Finding:
    files = f"（書きかけのファイル{swept}個を片付けました）" if swept else ""
    return found(LOCK_LEFT, folder=folder.as_posix(), owner=owner or "以前", swept=files)


def put_beside(path: Path, data: bytes) -> tuple[Path | None, tuple[Finding, ...]]:
    """Write a file; under another name where its own cannot be replaced now. Where it stands, None where neither can be."""
    beside = path.with_name(f"{path.stem}（別名）{path.suffix}")
    names = {"file": path.as_posix(), "other": beside.as_posix()}
    for place, findings in ((path, ()), (beside, (found(OUTPUT_OPEN, **names),))):
        try:
            put(place, data)
        except TargetBusy:
            continue
        return place, findings
    return None, (found(OUTPUT_NOT_WRITTEN, **names),)


def put_book_beside(book: Book, path: Path, *, verify: bool = True) -> tuple[Path | None, tuple[Finding, ...]]:
    """A secondary result: what is open elsewhere costs that file alone, and a finding says so."""
    return put_beside(path, checked_bytes(book, path, verify=verify))


def write_output(book: Book, path: Path, *, verify: bool = True) -> tuple[Path, tuple[Finding, ...]]:
    """Write the main result, without which there is none. Where it stands, and findings."""
    return put_output(path, checked_bytes(book, path, verify=verify))


def put_output(path: Path, data: bytes) -> tuple[Path, tuple[Finding, ...]]:
    """The same of a result that is no workbook."""
    written, findings = put_beside(path, data)
    if written is None:
        raise CannotRun(
            f"{path}にも{findings[0].details['other']}にも書き込めません"
            "（Excelで開いている場合は閉じて、もう一度実行してください）"
        )
    return written, findings


def redacted(merged: Merged) -> Merged:
    """The same without the names of the files that the values came from."""
    entries = {key: replace(e, source=NOT_NAMED) if e.source else e for key, e in merged.entries.items()}
    return replace(merged, entries=entries)
