"""Shopkeeper: a shop and its whole operation in one install."""

__version__ = "0.1.0"
