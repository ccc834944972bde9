"""Every workbook that is written keeps to the ECMA-376 transitional schemas, as the Open XML SDK knows them.

Two validators, neither of which shares a line with what writes: openxml-audit (Python; the extra ``test``), and the Open XML
SDK itself as the npm package @ooxml-tools/validate carries it, whose folder XL_PLAN_OOXML_SDK names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from issued_lines import issued_lines
from test_printed_ratings import printing
from xl_plan.pipeline.comparing import run_diff
from xl_plan.pipeline.exporting import run_export
from xl_plan.pipeline.following import run_status
from xl_plan.pipeline.merging import run_merge
from xl_plan.pipeline.publishing import run_publish
from xl_plan.pipeline.rounds import run_split

ROOT = Path(__file__).resolve().parent.parent
Validate = Callable[[Sequence[Path]], list[list[str]]]  # what is wrong with each file

_SCRIPT = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [sdk, ...files] = process.argv.slice(1);
const { default: validate } = await import(pathToFileURL(sdk));
const said = [];
for (const file of files) {
  const faults = await validate(readFileSync(file), "xlsx", "Office2016");
  said.push(faults.map((fault) => `${fault.path.partUri} ${fault.path.xpath}: ${fault.description}`));
}
console.log(JSON.stringify(said));
process.exit(0);
"""


def by_openxml_audit(files: Sequence[Path]) -> list[list[str]]:
    pytest.importorskip("openxml_audit", reason="openxml-audit is not installed (the extra test)")
    from openxml_audit.errors import FileFormat
    from openxml_audit.validator import OpenXmlValidator

    validator = OpenXmlValidator(FileFormat.OFFICE_2016)
    results = [validator.validate(str(file)) for file in files]
    return [[f"{e.part_uri} {e.path}: {e.description}" for e in result.errors] for result in results]


def by_open_xml_sdk(files: Sequence[Path]) -> list[list[str]]:
    sdk = (
        Path(os.environ.get("XL_PLAN_OOXML_SDK", "absent")) / "@ooxml-tools" / "validate" / "dist" / "npm" / "index.js"
    )
    if shutil.which("node") is None or not sdk.is_file():
        pytest.skip("the Open XML SDK's validator is not installed (XL_PLAN_OOXML_SDK names its node_modules)")
    if not files:
        return []
    command = ["node", "--input-type=module", "-e", _SCRIPT, str(sdk), *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return list(json.loads(done.stdout.splitlines()[-1]))


VALIDATORS = {"openxml-audit": by_openxml_audit, "open-xml-sdk": by_open_xml_sdk}


@pytest.fixture(params=VALIDATORS)
def validate(request: pytest.FixtureRequest) -> Validate:
    validator = VALIDATORS[request.param]
    validator(())  # skips here where it is not installed
    return validator


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each kind of workbook, from the shipped round: one department slipped, ratings are printed."""
    folder = tmp_path_factory.mktemp("written")
    inbox, out, plan = folder / "inbox", folder / "out", folder / "plan.xlsx"
    shutil.copytree(ROOT / "inbox", inbox)
    template = openpyxl.load_workbook(ROOT / "templates" / "plan_template.xlsx")
    printing(template)
    template.save(plan)
    form = inbox / "福祉政策課.xlsx"
    book = openpyxl.load_workbook(form)
    sheet, cell = next((line.sheet, line.cell) for line in issued_lines(book) if line.owned)
    book[sheet][cell] = "同上"
    book.save(form)
    run_split(plan, out)
    forms = out / "調査票"
    merged = run_merge(inbox, plan, out)
    assert merged.output is not None
    run_export(merged.output, folder / "データ.xlsx")
    run_status(inbox, plan, out, excel=True)
    return {
        "計画": ROOT / "templates" / "plan_template.xlsx",
        "取りまとめ": merged.output,
        "調査票": forms / "福祉政策課.xlsx",
        "確認用": next(forms.glob("確認用_*.xlsx")),
        "修正依頼": next(path for path in merged.returns if path.suffix == ".xlsx"),
        "配布用": run_publish(merged.output, out).output,
        "修正箇所一覧": run_diff(plan, merged.output, out).output,
        "提出状況": next(out.glob("提出状況_*.xlsx")),
        "データ": folder / "データ.xlsx",
    }


def test_every_workbook_is_valid(written: dict[str, Path], validate: Validate) -> None:
    assert len({path for path in written.values() if path.is_file()}) == 9
    assert dict(zip(written, validate(tuple(written.values())), strict=True)) == {name: [] for name in written}


FAULTS = {
    "an unknown element": (rb"<row ", b"<banana/><row "),
    "elements in another order": (rb"<sheetData>", b"<mergeCells/><sheetData>"),
    "a word that is none of the list": (rb'orientation="[a-z]+"', b'orientation="sideways"'),
}


def test_faults_are_found(written: dict[str, Path], validate: Validate, tmp_path: Path) -> None:
    """The validators can say no."""
    paths = []
    for fault, (pattern, replacement) in FAULTS.items():
        paths.append(tmp_path / f"{fault}.xlsx")
        with zipfile.ZipFile(written["確認用"]) as old, zipfile.ZipFile(paths[-1], "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    data, count = re.subn(pattern, replacement, data, count=1)
                    assert count == 1
                new.writestr(name, data)
    assert [bool(said) for said in validate(paths)] == [True, True, True]
