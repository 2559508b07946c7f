"""What a page may cost a phone on a slow network, measured in a real Chromium that is slowed down as Lighthouse's phone profile is."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

MOST_LCP_MS = 1_500
MOST_CLS = 0.05
MOST_SCRIPT_BYTES = 100_000
RUNS = 3

# Lighthouse's “slow 4G” and mid-range phone (its documentation on throttling): 150 ms there and back, 1.6 Mbit/s, a quarter of the speed.
_NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
_PHONE = 400
_MOST_SLOWER = 4
"""A mid-range phone comes to some 400 by Lighthouse's benchmark index, a desktop that is slowed down four times to 1,500 and more:
a machine that is slower itself, or has other work beside, is slowed down by less."""

# How many strings of ten thousand letters are put together in half a second, as Lighthouse counts its index.
_INDEX = """() => {
  const began = performance.now();
  let rounds = 0;
  for (; performance.now() - began < 500; rounds++) {
    let text = "";
    for (let at = 0; at < 10000; at++) text += "a";
    if (text.length < 9) throw text;
  }
  return rounds / 10 / ((performance.now() - began) / 1000);
}"""

_WATCH = """
window.budget = {lcp: 0, cls: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) budget.lcp = e.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) budget.cls += e.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What opening a page cost: milliseconds to its largest picture or words, how far things jumped, scripts in bytes as sent (gzip), and
    what was asked of other hosts."""

    lcp_ms: float
    cls: float
    script_bytes: int
    elsewhere: tuple[str, ...]

    def faults(self) -> list[str]:
        """Return one sentence for each part of the budget that is overdrawn. A page whose largest part was not seen has failed."""
        said = [f"largest part after {self.lcp_ms:.0f} ms, at most {MOST_LCP_MS}"] if not 0 < self.lcp_ms < MOST_LCP_MS else []
        said += [f"moved by {self.cls:.3f}, at most {MOST_CLS}"] if not self.cls < MOST_CLS else []
        said += [f"{self.script_bytes} bytes of script, at most {MOST_SCRIPT_BYTES}"] if self.script_bytes > MOST_SCRIPT_BYTES else []
        return said + [f"asked of another host: {each}" for each in self.elsewhere]


def cost(browser: Browser, address: str, prepare: Callable[[Page], None] = lambda page: None) -> Cost:
    """Return what a page costs a phone that has never been here: the median of several first visits."""
    runs = [_visit(browser, address, prepare) for _ in range(RUNS)]
    return Cost(
        lcp_ms=median(run.lcp_ms for run in runs),
        cls=max(run.cls for run in runs),
        script_bytes=max(run.script_bytes for run in runs),
        elsewhere=runs[0].elsewhere,
    )


def _visit(browser: Browser, address: str, prepare: Callable[[Page], None]) -> Cost:
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    prepare(page)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", _NETWORK)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": _slower(page)})
    page.add_init_script(_WATCH)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright cannot take a method of a list
    page.goto(address, wait_until="load")
    page.wait_for_timeout(300)
    seen: dict[str, Any] = page.evaluate("budget")
    found = Cost(lcp_ms=seen["lcp"], cls=seen["cls"], script_bytes=_scripts(answers), elsewhere=_elsewhere(answers, address))
    context.close()
    return found


def _slower(page: Page) -> float:
    index: float = page.evaluate(_INDEX)
    return min(_MOST_SLOWER, max(1.0, index / _PHONE))


def _scripts(answers: Sequence[Response]) -> int:
    return sum(len(gzip.compress(each.body(), 6)) for each in answers if each.request.resource_type == "script")


def _elsewhere(answers: Sequence[Response], address: str) -> tuple[str, ...]:
    own = urlsplit(address).netloc
    return tuple(each.url for each in answers if urlsplit(each.url).scheme != "data" and urlsplit(each.url).netloc != own)
