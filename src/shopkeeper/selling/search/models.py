"""What search knows of a product, the words it knows, what staff tell it, and what it was asked. The catalogue is not read here."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


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


class Bits(models.Field):  # type: ignore[type-arg]  # a field takes no types while it runs
    """A row of so many bits."""

    def __init__(self, *args: Any, length: int = 1, **named: Any) -> None:
        super().__init__(*args, **named)
        self.length = length

    def deconstruct(self) -> Any:
        """Return how a migration makes the field again."""
        name, path, args, named = super().deconstruct()
        return name, path, args, {**named, "length": self.length}

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column's type."""
        return f"bit({self.length})"


class Held(models.Model):
    """Which of 2,048 products hold an answer: bit n stands for product 2048 × `chunk` + n. Triggers on the documents write it.

    `kind` 0: what narrows down, “<price=500” and “<stock” included; 1: a common word; 2: how well they sell (sql/0004_ranking.sql).
    """

    kind = models.SmallIntegerField(default=0)
    facet = models.TextField(db_collation="C")
    chunk = models.IntegerField()
    goods = Bits(length=2048)

    class Meta:
        db_table = "search_held"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "facet", "chunk"], name="search_held_once")]


class Common(models.Model):
    """A word that so many goods hold that which they are is kept as bits: chosen anew every night."""

    word = models.TextField(primary_key=True, db_collation="C")

    class Meta:
        db_table = "search_common"


class Moved(models.Model):
    """Marks whose sum moves with every change of a document: as long as it stands, what was found for a question is found again."""

    mark = models.BigIntegerField()

    class Meta:
        db_table = "search_moved"


class Server(models.Model):
    """The search server that is used beside this database: one row, none where there is none.

    `address` tells which one, without what opens it; `index` is where the goods are found there, empty until it was first built.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    address = models.CharField(max_length=300)
    index = models.CharField(max_length=120, default="")
    built_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "search_server"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="search_server_is_one")]


class Waiting(models.Model):
    """A product of which the search server has to be told, since when. Triggers on the documents write it, one row for each product.

    `id` is a new one with each change. `refused`: the status with which the server refused the product for good, 0 where it did not.
    """

    product_id = models.BigIntegerField()
    since = models.DateTimeField()
    refused = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "search_waiting"
        constraints: ClassVar = [models.UniqueConstraint(fields=["product_id"], name="search_waiting_once")]
        indexes: ClassVar = [models.Index(fields=["since"], condition=models.Q(refused=0), name="search_waiting_since")]


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
