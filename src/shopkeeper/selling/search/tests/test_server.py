"""A search server beside the database: it finds and counts the same goods, and whatever it does wrong the database answers instead."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import ProductId
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.ops.monitoring import public as monitoring
from shopkeeper.selling.search import models, remembered, server_store, serving, steering_store, store, telling
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.adapters import fake, opensearch, wire
from shopkeeper.selling.search.shapes import Document, Found, Mark, Narrowed, Order, ServerSilent
from shopkeeper.selling.search.tests.test_counts import BANDS, NUMBERS, SHOPS, WISHES, Thing, document

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.FakeOpenSearch]:
    with fake.FakeOpenSearch(user="shop", password="a:b@c") as running:
        address = f"http://shop:a%3Ab%40c@127.0.0.1:{running.port}/goods"
        monkeypatch.setattr("django.conf.settings.SEARCH_URL", address, raising=False)
        # However slow the machine that tests: what is slow is told by the fake's manners.
        monkeypatch.setattr(opensearch, "SEARCH_S", 60.0)
        serving.ask_again()
        remembered.forget()
        steering_store.read()
        yield running
    serving.ask_again()


@pytest.fixture
def reasons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why the database answered in place of the server."""
    said: list[str] = []
    monkeypatch.setattr(monitoring, "search_fell_back", said.append)
    return said


def a_shop(*things: Thing) -> None:
    search.index(
        [document(each) for each in things or (Thing(1, "tea", ("1",), (), 700, True), Thing(2, "cups", ("2",), ("red",), 300, False))]
    )
    search.build_server(now=NOON)


def by_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "server", lambda: None)


# ── the same goods ────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = ("red cup", "blue cup", "cup and saucer", "teapot", "红茶壶", "红茶杯", "t-light holder", "painted mug", "hanging lantern")
ASKED = (
    "cup",
    "red cup",
    "cups",
    "cu",
    "red teapot",
    "红茶",
    "茶壶",
    "hongchahu",
    "hch",
    "lanten",
    "tlight",
    "mug blue",
    "paint",
    "nothing such",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shop=SHOPS, names=st.lists(st.sampled_from(NAMES), min_size=len(NUMBERS), max_size=len(NUMBERS)), wish=WISHES,
    text=st.sampled_from(ASKED), pinned=st.sampled_from(((), (65, 1))), order=st.sampled_from(Order), bands=st.sampled_from((BANDS, ())),
)  # fmt: skip
def test_the_server_finds_and_counts_what_the_database_does(
    *, server: fake.FakeOpenSearch, reasons: list[str], shop: tuple[Thing, ...], names: list[str], wish: Narrowed, text: str,
    pinned: tuple[int, ...], order: Order, bands: tuple[int, ...],
) -> None:  # fmt: skip
    for model in (models.Document, models.Pin, models.Word, models.Synonyms):
        model.objects.all().delete()
    search.save_synonyms(synonyms_id=None, words="cup\nmug\ntea bowl", actor=None, now=NOON)
    if pinned:
        search.pin(pin_id=None, asked=text, product_ids=[ProductId(each) for each in pinned], actor=None, now=NOON)
    search.index([named(thing, name) for thing, name in zip(shop, names, strict=True)])
    server.indexes.clear()
    server.aliases.clear()
    search.build_server(now=NOON)

    there = search.find(text, narrowed=wish, bands=bands, order=order)
    with pytest.MonkeyPatch.context() as planted:
        by_the_database(planted)
        here = search.find(text, narrowed=wish, bands=bands, order=order)

    assert reasons == []
    assert without_order(there) == without_order(here)
    if order is not Order.BEST:
        assert there.items == here.items


def named(thing: Thing, name: str) -> Document:
    known = document(thing)
    return Document(
        product_id=known.product_id, names=[name], values=known.values, price_minor=known.price_minor, is_in_stock=known.is_in_stock
    )


