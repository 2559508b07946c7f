"""Which fact is heard by whom. A reaction takes a batch of one kind of fact and must be idempotent."""
