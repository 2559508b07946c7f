"""Facts to JSON and back."""

import pytest

from shopkeeper.events import codec
from shopkeeper.events.facts import ConsentRecorded, Fact, OrderedLine, OrderPaid, OrderPlaced, PriceSet
from shopkeeper.events.shapes import UnknownFact

LINE = OrderedLine(
    line_id=1, variant_id=2, product_id=3, category_id=None, sku="TEA 茶", units=2, gross_minor=900, discount_minor=0, tax_minor=150
)
ORDER = OrderPlaced(
    order_id=7, number="A7", channel="web", buyer_id=1, is_guest=True, country="GB", currency="GBP", lines=(LINE, LINE),
    delivery_minor=300, delivery_tax_minor=50, total_minor=2100,
)  # fmt: skip


@pytest.mark.parametrize(
    "fact", [ORDER, ConsentRecorded(subject="x", given=("mail",), text_version=1),
             PriceSet(variant_id=1, price_list_id=1, before_minor=None, after_minor=5)]
)  # fmt: skip
def test_a_fact_comes_back_as_it_went(fact):
    assert codec.decode(type(fact).__name__, codec.encode(fact)) == fact


def test_every_kind_names_an_entity_it_has():
    assert len(codec.kinds()) >= 20
    for kind in codec.kinds().values():
        assert kind.ENTITY in kind.__dataclass_fields__, kind


def test_the_entity_is_named_for_its_field():
    assert codec.entity_of(ORDER) == "order:7"
    assert codec.entity_of(ConsentRecorded(subject="v9", given=(), text_version=1)) == "subject:v9"


@pytest.mark.parametrize("wrong", ["100", 1.5, None, True])
def test_a_value_that_does_not_fit_its_field_is_never_stored(wrong):
    with pytest.raises(UnknownFact, match=r"OrderPaid.*amount_minor"):
        codec.encode(OrderPaid(order_id=1, payment_id=1, buyer_id=1, amount_minor=wrong))


def test_fields_an_old_version_had_are_tolerated():
    body = b'{"order_id":1,"payment_id":1,"buyer_id":1,"amount_minor":5,"coupon":"OLD"}'

    assert codec.decode("OrderPaid", body) == OrderPaid(order_id=1, payment_id=1, buyer_id=1, amount_minor=5)


@pytest.mark.parametrize(
    ("kind", "body", "names"),
    [("OrderPaid", b'{"order_id":1}', "payment_id"), ("OrderPaid", b"{", "OrderPaid"), ("OrderLost", b"{}", "no such kind")],
)
def test_a_body_that_cannot_be_read_says_what_is_wrong(kind, body, names):
    with pytest.raises(UnknownFact, match=names):
        codec.decode(kind, body)


def test_a_fact_from_elsewhere_is_refused():
    class Rumour(Fact):
        ENTITY = "x"

    with pytest.raises(UnknownFact):
        codec.encode(Rumour())
