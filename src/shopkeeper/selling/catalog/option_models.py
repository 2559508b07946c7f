"""Options of products with their values, size tables, and which goods go together. Part of the catalogue's tables (`models`)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

LINK_KINDS = ("with", "instead")


class ProductOption(models.Model):
    """A question a product asks before it can be bought. `slot` says which of a variant's value columns answers it, and never changes.

    `position` is the order in which the questions stand, so that another order moves no variant.
    """

    product = models.ForeignKey("Product", on_delete=models.PROTECT, related_name="options")
    slot = models.SmallIntegerField()
    name_en = models.CharField(max_length=60, blank=True)
    name_zh = models.CharField(max_length=60, blank=True)
    attribute = models.ForeignKey("Attribute", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [
            models.Index(fields=["attribute"], condition=Q(attribute__isnull=False), name="catalog_productoption_says"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "slot"], name="catalog_productoption_slot"),
            models.UniqueConstraint(fields=["product", "attribute"], name="catalog_productoption_attribute"),
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=3), name="catalog_productoption_three_at_most"),
        ]


class OptionValue(models.Model):
    """One answer to an option. Where it stands for a choice of the option's attribute, names and swatch are the choice's."""

    option = models.ForeignKey(ProductOption, on_delete=models.PROTECT, related_name="values")
    name_en = models.CharField(max_length=60, blank=True)
    name_zh = models.CharField(max_length=60, blank=True)
    swatch = models.CharField(max_length=7, blank=True)
    choice = models.ForeignKey("AttributeChoice", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["choice"], condition=Q(choice__isnull=False), name="catalog_optionvalue_choice")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["option", "choice"], name="catalog_optionvalue_once"),
            models.CheckConstraint(
                condition=(Q(choice__isnull=False) & Q(name_en="", name_zh="", swatch=""))
                | (Q(choice__isnull=True) & ~Q(name_en="", name_zh="")),
                name="catalog_optionvalue_has_one_name",
            ),
        ]


class SizeTable(models.Model):
    """Measures by size. `columns`: a name in both languages and a unit each; `rows`: a size and one cell for every column.

    A cell is text, or, under a column with a unit, a number or a span of two.
    """

    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=500, blank=True)
    note_zh = models.CharField(max_length=500, blank=True)
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)


class RelatedProduct(models.Model):
    """Staff say that a product goes with another, or can stand in its place."""

    product = models.ForeignKey("Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey("Product", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in LINK_KINDS])
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "other"], name="catalog_relatedproduct_once"),
            models.CheckConstraint(condition=~Q(product=F("other")), name="catalog_relatedproduct_is_another"),
            models.CheckConstraint(condition=Q(kind__in=LINK_KINDS), name="catalog_relatedproduct_kind"),
        ]
