"""`make pictures`: every page, in both languages, wide and phone-narrow, light and dark, as PNG in pictures/.

Opens a sample shop of its own in a passing folder, trades a little, and walks the storefront and every entry of the console's menu.
`make pictures PAGES=today,home` takes only those whose name contains one of the words; `README=1` also renews README's pictures, and
`GUIDE=1` takes those of the guide alone.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page  # noqa: E402

from tests.journeys import acts  # noqa: E402
from tests.up.builders import Started, clean_environment, one_time_password  # noqa: E402

LANGUAGES = {"en": "en", "zh": "zh-hans"}
WIDTHS = {"wide": 1280, "phone": 390}
SCHEMES = ("light", "dark")

SHOP = {
    "home": "", "shelves": "shelves/", "category": "shelves/kitchen/", "goods": "goods/", "search": "search/?q=heart",
    "search-nothing": "search/?q=zeppelin", "basket": "basket/", "checkout": "checkout/", "sign-in": "sign-in/", "register": "register/",
    "password": "password/", "terms": "about/terms/", "privacy": "about/privacy/", "returns": "about/returns/",
    "privacy-choice": "privacy-choice/", "not-found": "nothing-here/", "options": "goods/lunch-bag-red-retrospot-20725/",
    "narrowed": "shelves/bags/?stock=1", "collections": "collections/", "collection": "collections/small-hearts/",
    "bundle": "goods/regency-tea-for-two/", "compare": "compare/?goods=regency-tea-for-two&goods=lunch-bag-red-retrospot-20725",
    "wishes": "wishes/", "find-order": "find-order/", "delivery": "delivery/?country=GB", "code-by-mail": "sign-in/code/",
    "preview": "preview/{preview}/", "ask": "{bought}ask/", "review": "{bought}review/",
}  # fmt: skip
"""Pages that anybody may open; in braces what only whoever was there knows: an order that was sent, a link to a draft."""

MEMBER = {
    "account": "account/", "consents": "account/consents/", "company": "account/company/", "data": "account/data/",
    "ways": "account/ways/", "news": "account/news/", "address": "account/addresses/new/",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    name: str
    address: str


def main() -> int:
    """Take every picture and return 0."""
    only = tuple(filter(None, os.environ.get("PAGES", "").split(",")))
    out = ROOT / "pictures"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shopkeeper-pictures-") as folder, socket.socket() as free:
        Path(folder).chmod(0o755)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        shop = Started(data_dir=Path(folder) / "shop", port=port, words=("up",))
        try:
            shop.until_open()
            if not (os.environ.get("README") or os.environ.get("GUIDE")):
                # README and guide show a shop on a good day.
                let_things_wait(shop)
            look = for_guide if os.environ.get("GUIDE") else walk
            with acts.chromium() as browser:
                taken = look(browser, f"http://127.0.0.1:{port}", shop, out, only)
        finally:
            shop.stop()
    if os.environ.get("README"):
        for_readme(out)
    print(f"{taken} pictures in {out}, {time.monotonic() - began:.0f} s")
    return 0


def walk(browser: Browser, base: str, shop: Started, out: Path, only: tuple[str, ...]) -> int:
    """Trade a little, then picture every page in every way."""
    staff, shopper = both_sides(browser, base, shop)
    for place in (1, 2):
        acts.buy(shopper, base, goods=2, units=1, email=f"buyer{place}@example.com")
    number, _ = acts.buy(shopper, base, goods=2, units=2)
    bought = shopper.url.partition("?")[0].removeprefix(f"{base}/en/")
    acts.ship(staff, base, number)
    acts.refund_one_piece(staff, base, number)
    fill_basket(shopper, base)
    known = {**worked_in(shop, number), "bought": bought}
    member = signed_in(browser, base, email=str(known["member"]))
    wait_for_figures(staff, base)
    sides = {"shop": shopper, "member": member}
    taken = 0
    for language, prefix in LANGUAGES.items():
        set_console_language(staff, base, prefix)
        pages = list(storefront(shopper, base, prefix, known)) + list(console(staff, base))
        pages += [Shown(f"console-{name}", base + path.format(**known)) for name, path in GUIDE.items() if path.startswith("/console/")]
        for page in pages:
            if only and not any(word in page.name for word in only):
                continue
            taken += take(sides.get(page.name.partition("-")[0], staff), page, out / f"{page.name}-{language}")
    return taken


def both_sides(browser: Browser, base: str, shop: Started) -> tuple[Page, Page]:
    """Return a page of the owner, signed in, and one of a shopper who agreed to nothing."""
    email, password = one_time_password(shop.output)
    staff = browser.new_page(locale="en-GB")
    acts.sign_in_first_time(staff, base, email=email, password=password)
    shopper = browser.new_page(locale="en-GB")
    shopper.goto(f"{base}/en/")
    shopper.get_by_role("button", name="No, thank you").click()
    return staff, shopper


def signed_in(browser: Browser, base: str, *, email: str) -> Page:
    """Return a page of a member."""
    page = browser.new_page(locale="en-GB")
    page.goto(f"{base}/en/sign-in/")
    page.get_by_role("button", name="No, thank you").click()
    page.goto(f"{base}/en/sign-in/")
    page.locator("#id_email").fill(email)
    page.locator("#id_password").fill(acts.NEW_PASSWORD)
    page.locator("main .btn").first.click()
    page.wait_for_url("**/account/**")
    return page


def storefront(page: Page, base: str, prefix: str, known: Mapping[str, object]) -> Iterator[Shown]:
    """Yield the storefront's pages of one language, the first product of the shelf and an order among them, and those of a member."""
    for side, pages in (("shop", SHOP), ("member", MEMBER)):
        for name, path in pages.items():
            yield Shown(f"{side}-{name}", f"{base}/{prefix}/{path.format(**known)}")
    page.goto(f"{base}/{prefix}/goods/")
    yield Shown("shop-product", base + str(page.locator("main a[href*='/goods/']").first.get_attribute("href")))
    yield Shown("shop-order", f"{base}/{prefix}/{known['bought']}")


