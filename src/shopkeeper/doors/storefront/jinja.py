"""How storefront templates are made: autoescaping, gettext, and the few filters pages need."""

from typing import Any

from jinja2 import Environment


def environment(**options: Any) -> Environment:
    """Return the Jinja environment of the storefront."""
    return Environment(**{"autoescape": True, **options})
