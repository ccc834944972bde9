"""What travels as bytes arrives as it was: every kind of cell, text and finding."""

from __future__ import annotations

import json
import math
import pickle
import zlib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_plan.cells import Border, Cell, Font, Run, Style
from xl_plan.checks.answers import Judged, Verdict
from xl_plan.disk.inbox import list_inbox
from xl_plan.findings import Finding, Place, found
from xl_plan.model import Issued, Outcome, Proposal, Returned, State, Submission
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.examining import examine
from xl_plan.pipeline.packing import FileResult, pack, unpack
from xl_plan.pipeline.plainly import Malformed, coder
from xl_plan.rules import ALL

ROOT = Path(__file__).resolve().parent.parent

TEXTS = st.text(st.characters(), max_size=80)  # half surrogate pairs among them
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS)
STYLES = st.builds(
    Style,
    number_format=st.sampled_from(["General", '#,##0"件"', "0.0%"]),
    font=st.builds(Font, size=st.sampled_from([9, 9.5, 10.5]), strike=st.booleans(), colour=st.none() | TEXTS),
    fill=st.none() | st.just("#DDEBF7"),
    border=st.builds(Border, left=st.sampled_from(["", "thin"])),
    indent=st.integers(0, 3),
    locked=st.booleans(),
)
CELLS = st.builds(
    Cell,
    VALUES,
    STYLES,
    st.none() | TEXTS,
    st.lists(st.builds(Run, TEXTS, st.booleans(), st.none() | TEXTS), max_size=2).map(tuple),
    st.booleans(),
    st.none() | TEXTS,
    st.none() | TEXTS,
)
PLAIN_CELLS = st.builds(Cell, VALUES, STYLES)
KEYS = st.tuples(TEXTS, TEXTS)
RETURNED = st.builds(Returned, TEXTS, TEXTS, CELLS | PLAIN_CELLS, TEXTS)
FINDINGS = st.builds(
    Finding,
    st.sampled_from(ALL),
    st.lists(st.builds(Place, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=3).map(tuple),
    TEXTS,
    st.none() | TEXTS,
    st.none() | TEXTS,
    st.dictionaries(TEXTS, TEXTS, max_size=2).map(MappingProxyType),
)


@st.composite
def results(draw: st.DrawFn) -> FileResult:
    findings = tuple(draw(st.lists(FINDINGS, max_size=3)))
    if draw(st.booleans()):
        return FileResult(None, Outcome(draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(st.sampled_from(State))), findings)
    returned = draw(st.dictionaries(KEYS, RETURNED, max_size=6))
    owned = [key for key in returned if draw(st.booleans())]
    issued = st.builds(
        Issued,
        TEXTS,
        issue=st.integers(0, 9),
        kind=TEXTS,
        cells=st.dictionaries(KEYS, TEXTS, max_size=4).map(MappingProxyType),
        owned=st.frozensets(KEYS, max_size=3),
    )
    submission = Submission(
        draw(TEXTS),
        draw(TEXTS),
        draw(TEXTS),
        draw(st.none() | issued),
        MappingProxyType(returned),
        tuple(draw(st.lists(st.builds(Proposal, *[TEXTS] * 2, st.integers(0, 9), *[TEXTS] * 5), max_size=2))),
        version=draw(st.integers(0, 3)),
    )
    verdicts = {key: draw(st.sampled_from(Verdict)) for key in owned}
    return FileResult(Judged(submission, MappingProxyType(verdicts), len(owned), 1, 0), None, findings)


def shape(value: Any) -> str:
    """Equal values told apart by their types and order: 9 from 9.0, True from 1."""
    if isinstance(value, FileResult) and value.judged is not None:
        submission = value.judged.submission
        issued = submission.issued
        inner = replace(submission, returned={}, issued=None)
        cells = (list(submission.returned.items()), list(issued.cells.items()) if issued else None)
        return repr(
            (value.findings, replace(value.judged, submission=inner), cells, sorted(issued.owned) if issued else 0)
        )
    return repr(value)


@given(results())
@settings(max_examples=300)
def test_a_result_arrives_as_it_was(result: FileResult) -> None:
    packed = pack(result)
    for doubted in (False, True):
        arrived = unpack(packed, doubted=doubted)
        assert arrived == result
        assert shape(arrived) == shape(result)
    assert pack(arrived) == packed
    assert pickle.loads(pickle.dumps(arrived)) == result


def test_the_answers_of_the_example_arrive_as_they_were() -> None:
    plan = load_plan(ROOT / "templates" / "plan_template.xlsx")[0]
    for file in list_inbox(ROOT / "inbox")[0]:
        result = examine(file.name, file.path.read_bytes(), plan)
        assert result.judged is not None
        arrived = unpack(pack(result))
        assert arrived == result
        assert shape(arrived) == shape(result)


def test_the_same_text_and_style_of_many_files_is_held_once() -> None:
    style = Style(fill="#DDEBF7")
    cells = {("柱2(1)①ア", f"c{n}"): Returned("柱2", f"A{n}", Cell("同じ", style), "同じ") for n in range(3)}
    verdicts = dict.fromkeys(cells, Verdict.TAKEN)
    result = FileResult(Judged(Submission("f", "0", "課", None, cells), verdicts, 3, 3, 0), None, ())
    one, other = (unpack(pack(result)).judged for _ in range(2))
    assert one is not None and other is not None
    first, second = (judged.submission.returned["柱2(1)①ア", "c0"] for judged in (one, other))
    assert first.cell.style is second.cell.style
    assert first.text is second.text is first.cell.value


def test_what_is_looked_at_late_is_unpacked_late(monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = ("a", "own"), ("a", "other")
    cells = {key: Returned("柱", "A1", Cell("x"), "x") for key in (other, own)}
    submission = Submission("f", "0", "課", Issued(cells={own: "x"}), cells)
    packed = pack(FileResult(Judged(submission, {own: Verdict.TAKEN}, 1, 1, 0), None, ()))
    judged = unpack(packed).judged
    assert judged is not None
    monkeypatch.setattr("xl_plan.pipeline.packing._Waiting.far", lambda _: pytest.fail("unpacked"))
    assert judged.submission.returned[own].text == "x"
    monkeypatch.undo()
    assert judged.submission.returned[other].text == "x"
    assert list(judged.submission.returned) == [other, own]
    assert judged.submission.issued is not None and dict(judged.submission.issued.cells) == {own: "x"}
    with pytest.raises(KeyError):
        judged.submission.returned["b", "own"]


def near(content: Any, table: Any = ()) -> bytes:
    data = zlib.compress(json.dumps([list(table), content]).encode())
    return len(data).to_bytes(4, "big") + data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x09abc",
        near(None),
        near([None, None, [], 1]),
        near([None, ["f", "", "", "unheard-of"], []]),
        near([None, ["f", "", 1, "refused"], []]),
        near([None, None, [["XP000"]]]),
        near([None, None, [["XP101", [["f", True]]]]]),
        near({"a": 1}),
        (9).to_bytes(4, "big") + zlib.compress(b"[" * 100_000),
    ],
)
def test_other_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        unpack(data, doubted=True)


def test_what_inflates_without_end_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xl_plan.pipeline.plainly._MOST", 1000)
    with pytest.raises(Malformed):
        unpack(near([None, None, [], "x" * 5000]))


def test_a_kind_without_a_way_is_a_bug_that_is_seen() -> None:
    with pytest.raises(TypeError):
        coder(list[str])


def test_numbers_that_are_none_arrive() -> None:
    cells = {("a", "b"): Returned("柱", "A1", Cell(math.inf), "x")}
    result = FileResult(Judged(Submission("f", "0", "課", None, cells), {("a", "b"): Verdict.HELD}, 1, 1, 0), None, ())
    assert unpack(pack(result)) == result


def test_every_rule_can_travel() -> None:
    result = FileResult(None, None, tuple(found(rule, Place("f")) for rule in ALL))
    assert unpack(pack(result)) == result
