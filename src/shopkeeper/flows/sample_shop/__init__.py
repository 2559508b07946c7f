"""The sample shop: a part of real trade, and the names, texts and shelves written for it."""
