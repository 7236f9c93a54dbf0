"""The real program served on this machine, a real browser before it, and people who work in it.

`serving` starts `ransel demo` and stops it as a person does, with Ctrl-C. A `Theatre` holds the browser; every `Person`
in it has a context of their own, as on a device of their own. What a browser complains about is collected: `faults`.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, sync_playwright
from system.program import RANSEL

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "ransel-demo"  # noqa: S105 - printed on the start page of every demo
NOW = "2027-02-05T13:30:00+01:00"
PATIENCE_S = 60
"""How long a test waits for the program before it gives up: no claim about its speed."""
DESK, PHONE = 1280, 390
REFUSED = 422


@dataclass(frozen=True)
class Served:
    """A demo that runs: its address, and the folder in which it keeps its state."""

    address: str
    home: Path

    def move_clock(self, *, hours: float) -> None:
        """Let the clock of the demo stand so many hours after the instant at which it began."""
        self._clock.write_text(str(round(hours * 3600)), "ascii")

    @property
    def moved_hours(self) -> float:
        """How far the clock was moved."""
        return int(self._clock.read_text("ascii")) / 3600 if self._clock.exists() else 0.0

    @contextmanager
    def later(self, *, hours: float) -> Iterator[None]:
        """Let it be later for a while."""
        before = self.moved_hours
        self.move_clock(hours=before + hours)
        yield
        self.move_clock(hours=before)

    @property
    def _clock(self) -> Path:
        return self.home / "demo-clock"


@contextmanager
def serving(folder: Path, now: str = NOW, **more: str) -> Iterator[Served]:
    """Start `ransel demo` in a folder, and stop it with Ctrl-C afterwards."""
    home = folder / "home"
    outside = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    told = {"RANSEL_HOME": str(home), "RANSEL_NOW": now, "PYTHONUNBUFFERED": "1"}
    with (folder / "said").open("w") as said:
        program = subprocess.Popen(
            [RANSEL, "demo", "--port", "0"], cwd=folder, env=outside | told | more, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
    try:
        yield Served(_address_of(program), home)
    finally:
        program.send_signal(signal.SIGINT)
        code = program.wait(PATIENCE_S)
        program.stdout.close()
    assert code == 0, (folder / "said").read_text()
    assert "Traceback" not in (folder / "said").read_text()


def _address_of(program: subprocess.Popen) -> str:
    for line in program.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found[0]
    raise AssertionError("the demo ended before it was ready")


@dataclass
class Theatre:
    """A browser, and everything it has complained about."""

    browser: Browser
    served: Served
    faults: list[str] = field(default_factory=list)

    def enter(self, username: str, width: int = DESK, height: int = 900) -> "Person":
        """Let somebody of the demo log in on a device of this width."""
        one = self.stranger(width, height)
        one.username = username
        one.log_in_as(username)
        return one

    def stranger(self, width: int = DESK, height: int = 900) -> "Person":
        """Return somebody who has not logged in."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="nl-NL", timezone_id="Europe/Amsterdam",
            base_url=self.served.address, reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_S * 500)
        page = context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("response", self._answered)
        return Person(self, page)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # a browser complains about every page that answers 4xx; those are looked at as answers, below
        if not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{message.location.get('url')}: {message.text}")

    def _answered(self, answer: Response) -> None:
        most = 499 if answer.request.is_navigation_request() else 399
        if answer.status > most:
            self.faults.append(f"{answer.url} answered {answer.status}")

    def expect_no_faults(self) -> None:
        """Fail when the browser has complained."""
        assert not self.faults, "\n".join(self.faults)


@contextmanager
def theatre(served: Served) -> Iterator[Theatre]:
    """Open a browser before a demo; nothing in it may have gone wrong at the end."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            stage = Theatre(browser, served)
            yield stage
            stage.expect_no_faults()
        finally:
            browser.close()


@dataclass
class Person:
    """Somebody at a device of their own."""

    theatre: Theatre
    page: Page
    username: str = ""

    def log_in_as(self, username: str, password: str = PASSWORD) -> None:
        """Log in at the form."""
        self.open("/account/login/")
        self.page.fill("#id_login", username)
        self.page.fill("#id_password", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/account/login/" not in url)

    def open(self, address: str) -> int:
        """Go to an address of the demo; return what it answered."""
        answer = self.page.goto(address)
        assert answer is not None, address
        return answer.status

    def follow(self, page: str, within: str = "main") -> None:
        """Click the first link on this page that leads to a page of this name."""
        self.click(f'{within} a[href*="/{page}/"]')

    def click(self, selector: str) -> None:
        """Click the first of these, and be on the page to which it leads."""
        with self.page.expect_navigation():
            self.find(selector).first.click()

    def find(self, selector: str, **more: str) -> Locator:
        """Return what matches on the page."""
        return self.page.locator(selector, **more)

    def fill(self, values: Mapping[str, object]) -> None:
        """Fill fields by their name: text, a choice or more of them, a tick, yes or no."""
        for name, value in values.items():
            self._fill(name, value)

    def _fill(self, name: str, value: object) -> None:
        found = self.find(f'form.sign [name="{name}"]')
        kind = found.first.get_attribute("type")
        if kind in {"radio", "checkbox"}:
            for wanted in value if isinstance(value, tuple) else (value,):
                answer = "yes" if wanted is True else "no" if wanted is False else str(wanted)
                self.find(f'form.sign [name="{name}"][value="{answer}"]').check()
        elif found.first.evaluate("one => one.tagName") == "SELECT":
            found.select_option(str(value))
        else:
            found.fill(str(value))

    def send(self) -> int:
        """Press the button of the form; return what the page that follows answered."""
        with self.page.expect_navigation() as after:
            self.find("form.sign button[type=submit]").last.click()
        return after.value.status

    def sign(self, values: Mapping[str, object] | None = None) -> None:
        """Fill in and sign; what follows says that it was signed."""
        self.fill(values or {})
        answered = self.send()
        assert answered < REFUSED, self.find("main").inner_text()
        assert self.find("[data-signed]").is_visible(), self.find("main").inner_text()

    def expect_refused(self, values: Mapping[str, object]) -> str:
        """Fill in and send; it is refused, what was typed still stands there. Return what the page says."""
        self.fill(values)
        assert self.send() == REFUSED, self.find("main").inner_text()
        for name, value in values.items():
            if name.endswith("password"):
                continue
            box = self.find(f'form.sign [name="{name}"]').first
            if box.get_attribute("type") not in {"radio", "checkbox"}:
                assert box.input_value() == str(value)
        return self.find("[role=alert]").inner_text()

    def signed_version(self, treatment: str) -> int:
        """Return how many entries the chart has."""
        self.open(f"/treatment/{treatment}/chart/")
        return int(self.find(".entries > li").first.get_attribute("id").removeprefix("entry-"))

    def leave(self) -> None:
        """Put the device away."""
        self.page.context.close()
