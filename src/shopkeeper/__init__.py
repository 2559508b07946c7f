"""Shopkeeper: a shop and its whole operation in one install."""
