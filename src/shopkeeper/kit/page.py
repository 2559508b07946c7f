"""One page out of a longer list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` of page `number` (from 1), `size` to a page, out of `total` in the whole list."""

    items: tuple[T, ...]
    total: int
    number: int = 1
    size: int = 24

    @property
    def pages(self) -> int:
        """Return how many pages the whole list fills; an empty list fills one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
