"""Customers from a file: particulars alone. Mail addresses, consents and passwords are never changed by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.refusals import CannotBeEmptied, MailAmbiguous, MailDiffers, StaysNew
from shopkeeper.flows.sheets.rows import Desk, Ids, Outcome, Wish, diff, parsed, refuse_changed, step
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange, Refusal
from shopkeeper.ops.imports.shapes import Line, LineState
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.shop import public as shops

AT_ONCE = 500
SAID = ("name", "phone", "language", "country")
_LANGUAGES = {"en": "en", "english": "en", "英文": "en", "英语": "en", "zh-hans": "zh-hans", "zh": "zh-hans", "zh-cn": "zh-hans",
              "chinese": "zh-hans", "中文": "zh-hans", "简体中文": "zh-hans"}  # fmt: skip


def _particulars(found: Customer) -> dict[str, Any]:
    return {name: getattr(found, name) for name in SAID}


class Customers:
    """One row is one customer, by number or by mail address; an address nobody has yet is a new guest."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.people: dict[CustomerId, Customer] = {}
        self.by_number: dict[CustomerId, CustomerId] = {}
        self.by_mail: dict[str, tuple[CustomerId, ...]] = {}

    def key(self, wish: Wish) -> str:
        """Return the number, else the mail address."""
        return wish.get("customer") or wish.get("email").lower()

    def begin(self, wishes: Sequence[Wish]) -> None:
        """Read everybody the rows name."""
        numbers = [
            CustomerId(int(each)) for wish in wishes if (each := wish.get("customer")).isascii() and each.isdigit() and len(each) < 19
        ]
        # A merged record is taken for the person it belongs to.
        self.by_number = customers.stands_for(numbers)
        by_mail = customers.by_emails([wish.get("email").lower() for wish in wishes if wish.get("email")])
        self.by_mail = {mail: tuple(each.id for each in same) for mail, same in by_mail.items()}
        self.people = customers.customers({*self.by_number.values(), *(each for same in self.by_mail.values() for each in same)})

    def hold(self, wishes: Sequence[Wish]) -> None:
        """Let nobody else change these people's particulars, they themselves included."""
        for each in sorted(self.people):
            customers.lock(each)

    def hold_written(self, lines: Sequence[Line]) -> None:
        """Let nobody else change the particulars of these rows' people."""
        for each in sorted({line.subject or 0 for line in lines}):
            customers.lock(CustomerId(each))

    def _found(self, wish: Wish) -> Customer | None:
        number, mail = wish.get("customer"), wish.get("email").lower()
        if number:
            person = self.by_number.get(CustomerId(values.whole(number, field="customer")))
            if person is None:
                raise NotFound("customer", checks.shown(number))
            found = self.people[person]
            if mail and mail != found.email.lower():
                raise MailDiffers(field="email", value=checks.shown(mail))
            return found
        if not mail:
            raise OutOfRange("email", "", least=1, most=checks.MOST_EMAIL)
        if wish.is_cleared("email"):
            raise CannotBeEmptied(field="email", value=mail)
        same = self.by_mail.get(mail, ())
        if len(same) > 1:
            raise MailAmbiguous(field="email", value=checks.shown(mail))
        return self.people[same[0]] if same else None

    def compare(self, wish: Wish) -> Outcome:
        """Return which particulars differ."""
        found = self._found(wish)
        parsers: dict[str, Callable[[str], Any]] = {
            "name": str.strip, "phone": str.strip, "language": _language, "country": checks.country,
        }  # fmt: skip
        wanted = parsed(wish, parsers, {"phone": "", "country": ""} if found else {"phone": ""})
        if found is None:
            mail = checks.email(wish.get("email"))
            whole = {"email": mail, "name": "", "phone": "", "language": shops.shop().language, "country": shops.shop().country} | wanted
            return Outcome(state=LineState.NEW, subject=None, changes={name: (None, value) for name, value in whole.items()})
        changes = diff(_particulars(found), wanted)
        return Outcome(state=LineState.CHANGED if changes else LineState.UNCHANGED, subject=found.id, changes=changes)

    def ask(self, wish: Wish, outcome: Outcome) -> Refusal | None:
        """Particulars need nobody else."""
        return None

    def write(self, wish: Wish, outcome: Outcome) -> int | None:
        """Add a guest, or save a customer's particulars; what the file does not say stays."""
        wanted = {name: new for name, (_old, new) in outcome.changes.items()}
        if outcome.state is LineState.NEW:
            made = customers.guest(now=self.desk.now, **wanted)
            self.people[made.id], self.by_mail[made.email.lower()] = made, (made.id,)
            return made.id
        found = self._found(wish)
        assert found is not None
        self.people[found.id] = self._save(found, wanted)
        return found.id

    def _save(self, found: Customer, wanted: Mapping[str, Any]) -> Customer:
        return customers.save_customer(
            customer_id=found.id, actor=self.desk.actor, now=self.desk.now, **(_particulars(found) | dict(wanted))
        )  # fmt: skip

    def ask_undo(self, line: Line) -> Refusal | None:
        """Particulars need nobody else."""
        return None

    def undo(self, line: Line) -> None:
        """Set particulars back; a customer who came by the file stays."""
        if line.state is LineState.NEW:
            raise StaysNew(field="customer", value=line.subject)
        found = customers.customer(CustomerId(line.subject or 0))
        refuse_changed(line, _particulars(found))
        self._save(found, {name: old for name, (old, _new) in line.changes.items()})

    def everything(self, ids: Ids | None) -> Iterator[tuple[Mapping[str, str], ...]]:
        """Yield every customer; neither consents nor addresses, which people manage themselves."""
        for part in step(customers.customer_ids() if ids is None else [CustomerId(each) for each in ids], AT_ONCE):
            known = customers.customers(part)
            yield tuple(_row(known[each]) for each in part if each in known)


def _row(found: Customer) -> dict[str, str]:
    return {
        "customer": str(found.id), "email": found.email, "name": found.name, "phone": found.phone, "language": found.language,
        "country": found.country, "membership": "guest" if found.is_guest else "member", "joined": found.joined_at.date().isoformat(),
    }  # fmt: skip


def _language(cell: str) -> str:
    word = cell.strip().lower()
    if word not in _LANGUAGES:
        raise Malformed("language", checks.shown(cell), expected="language")
    return _LANGUAGES[word]
