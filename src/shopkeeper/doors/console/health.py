"""The shop looked over, for owners and managers: the same checks as `shopkeeper doctor`."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from shopkeeper.doors.console import frame
from shopkeeper.flows import checkup
from shopkeeper.ops.health.shapes import NAMES, Finding, State

STATES = {
    State.OK: (gettext_lazy("Ok"), "good"),
    State.WARNING: (gettext_lazy("To look at"), "warn"),
    State.FAILED: (gettext_lazy("Failed"), "bad"),
    State.UNKNOWN: (gettext_lazy("Unknown"), "warn"),
}
_WORST_FIRST = (State.FAILED, State.UNKNOWN, State.WARNING, State.OK)


@never_cache
@frame.guarded("health.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show what every check found, the worst first."""
    findings = checkup.run(now=frame.now())
    rows = [_row(finding) for state in _WORST_FIRST for finding in findings if finding.state is state]
    worst = next(state for state in _WORST_FIRST if any(finding.state is state for finding in findings))
    return TemplateResponse(request, "console/health.html", {"rows": rows, "is_well": worst is State.OK})


def _row(finding: Finding) -> dict[str, object]:
    word, tone = STATES[finding.state]
    return {
        "name": _(NAMES[finding.name]),
        "state": word,
        "tone": tone,
        "said": _(finding.said) % finding.values,
        "remedy": _(finding.remedy) % finding.values if finding.remedy and finding.state is not State.OK else "",
    }
