"""XP4: relisted rows (再掲)."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

ORIGINAL_ELSEWHERE = Rule(
    code="XP401",
    name="original-not-in-plan",
    severity=Severity.INFO,
    title="再掲の元の事業がこの計画にありません",
    message="{number}の再掲元「{got}」はこの計画にないため、この行はふつうの行として記入してもらいます。",
    remedy="元の事業がこの計画にあるはずのときは、{sheet} {cell}の番号を確かめてください。別の柱にあるときは、このままで構いません。",
    why="元の行がないと値を引き写せません。空欄のまま印刷されないように、担当部局に記入してもらいます。",
    firing="「【再掲】柱1(2)②ア」とあるが、柱1のシートがない。",
    quiet="「【再掲】柱2(1)①ア」とあり、柱2(1)①アがこの計画にある。",
)
NO_ORIGINAL = Rule(
    code="XP402",
    name="every-row-is-a-copy",
    severity=Severity.ERROR,
    title="再掲の元になる行がありません",
    message="{got}は互いに再掲とされていて、元になる行（再掲の印のない行）がありません。",
    remedy="元の事業の行から再掲の印を消してください（{sheet} {cell}など）。",
    why="どの行に記入するか決まらないため、どの行も照会できません。",
    firing="アに「【再掲】イ」、イに「【再掲】ア」とある。",
    quiet="イに「【再掲】ア」とあり、アには印がない。",
)
TWO_ORIGINALS = Rule(
    code="XP403",
    name="several-originals",
    severity=Severity.ERROR,
    title="再掲の元が2つ以上あります",
    message="{number}は{got}の再掲とされていますが、元になる行がどれか1つに決まりません。",
    remedy="{sheet} {cell}の再掲の番号を、元の事業1つの番号に直してください。",
    why="元の行ごとに値が違うと、どちらを引き写すべきか決まりません。推測はしません。",
    firing="「【再掲】柱2(1)①ア 柱2(1)①イ」とあり、どちらにも再掲の印がない。",
    quiet="挙げた番号のうち、再掲の印がない行は1つだけである。",
)
RULES = (ORIGINAL_ELSEWHERE, NO_ORIGINAL, TWO_ORIGINALS)
