"""Every count equals looking at every hit, whichever way it is taken; what is remembered is never told once it moved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search import bits, models, remembered, store
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import Document, Found, Mark, Narrowed, Order

SHELVES, BRANDS, COLOURS = ("tea", "cups"), ("1", "2", "3"), ("red", "blue", "green")
BANDS = (500, 1_000)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    remembered.forget()
    yield
    remembered.forget()


@dataclass(frozen=True)
class Thing:
    """A product of the model; `number` decides in which row of bits it stands."""

    number: int
    shelf: str
    brands: tuple[str, ...]
    colours: tuple[str, ...]
    price: int | None
    there: bool

    def values(self) -> dict[str, tuple[str, ...]]:
        return {"category": (self.shelf,), "brand": self.brands, "colour": self.colours}


def things(number: int) -> st.SearchStrategy[Thing]:
    return st.builds(
        Thing, st.just(number), st.sampled_from(SHELVES), st.sampled_from([(), *((each,) for each in BRANDS)]),
        st.lists(st.sampled_from(COLOURS), unique=True).map(tuple), st.none() | st.sampled_from((1, 499, 500, 999, 1_000, 5_000)),
        st.booleans(),
    )  # fmt: skip


# Both ends of rows of 64 and of 2,048, and one far away.
NUMBERS = (1, 63, 64, 65, 127, 2_047, 2_048, 2_049, 4_095, 4_096, 1_000_000_007)
SHOPS = st.tuples(*(things(number) for number in NUMBERS))
WISHES = st.builds(
    Narrowed,
    values=st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(st.sampled_from(answers), min_size=1, unique=True)
            for name, answers in (("category", SHELVES), ("brand", BRANDS), ("colour", COLOURS))
        },
    ),
    prices=st.lists(st.sampled_from([(0, 500), (500, 1_000), (1_000, None)]), unique=True, max_size=2),
    in_stock=st.booleans(),
)


def document(thing: Thing) -> Document:
    return Document(
        product_id=ProductId(thing.number), names=["cup"], values=thing.values(), price_minor=thing.price, is_in_stock=thing.there
    )


def meets(thing: Thing, wish: Narrowed, *, but: str = "") -> bool:
    """Return whether a thing is as wished, one question left out of account."""
    said = all(set(thing.values()[name]) & set(answers) for name, answers in wish.values.items() if name != but)
    is_priced = not wish.prices or but == "price"
    priced = is_priced or any(
        thing.price is not None and least <= thing.price and (below is None or thing.price < below) for least, below in wish.prices
    )
    return said and priced and (thing.there or not wish.in_stock or but == "stock")


def looked_at(shop: tuple[Thing, ...], wish: Narrowed) -> tuple[object, ...]:
    """Return what looking at every thing comes to."""
    values: dict[str, dict[str, int]] = {}
    for thing in shop:
        for name, answers in thing.values().items():
            for answer in answers:
                counted = values.setdefault(name, {})
                counted[answer] = counted.get(answer, 0) + meets(thing, wish, but=name)
    prices = [each.price for each in shop if each.price is not None and meets(each, wish, but="price")]
    bands = [sum(price < 500 for price in prices), sum(500 <= price < 1_000 for price in prices), sum(price >= 1_000 for price in prices)]
    there = sum(each.there for each in shop if meets(each, wish, but="stock"))
    return values, bands, there, {each.number for each in shop if meets(each, wish)}


def told(found: Found) -> tuple[object, ...]:
    return {name: dict(each) for name, each in found.values.items()}, list(found.bands), found.in_stock, set(found.items)


@pytest.mark.django_db
@pytest.mark.parametrize("many", [0, 1_000])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=SHOPS, shop=SHOPS, wish=WISHES)
def test_every_count_equals_looking_at_every_hit(
    monkeypatch: pytest.MonkeyPatch, many: int, before: tuple[Thing, ...], shop: tuple[Thing, ...], wish: Narrowed
) -> None:
    monkeypatch.setattr(store, "MANY", many)
    models.Document.objects.all().delete()
    search.index([document(each) for each in before])
    search.index([document(each) for each in shop])

    found = search.find("cup", narrowed=wish, bands=BANDS)

    assert told(found) == looked_at(shop, wish)


@pytest.fixture
def every_word_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer everything by bits, however few goods hold a word."""
    monkeypatch.setattr(store, "COMMON", 1)
    monkeypatch.setattr(bits, "LEAST", 0)


PIN_AND_WORDS = (("cup", ()), ("cup handle", ()), ("c", ()), ("cup", (65, 2_049)), ("mug", ()))


