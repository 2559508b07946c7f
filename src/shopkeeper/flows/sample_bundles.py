"""Two bundles for the sample shop, made of goods from its trade. The trade itself sold none: nothing of them stands in its figures."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.flows import bundles, index_products
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import PartDraft
from shopkeeper.selling.pricing import public as pricing

OF_THE_PARTS = 90
"""What a bundle costs, in hundredths of what its parts cost by themselves."""

ROUND_TO = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    sku: str
    slug: str
    name: Bilingual
    text: Bilingual
    parts: tuple[tuple[str, int], ...]


_SAMPLES = (
    _Sample(
        sku="SET-TEA",
        slug="regency-tea-for-two",
        name=Bilingual("Regency Tea for Two", "摄政风双人下午茶套装"),
        text=Bilingual(
            "A teapot with roses, two cups with their saucers and two plates: all that an afternoon for two needs, but the tea.",
            "一把玫瑰茶壶、两只茶杯配碟、两只茶点盘。两个人的下午茶，只差茶叶。",
        ),
        parts=(("23173", 1), ("22699", 2), ("23170", 2)),
    ),
    _Sample(
        sku="SET-PARTY",
        slug="party-at-home",
        name=Bilingual("Party at Home, for Six", "六人家庭派对套装"),
        text=Bilingual(
            "A string of flags for the wall and six popcorn holders for the guests.", "一串彩旗挂在墙上，六只爆米花筒，客人一人一只。"
        ),
        parts=(("47566", 1), ("22197", 6)),
    ),
)


def fill(now: datetime) -> int:
    """Put the bundles on sale that are not there yet and whose parts all have a price; return how many that were."""
    known = catalog.ids_by_slug([each.slug for each in _SAMPLES])
    return sum(_made(each, now) for each in _SAMPLES if each.slug not in known)


def _made(sample: _Sample, now: datetime) -> bool:
    goods = catalog.goods_by_sku([sku for sku, _units in sample.parts])
    tags = pricing.prices([each.variant_id for each in goods.values()])
    if len(goods) < len(sample.parts) or len(tags) < len(goods):
        return False
    first = goods[sample.parts[0][0]]
    apart = sum(tags[goods[sku].variant_id].amount_minor * units for sku, units in sample.parts)
    product = catalog.save_product(
        product_id=None, slug=sample.slug, name=sample.name, text=sample.text, category_id=first.category_id,
        variants=[VariantDraft(sku=sample.sku, weight_g=sum(goods[sku].weight_g * units for sku, units in sample.parts))],
        is_published=True, source_name=first.source_name, actor=None, now=now,
    )  # fmt: skip
    variant_id = product.variants[0].id
    parts = [PartDraft(goods[sku].variant_id, units) for sku, units in sample.parts]
    bundles.save_bundle(variant_id=variant_id, parts=parts, actor=None, now=now)
    amount = max(apart * OF_THE_PARTS // 100 // ROUND_TO * ROUND_TO, 1)
    pricing.set_price(variant_id=variant_id, amount_minor=amount, reason="sample", actor=None, now=now)
    index_products.index([product.id])
    return True
