"""What the shop sells and how it is sorted. Rows that were ever traded are taken off sale, never deleted."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper

from shopkeeper.selling.catalog import bundle_models, collection_models, draft_models, option_models  # noqa: F401 - Django finds a room's models here
from shopkeeper.selling.catalog.shapes import TraitKind


class Category(models.Model):
    slug = models.CharField(max_length=80, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    intro_en = models.CharField(max_length=1000, blank=True)
    intro_zh = models.CharField(max_length=1000, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    drawing = models.CharField(max_length=40, blank=True)
    tint = models.CharField(max_length=20, blank=True)
    position = models.IntegerField(default=0)
    is_derived = models.BooleanField(default=False)
    size_table = models.ForeignKey("SizeTable", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="catalog_category_not_its_own_parent"),
        ]


class Brand(models.Model):
    slug = models.CharField(max_length=80, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    intro_en = models.CharField(max_length=1000, blank=True)
    intro_zh = models.CharField(max_length=1000, blank=True)


class Attribute(models.Model):
    """Something that can be said of goods: a colour, a width, a care instruction. `kind` decides which column of a value holds it."""

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in TraitKind])
    unit = models.CharField(max_length=20, blank=True)
    is_filter = models.BooleanField(default=False)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_filter=False) | Q(kind=TraitKind.CHOICE.value), name="catalog_attribute_filters_by_choice"
            ),
        ]


class AttributeChoice(models.Model):
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="choices")
    code = models.CharField(max_length=40)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    swatch = models.CharField(max_length=7, blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["attribute", "code"], name="catalog_attributechoice_code")]


class Product(models.Model):
    slug = models.CharField(max_length=80, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    text_en = models.TextField(blank=True)
    text_zh = models.TextField(blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_name = models.CharField(max_length=200, blank=True)
    photo_url = models.CharField(max_length=300, blank=True)
    rank = models.IntegerField(default=1_000_000)
    is_published = models.BooleanField(default=False)
    is_category_derived = models.BooleanField(default=False)
    size_table = models.ForeignKey("SizeTable", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index("size_table", condition=Q(size_table__isnull=False), name="catalog_product_sizes"),
            models.Index("rank", "id", condition=Q(is_published=True), name="catalog_product_featured"),
            models.Index("category", "rank", "id", condition=Q(is_published=True), name="catalog_product_shelf"),
            models.Index("created_at", "id", condition=Q(is_published=True), name="catalog_product_newest"),
            models.Index(Lower("name_en"), "id", condition=Q(is_published=True), name="catalog_product_name"),
            models.Index("category", "created_at", "id", condition=Q(is_published=True), name="catalog_product_shelf_newest"),
            models.Index("category", Lower("name_en"), "id", condition=Q(is_published=True), name="catalog_product_shelf_name"),
        ]


class Variant(models.Model):
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=40)
    option_en = models.CharField(max_length=120, blank=True)
    option_zh = models.CharField(max_length=120, blank=True)
    weight_g = models.IntegerField(default=0)
    is_sellable = models.BooleanField(default=True)
    position = models.IntegerField(default=0)
    value_1 = models.ForeignKey("OptionValue", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    value_2 = models.ForeignKey("OptionValue", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    value_3 = models.ForeignKey("OptionValue", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=[each], condition=Q(**{f"{each}__isnull": False}), name=f"catalog_variant_{each}")
            for each in ("value_1", "value_2", "value_3")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "value_1", "value_2", "value_3"],
                condition=Q(value_1__isnull=False) | Q(value_2__isnull=False) | Q(value_3__isnull=False),
                nulls_distinct=False,
                name="catalog_variant_combination",
            ),
            models.UniqueConstraint(Upper("sku"), name="catalog_variant_sku"),
            models.CheckConstraint(condition=Q(weight_g__gte=0), name="catalog_variant_weight"),
        ]


class AttributeValue(models.Model):
    """What an attribute says of a product: one choice a row (several rows where several hold), a number, or a text in both languages."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="traits")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", db_index=False)
    choice = models.ForeignKey(AttributeChoice, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    text_en = models.CharField(max_length=500, blank=True)
    text_zh = models.CharField(max_length=500, blank=True)
    is_derived = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["choice", "product"], condition=Q(choice__isnull=False), name="catalog_attributevalue_choice"),
            models.Index(fields=["attribute"], name="catalog_attributevalue_of"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "attribute", "choice"], nulls_distinct=False, name="catalog_attributevalue_once"),
            models.CheckConstraint(
                condition=Q(choice__isnull=False, number__isnull=True, text_en="", text_zh="")
                | Q(choice__isnull=True, number__isnull=False, text_en="", text_zh="")
                | (Q(choice__isnull=True, number__isnull=True) & ~Q(text_en="", text_zh="")),
                name="catalog_attributevalue_says_one_thing",
            ),
        ]


class FormerSlug(models.Model):
    """A name that a product (`kind` “product”) or a shelf (“category”) gave up, so that its old address still leads there.

    Only database triggers write here (`sql/0007_former_slugs.sql`).
    """

    kind = models.CharField(max_length=10)
    slug = models.CharField(max_length=80)
    target = models.BigIntegerField()
    given_up_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "slug"], name="catalog_formerslug_once")]


class Edition(models.Model):
    """How often a part of the catalogue changed: the sum of `mark` over a scope's rows moves with every change (`sql/0002_edition.sql`).

    Scope 0 is the shop as a whole, any other a category, −1 goods on no shelf. Only database triggers write here.
    """

    scope = models.BigIntegerField()
    mark = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index("scope", name="catalog_edition_scope")]
