"""Where the console hangs into Wagtail's admin: our look, our menu, our first page, and every room's pages."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.templatetags import wagtailadmin_tags
from wagtail.admin.viewsets.base import ViewSet

from shopkeeper.doors.console import icons, menu, rooms
from shopkeeper.doors.console.templatetags.console import asset
from shopkeeper.kit import together


@hooks.register("insert_global_admin_css")
def look() -> SafeString:
    """Return our tokens and what they do to Wagtail's furniture."""
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((asset(f"console/{name}.css"),) for name in ("tokens", "admin")))


@hooks.register("construct_main_menu", order=1000)
def groups(request: HttpRequest, items: list[MenuItem]) -> None:
    """Put our menu in the place of Wagtail's."""
    menu.construct(request, items)


@hooks.register("construct_search", order=1000)
def no_search(request: HttpRequest, items: list[Any]) -> None:
    """Leave out Wagtail's search: it looks for pages, which this shop does not have; every list has its own."""
    items.clear()


@hooks.register("register_icons")
def drawn(found: list[str]) -> list[str]:
    """Add our icons to Wagtail's sprite."""
    return found + icons.TEMPLATES


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSet]:
    """Return every room's pages."""
    return list(rooms.DESKS)


_locales: dict[str, list[tuple[Any, ...]]] = {}


@wagtailadmin_tags.register.simple_tag(takes_context=True, name="wagtail_config")
def config(context: Any) -> Any:
    """Return what Wagtail tells its scripts; its languages of content, which never change here, are read once in a process."""
    return together.read(lambda: wagtailadmin_tags.wagtail_config(context), remembered=_locales)[0]
