"""Generated plans with known groups and injected disagreements: all found, none invented, whatever the order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relisted_plans import ACTUAL, Row, answered, merged, office, opened, written
from xl_plan.checks.relisting import relisting_findings
from xl_plan.plan import read_plan
from xl_plan.relisted.relisting import relist

KANA = "アイウエオカキクケコ"
#: Names, indicators and histories that have nothing in common.
SUBJECTS = (
    "高齢者の総合相談窓口", "児童館の整備", "市民農園の運営", "防災訓練の実施支援", "図書館の蔵書充実",
    "道路照明のＬＥＤ化", "母子健康手帳の交付", "介護人材の確保対策", "空き家の利活用", "公共交通の再編",
)  # fmt: skip
OTHERS = {
    "indicator": ("XP412", "別の言葉による指標"),
    "values": ("XP413", ("90,001件", "90,002件")),
    "target": ("XP412", "減少"),
    "width": ("XP411", ""),
}
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Case:
    """Rows in the plan's order, the groups that they make, and the disagreements put into them."""

    rows: tuple[Row, ...]
    groups: frozenset[frozenset[str]]
    originals: frozenset[str]
    wrong: frozenset[tuple[str, str]]


def _original(index: int) -> Row:
    values = (f"{1234 + 1111 * index:,}件", f"{4321 + 977 * index:,}件")
    return Row(f"柱2({index + 1})①ア", name=SUBJECTS[index], indicator=f"{SUBJECTS[index]}の件数", values=values)


@st.composite
def plans(draw: st.DrawFn) -> Case:
    rows: list[Row] = []
    groups, originals, wrong = [], [], []
    for index in range(draw(st.integers(1, 6))):
        original = _original(index)
        members = [original]
        originals.append(original.number)
        for nth in range(draw(st.integers(0, 4))):
            number = f"柱2({index + 1})②{KANA[nth]}"
            # a chain, a list or a single number: any of them leads to the group
            cited = draw(st.lists(st.sampled_from([m.number for m in members]), min_size=1, max_size=3, unique=True))
            mark = draw(st.sampled_from(["\n【再掲】\n{}", "（再掲）{}", "※再掲 {}", "\n再：{}"]))
            copy = replace(original, number=number, name=original.name + mark.format("、".join(cited)))
            fault = draw(st.sampled_from([None, None, None, *OTHERS]))
            if fault == "width":
                copy = replace(copy, target="増　加")
                wrong.append((OTHERS[fault][0], number))
            elif fault is not None:
                copy = replace(copy, **{fault: OTHERS[fault][1]})
                wrong += [(OTHERS[fault][0], number)] * (2 if fault == "values" else 1)
            members.append(copy)
        rows += members
        if len(members) > 1:
            groups.append(frozenset(m.number for m in members))
    return Case(tuple(rows), frozenset(groups), frozenset(originals), frozenset(_counted(wrong)))


def _counted(pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(code, f"{number}×{pairs.count((code, number))}") for code, number in pairs}


@quick
@given(plans())
def test_every_injected_disagreement_is_found_and_none_is_invented(case: Case) -> None:
    plan, findings = office(*case.rows)
    said = [(f.code, f.place.number) for f in (*findings, *relisting_findings(plan)) if f.code.startswith("XP4")]
    assert _counted(said) == case.wrong


@quick
@given(plans(), st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_groups(case: Case, random: object) -> None:
    rows = list(case.rows)
    random.shuffle(rows)  # type: ignore[attr-defined]
    plan, _ = office(*rows)
    found = plan.relisting.groups
    assert {frozenset((group.original, *group.copies)) for group in found} == case.groups
    assert {group.original for group in found} <= case.originals


@quick
@given(
    st.lists(st.tuples(st.booleans(), st.lists(st.integers(-2, 6), max_size=3)), min_size=1, max_size=7),
    st.randoms(use_true_random=False),
)
def test_any_references_at_all_give_groups_that_do_not_depend_on_the_order(
    marks: list[tuple[bool, list[int]]], random: object
) -> None:
    """Cycles, several originals, numbers that are not there: every row in at most one group, each with one original."""
    rows = []
    for index, (marked, cites) in enumerate(marks):
        cited = "、".join(f"柱2({c + 1})①ア" if 0 <= c < len(marks) else f"柱1({c + 3})①ア" for c in cites)
        name = SUBJECTS[index] + (f"【再掲】{cited}" if marked and cited else "")
        rows.append(replace(_original(index), name=name))
    before = office(*rows)[0]
    random.shuffle(rows)  # type: ignore[attr-defined]
    after = office(*rows)[0]
    assert _as_sets(before) == _as_sets(after)
    assert dict(before.relisting.outside) == dict(after.relisting.outside)
    members = [key for group in before.relisting.groups for key in (group.original, *group.copies)]
    assert len(members) == len(set(members))
    assert relist(before.programmes)[0] == before.relisting


def _as_sets(plan) -> set[tuple[str, frozenset[str]]]:  # type: ignore[no-untyped-def]
    return {(group.original, frozenset(group.copies)) for group in plan.relisting.groups}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans(), st.data())
def test_reconciling_twice_changes_nothing_and_copies_always_agree(case: Case, data: st.DataObject) -> None:
    plan = opened(*case.rows)
    cells = [(p.key, ACTUAL) for p in plan.programmes]
    answers = data.draw(st.dictionaries(st.sampled_from(cells), st.sampled_from(["15件", "集計中", "－"]), max_size=4))
    item = answered(plan, "福祉政策課", answers)
    once, _ = merged(plan, item)
    again, findings = read_plan(written(once).book, "進捗状況.xlsx")
    assert not [f for f in (*findings, *relisting_findings(again)) if f.code == "XP414"]
    twice, _ = merged(again, item)
    assert {key: (e.text, e.original) for key, e in once.entries.items()} == {
        key: (e.text, e.original) for key, e in twice.entries.items()
    }
    for (key, column), entry in once.entries.items():
        original = plan.relisting.originals().get(key)
        assert original is None or entry.text == once.entries[original, column].text
