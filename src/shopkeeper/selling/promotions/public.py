"""The face of the promotions room: what promotions make of a basket."""

from shopkeeper.selling.promotions.rules.book import Book, book_of
from shopkeeper.selling.promotions.rules.engine import apply

__all__ = ["Book", "apply", "book_of"]