def without_order(found: Found) -> tuple[object, ...]:
    values = {name: dict(each) for name, each in found.values.items()}
    return set(found.items), found.total, values, tuple(found.bands), found.in_stock, found.instead, found.is_loose, found.leads_to


def test_pins_stand_first_and_words_in_names_before_words_in_texts(server: fake.FakeOpenSearch, reasons: list[str]) -> None:
    search.index([
        Document(product_id=ProductId(1), names=["Lamp"], texts=["For every cup"]), Document(product_id=ProductId(2), names=["Cup"]),
        Document(product_id=ProductId(3), names=["Cup"], rank=1), Document(product_id=ProductId(4), names=["Bowl"]),
    ])  # fmt: skip
    search.build_server(now=NOON)

    assert search.find("cup").items == (3, 2, 1)
    search.pin(pin_id=None, asked="cup", product_ids=[ProductId(4), ProductId(1)], actor=None, now=NOON)
    assert search.find("cup").items == (4, 1, 3, 2)
    assert search.suggest("cu").product_ids == (3, 2, 1)
    assert reasons == []


# ── what the server does wrong ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("manners", "reason"),
    [
        ({"broken": 1}, "refused"), ({"slow_s": 1.5}, "slow"), ({"lost_shard": True}, "partial"), ({"gives_up": True}, "slow"),
        ({"is_vague": True}, "partial"), ({"halts": True}, "unreachable"),
    ],
)  # fmt: skip
def test_whatever_is_no_whole_answer_is_answered_by_the_database_and_counted(
    server: fake.FakeOpenSearch, reasons: list[str], monkeypatch: pytest.MonkeyPatch, manners: dict[str, object], reason: str
) -> None:
    a_shop()
    if reason == "slow":
        monkeypatch.setattr(opensearch, "SEARCH_S", 0.2)
    asked = len(server.calls)
    for name, value in manners.items():
        setattr(server.manners, name, value)

    found = search.find("cup", bands=BANDS)

    assert (set(found.items), found.total, found.values["brand"]) == ({1, 2}, 2, {"1": 1, "2": 1})
    assert reasons == [reason]
    # Nobody waits for it twice, and whoever is down is left alone; later it is asked again. What is answered at once is asked for again.
    assert search.find("cup").total == 2
    if reason == "partial":
        assert (reasons, len(server.calls)) == ([reason] * 2, asked + 2)
    else:
        assert (reasons, len(server.calls)) == ([reason, "pausing"], asked + 1)
    del reasons[1:]
    server.manners = fake.Manners()
    monkeypatch.setattr(opensearch, "SEARCH_S", 60.0)
    serving.ask_again()
    assert search.find("cup").total == 2
    assert reasons == [reason]


