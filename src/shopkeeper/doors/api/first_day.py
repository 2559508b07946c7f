"""A route for staff: how far the first day of the shop has come."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from shopkeeper.doors.api.staff import StaffSession
from shopkeeper.flows import first_day

router = Router(tags=["staff"])


class FirstDayFindingOut(Schema):
    __doc__ = gettext_noop("What a step found, by code, with the values its sentence names. `is_open`: it is missing, else worth a look.")

    code: str
    values: dict[str, str | int]
    is_open: bool


class FirstDayStepOut(Schema):
    __doc__ = gettext_noop("A step of the first day: done, open, or look. `is_needed`: the shop does not open while it is open.")

    name: str
    state: str
    minutes: int
    is_needed: bool
    findings: list[FirstDayFindingOut]


class FirstDayOut(Schema):
    __doc__ = gettext_noop(
        "The first day as the shop stands now: `next` is the step to take, `in_the_way` the needed ones that are open, `opens_soon` "
        "whether shoppers still wait outside."
    )

    steps: list[FirstDayStepOut]
    done: int
    minutes_left: int
    next: str
    in_the_way: list[str]
    opens_soon: bool


@router.get(
    "/first-day", auth=StaffSession("shop.view"), response=FirstDayOut, summary=gettext_noop("How far the first day of the shop has come")
)
def read_first_day(request: HttpRequest) -> FirstDayOut:
    day = first_day.read(timezone.now())
    return FirstDayOut(
        steps=[
            FirstDayStepOut(
                name=each.name, state=each.state.value, minutes=each.minutes, is_needed=each.is_needed,
                findings=[FirstDayFindingOut(code=one.code, values=dict(one.values), is_open=one.is_open) for one in each.findings],
            )
            for each in day.steps
        ],
        done=day.done, minutes_left=day.minutes_left, next=day.next, in_the_way=list(day.in_the_way), opens_soon=day.seen.shop.opens_soon,
    )  # fmt: skip
