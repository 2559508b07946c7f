"""Who may lose a role: the shop always keeps one active owner."""

from collections.abc import Collection

from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access.shapes import LastOwner, Role, RoleCode


def check_an_owner_stays(*, user_id: UserId, role: RoleCode | None, owners: Collection[UserId]) -> None:
    """Raise LastOwner where giving `user_id` the role (None: no role any more) would leave no active owner among `owners`."""
    if role is not Role.OWNER and user_id in owners and len(owners) == 1:
        raise LastOwner(user_id)
