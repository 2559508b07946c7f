"""What Django and Wagtail are told of a person's rights: whoever carries a role may enter the console, and that is all they decide."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

ENTER_CONSOLE = "wagtailadmin.access_admin"


class StaffBackend(ModelBackend):
    """Answers what Django would look up in tables of groups, at every page of the console, without asking.

    What somebody may do there is a matter of their role (`rules/permissions.py`), which Django's permissions know nothing of.
    """

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None or from_name == "user":
            return set()
        return {ENTER_CONSOLE} if user_obj.is_staff else set()