def console(page: Page, base: str) -> Iterator[Shown]:
    """Yield every entry of the console's menu, the first row behind each list, and the acts offered there."""
    page.goto(f"{base}/console/")
    menu = [each.get_attribute("href") for each in page.locator("aside a[href^='/console/'], nav a[href^='/console/']").all()]
    seen: set[str] = set()
    for address in ["/console/", *menu]:
        if not address or address in seen or "logout" in address:
            continue
        seen.add(address)
        yield Shown(name_of(address), base + address)
        page.goto(base + address)
        inside = [each.get_attribute("href") for each in page.locator("main table a[href^='/console/']").all()]
        for detail in [each for each in inside if each and each not in seen and each.startswith(address)][:1]:
            seen.add(detail)
            yield Shown(name_of(detail), base + detail)
            page.goto(base + detail)
            for act in [each.get_attribute("href") for each in page.locator("main .sk-acts a[href^='/console/']").all()][:6]:
                if act and act not in seen and not act.endswith(("pdf", "invoice/")):
                    seen.add(act)
                    yield Shown(name_of(act), base + act)


def name_of(address: str) -> str:
    """Return a console address as a file's name: /console/orders/12/ship/ is console-orders-one-ship."""
    parts = ["one" if part.isdigit() else part for part in address.partition("?")[0].strip("/").split("/")]
    return "-".join(parts) if len(parts) > 1 else "console-today"


def take(page: Page, shown: Shown, path: Path) -> int:
    """Take one page in full, light and dark, wide and narrow; return how many pictures that made."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})
        page.goto(shown.address)
        page.wait_for_load_state("networkidle")
        for name, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)  # charts follow the width
            page.screenshot(path=f"{path}-{name}-{scheme}.png", full_page=True)
    return len(SCHEMES) * len(WIDTHS)


def set_console_language(page: Page, base: str, language: str) -> None:
    """Switch the console to a language by its own switch."""
    page.goto(f"{base}/console/")
    if not str(page.locator("html").get_attribute("lang")).lower().startswith(language[:2]):
        page.locator("button[name=language]").first.click()
        page.wait_for_load_state("networkidle")


WAITING = """
from datetime import UTC, datetime, timedelta
from django.conf import settings
from shopkeeper.flows import set_price, settle_payment, sweep
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals.shapes import WaitingForApproval
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fakes import statement_files as files
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.pricing import models as prices

