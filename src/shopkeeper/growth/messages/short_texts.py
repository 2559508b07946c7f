"""Short messages to a phone: one line each, in the reader's language."""

from django.utils import translation
from django.utils.translation import gettext as _

from shopkeeper.selling.shop import public as shops


def code_text(*, digits: str, language: str) -> str:
    """Return the short message that carries a code: the code first, so that a locked phone shows it."""
    with translation.override(language):
        values = {"code": digits, "shop": shops.shop().name.pick(language)}
        return _("%(code)s is your code for %(shop)s. It is good for ten minutes. We never ask you for it.") % values