@pytest.mark.django_db
@pytest.mark.usefixtures("every_word_is_common")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=SHOPS, shop=SHOPS, wish=WISHES, asked=st.sampled_from(PIN_AND_WORDS), order=st.sampled_from(Order), page=st.sampled_from((1, 2)),
    ranks=st.lists(st.sampled_from((1, 2, 3, 900, 1_000_000, 1_000_001)), min_size=len(NUMBERS), max_size=len(NUMBERS)),
)  # fmt: skip
def test_common_words_are_answered_by_bits_as_by_looking_at_every_good(
    *, before: tuple[Thing, ...], shop: tuple[Thing, ...], wish: Narrowed, asked: tuple[str, tuple[int, ...]], order: Order, page: int,
    ranks: list[int],
) -> None:  # fmt: skip
    text, pins = asked
    models.Document.objects.all().delete()
    models.Pin.objects.all().delete()
    search.index([document(each) for each in before])
    search.recount()
    search.index([a_cup(each, rank) for each, rank in zip(shop, ranks, strict=True)])
    if not models.Synonyms.objects.exists():
        search.save_synonyms(synonyms_id=None, words="cup\nmug", actor=None, now=NOON)
    if pins:
        search.pin(pin_id=None, asked=text, product_ids=[ProductId(each) for each in pins], actor=None, now=NOON)

    by_bits, ways = asked_as(text, wish, order, page)
    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(bits, "is_for", lambda *_: False)
        by_looking, others = asked_as(text, wish, order, page)

    assert (ways, others) == (["bits"], ["goods"])
    assert by_bits == by_looking


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_cup(thing: Thing, rank: int) -> Document:
    names = ["cup", "handle" if thing.number % 2 else "cupboard"]
    return replace(document(thing), names=names, rank=rank)


def asked_as(text: str, wish: Narrowed, order: Order, page: int) -> tuple[Found, list[str]]:
    """Return what is found, and by which way it was looked for."""
    with CaptureQueriesContext(connection) as asked:
        found = search.find(text, narrowed=wish, bands=BANDS, order=order, number=page, size=4)
    last = [each["sql"] for each in asked if "search_document" in each["sql"]][-1]
    return found, ["bits" if "each_chunk" in last else "goods"]


@pytest.mark.django_db
@pytest.mark.usefixtures("every_word_is_common")
def test_a_word_whose_bit_is_wrong_is_seen() -> None:
    search.index([document(Thing(number, "tea", ("1",), (), None, True)) for number in (65, 66)])
    search.recount()
    assert set(search.find("cup")) == {65, 66}

    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_held SET goods = set_bit(goods, 65, 0) WHERE kind = 1 AND facet = 'cup'")

    assert set(search.find("cup")) == {66}


@pytest.mark.django_db
@pytest.mark.usefixtures("every_word_is_common")
def test_words_become_common_and_cease_to_be_and_the_next_search_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    search.index([document(Thing(number, "tea", (), (), None, True)) for number in (1, 2, 3)])
    assert asked_as("cup", Narrowed(), Order.BEST, 1)[1] == ["goods"]

    search.recount()
    assert asked_as("cup", Narrowed(), Order.BEST, 1)[1] == ["bits"]
    search.index([document(Thing(4, "tea", (), (), None, True))])
    assert set(search.find("cup")) == {1, 2, 3, 4}

    monkeypatch.setattr(store, "COMMON", 10)
    search.recount()
    assert not models.Common.objects.exists()
    assert not models.Held.objects.filter(kind=1).exists()
    assert set(search.find("cup")) == {1, 2, 3, 4}


@pytest.mark.django_db
def test_whoever_writes_goods_takes_its_turn_before_any_row_is_locked() -> None:
    """Two who took their turn after different rows would wait for each other for ever."""
    search.index([document(Thing(number, "tea", (), (), None, True)) for number in (1, 2)])
    for write in (
        lambda: search.mark([Mark(product_id=ProductId(1), price_minor=5, is_in_stock=False)]),
        lambda: search.index([document(Thing(2, "cups", (), (), 7, True))]),
        lambda: search.forget([ProductId(2)]),
        search.recount,
    ):
        with CaptureQueriesContext(connection) as asked:
            write()

        told = [each["sql"] for each in asked if "pg_advisory_xact_lock" in each["sql"] or is_writing(each["sql"])]
        assert "pg_advisory_xact_lock" in told[0], told[0]


def is_writing(sql: str) -> bool:
    return any(f"{act} {table}" in sql for act in ("UPDATE", "INSERT INTO", "DELETE FROM") for table in ("search_document", "search_held"))


