"""Staff find a payment and a line of a statement by how the provider's number begins, without the tables being read whole."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.doors.console.tests.test_strays import rows_of
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.console import Listing
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.console import PAYMENTS, STATEMENT_LINES

MANY = 10_000


@pytest.fixture
def payments(db: None) -> None:
    """So many payments, one in twenty of them without a number of the provider's yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_payment (order_id, provider, method, amount_minor, currency, key, name, state, reference, redirect_url,
                   started_at, tries)
               SELECT 5000000 + n, 'stripe', 'stripe-card', 100, 'GBP', 'search-' || n, 'search-' || n, 'captured',
                      CASE WHEN n %% 20 = 0 THEN '' ELSE 'pi_' || lpad(n::text, 8, '0') END, '', %s, 0
               FROM generate_series(1, %s) n""",
            [NOON, MANY],
        )
        cursor.execute("ANALYZE payments_payment")


@pytest.fixture
def lines(db: None) -> None:
    told = models.Statement.objects.create(
        provider="stripe", digest="d", file_name="bill.csv", lines=MANY, paid_minor=0, refunded_minor=0, fees_minor=0, read_at=NOON,
        compared_at=NOON,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_statementline (statement_id, number, kind, name, key, reference, operation, amount_minor, fee_minor,
                   currency, reason, outcome)
               SELECT %s, n, 'payment', '', '', 'pi_' || lpad(n::text, 8, '0'), 'ch_' || lpad(n::text, 8, '0'), 100, 0, 'GBP', '', 'matched'
               FROM generate_series(1, %s) n""",
            [told.pk, MANY],
        )
        cursor.execute("ANALYZE payments_statementline")


def found(listing: Listing, text: str) -> QuerySet[Any]:
    """Return what a list shows for a typed text, in its order, a page of it."""
    assert listing.search is not None
    return listing.search(listing.rows(), text).order_by(*listing.order)[:50]


def read(rows: QuerySet[Any], table: str) -> int:
    """Return how many rows of a table were looked at, those that did not fit among them."""
    return _looked_at(table, rows.explain(analyze=True, format="json"))


def _looked_at(table: str, plan: str) -> int:
    (whole,) = json.loads(plan)

    def away(part: dict[str, Any]) -> int:
        own = part.get("Rows Removed by Filter", 0) * part["Actual Loops"] if part.get("Relation Name") == table else 0
        return int(own) + sum(away(each) for each in part.get("Plans", ()))

    return rows_of(table, whole["Plan"]) + away(whole["Plan"])


@pytest.mark.parametrize(("text", "expected"), [("pi_00000123", 1), ("pi_0000012", 9), ("5000777", 1), ("PI_00000123", 0)])
def test_a_payment_is_found_without_reading_the_others(payments: None, text: str, expected: int) -> None:
    rows = found(PAYMENTS, text)

    assert len(rows) == expected
    assert read(rows, "payments_payment") <= 12


@pytest.mark.parametrize(("text", "expected"), [("pi_00000123", 1), ("ch_0000012", 10), ("CH_0000012", 0)])
def test_a_line_of_a_statement_is_found_without_reading_the_others(lines: None, text: str, expected: int) -> None:
    rows = found(STATEMENT_LINES, text)

    assert len(rows) == expected
    assert read(rows, "payments_statementline") <= 12


def test_news_that_carries_the_provider_s_name_alone_still_finds_its_payment_by_the_same_index(payments: None) -> None:
    assert read(models.Payment.objects.filter(provider="stripe", reference="pi_00000123"), "payments_payment") == 1


def test_a_search_that_has_to_read_every_payment_is_seen(payments: None) -> None:
    rows = models.Payment.objects.filter(reference__istartswith="pi_00000123")

    assert read(rows, "payments_payment") == MANY


def test_staff_find_payment_line_and_stray_as_the_provider_writes_them(shop: SmallShop, owner: Staff) -> None:
    payment = shop.payment(shop.buy(TEA=1).id)
    models.Stray.objects.create(
        provider="stripe", name="pay_x", reference="pi_Stray", currency="GBP", state="unclaimed", first_at=NOON, last_at=NOON
    )

    assert payment.reference in owner.text(f"payments/?q={payment.reference[:-1]}")
    assert "pi_Stray" in owner.text("strays/?q=pi_Str")
    assert "pi_Stray" in owner.text("strays/?q=pay_")
