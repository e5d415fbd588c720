"""A real Chromium: one process, and a context of its own for each person, with its cookies."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.available_engines import chromium
from support.drill_folder import eventually

PHONE, LAPTOP = 390, 1280
"""Widths in CSS pixels."""


class Person:
    """One browser context with one page."""

    def __init__(self, driver: Any, window: str) -> None:
        self._driver, self._window = driver, window

    def _select(self) -> Any:
        if self._driver.current_window_handle != self._window:
            self._driver.switch_to.window(self._window)
        return self._driver

    def set_width(self, width: int, *, dark: bool = False) -> None:
        """Show the page as on a screen of that width."""
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width == PHONE}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._select().execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def disable_javascript(self) -> None:
        self._select().execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    def disable_cache(self) -> None:
        self._select().execute_cdp_cmd("Network.enable", {})
        self._driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})

    def open(self, url: str) -> None:
        self._select().get(url)

    def join(self, url: str) -> None:
        """Open a link and press Join."""
        self.open(url)
        self.press("Join")
        self.until("DRILL gd-")

    @property
    def text(self) -> str:
        """Everything that is visible; nothing between two pages."""
        driver, errors = self._select(), importlib.import_module("selenium.common.exceptions")
        try:
            return str(driver.find_element("css selector", "body").text)
        except (errors.NoSuchElementException, errors.StaleElementReferenceException):
            return ""

    def until(self, text: str) -> None:
        """Wait until the page shows the text; nothing is reloaded."""
        eventually(lambda: text in self.text, f"{text!r} on the page")

    def press(self, button: str) -> None:
        """Press the button with this text, and wait for the page that follows."""
        page = self._page()
        buttons = self._driver.find_elements("xpath", f"//button[normalize-space()='{button}']")
        assert buttons, f"no button {button!r} on the page:\n{self.text}"
        buttons[0].click()
        eventually(lambda: self._page() not in ([], page), "the next page")

    def click(self, button: str) -> float:
        """Click the button with this text, and wait for nothing; return when (CLOCK_MONOTONIC)."""
        [element] = self._select().find_elements("xpath", f"//button[normalize-space()='{button}']")
        at = time.monotonic()
        element.click()
        return at

    def _page(self) -> list[str]:
        return [element.id for element in self._select().find_elements("css selector", "main")]

    def fill(self, **fields: str) -> None:
        """Choose or type the values, by the ids of their fields."""
        select = importlib.import_module("selenium.webdriver.support.select").Select
        for name, value in fields.items():
            element = self._select().find_element("id", name)
            if element.tag_name == "select":
                select(element).select_by_visible_text(value)
            else:
                element.send_keys(value)

    def run(self, script: str) -> Any:
        return self._select().execute_script(f"return {script}")

    def keys(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        codes = importlib.import_module("selenium.webdriver.common.keys").Keys
        chain = importlib.import_module("selenium.webdriver.common.action_chains").ActionChains(self._select())
        for key in keys:
            chain.send_keys(getattr(codes, key))
        chain.perform()

    @property
    def focused(self) -> str:
        """The text of the element that has the focus."""
        return str(self.run("document.activeElement.textContent")).strip()

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        return int(self.run("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def save_picture(self, path: Path) -> None:
        """Write the whole page as PNG."""
        height = self.run("document.documentElement.scrollHeight")
        width = self.run("document.documentElement.clientWidth")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width == PHONE}
        self._select().execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._driver.save_screenshot(str(path))


class Chromium:
    """The process; `console`: the errors and warnings that any page wrote."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._console: list[str] = []

    def person(self) -> Person:
        """Open a page in a context of its own."""
        context = self._driver.browser.create_user_context()
        return Person(self._driver, self._driver.browsing_context.create(type="window", user_context=context))

    @property
    def console(self) -> list[str]:
        self._console += [entry["message"] for entry in self._driver.get_log("browser")]
        return self._console


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """Start Chromium without a screen; skip or fail the test where it is missing."""
    browser, driver_binary = chromium()
    webdriver = importlib.import_module("selenium.webdriver")
    service = importlib.import_module("selenium.webdriver.chrome.service").Service(str(driver_binary))
    options = webdriver.ChromeOptions()
    options.binary_location, options.enable_bidi = str(browser), True
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "force-color-profile=srgb"):
        options.add_argument(f"--{flag}")
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield Chromium(driver)
    finally:
        driver.quit()
