"""view: one page that needs nothing, tested as text and in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from msoffcrypto.format.ooxml import OOXMLFile

from xl_plan.cli import main
from xl_plan.pipeline.viewing import run_view

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round in which one department is missing and another changed a cell that is not its own."""
    folder = tmp_path_factory.mktemp("view")
    inbox = folder / "inbox"
    shutil.copytree(ROOT / "inbox", inbox)
    (inbox / "学童保育課.xlsx").unlink()
    book = openpyxl.load_workbook(inbox / "障害福祉課.xlsx")
    cell = next(c for row in book["柱2"].iter_rows() for c in row if c.value == 13282)
    cell.value = "<b>13,282</b>件"
    book.save(inbox / "障害福祉課.xlsx")
    return run_view(inbox, TEMPLATE, folder / "out").output


def test_the_page_stands_alone(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest", text)
    assert '<html lang="ja">' in text and "prefers-color-scheme: dark" in text and "@media print" in text


def test_what_people_typed_is_never_markup(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<b>13,282</b>" not in text and "&lt;b&gt;13,282&lt;/b&gt;件" in text


def test_it_says_who_has_answered_and_draws_the_faulty_cell(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "10部局のうち<strong>8部局</strong>" in text and "未提出" in text
    assert 'class="text here"' in text and 'role="img"' in text
    assert text.count("<figure") >= 15 and "柱2(1)②カ" in text


def test_the_same_round_gives_the_same_page(tmp_path: Path) -> None:
    pages = [run_view(ROOT / "inbox", TEMPLATE, tmp_path / str(n)).output.read_bytes() for n in range(2)]
    assert pages[0] == pages[1]


def test_a_locked_answer_is_opened_with_its_password(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    locked, words = tmp_path / "inbox" / "a.xlsx", tmp_path / "words.txt"
    words.write_text("Kashiwa2024\n", encoding="utf-8")
    with (ROOT / "inbox" / "学童保育課.xlsx").open("rb") as plain, locked.open("wb") as target:
        OOXMLFile(plain).encrypt("Kashiwa2024", target)
    command = ["view", str(tmp_path / "inbox"), "--plan", str(TEMPLATE), "--out", str(tmp_path)]
    output = tmp_path / "進捗状況_R5.html"
    for options, expected in (([], "0部局"), (["--password-file", str(words)], "1部局")):
        CliRunner().invoke(main, [*command, *options])
        assert f"<strong>{expected}</strong>" in output.read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- in a browser
@pytest.fixture(scope="module")
def browser(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        reason = "Chromium and its driver are not installed"
        if os.environ.get("XL_PLAN_REQUIRE_OFFICE"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(flag)
    window = webdriver.Chrome(options=options, service=Service(driver))
    window.get(page.as_uri())
    yield window
    window.quit()


def shown(browser: Any) -> list[Any]:
    return [item for item in browser.find_elements("css selector", "#findings-list details") if item.is_displayed()]


def test_searching_and_choosing_narrow_the_findings(browser: Any) -> None:
    from selenium.webdriver.support.ui import Select

    every = len(shown(browser))
    search = browser.find_element("id", "search")
    search.send_keys("13,282")
    assert 0 < len(shown(browser)) < every
    search.clear()
    search.send_keys(" ")
    Select(browser.find_element("id", "severity")).select_by_value("error")
    (only,) = shown(browser)
    assert "記入対象でないセル" in only.text
    Select(browser.find_element("id", "severity")).select_by_value("")
    assert len(shown(browser)) == every
    assert f"{every}件のうち{every}件" in browser.find_element("id", "count").text


def test_a_finding_opens_by_click_and_by_keyboard(browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    first = shown(browser)[0]
    summary = first.find_element("tag name", "summary")
    summary.click()
    assert first.get_attribute("open") is not None
    assert first.find_element("css selector", "td.here").is_displayed()
    summary.send_keys(Keys.ENTER)
    assert first.get_attribute("open") is None


def test_all_open_and_close_with_one_button(browser: Any) -> None:
    button = browser.find_element("id", "open-all")
    button.click()
    assert all(item.get_attribute("open") is not None for item in shown(browser))
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert all(item.get_attribute("open") is None for item in shown(browser))


def test_a_departments_name_leads_to_its_findings(browser: Any) -> None:
    browser.find_element("css selector", 'a[data-department="障害福祉課"]').click()
    assert shown(browser) and all(i.get_attribute("data-department") == "障害福祉課" for i in shown(browser))
    assert browser.execute_script("return location.hash") == "#findings"


def luminance(colour: str) -> float:
    """Of rgb(…), by the formula of WCAG."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


INKS = """
const pairs = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || element.closest('svg') || !element.checkVisibility()) continue;
  let ground = element, paper = 'rgba(0, 0, 0, 0)';
  while (ground && (paper = getComputedStyle(ground).backgroundColor) === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
  pairs.push([getComputedStyle(element).color, paper, element.textContent.trim().slice(0, 20)]);
}
return pairs;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(browser: Any, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (luminance(paper) > 0.5) is (scheme == "light")
        pairs = browser.execute_script(INKS)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(pairs) > 100
    for ink, ground, text in pairs:
        dark, light = sorted((luminance(ink), luminance(ground)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (scheme, text, ink, ground)


def test_print_shows_the_findings_and_leaves_the_controls_out(browser: Any, tmp_path: Path) -> None:
    import base64

    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed")
    data = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(data))
    subprocess.run([program, "-layout", "page.pdf", "page.txt"], cwd=tmp_path, check=True)
    text = "".join((tmp_path / "page.txt").read_text(encoding="utf-8").split())
    assert "障害福祉課" in text and "記入対象でないセル" in text and "柱2(1)②カ" in text
    assert "すべて開く" not in text


def test_nothing_goes_wrong_in_the_console_and_every_control_has_a_name(browser: Any) -> None:
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    for control in browser.find_elements("css selector", "input, select, button"):
        assert control.accessible_name
    for picture in browser.find_elements("css selector", "svg[role=img]"):
        assert picture.get_attribute("aria-label")
