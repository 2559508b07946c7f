"""Rooms become pages: one Wagtail viewset per list, with its commands and, where there is one, the page of a row."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail.admin.viewsets.base import ViewSet

from shopkeeper.doors.console.commanding import CommandView
from shopkeeper.doors.console.listing import ListingView
from shopkeeper.kit.console import Command, Listing


class Desk(ViewSet):
    """The pages around one list: `…/`, `…/<verb>/` for commands that make a row, `…/<pk>/` and `…/<pk>/<verb>/` for those about one."""

    def __init__(
        self,
        listing: Listing,
        *,
        icon: str,
        makes: dict[str, type[Command]] | None = None,
        about: dict[str, type[Command]] | None = None,
        page: Callable[..., Any] | None = None,
        home: str = "",
        more: tuple[URLPattern, ...] = (),
    ) -> None:
        super().__init__(name=listing.name, icon=icon)
        self.listing = listing
        self.makes, self.about, self.page = makes or {}, about or {}, page
        self.home, self.more = home, more

    @property
    def url_namespace(self) -> str:
        return f"console_{self.listing.name.replace('-', '_')}"

    def list_url(self) -> str:
        return reverse(f"{self.url_namespace}:index")

    def page_url(self, pk: int) -> str:
        """Return the address of a row's own page: its page, or the command that stands for it."""
        return reverse(f"{self.url_namespace}:{'page' if self.page else self.home}", args=[pk])

    def get_urlpatterns(self) -> list[URLPattern]:
        first = next(iter(self.makes), None)
        shown = ListingView.as_view(listing=self.listing, desk=self, adder=self.makes.get(first) if first else None, adds=first or "")
        found = [path("", shown, name="index"), *self.more]
        found += [path(f"{verb}/", self._view(command), name=verb) for verb, command in self.makes.items()]
        if self.page:
            found.append(path("<int:pk>/", self.page, name="page"))
        return found + [path(f"<int:pk>/{verb}/", self._view(command, verb), name=verb) for verb, command in self.about.items()]

    def _view(self, command: type[Command], verb: str = "") -> Callable[..., Any]:
        has_page = self.page or self.home
        # Where a row has no page of its own, the form that changes it leads to the others about it.
        leads = verb == "edit" and not self.page
        return CommandView.as_view(
            command=command,
            list_url=self.list_url,
            list_title=self.listing.title,
            page_url=self.page_url if has_page else None,
            ways={f"{self.url_namespace}:{name}": each for name, each in self.about.items() if leads and name != verb},
        )
