"""What waits for a second person, as it crosses the room's face."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import ApprovalId, UserId
from shopkeeper.kit.refusals import Refusal


class ApprovalState(StrEnum):
    """Where an approval stands. GIVEN: decided and being carried out; STALE: what it was about had changed; FAILED: it was refused then."""

    WAITING = "waiting"
    GIVEN = "given"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One act that waits, or waited, for a second person. `asked_by` None: the command line of the machine asked."""

    id: ApprovalId
    act: str
    subject: str
    values: Mapping[str, object]
    digest: str
    state: ApprovalState
    asked_by: UserId | None
    asked_at: datetime
    expires_at: datetime
    decided_by: UserId | None
    decided_at: datetime | None
    note: str
    outcome: Mapping[str, object] | None

    @property
    def key(self) -> str:
        """The idempotency key under which it is carried out, however often that is begun."""
        return f"approval:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on a second person is needed; None: no limit. Amounts in minor units of the book currency."""

    refund_over_minor: int | None
    price_drop_percent: int | None


class WaitingForApproval(Refusal):
    """The act was not done: it waits for a second person. Not a mistake of who asked."""

    code = "waiting_for_approval"

    def __init__(self, approval: Approval) -> None:
        super().__init__(f"{approval.act} on {approval.subject} waits for a second person", field="approval", value=approval.id)
        self.approval = approval


class OwnApproval(Refusal):
    """Who asked may not decide, nor may the person it is about."""

    code = "own_approval"

    def __init__(self, approval_id: ApprovalId) -> None:
        super().__init__("Who asked cannot decide", field="approval", value=approval_id)


class ApprovalOver(Refusal):
    """It does not wait any more; `state` says what became of it."""

    code = "approval_over"

    def __init__(self, approval_id: ApprovalId, state: ApprovalState) -> None:
        super().__init__(f"The approval is {state}", field="approval", value=approval_id)
        self.state = state


class ApprovalStale(Refusal):
    """What the approval was about is not as it was when it was asked for; nothing was done."""

    code = "approval_stale"

    def __init__(self, approval_id: ApprovalId) -> None:
        super().__init__("What it was about has changed since", field="approval", value=approval_id)
