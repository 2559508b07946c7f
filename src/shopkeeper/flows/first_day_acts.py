"""What is done on the first day where one form speaks to several rooms, and opening the shop."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shopkeeper.flows import first_day, set_price, shop_settings, try_letter
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.ids import DeliveryOptionId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product, VariantDraft
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import ShopText
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import PictureDraft, Sent
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, TaxMode
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Logo, Shop, ShopNotReady

FIRST_PRICE = "first price"
SHOP_HOLDS = "shop:logo"


@transaction.atomic
def save_place(*, country: str, zone: str, language: str, currency: str, email: str, phone: str, actor: UserId, now: datetime) -> Shop:
    """Save where the shop is and how it is reached, confirm that, and return the shop; before the first order its warehouses move along.

    Raises NotAllowed, Malformed, OutOfRange, CurrencyFixed.
    """
    access.require(actor, "shop.save")
    before = shops.shop()
    saved = shops.save(actor=actor, now=now, country=country, zone=zone, language=language, email=email, phone=phone)
    if currency.strip().upper() != saved.currency:
        saved = shop_settings.change_currency(currency=currency, actor=actor, now=now)
    if saved.country != before.country and not orders.list_orders(size=1).total:
        for each in inventory.warehouses():
            if each.country == before.country:
                inventory.save_warehouse(
                    warehouse_id=each.id, code=each.code, name=each.name, country=saved.country, priority=each.priority,
                    is_active=each.is_active, actor=actor, now=now,
                )  # fmt: skip
    shops.confirm(about="place", mark=first_day.place_mark(saved), actor=actor, now=now)
    return saved


@transaction.atomic
def set_logo(*, file: Sent, actor: UserId, now: datetime) -> Shop:
    """Put a picture, made anew, in the place of the seal and return the shop. Raises NotAllowed, NotAPicture, BrokenPicture, WrongMeasure,
    FileTooLarge.
    """
    access.require(actor, "shop.set_logo")
    (photo,) = media.take_photos(files=[file], now=now)
    media.hold(originals=[photo.original], holder=SHOP_HOLDS)
    whole = photo.whole
    return shops.set_logo(logo=Logo(key=whole.key, width=whole.width, height=whole.height), actor=actor, now=now)


@transaction.atomic
def keep_seal(*, actor: UserId, now: datetime) -> Shop:
    """Let the drawn seal stand, on purpose, and return the shop. Raises NotAllowed."""
    access.require(actor, "shop.set_logo")
    shops.confirm(about="seal", actor=actor, now=now)
    return shops.set_logo(logo=None, actor=actor, now=now)


@transaction.atomic
def save_taxes(*, basis_points: int, tax_mode: TaxMode, actor: UserId, now: datetime) -> None:
    """Save the home country's rate and how the default price list states tax, and confirm both. Raises NotAllowed, OutOfRange."""
    access.require(actor, "pricing.save_tax_rate")
    access.require(actor, "pricing.save_price_list")
    pricing.save_tax_rate(country=shops.shop().country, basis_points=basis_points, actor=actor, now=now)
    each = pricing.default_price_list()
    pricing.save_price_list(price_list_id=each.id, code=each.code, name=each.name, tax_mode=tax_mode, is_default=True, actor=actor, now=now)
    shops.confirm(about="taxes", mark=first_day.tax_mark(first_day.read(now).seen), actor=actor, now=now)


@transaction.atomic
def save_delivery(
    *, option: DeliveryOptionId | None, name: Bilingual, price_minor: int, free_from_minor: int | None, days: tuple[int, int],
    is_everywhere: bool, actor: UserId, now: datetime,
) -> DeliveryOption:  # fmt: skip
    """Save one way of delivery, to the shop's own country or to every country no other way names, confirm how all stand, and return it.

    Raises NotAllowed, NotFound, OutOfRange, Malformed.
    """
    access.require(actor, "pricing.save_delivery_option")
    known = {each.id: each for each in pricing.all_delivery_options()}
    former = known.get(option) if option else None
    codes = {each.code for each in known.values()}
    code = former.code if former else next(each for each in ("STANDARD", *(f"WAY-{n}" for n in range(2, 999))) if each not in codes)
    home = shops.shop().country
    kept = former.countries if former and home in former.countries else (home,)
    saved = pricing.save_delivery_option(
        delivery_option_id=former.id if former else None, code=code, name=name, carrier=former.carrier if former else "",
        price_minor=price_minor, free_from_minor=free_from_minor, days=days, countries=() if is_everywhere else kept,
        position=former.position if former else len(known) + 1, is_active=True, actor=actor, now=now,
    )  # fmt: skip
    shops.confirm(about="delivery", mark=first_day.delivery_mark(first_day.read(now).seen), actor=actor, now=now)
    return saved