@pytest.mark.django_db
def test_a_bit_that_is_wrong_is_seen_in_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MANY", 0)
    thing = Thing(65, "tea", ("1",), (), None, True)
    search.index([document(thing)])
    assert told(search.find("cup", bands=BANDS)) == looked_at((thing,), Narrowed())

    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_held SET goods = set_bit(goods, 65, 0) WHERE facet = 'brand=1'")

    assert told(search.find("cup", bands=BANDS)) != looked_at((thing,), Narrowed())


@pytest.mark.django_db
def test_goods_that_are_gone_are_counted_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MANY", 0)
    search.index([document(Thing(number, "tea", ("1",), (), None, True)) for number in (1, 2)])

    search.forget([ProductId(1)])
    search.recount()

    assert search.find("cup").values["brand"] == {"1": 1}
    search.forget([ProductId(2)])
    search.recount()
    assert not models.Held.objects.exists()


def statements(text: str = "cup", *, narrowed: Narrowed | None = None) -> tuple[Found, int]:
    with CaptureQueriesContext(connection) as asked:
        found = search.find(text, narrowed=narrowed or Narrowed())
    return found, sum("row_of_64" in each["sql"] for each in asked)


@pytest.mark.django_db(transaction=True)
def test_a_common_word_is_looked_for_once_until_something_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MANY", 1)
    search.index([document(Thing(number, "tea", ("1",), (), 700, True)) for number in (1, 2)])

    first, again = statements(), statements()

    assert (first[1], again[1]) == (1, 0)
    assert first[0] == again[0]
    assert statements(narrowed=Narrowed(in_stock=True))[1] == 1
    search.mark([Mark(product_id=ProductId(1), price_minor=700, is_in_stock=False)])
    assert statements()[0].in_stock == 1
    search.index([document(Thing(3, "tea", ("2",), (), 700, True))])
    assert statements()[0].total == 3
    search.forget([ProductId(3)])
    assert statements()[0].total == 2
    models.Document.objects.filter(product_id=2).update(facets=["brand=9"])
    assert statements()[0].values == {"category": {"tea": 1}, "brand": {"1": 1, "9": 1}}


@pytest.mark.django_db(transaction=True)
def test_a_change_that_changes_nothing_leaves_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MANY", 1)
    thing = document(Thing(1, "tea", ("1",), (), 700, True))
    search.index([thing])
    statements()

    search.index([thing])

    assert statements()[1] == 0


@pytest.mark.django_db(transaction=True)
def test_no_more_answers_are_remembered_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MANY", 1)
    monkeypatch.setattr(remembered, "MOST", 2)
    search.index([document(Thing(1, "tea", (), (), 700, True))])

    counts = [statements(narrowed=Narrowed(prices=[(least, None)]))[1] for least in (1, 2, 3, 3, 1)]

    assert counts == [1, 1, 1, 0, 1]


# ── what a change costs ───────────────────────────────────────────────────────────────────────────────────────────────

_LISTENED = """
    CREATE TEMP TABLE listened (words integer) ON COMMIT DROP;
    ALTER FUNCTION search_answers(text[], bigint, boolean, integer, tsvector) RENAME TO search_answers_unheard;
    CREATE FUNCTION search_answers(p_facets text[], p_price bigint, p_is_in_stock boolean, p_rank integer, p_tokens tsvector)
    RETURNS TABLE (kind smallint, facet text) LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO listened SELECT length(p_tokens);
        RETURN QUERY SELECT * FROM search_answers_unheard(p_facets, p_price, p_is_in_stock, p_rank, p_tokens);
    END $$;
"""


@pytest.mark.django_db
def test_words_are_read_only_where_they_changed() -> None:
    def listened() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("WITH heard AS (DELETE FROM listened RETURNING words) SELECT words FROM heard ORDER BY 1")
            return [row[0] for row in cursor.fetchall()]

    models.Common.objects.create(word="cup")
    models.Common.objects.create(word="bowl")
    search.index([document(Thing(each, "tea", (), (), 700, True)) for each in (1, 2)])
    with connection.cursor() as cursor:
        cursor.execute(_LISTENED)

    search.mark([Mark(product_id=ProductId(each), price_minor=5_000, is_in_stock=False) for each in (1, 2)])
    assert listened() == [0, 0, 0, 0]
    search.index([Document(product_id=ProductId(1), names=["bowl"]), document(Thing(2, "tea", (), (), 1, True))])
    assert [bool(words) for words in listened()] == [False, False, True, True]

    assert {(each.facet, bit) for each in models.Held.objects.filter(kind=1) for bit in (1, 2) if each.goods[bit] == "1"} == {
        ("bowl", 1), ("cup", 2),
    }  # fmt: skip