now = datetime.now(UTC)
made = access.invite(email="ben@example.com", role=Role.MANAGER, actor=None, now=now)
ben = access.accept(token=made.token, name="Ben Example", password="seven grey herons 7", now=now)
dearest = prices.Price.objects.filter(amount_minor__isnull=False).order_by("-amount_minor").first()
try:
    set_price.set_price(variant_id=dearest.variant_id, amount_minor=dearest.amount_minor // 3, reason="clearance", actor=ben, now=now)
except WaitingForApproval:
    pass
fake = FakeStripe(clock=now.timestamp).start()
settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = fake.secret_key, fake.webhook_secret, fake.url
fake.pay_elsewhere(4_200, "gbp", "")
for message in fake.webhooks():
    settle_payment.hear_webhook(provider="stripe", body=message.body, headers=message.headers, now=now)
sweep.sweep(now + timedelta(minutes=2))
fake.stop()
bill = files.alipay(files.alipay_row("2026112002", "pay_0stranger", "1.00"), files.alipay_row("2026112003", "", "many"))
payments.reconcile_statement(provider="alipay", file_name="2026-11.csv", data=bill, actor=ben, now=now)
"""


def let_things_wait(shop: Started) -> None:
    """Leave something for every page that would be empty in a shop that has just opened: an act for a second person, money without an
    order, a statement, a look at the books, a backup."""
    environment = clean_environment(data_dir=shop.data_dir, port=shop.port)
    for words in (("manage", "shell", "-c", WAITING), ("audit", "books"), ("backup",)):
        done = subprocess.run([sys.executable, "-m", "shopkeeper", *words], env=environment, capture_output=True, text=True, check=False)
        # Money without an order is what the books are to name.
        if done.returncode not in ((0, 1) if words[0] == "audit" else (0,)):
            raise RuntimeError(f"{words[0]}: {done.stdout}{done.stderr}")


def fill_basket(page: Page, base: str) -> None:
    """Leave something in the basket, for the pictures of basket and checkout."""
    page.goto(f"{base}/en/goods/")
    address = page.locator("main a[href*='/goods/']").nth(3).get_attribute("href")
    page.goto(base + str(address))
    page.get_by_role("button", name="Add to basket").click()
    page.wait_for_load_state("networkidle")


def for_readme(out: Path) -> None:
    """Put the tops of the two first pages, in both languages, where README shows them."""
    from PIL import Image

    (ROOT / "docs/pictures").mkdir(exist_ok=True)
    for place, page in (("storefront", "shop-home"), ("console", "console-today")):
        for language in LANGUAGES:
            with Image.open(out / f"{page}-{language}-wide-light.png") as whole:
                top = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, 940)))
                top.quantize(192).save(ROOT / f"docs/pictures/{place}-{language}.png", optimize=True)


GUIDE = {
    "first-day": "/console/first-day/",
    "order": "/console/orders/{order}/",
    "request": "/console/buyer-requests/{request}/",
    "product": "/console/products/{product}/",
    "versions": "/console/products/{product}/versions/",
    "collection": "/console/goods-collections/{collection}/edit/",
    "columns": "/console/files/{sheet}/columns/",
    "letter": "/console/letters/1/edit/",
    "link": "/console/tracked-links/{link}/",
    "search-optimisation": "/console/engine-pages/",
    "shop-options": "/{language}/goods/lunch-bag-red-retrospot-20725/",
    "shop-shelf": "/{language}/shelves/bags/",
    "shop-order": "/{language}/{bought}",
}
"""What the guide shows: a name and the page; the last three are the shopper's."""
TALLEST = 820


def for_guide(browser: Browser, base: str, shop: Started, out: Path, only: tuple[str, ...]) -> int:
    """Work a little in the shop, then take the guide's pictures, in both languages, wide and light, into docs/guide/pictures."""
    from PIL import Image

    staff, shopper = both_sides(browser, base, shop)
    number, _ = acts.buy(shopper, base, goods=2, units=2)
    bought = shopper.url.partition("?")[0].removeprefix(f"{base}/en/")
    acts.ship(staff, base, number)
    known = {**worked_in(shop, number), "bought": bought}
    wait_for_figures(staff, base)
    (ROOT / "docs/guide/pictures").mkdir(exist_ok=True)
    taken = 0
    for language, prefix in LANGUAGES.items():
        set_console_language(staff, base, prefix)
        for name, address in GUIDE.items():
            if only and not any(word in name for word in only):
                continue
            page = shopper if name.startswith("shop-") else staff
            page.set_viewport_size({"width": 1180, "height": TALLEST})
            page.goto(base + address.format(language=prefix, **known))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=out / f"{name}-{language}.png")
            with Image.open(out / f"{name}-{language}.png") as whole:
                whole.convert("RGB").quantize(96).save(ROOT / f"docs/guide/pictures/{name}-{language}.png", optimize=True)
            taken += 1
    return taken


def worked_in(shop: Started, number: str) -> dict[str, object]:
    """Let the shop be worked in, and return what its pages are called by."""
    environment = clean_environment(data_dir=shop.data_dir, port=shop.port, PICTURED_ORDER=number)
    said = subprocess.run(
        [sys.executable, "-m", "shopkeeper", "manage", "shell", "-v", "0", "-c", (ROOT / "tests/pictured_shop.py").read_text()],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in said.stdout.splitlines() if line.startswith("PICTURED ")]
    if not lines:
        raise RuntimeError(said.stdout + said.stderr)
    return dict(json.loads(lines[0].removeprefix("PICTURED ")))


def wait_for_figures(page: Page, base: str) -> None:
    """Wait until every fact of the sample shop is in the figures."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        page.goto(f"{base}/console/")
        if "into the figures" not in page.inner_text("body"):
            return
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