def test_a_question_with_more_values_than_are_counted_there_keeps_no_other_from_the_server(
    server: fake.FakeOpenSearch, reasons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    search.index([Document(product_id=ProductId(1), names=["cup"], values={"brand": ["1", "2"]})])
    search.index([Document(product_id=ProductId(2), names=["mug"], values={"brand": ["1"]})])
    search.build_server(now=NOON)
    monkeypatch.setitem(opensearch._SAID["said"]["terms"], "size", 1)

    assert search.find("cup").values["brand"] == {"1": 1, "2": 1}
    assert reasons == ["many values"]
    assert search.find("mug").total == 1
    assert (reasons, server.calls[-1]) == (["many values"], ("POST", "/goods/_search"))


def test_an_index_that_is_gone_or_made_by_somebody_else_is_not_believed(server: fake.FakeOpenSearch, reasons: list[str]) -> None:
    a_shop()
    [index] = server.indexes
    kept = server.indexes.pop(index)
    assert search.find("cup").total == 2
    assert reasons == ["missing"]

    # Without our mapping it finds nothing, and says so with a 200.
    serving.ask_again()
    server.indexes[index] = fake.Index({}, is_strict=False, goods=kept.goods)
    assert search.find("cup", order=Order.NEWEST).total == 2
    serving.ask_again()
    server.indexes[index] = fake.Index(
        kept.mapping, is_strict=True, goods={name: {**each, "made": "other"} for name, each in kept.goods.items()}
    )
    assert search.find("cup").total == 2
    assert reasons[1:] == ["refused", "foreign"]


def test_a_server_that_is_not_there_or_does_not_let_us_in_is_not_waited_for(
    server: fake.FakeOpenSearch, reasons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop()
    monkeypatch.setattr("django.conf.settings.SEARCH_URL", f"http://shop:wrong@127.0.0.1:{server.port}/goods")
    assert search.find("cup").total == 2
    monkeypatch.setattr("django.conf.settings.SEARCH_URL", "http://127.0.0.1:9/goods")
    models.Server.objects.update(address="http://127.0.0.1:9/goods")
    serving.ask_again()
    assert search.find("cup").total == 2
    assert reasons == ["not let in", "unreachable"]


def test_a_server_of_another_address_is_not_asked_before_it_was_built(server: fake.FakeOpenSearch, reasons: list[str]) -> None:
    search.index([document(Thing(1, "tea", (), (), None, True))])

    assert search.find("cup").total == 1
    assert (reasons, server.calls) == (["not built"], [])


def test_what_it_was_told_too_long_ago_it_is_not_asked_for(server: fake.FakeOpenSearch, reasons: list[str]) -> None:
    a_shop()
    search.mark([Mark(product_id=ProductId(2), price_minor=300, is_in_stock=True)])
    assert search.find("cup").in_stock == 1
    models.Waiting.objects.update(since=datetime.now(UTC) - timedelta(seconds=server_store.LATE_S + 1))

    assert search.find("cup").in_stock == 2
    assert reasons == ["late"]
    assert search.server_standing().is_late  # type: ignore[union-attr]
    assert search.tell_server() == 1
    assert search.find("cup").in_stock == 2
    assert reasons == ["late"]


def test_further_down_than_it_leads_the_database_answers(server: fake.FakeOpenSearch, reasons: list[str]) -> None:
    a_shop()

    assert search.find("cup", number=500, size=24).total == 2
    assert reasons == []


# ── what the server is told ───────────────────────────────────────────────────────────────────────────────────────────


def test_changes_are_written_down_with_the_goods_and_told_once(server: fake.FakeOpenSearch, reasons: list[str]) -> None:
    a_shop()
    search.index([document(Thing(3, "tea", (), (), 100, True))])
    search.forget([ProductId(1)])
    assert jobs.counts()[(telling.JOB, "todo")] == 1
    assert search.server_standing().waiting == 2  # type: ignore[union-attr]

    assert search.tell_server() == 2
    assert search.tell_server() == 0

    assert (set(search.find("cup").items), reasons) == ({2, 3}, [])
    search.index([document(Thing(3, "tea", (), (), 100, True))])
    assert not models.Waiting.objects.exists()


def test_what_it_is_too_busy_for_is_told_again_and_what_it_refuses_stays_written_down(
    server: fake.FakeOpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    a_shop()
    server.manners.busy = 3
    search.mark([Mark(product_id=ProductId(each), price_minor=50, is_in_stock=True) for each in (1, 2)])
    assert search.tell_server() == 2

    server.manners.refuses = {"2": 403}
    search.mark([Mark(product_id=ProductId(each), price_minor=60, is_in_stock=True) for each in (1, 2)])
    with pytest.raises(ServerSilent, match="refused"):
        search.tell_server()
    assert list(models.Waiting.objects.values_list("product_id", flat=True)) == [2]
    server.manners.refuses = {}
    assert search.tell_server() == 1
    assert not models.Waiting.objects.exists()


def test_a_good_it_refuses_for_good_is_named_and_keeps_nothing_else_back(
    server: fake.FakeOpenSearch, reasons: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    search.index([document(Thing(each, "tea", (), (), 700, True)) for each in (1, 2, 3)])
    search.build_server(now=NOON)
    monkeypatch.setattr(telling, "AT_ONCE", 1)
    server.manners.refuses = {"1": 400}
    search.mark([Mark(product_id=ProductId(each), price_minor=50, is_in_stock=False) for each in (1, 2, 3)])

    assert search.tell_server() == 2

    assert [record.args for record in caplog.records if record.name == telling.__name__] == [(1, 400)]
    standing = search.server_standing()
    assert standing is not None
    assert (standing.waiting, standing.refused) == (0, (1,))
    models.Waiting.objects.update(since=datetime.now(UTC) - timedelta(seconds=server_store.LATE_S + 1))
    assert (search.find("cup").in_stock, reasons) == (1, [])
    assert search.tell_server() == 0

    # It is told again with its next change, which has not waited before.
    server.manners.refuses = {}
    search.mark([Mark(product_id=ProductId(1), price_minor=60, is_in_stock=False)])
    assert not search.server_standing().is_late  # type: ignore[union-attr]
    assert search.tell_server() == 1
    assert (search.find("cup").in_stock, reasons, models.Waiting.objects.count()) == (0, [], 0)


def test_a_good_waits_once_since_its_first_change_and_no_change_while_it_is_told_is_lost(server: fake.FakeOpenSearch) -> None:
    a_shop()
    search.mark([Mark(product_id=ProductId(1), price_minor=1, is_in_stock=True)])
    first = datetime.now(UTC) - timedelta(hours=1)
    models.Waiting.objects.update(since=first)
    [(number, _)] = server_store.waiting(10)

    search.mark([Mark(product_id=ProductId(1), price_minor=2, is_in_stock=True)])
    server_store.told([number])

    assert [(each.product_id, each.since) for each in models.Waiting.objects.all()] == [(1, first)]
    assert search.tell_server() == 1
    assert not models.Waiting.objects.exists()


def test_a_new_index_knows_what_waited_before_it_was_built(
    server: fake.FakeOpenSearch, reasons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop()
    search.mark([Mark(product_id=ProductId(each), price_minor=1, is_in_stock=True) for each in (1, 2)])
    models.Waiting.objects.update(since=datetime.now(UTC) - timedelta(hours=1))
    swap = opensearch.swap

    def change_and_swap(where: wire.Address, index: str) -> None:
        search.mark([Mark(product_id=ProductId(2), price_minor=2, is_in_stock=True)])
        swap(where, index)

    monkeypatch.setattr(opensearch, "swap", change_and_swap)
    monkeypatch.setattr(telling, "tell", lambda: 0)
    search.build_server(now=NOON + timedelta(days=1))

    assert list(models.Waiting.objects.values_list("product_id", flat=True)) == [2]


@pytest.mark.django_db(transaction=True)
def test_a_build_waits_for_a_change_that_began_before_there_was_a_server(server: fake.FakeOpenSearch) -> None:
    search.index([document(Thing(1, "tea", (), (), 700, True))])

    def build() -> None:
        search.build_server(now=NOON)
        connection.close()

    builder = threading.Thread(target=build)
    with transaction.atomic():
        search.index([document(Thing(2, "tea", (), (), 700, True))])
        builder.start()
        while builder.is_alive() and not somebody_waits():
            time.sleep(0.01)
    builder.join()

    search.tell_server()
    assert next(iter(server.indexes.values())).goods.keys() == {"1", "2"}


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        """)
        return bool(cursor.fetchone()[0])


def test_an_index_is_built_beside_the_one_in_use_and_put_in_its_place(server: fake.FakeOpenSearch) -> None:
    a_shop()
    [first] = server.indexes
    server.indexes["goods-of-others"] = fake.Index({}, is_strict=False)

    search.build_server(now=NOON + timedelta(days=1))

    assert len(server.indexes) == 2
    [second] = server.indexes.keys() - {"goods-of-others"}
    assert second != first
    assert server.aliases == {"goods": {second}}
    assert search.server_standing().built_at == NOON + timedelta(days=1)  # type: ignore[union-attr]


@pytest.mark.parametrize("manners", [{"half": True}, {"busy": 100}, {"broken": 2}])
def test_an_index_that_cannot_be_built_whole_leaves_the_one_in_use(
    server: fake.FakeOpenSearch, reasons: list[str], monkeypatch: pytest.MonkeyPatch, manners: dict[str, object]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    a_shop()
    before = dict(server.aliases)
    for name, value in manners.items():
        setattr(server.manners, name, value)

    with pytest.raises(ServerSilent):
        search.build_server(now=NOON + timedelta(days=1))

    server.manners = fake.Manners()
    assert server.aliases == before
    assert (search.find("cup").total, reasons) == (2, [])
    search.build_server(now=NOON + timedelta(days=2))
    assert len(server.indexes) == 1


def test_without_a_server_nothing_is_written_down(monkeypatch: pytest.MonkeyPatch, server: fake.FakeOpenSearch) -> None:
    a_shop()
    search.mark([Mark(product_id=ProductId(1), price_minor=1, is_in_stock=True)])
    monkeypatch.setattr("django.conf.settings.SEARCH_URL", "")

    assert search.build_server(now=NOON) == search.tell_server() == 0
    search.mark([Mark(product_id=ProductId(1), price_minor=2, is_in_stock=True)])

    assert not models.Waiting.objects.exists()
    assert not models.Server.objects.exists()
    assert search.server_standing() is None


def test_goods_that_are_missing_there_show(server: fake.FakeOpenSearch) -> None:
    a_shop()
    assert (search.server_standing().goods, search.server_standing().goods_there) == (2, 2)  # type: ignore[union-attr]

    next(iter(server.indexes.values())).goods.popitem()

    assert search.server_standing().goods_there == 1  # type: ignore[union-attr]
    server.manners.broken = 1
    assert search.server_standing().problem == "refused"  # type: ignore[union-attr]


def test_whoever_looks_how_it_stands_waits_for_one_quick_question_only(
    server: fake.FakeOpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop()
    asked = len(server.calls)
    monkeypatch.setattr(opensearch, "LOOK_S", 0.2)
    server.manners.slow_s = 1.5

    assert search.server_standing().problem == "slow"  # type: ignore[union-attr]
    assert server.calls[asked:] == [("GET", "/goods/_count")]
    assert search.server_noted().goods == 2  # type: ignore[union-attr]
    assert len(server.calls) == asked + 1


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_that_is_said_or_kept_holds_what_opens_the_server(server: fake.FakeOpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    a_shop()
    where = serving.server()
    assert where is not None
    standing = search.server_standing()
    monkeypatch.setattr("django.conf.settings.SEARCH_URL", "http://shop:secret@127.0.0.1:9/goods")
    with pytest.raises(ServerSilent) as silent:
        wire.send(serving.server(), "GET", "/", timeout_s=1)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM search_server")
        kept = cursor.fetchone()[0]

    for said in (repr(where), str(standing), kept, repr(silent.value), str(silent.value)):
        assert not {"a:b", "a%3A", "secret", where.opens} & {
            said[at : at + len(word)] for word in ("a:b", "a%3A", "secret", where.opens) for at in range(len(said))
        }
    assert silent.value.__cause__ is None


def test_a_certificate_is_checked_against_the_given_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def request(*_: object, **named: object) -> object:
        asked.append(named["verify"])
        raise OSError

    monkeypatch.setattr("requests.Session.request", request)
    for ca_file, checked in (("", True), ("/etc/shop/ca.pem", "/etc/shop/ca.pem")):
        with pytest.raises(ServerSilent):
            wire.send(wire.address("https://host:9200/shop", ca_file=ca_file), "GET", "/", timeout_s=1)
        assert asked.pop() == checked


def test_every_question_is_one_the_server_must_understand(server: fake.FakeOpenSearch) -> None:
    question = store.Question(asked="", rated="", narrowed=Narrowed(), order=Order.BEST, number=1, size=24)
    told = opensearch.asking(question, least=0, made="goods-1")

    assert told["track_total_hits"] is True
    assert opensearch.MAPPING["mappings"]["dynamic"] == "strict"
