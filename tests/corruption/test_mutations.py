"""Each mutation gives exactly its findings, and every other cell of the output is as in the clean round."""

from __future__ import annotations

import pytest

from xl_plan.cells import parse_a1
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.findings import Finding
from xl_plan.meaning.numberformat import shown

from .clean import Clean
from .mutations import ALL_MISSING, MUTATIONS, Mutation


def test_the_clean_round_has_nothing_to_correct(clean: Clean) -> None:
    assert set(clean.result.states.values()) == {"complete"}
    assert [f.message for f in clean.result.findings if f.severity.label != "参考"] == []
    assert len(clean.result.states) == 10


def test_the_table_is_as_large_as_it_says() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_mutation(mutation: Mutation, clean: Clean) -> None:
    data = mutation.change(clean.files[mutation.source])
    result = clean.merge({mutation.source: None, mutation.file: data})
    before = clean.result
    # what is said of the file's values in the clean round is not said where the file is refused
    gone = before.said - result.said
    assert sorted((result.said - before.said).elements()) == sorted(mutation.finds)
    assert not gone or mutation.state == "refused"
    assert dict(result.cells) == {**before.cells, **mutation.cells}
    assert result.states[mutation.file] == mutation.state
    assert ("障害福祉課" in result.merged.missing) == (mutation.cells == ALL_MISSING)
    for finding in result.findings:
        if finding.place.file == mutation.file:
            assert_quoted(finding, data)


def assert_quoted(finding: Finding, data: bytes) -> None:
    """The address of a finding of one cell holds the value that it quotes."""
    place = finding.place
    if not place.cell or finding.got is None or len(finding.places) > 1:
        return
    try:
        sheet = read_book(data).sheet(place.sheet)
    except UnreadableWorkbook:
        return
    assert sheet is not None
    cell = sheet.at(*parse_a1(place.cell))
    text = shown(cell.value, cell.style.number_format)
    assert finding.got in (text, cell.note, f"={cell.formula}")
