"""What is wrong with a page for some of those who read it, as every journey through the shop looks at it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error as PlaywrightError

_TOO_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && r.height && (r.height < 24 || r.width < 24) && !e.closest('p, dd, .prose, label') && !e.matches('.unseen, .skip');
}).map(e => e.outerHTML.slice(0, 120))"""


def faults_of(page: Any) -> list[str]:
    """Return what is wrong with the page as it stands: what axe finds, a page wider than its screen, targets below 24 px."""
    try:
        return _found(page)
    except PlaywrightError:
        # The page that was looked at made way for the next one meanwhile: that is the one meant.
        page.wait_for_load_state("networkidle")
        return _found(page)


def _found(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    said = [f"{each['id']}: {node['html'][:140]}" for each in found for node in each["nodes"]]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    said += [f"{wider} px wider than the screen"] if wider > 0 else []
    return said + [f"too small: {each}" for each in page.evaluate(_TOO_SMALL)]
