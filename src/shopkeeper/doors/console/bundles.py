"""What a bundle holds, said by staff: a line a part. Catalogue and stock room meet here, so it stands in the door."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.flows import bundles
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_bundles import MOST_PARTS, BundleIsOneThing, PartDraft


class SaveBundle(Command):
    """The goods that one of a product is made of."""

    act = "catalog.save_bundle"
    title = gettext_lazy("What is in the bundle")
    submit = gettext_lazy("Save the bundle")
    caption = gettext_lazy(
        "A bundle is sold as one thing, at its own price, and taken from the stock of its parts. One part a line: how many, then the SKU, "
        "at most twenty; what stands behind is only for you. Without any line it is a single thing again. Orders keep what they were "
        "placed with."
    )
    RENAMED: ClassVar = {"units": "parts", "variant": "parts", "sku": "parts", "pieces": "parts", "part_line": "parts"}

    parts = forms.CharField(
        label=gettext_lazy("Parts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("For example: 2 × CUP-RED"),
    )

    def prepare(self) -> None:
        self.product = catalog.product_by_id(ProductId(self.target_id or 0))
        (found,) = together.read(lambda: catalog.parts([each.id for each in self.product.variants]))
        self.held = next(iter(found.values()), ())
        lines = [f"{each.units} × {each.goods.sku}  {each.goods.called(self.setting.language)}" for each in self.held]
        self.start(parts="\n".join(lines))

    def name(self) -> str:
        return self.product.name.pick(self.setting.language)

    def facts(self) -> Sequence[Fact]:
        """Return of how many pieces it is made now."""
        return (Fact(_("Pieces in one bundle now"), sum(each.units for each in self.held), "number"),)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        variants = self.product.variants
        drafts = drafts_of(self.cleaned_data["parts"])
        if len(variants) != 1:
            raise BundleIsOneThing(variants[0].sku if variants else self.product.slug, len(variants))
        saved = bundles.save_bundle(variant_id=variants[0].id, parts=drafts, actor=actor, now=now)
        values = {"name": self.name(), "count": sum(each.units for each in saved)}
        if not saved:
            return Done(_("“%(name)s” is a single thing again.") % values, self.product.id)
        return Done(_("“%(name)s” is a bundle of %(count)d pieces.") % values, self.product.id)


def drafts_of(text: str) -> list[PartDraft]:
    """Return the parts that lines name, “2 × SKU” each, in their order. Raises Malformed, NotFound."""
    written = [_read(line) for line in text.splitlines()[: 10 * MOST_PARTS] if line.strip()]
    known = catalog.goods_by_sku([sku for _units, sku in written])
    for _units, sku in written:
        if sku not in known:
            raise NotFound("variant", sku[:80])
    return [PartDraft(known[sku].variant_id, units) for units, sku in written]


def _read(line: str) -> tuple[int, str]:
    """Return how many and of which SKU a line says; without a number it is one."""
    first, *rest = line.replace("×", " ").replace("*", " ").split()
    if not first.isascii() or not first.isdigit() or not rest:
        # A SKU may be a number: then it stands alone, or behind how many.
        return 1, first
    if len(first) > 6:
        raise Malformed("part_line", line.strip()[:60], expected="part_line")
    # “2 x CUP”, as it is typed without the sign.
    named = rest[1:] if rest[0] in ("x", "X") and len(rest) > 1 else rest
    return int(first), named[0]
