"""Links to drafts as shoppers would see them: made by the console, followed in the shop, good for a short while, kept nowhere."""

from dataclasses import dataclass

from django.core import signing

from shopkeeper.kit.ids import ProductId, RevisionId, UserId
from shopkeeper.kit.refusals import NotFound

GOOD_FOR_S = 30 * 60
SALT = "shopkeeper.draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which version of which product, and who made the link."""

    product_id: ProductId
    revision_id: RevisionId
    by: UserId


def link(product_id: ProductId, revision_id: RevisionId, by: UserId) -> str:
    """Return the secret part of a link to a version, good for half an hour and as long as whoever made it may see drafts."""
    return signing.dumps([product_id, revision_id, by], salt=SALT)


def read(token: str) -> Seen:
    """Return what a link leads to. Raises NotFound for one that was changed, invented, or is too old."""
    try:
        product_id, revision_id, by = signing.loads(token, salt=SALT, max_age=GOOD_FOR_S)
    except (signing.BadSignature, ValueError) as wrong:
        raise NotFound("preview", "") from wrong
    return Seen(product_id=ProductId(product_id), revision_id=RevisionId(revision_id), by=UserId(by))