@transaction.atomic
def confirm_texts(*, kinds: Collection[str], actor: UserId, now: datetime) -> tuple[ShopText, ...]:
    """Write down that somebody read these texts and answers for them, and return them; the template's warning goes out of each.

    Raises NotAllowed, NotFound, Malformed.
    """
    access.require(actor, "content.publish")
    access.require(actor, "shop.confirm")
    return tuple(_confirm_text(kind, actor, now) for kind in kinds)


def _confirm_text(kind: str, actor: UserId, now: datetime) -> ShopText:
    found = content.text(kind)
    if content.is_template(found):
        found = content.publish_text(kind=kind, title=found.title, body=content.without_warning(found), actor=actor, now=now)
    shops.confirm(about=f"text:{kind}", mark=first_day.text_mark(found), actor=actor, now=now)
    return found


@transaction.atomic
def add_product(*, sku: str, name: Bilingual, price_minor: int, units: int, picture: Sent | None, actor: UserId, now: datetime) -> Product:
    """Make a product of one variant, priced, in stock, shown in the shop, with its picture, all or nothing, and return it.

    Raises NotAllowed, SkuTaken, SlugTaken, OutOfRange, Malformed, and for the picture as `media.add` does.
    """
    for act in ("catalog.save_product", "pricing.set_price", "inventory.receive", "media.save_pictures"):
        access.require(actor, act)
    made = catalog.save_product(
        product_id=None, slug=_slug(name.en, sku), name=name, text=Bilingual(), category_id=None, variants=[VariantDraft(sku=sku)],
        is_published=True, actor=actor, now=now,
    )  # fmt: skip
    variant = made.variants[0].id
    set_price.set_price(variant_id=variant, amount_minor=price_minor, reason=FIRST_PRICE, actor=actor, now=now)
    first = next(each for each in inventory.warehouses() if each.is_active)
    inventory.receive(variant_id=variant, warehouse_id=first.id, units=units, actor=actor, now=now)
    if picture is not None:
        media.add(product_id=made.id, files=[replace(picture, draft=PictureDraft(alt=name))], actor=actor, now=now)
    return made


def _slug(name: str, sku: str) -> str:
    plain = "".join(each if each.isascii() and each.isalnum() else "-" for each in (name or sku).lower())
    return "-".join(part for part in plain.split("-") if part)[:60].strip("-") or "product"


def send_test_letter(*, language: str, actor: UserId, now: datetime) -> str:
    """Send the confirmation of an order with sample data to whoever asks, write down that it left, and return the address.

    Call it outside transactions. Raises NotAllowed, TooOften, NotSent.
    """
    kind = MailKind.PLACED.value
    words = next(each.words for each in messages.all_in_force() if each.letter.value == kind and each.language == language)
    to = try_letter.send_test(letter=kind, language=language, words=words, actor=actor, now=now)
    shops.confirm(about="mail", actor=actor, now=now)
    return to


@transaction.atomic
def work_alone(*, actor: UserId, now: datetime) -> None:
    """Write down that nobody else works here: nobody can approve what asks for a second person. Raises NotAllowed."""
    access.require(actor, "shop.confirm")
    shops.confirm(about="alone", actor=actor, now=now)


@transaction.atomic
def put_away(*, actor: UserId, now: datetime) -> None:
    """Take the guide from Today; it stays under the settings. Raises NotAllowed."""
    access.require(actor, "shop.confirm")
    shops.confirm(about=first_day.GUIDE, actor=actor, now=now)


@transaction.atomic
def open_doors(*, knows_what_is_left: bool, actor: UserId, now: datetime) -> Shop:
    """Let shoppers in and return the shop. Raises NotAllowed, ShopNotReady naming every step that is in the way."""
    access.require(actor, "shop.welcome")
    day = first_day.read(now)
    if day.in_the_way or (day.left and not knows_what_is_left):
        raise ShopNotReady(day.in_the_way or day.left, is_needed=bool(day.in_the_way))
    shops.confirm(about=first_day.GUIDE, actor=actor, now=now)
    return shops.welcome(actor=actor, now=now)
