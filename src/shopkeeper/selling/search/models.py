"""What search knows of a product, the words it knows, what staff tell it, and what it was asked. The catalogue is not read here."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Document(models.Model):
    """Its words, weighed; how well it sells; what narrows it down (`facets`: “category=tea”); its least price and whether it is there."""

    # No foreign key: the catalogue is a sibling, and a word list may outlive or precede its product for a moment.
    product_id = models.BigIntegerField(primary_key=True)
    tokens = SearchVectorField()
    rank = models.IntegerField()
    facets = ArrayField(models.TextField(), default=list)
    price_minor = models.BigIntegerField(null=True)
    is_in_stock = models.BooleanField(default=True)

    class Meta:
        db_table = "search_document"
        indexes: ClassVar = [GinIndex(fields=["tokens"], name="search_document_tokens")]


class Word(models.Model):
    """A Latin word that goods are called by, and how many of them: to finish what is being typed and to mend what was mistyped."""

    word = models.CharField(primary_key=True, max_length=60, db_collation="C")
    goods = models.IntegerField(default=1)

    class Meta:
        db_table = "search_word"


class Slip(models.Model):
    """A word with letters left out, as `rules/typos.py` makes it."""

    key = models.CharField(max_length=60, db_collation="C")
    word = models.ForeignKey(Word, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "search_slip"
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "word"], name="search_slip_once")]


class Edition(models.Model):
    """One row, with a new token whenever staff change what follows: by it a process knows that what it remembers still stands."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField()

    class Meta:
        db_table = "search_edition"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="search_edition_is_one")]


class Synonyms(models.Model):
    """Words that mean the same to shoppers, a line each, in either language."""

    words = models.TextField(unique=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "search_synonyms"


class Redirect(models.Model):
    """Where a query leads instead of a list: a path of this shop. `asked` is the query, folded."""

    asked = models.CharField(max_length=100, unique=True)
    address = models.CharField(max_length=300)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "search_redirect"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(address__startswith="/"), name="search_redirect_stays_here")]


class Pin(models.Model):
    """Which products stand first for a query, in this order. `asked` is the query, folded."""

    asked = models.CharField(max_length=100, unique=True)
    product_ids = ArrayField(models.BigIntegerField())
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "search_pin"


class Asked(models.Model):
    """How often a day something was searched for, how often nothing was found, and how often a result was opened. Nobody is told apart.

    `mark` is a keyed hash of the query; `words` the query, folded, and empty until it may be kept (`rules/asked.py`).
    """

    day = models.DateField()
    language = models.CharField(max_length=8)
    mark = models.BinaryField()
    words = models.CharField(max_length=60)
    searches = models.IntegerField(default=0)
    in_vain = models.IntegerField(default=0)
    opened = models.IntegerField(default=0)

    class Meta:
        db_table = "search_asked"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "language", "mark"], name="search_asked_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(searches__gte=0, in_vain__gte=0, opened__gte=0) & models.Q(in_vain__lte=models.F("searches")),
                name="search_asked_counts",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["mark", "day"], name="search_asked_of_a_mark")]
