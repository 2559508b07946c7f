"""What search knows of a product: its words, weighed, and how well it sells. Filled from plain texts; the catalogue is not read here."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Document(models.Model):
    # No foreign key: the catalogue is a sibling, and a word list may outlive or precede its product for a moment.
    product_id = models.BigIntegerField(primary_key=True)
    tokens = SearchVectorField()
    rank = models.IntegerField()

    class Meta:
        db_table = "search_document"
        indexes: ClassVar = [GinIndex(fields=["tokens"], name="search_document_tokens")]
