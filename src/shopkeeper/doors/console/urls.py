"""The console's addresses: the ways in first, then our pages that belong to no list, then Wagtail's admin with every room's pages."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtail_admin
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from shopkeeper.doors.console import gate, staff, today
from shopkeeper.doors.console.frame import View


def admin(view: View) -> View:
    """Return a view that only staff reach, with a password of their own."""
    return require_admin_access(gate.with_own_password(view))  # type: ignore[no-any-return]


urlpatterns = [
    path("join/<str:token>/", gate.join, name="console_join"),
    path("password/", gate.password, name="console_password"),
    path("language/", gate.language, name="console_language"),
    path("", admin(today.page), name="console_today"),
    # In the place of Wagtail's own pages, which would save a person without asking the room, and write mails of their own.
    path("account/", admin(gate.account), name="console_account"),
    path("password_reset/", RedirectView.as_view(pattern_name="storefront:password_forgotten"), name="console_forgotten"),
    path("figures/", admin(staff.meanings), name="console_metrics"),
    path("settings/", admin(staff.settings), name="console_settings"),
    path("settings/change/", admin(staff.change_settings), name="console_settings_change"),
    path("settings/currency/", admin(staff.change_currency), name="console_settings_currency"),
    path("staff/", admin(staff.page), name="console_staff"),
    path("staff/invite/", admin(staff.STAFF_VIEWS["invite"]), name="console_staff_invite"),
    path("staff/<int:pk>/role/", admin(staff.STAFF_VIEWS["role"]), name="console_staff_role"),
    path("staff/<int:pk>/deactivate/", admin(staff.STAFF_VIEWS["deactivate"]), name="console_staff_deactivate"),
    path("staff/<int:pk>/reactivate/", admin(staff.STAFF_VIEWS["reactivate"]), name="console_staff_reactivate"),
    path("staff/invitations/<int:pk>/withdraw/", admin(staff.STAFF_VIEWS["withdraw"]), name="console_staff_withdraw"),
    path("", include(decorate_urlpatterns(decorate_urlpatterns(wagtail_admin.urlpatterns, gate.with_own_password), gate.only_ours))),
]
