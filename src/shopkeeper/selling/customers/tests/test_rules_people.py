"""Tax numbers are of their country's form and check digit; merges put back what they took; the stricter word holds."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.customers.rules import consenting, merging, tax_numbers
from shopkeeper.selling.customers.shapes import CHOICES, Consent, Merge, WrongTaxNumber

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


# ── tax numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("CN", "9135 0100 M000 100Y 43", "91350100M000100Y43"),
        ("GB", "GB 980 7806 84", "980780684"),
        ("GB", "GD001", "GD001"),
        ("DE", "de136695976", "136695976"),
        ("FR", "FR 40 303 265 045", "40303265045"),
        ("GR", "EL123456789", "123456789"),
        ("AT", "ATU12345678", "U12345678"),
        ("NL", "NL123456789B01", "123456789B01"),
        ("US", "12-3456789", "12-3456789"),
    ],
)
def test_a_tax_number_is_kept_tidy(country, typed, kept):
    assert tax_numbers.checked(typed, country=country) == kept


@pytest.mark.parametrize(
    ("country", "typed", "fault"),
    [
        ("CN", "91350100M000100Y44", "check digit"),
        ("CN", "91350100M000100I43", "form"),
        ("CN", "9135", "form"),
        ("GB", "980780683", "check digit"),
        ("DE", "136695977", "check digit"),
        ("DE", "DE12345678", "form"),
        ("FR", "41303265045", "check digit"),
        ("FR", "40303265046", "check digit"),
        ("IT", "1234567890", "form"),
        ("US", "no number!", "form"),
    ],
)
def test_a_tax_number_of_a_wrong_form_or_check_digit_is_refused_with_its_fault(country, typed, fault):
    with pytest.raises(WrongTaxNumber) as refused:
        tax_numbers.checked(typed, country=country)

    assert (refused.value.field, refused.value.value, refused.value.country, refused.value.fault) == ("tax_number", typed, country, fault)


@pytest.mark.parametrize(
    ("country", "number"), [("CN", "91350100M000100Y43"), ("GB", "980780684"), ("DE", "136695976"), ("FR", "40303265045")]
)
def test_one_wrong_figure_anywhere_is_found(country, number):
    for place, sign in enumerate(number):
        if sign.isdigit():
            wrong = f"{number[:place]}{(int(sign) + 1) % 10}{number[place + 1 :]}"
            with pytest.raises(WrongTaxNumber):
                tax_numbers.checked(wrong, country=country)


# ── what undoing a merge puts back ────────────────────────────────────────────────────────────────────────────────────


class Record:
    """One field of a record through merges and partings, as `merging.py` of the room does them."""

    def __init__(self, name):
        self.name, self.merges, self.clock = name, [], NOON

    def merge(self, value):
        self.clock += timedelta(hours=1)
        taken = merging.taken({**EMPTY, "name": self.name}, {**EMPTY, "name": value}, ["name"])
        self.name = taken["name"][1] if taken else self.name
        self.merges.append(Merge(id=len(self.merges) + 1, customer_id=1, merged_id=2, reason="x", taken=taken, at=self.clock, actor=1))

    def part(self, number):
        self.clock += timedelta(hours=1)
        merge = self.merges[number]
        others = [each for each in self.merges if each is not merge]
        self.name = merging.put_back(merge, {**EMPTY, "name": self.name}, others).get("name", self.name)
        self.merges[number] = Merge(**{**_fields(merge), "parted_at": self.clock})


EMPTY = {"phone": "", "language": "en", "country": ""}


def _fields(merge):
    return {name: getattr(merge, name) for name in Merge.__dataclass_fields__}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_merges_undone_in_any_order_leave_what_was_there_before_them(order):
    record = Record("A")
    for value in ("B", "C", "D"):
        record.merge(value)
    assert record.name == "D"

    for number in order:
        record.part(number)

    assert record.name == "A"


def test_a_merge_made_after_another_was_undone_goes_back_to_what_it_found():
    record = Record("A")
    record.merge("B")
    record.part(0)
    record.merge("C")

    record.part(1)

    assert record.name == "A"


def test_what_somebody_changed_since_the_merge_is_not_undone_with_it():
    record = Record("A")
    record.merge("B")
    record.name = "Changed by hand"

    record.part(0)

    assert record.name == "Changed by hand"


def test_a_merge_takes_over_only_particulars_that_differ_and_may_be_taken():
    assert merging.taken({**EMPTY, "name": "A"}, {**EMPTY, "name": "A", "phone": "1"}, ["name", "phone"]) == {"phone": ["", "1"]}
    with pytest.raises(Malformed):
        merging.taken({**EMPTY, "name": "A"}, {**EMPTY, "name": "B"}, ["email"])


# ── the stricter word ─────────────────────────────────────────────────────────────────────────────────────────────────


def word(*given, hours=0, subject="customer:1"):
    return Consent(subject=subject, given=given, text_version=1, language="en", at=NOON + timedelta(hours=hours))


def test_who_never_spoke_agreed_to_nothing():
    assert consenting.holding((), None) == ((), False)


def test_of_two_records_only_what_both_gave_holds():
    words = (word("analytics", "marketing.mail"), word("marketing.mail", "marketing.sms", hours=1, subject="customer:2"))

    assert consenting.holding(words, NOON + timedelta(hours=2)) == (("marketing.mail",), True)


def test_a_record_that_never_spoke_takes_nothing_away():
    assert consenting.holding((word("marketing.mail"),), NOON + timedelta(hours=2)) == (("marketing.mail",), False)


@pytest.mark.parametrize("given", [(), ("marketing.sms",)])
def test_a_word_since_the_merge_counts_alone(given):
    words = (word("analytics", "marketing.mail"), word(*given, hours=3, subject="customer:2"))

    assert consenting.holding(words, NOON + timedelta(hours=2)) == (given, False)


def test_choices_are_put_in_order_and_an_unknown_one_is_refused():
    assert consenting.choices(["personal.post", "analytics", "analytics"]) == ("analytics", "personal.post")
    assert consenting.choices(CHOICES) == CHOICES
    with pytest.raises(Malformed) as refused:
        consenting.choices(["marketing"])
    assert (refused.value.field, refused.value.value) == ("given", "marketing")
