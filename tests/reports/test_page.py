"""The page in a browser: it reads well, it asks nobody for anything, and it does nothing that others wrote into it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from export_contract.acceptance import Results
from export_contract.reports import rendered

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    f"--{name}"
    for name in (
        "no-sandbox",
        "disable-gpu",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "disable-quic",
    )
]
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and not os.environ.get("CI"), reason="there is no /usr/bin/chromium here"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


class Opened:
    """A page in the browser, and all that it did when it should have done nothing."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.deeds: list[str] = []
        page.on("console", lambda message: self.deeds.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.deeds.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.deeds.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.deeds.append(f"request: {request.url}"))
        page.on("popup", lambda _: self.deeds.append("popup"))


Open = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open results as a file, as somebody would who got it by mail."""
    contexts = []

    def open_page(results: Results, **settings: Any) -> Opened:
        file = tmp_path / "report.html"
        file.write_bytes(rendered("html", results))
        context = browser.new_context(offline=True, **{"viewport": {"width": 1100, "height": 900}, **settings})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto(file.as_uri())
        assert opened.deeds == [f"request: {file.as_uri()}"]
        opened.deeds.clear()
        return opened

    yield open_page
    for context in contexts:
        context.close()


# Every piece of text with its colour and the colour behind it, as contrast by WCAG 2.2.
CONTRASTS = """() => {
  const channel = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parse = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const behind = (element) => {
    for (let part = element; part; part = part.parentElement) {
      const color = parse(getComputedStyle(part).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("script, title")) continue;
    const style = getComputedStyle(element);
    const color = element instanceof SVGElement ? style.fill : style.color;
    const [one, other] = [light(parse(color)), light(behind(element))].sort((a, b) => b - a);
    found.push([(one + 0.05) / (other + 0.05), element.tagName + "." + element.className + " " + color]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(open_page: Open, told: Results, scheme: str) -> None:
    """All text has a contrast of 4.5 to what is behind it, in light and in dark (WCAG 2.2, 1.4.3)."""
    opened = open_page(told, color_scheme=scheme)
    found = opened.page.evaluate(CONTRASTS)
    assert len(found) > 500
    assert [text for contrast, text in found if contrast < 4.5] == []
    background = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


@pytest.mark.parametrize(("width", "script"), [(375, True), (375, False), (768, True), (1440, False)])
def test_no_scrolling_sideways(open_page: Open, told: Results, width: int, script: bool) -> None:
    """The page is never wider than the screen, with everything unfolded."""
    opened = open_page(told, viewport={"width": width, "height": 800}, java_script_enabled=script)
    opened.page.evaluate(UNFOLD)
    sizes = opened.page.locator("html").evaluate("(page) => [page.scrollWidth, page.clientWidth]")
    assert sizes[0] <= sizes[1] == width


def test_it_reads_without_script(open_page: Open, told: Results) -> None:
    """Without script everything is there, nothing is offered that would need it, and sections unfold."""
    page = open_page(told, java_script_enabled=False).page
    assert page.locator("h1").inner_text() == "The target violates the contract"
    assert page.locator("article").count() == len(told.findings)
    assert page.locator("button:visible, form:visible, input:visible").count() == 0
    assert page.locator("pre.curl").first.inner_text() == told.findings[0].curl
    row = page.locator("tr[data-verdict]").first
    assert not row.is_visible()
    page.locator(".area > summary").first.click()
    assert row.is_visible()


def test_copying(open_page: Open, told: Results) -> None:
    """The button copies the curl line to the letter, also where the browser gives no clipboard to pages."""
    for settings in ({"permissions": ["clipboard-read", "clipboard-write"]}, {}):
        opened = open_page(told, **settings)
        page = opened.page
        if not settings:
            page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        button = page.locator("button.copy").nth(1)
        assert button.inner_text() == "Copy"
        button.click()
        page.wait_for_function("document.querySelectorAll('button.copy')[1].textContent === 'Copied'")
        page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), {id: 'paste'}))")
        page.locator("#paste").focus()
        page.keyboard.press("Control+V")
        assert page.locator("#paste").input_value() == told.findings[1].curl
        assert opened.deeds == []


def test_filtering(open_page: Open, told: Results) -> None:
    """The filter shows the requirements of a verdict, and those with some words, and unfolds them."""
    opened = open_page(told)
    page = opened.page
    visible = page.locator("tr[data-verdict]:visible")
    for name in ("passed", "not exercised", "waived"):
        page.get_by_label(name, exact=True).uncheck()
    assert visible.count() == told.counts["failed"]
    assert page.locator("#matches").inner_text() == f"{told.counts['failed']} of {len(told.requirements)}"
    page.get_by_label("passed", exact=True).check()
    page.get_by_label("Find").fill("exporttype-enum")
    assert visible.count() == 1
    assert "EXP-EXPORTTYPE-ENUM" in visible.inner_text()
    assert opened.deeds == []


def test_keyboard(open_page: Open, told: Results) -> None:
    """All that can be worked is reached by the tabulator, can be seen when it is, and works by Enter."""
    page = open_page(told).page
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        place = page.evaluate("[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]")
        seen.add(place[0])
        assert place[1] != "none", place
        if place[0] == "SUMMARY":
            break
    assert seen >= {"A", "INPUT", "SUMMARY"}
    page.keyboard.press("Enter")
    assert page.locator("tr[data-verdict]").first.is_visible()


def test_print(open_page: Open, told: Results) -> None:
    """On paper everything is unfolded, in dark ink, without buttons, and no code is cut off."""
    page = open_page(told, java_script_enabled=False, color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator("tr[data-verdict]").first.is_visible()
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    cut = "[...document.querySelectorAll('pre')].filter((one) => one.scrollHeight > one.clientHeight + 2).length"
    assert page.evaluate(cut) == 0
    assert len(page.pdf()) > 10_000


@pytest.mark.parametrize("kind", ["hostile_in_all_ways", "long_results"])
def test_hostile_texts(open_page: Open, request: pytest.FixtureRequest, kind: str) -> None:
    """Text of others stays text: no dialog, no request, no error, nothing added to the page."""
    opened = open_page(request.getfixturevalue(kind))
    page = opened.page
    page.evaluate(UNFOLD)
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 2_000)
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed, link").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert opened.deeds == []


def test_no_script_but_its_own(open_page: Open, told: Results) -> None:
    """Even script that somehow got into the page would not run: the page forbids it."""
    opened = open_page(told)
    opened.page.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = Object.assign(new Image(), {src: "http://127.0.0.1:9/x.png"});
          await new Promise((resolve) => { image.onerror = resolve; });
        }"""
    )
    assert opened.page.evaluate("window.ran") is None
    refused = [deed for deed in opened.deeds if "Content Security Policy" in deed]
    assert len(refused) == 2, opened.deeds
