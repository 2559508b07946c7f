"""The console's addresses: the ways in first, then our pages that belong to no list, then Wagtail's admin with every room's pages."""

from typing import Any

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtail_admin
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from shopkeeper.doors.console import books, filing, first_day, gate, health, letters, roles, safekeeping, second, staff, today
from shopkeeper.doors.console.frame import View


def admin(view: View) -> View:
    """Return a view that only staff reach, with a password of their own and the second factor."""
    return gate.begun(require_admin_access(gate.with_own_password(view)))


def _ours(patterns: list[Any]) -> list[Any]:
    for decorate in (gate.with_own_password, gate.only_ours, gate.begun):
        patterns = decorate_urlpatterns(patterns, decorate)
    return patterns


urlpatterns = [
    path("join/<str:token>/", gate.begun(gate.join), name="console_join"),
    path("password/", gate.begun(gate.password), name="console_password"),
    path("language/", gate.language, name="console_language"),
    path("", admin(today.page), name="console_today"),
    # In the place of Wagtail's own pages, which would save a person without asking the room, and write mails of their own.
    path("account/", admin(gate.account), name="console_account"),
    path("account/sessions/end/", admin(second.end_others), name="console_sessions_end"),
    path("account/sessions/<int:pk>/end/", admin(second.end_session), name="console_session_end"),
    path("account/second-factor/codes/", admin(second.new_codes), name="console_second_factor_codes"),
    path("account/second-factor/take-away/", admin(second.take_away), name="console_second_factor_take_away"),
    path("second-factor/", admin(second.give), name="console_second_factor"),
    path("second-factor/set-up/", admin(second.set_up), name="console_second_factor_set_up"),
    path("password_reset/", RedirectView.as_view(pattern_name="storefront:password_forgotten"), name="console_forgotten"),
    path("health/", admin(health.page), name="console_health"),
    path("books/", admin(books.page), name="console_books"),
    path("backups/", admin(safekeeping.page), name="console_backups"),
    path("backups/take/", admin(safekeeping.take), name="console_backups_take"),
    path("letters/", admin(letters.page), name="console_letters"),
    path("letters/settings/", admin(letters.settings), name="console_letters_settings"),
    path("letters/<int:pk>/", admin(letters.letter), name="console_letter"),
    path("letters/<int:pk>/edit/", admin(letters.edit), name="console_letter_edit"),
    path("letters/<int:pk>/own/", admin(letters.own), name="console_letter_own"),
    path("files/", admin(filing.page), name="console_files"),
    path("files/export/", admin(filing.export), name="console_files_export"),
    path("files/bring/", admin(filing.bring), name="console_files_bring"),
    path("files/<int:pk>/", admin(filing.sheet), name="console_file"),
    path("files/<int:pk>/columns/", admin(filing.choose), name="console_file_columns"),
    path("files/<int:pk>/confirm/", admin(filing.confirm), name="console_file_confirm"),
    path("files/<int:pk>/refused/", admin(filing.refused), name="console_file_refused"),
    path("files/<int:pk>/undo/", admin(filing.undo), name="console_file_undo"),
    path("figures/", admin(staff.meanings), name="console_metrics"),
    path("first-day/", admin(first_day.page), name="console_first_day"),
    *(path(f"first-day/{step}/{form}/", admin(view), name=f"console_first_day_{form}") for step, form, view in first_day.VIEWS),
    path("settings/", admin(staff.settings), name="console_settings"),
    path("settings/change/", admin(staff.change_settings), name="console_settings_change"),
    path("settings/currency/", admin(staff.change_currency), name="console_settings_currency"),
    path("settings/sign-in/", admin(staff.change_sign_in), name="console_settings_sign_in"),
    path("settings/limits/", admin(staff.change_limits), name="console_settings_limits"),
    path("staff/", admin(staff.page), name="console_staff"),
    path("staff/roles/", admin(roles.page), name="console_roles"),
    path("staff/roles/new/", admin(staff.STAFF_VIEWS["new_role"]), name="console_role_new"),
    path("staff/roles/<int:pk>/edit/", admin(staff.STAFF_VIEWS["edit_role"]), name="console_role_edit"),
    path("staff/roles/<int:pk>/remove/", admin(staff.STAFF_VIEWS["remove_role"]), name="console_role_remove"),
    path("staff/<int:pk>/sessions/", admin(staff.STAFF_VIEWS["sessions"]), name="console_staff_sessions"),
    path("staff/<int:pk>/second-factor/", admin(staff.STAFF_VIEWS["second_factor"]), name="console_staff_second_factor"),
    path("staff/invite/", admin(staff.STAFF_VIEWS["invite"]), name="console_staff_invite"),
    path("staff/<int:pk>/role/", admin(staff.STAFF_VIEWS["role"]), name="console_staff_role"),
    path("staff/<int:pk>/deactivate/", admin(staff.STAFF_VIEWS["deactivate"]), name="console_staff_deactivate"),
    path("staff/<int:pk>/reactivate/", admin(staff.STAFF_VIEWS["reactivate"]), name="console_staff_reactivate"),
    path("staff/invitations/<int:pk>/withdraw/", admin(staff.STAFF_VIEWS["withdraw"]), name="console_staff_withdraw"),
    path("", include(_ours(wagtail_admin.urlpatterns))),
]
