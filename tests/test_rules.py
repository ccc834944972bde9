"""Every rule is documented where it stands, rendered from fields that exist, and explained by page and command."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from xl_plan.cli.words import rules as rules_command
from xl_plan.findings import Place, Rule, Severity, found, readable
from xl_plan.rules import ALL, BY_CODE

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "xl_plan"
FIELDS = {"file", "sheet", "cell", "number", "column", "department", "expected", "got", "count"}
PROSE = ("title", "message", "remedy", "why", "firing", "quiet")
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
by_code = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)


def fields_of(rule: Rule) -> set[str]:
    templates = (rule.message, rule.remedy)
    return {name for template in templates for _, name, _, _ in Formatter().parse(template) if name is not None}


# ---------------------------------------------------------------- documentation


@by_code
def test_every_field_is_filled_in_japanese(rule: Rule) -> None:
    for name in PROSE:
        text = getattr(rule, name)
        assert text == text.strip() != "", name
        # XP101's remedy is wholly a detail of the finding: what to do depends on why the file cannot be read.
        assert JAPANESE.search(text) or re.fullmatch(r"\{\w+\}", text), name
    for name in ("message", "why", "firing", "quiet"):
        assert getattr(rule, name).endswith(("。", "）", "}", "」")), name
    assert rule.firing != rule.quiet


@by_code
def test_code_and_name_have_their_form(rule: Rule) -> None:
    assert re.fullmatch(r"XP[1-5]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.name)


def test_codes_and_names_are_unique() -> None:
    assert [code for code, n in Counter(rule.code for rule in ALL).items() if n > 1] == []
    assert [name for name, n in Counter(rule.name for rule in ALL).items() if n > 1] == []
    assert len(BY_CODE) == len(ALL)


def family_modules() -> dict[str, ModuleType]:
    names = {path.stem for path in (SOURCE / "rules").glob("*.py")} - {"__init__"}
    return {name: importlib.import_module(f"xl_plan.rules.{name}") for name in sorted(names)}


def test_a_module_holds_rules_of_one_family_all_in_its_list() -> None:
    for module in family_modules().values():
        constants = [value for value in vars(module).values() if isinstance(value, Rule)]
        assert sorted(rule.code for rule in constants) == sorted(rule.code for rule in module.RULES)
        assert len({rule.code[:3] for rule in constants}) == 1
    assert {rule.code for module in family_modules().values() for rule in module.RULES} == set(BY_CODE)


# ---------------------------------------------------------------- the words and the findings made with them


@by_code
def test_words_render(rule: Rule) -> None:
    details = {name: f"《{name}》" for name in fields_of(rule) - FIELDS}
    place = Place("福祉政策課.xlsx", "柱2", "J14", "柱2(1)①イ", "Ｒ5 実績値")
    finding = found(rule, place, department="福祉政策課", expected="15,107件", got="1,510件", **details)
    values = {"file": place.file, "sheet": "柱2", "cell": "J14", "expected": "15,107件", "got": "1,510件"} | {
        name: f"《{name}》" for name in details
    }
    for name in fields_of(rule) & values.keys():
        assert values[name] in finding.message + finding.remedy
    assert not re.search(r"[{}]", finding.message + finding.remedy)
    assert not re.search(r"[{}]", readable(rule.message) + readable(rule.remedy))


class Made(NamedTuple):
    """One call of found(): the rule's constant, or the name of a variable, and the keywords given."""

    where: str
    module: Path
    name: str
    keywords: frozenset[str]


def calls_of_found() -> Iterator[Made]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "found":
                keywords = frozenset(keyword.arg or "**" for keyword in node.keywords)
                yield Made(f"{path.name}:{node.lineno}", path, ast.unparse(node.args[0]), keywords)


def constants_by_name() -> dict[str, Rule]:
    return {
        name: value
        for module in family_modules().values()
        for name, value in vars(module).items()
        if isinstance(value, Rule)
    }


def test_every_finding_brings_the_details_that_its_words_name() -> None:
    """A detail that is forgotten would stop the program at the moment when something is found."""
    constants, calls = constants_by_name(), list(calls_of_found())
    direct = [call for call in calls if call.name in constants]
    lacking = [
        f"{call.where}: {constants[call.name].code} needs {', '.join(sorted(missing))}"
        for call in direct
        if "**" not in call.keywords and (missing := fields_of(constants[call.name]) - FIELDS - call.keywords)
    ]
    assert lacking == []


def test_every_rule_is_found_somewhere() -> None:
    """Directly, or in a module that passes it on to found() through a variable, with the details that it needs."""
    constants, calls = constants_by_name(), list(calls_of_found())
    direct = {call.name for call in calls if call.name in constants}
    through: defaultdict[Path, list[frozenset[str]]] = defaultdict(list)
    for call in calls:
        if call.name not in constants:
            through[call.module].append(call.keywords)
    for name in sorted(constants.keys() - direct):
        needed = fields_of(constants[name]) - FIELDS
        givers = [
            path
            for path, keywords in through.items()
            if re.search(rf"\b{name}\b", path.read_text(encoding="utf-8"))
            and any("**" in given or needed <= given for given in keywords)
        ]
        assert givers, f"{constants[name].code} ({name}) is made nowhere"


# ---------------------------------------------------------------- page and command


def make_rules() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_rules", ROOT / "scripts" / "make_rules.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == make_rules().page(), "run: python scripts/make_rules.py"


def test_command_lists_every_rule() -> None:
    lines = CliRunner().invoke(rules_command, []).output.splitlines()
    assert [line.split("　")[0] for line in lines] == sorted(BY_CODE)


@pytest.mark.parametrize("argument", ["XP201", "xp201", "foreign-cell-changed"])
def test_command_explains_a_rule(argument: str) -> None:
    result = CliRunner().invoke(rules_command, [argument])
    rule = BY_CODE["XP201"]
    for text in (
        rule.code,
        rule.name,
        rule.title,
        rule.why,
        rule.firing,
        rule.quiet,
        readable(rule.message),
        readable(rule.remedy),
        "［セル］",
    ):
        assert text in result.output
    assert "{" not in result.output


def test_command_as_json() -> None:
    result = CliRunner().invoke(rules_command, ["--json"])
    listed = json.loads(result.output)["rules"]
    assert [rule["code"] for rule in listed] == sorted(BY_CODE)
    assert set(listed[0]) == {"code", "name", "severity", *PROSE}
    assert {rule["severity"] for rule in listed} <= {severity.value for severity in Severity}
