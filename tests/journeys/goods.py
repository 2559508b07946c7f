"""Goods that journeys walk round: a lamp to choose among, with pictures; a bundle; collections; goods wrapped up for a menu."""

from shopkeeper.doors.storefront.tests.builders import NOON, Corner
from shopkeeper.flows import bundles, pictures
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import PartDraft
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Part
from shopkeeper.selling.catalog.shapes_options import OptionDraft, OptionValueDraft
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.media.shapes import PictureDraft, Sent
from shopkeeper.selling.media.tests.builders import a_file

COLOURS = (OptionValueDraft(name=Bilingual("Brass", "黄铜"), swatch="#b08d57"), OptionValueDraft(name=Bilingual("Black", "黑色")))
SIZES = (OptionValueDraft(name=Bilingual("Small", "小号")), OptionValueDraft(name=Bilingual("Large", "大号")))


def lamp_to_choose(shop: Corner) -> None:
    """Let the lamp come brass small (£12.00, 8 there), black small (£13.00, sold out) and black large (£19.00, 3 there).

    Brass large is not made. Its first picture is of the brass one, its second of both black ones.
    """
    lamp = shop.products["lamp"].id
    options = [OptionDraft(name=Bilingual("Colour", "颜色"), values=COLOURS), OptionDraft(name=Bilingual("Size", "尺寸"), values=SIZES)]
    catalog.save_options(product_id=lamp, actor=None, now=NOON, options=options)
    missing = [each for each in catalog.missing_variants(lamp) if each.sku != "LAMP-BRASS-LARGE"]
    for each in catalog.add_variants(product_id=lamp, variants=missing, actor=None, now=NOON).variants:
        shop.variants[each.sku] = each.id
    shop.price("LAMP-BLACK-SMALL", 1_300)
    shop.price("LAMP-BLACK-LARGE", 1_900)
    place = inventory.warehouses()[0].id
    inventory.receive(variant_id=shop.variants["LAMP-BLACK-LARGE"], warehouse_id=place, units=3, actor=None, now=NOON)
    drafts = (
        PictureDraft(alt=Bilingual("The brass lamp", "黄铜色的灯"), variants=(shop.variants["LAMP"],)),
        PictureDraft(
            alt=Bilingual("The black lamp", "黑色的灯"), variants=(shop.variants["LAMP-BLACK-SMALL"], shop.variants["LAMP-BLACK-LARGE"])
        ),
    )
    files = [Sent(name=f"{seed}.jpg", content=a_file(width=900, height=600, seed=seed), draft=each) for seed, each in enumerate(drafts, 1)]
    pictures.add(product_id=lamp, files=files, actor=None, now=NOON)


def desk_set(shop: Corner) -> None:
    """Add a bundle DESK of one LAMP and two CUP-S for £25.00, £4.00 less than apart."""
    shelf = catalog.save_category(category_id=None, slug="sets", name=Bilingual("Sets", "套装"), actor=None, now=NOON)
    product = catalog.save_product(
        product_id=None, slug="desk", name=Bilingual("Desk set", "书桌套装"), text=Bilingual(), category_id=shelf,
        variants=[VariantDraft(sku="DESK")], is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    shop.products["desk"], shop.variants["DESK"] = product, product.variants[0].id
    shop.price("DESK", 2_500)
    parts = [PartDraft(shop.variants["LAMP"], 1), PartDraft(shop.variants["CUP-S"], 2)]
    bundles.save_bundle(variant_id=shop.variants["DESK"], parts=parts, actor=None, now=NOON)


def evening_collection(shop: Corner) -> None:
    """Add a collection, chosen by hand, of cup and lamp; it stands in the menu."""
    draft = CollectionDraft(
        slug="evening", name=Bilingual("For the evening", "晚间好物"), intro=Bilingual("Warm light.", "温暖的光。"), drawing="lantern",
        tint="seal", kind=CollectionKind.HAND, is_published=True, is_in_menu=True,
    )  # fmt: skip
    made = catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)
    goods = [shop.products[slug].id for slug in ("cup", "lamp")]
    catalog.name_products(collection_id=made, part=Part.IN, product_ids=goods, actor=None, now=NOON)
