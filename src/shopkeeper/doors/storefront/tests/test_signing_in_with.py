"""Signing in through a provider: only by its genuine word, only into an account that is linked, never by taking one over, nor as staff."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_accounts import PASSWORD, signed_in
from shopkeeper.flows import join, ways_in
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.adapters import oidc
from shopkeeper.selling.customers.adapters.fakes.oidc_server import CLIENT_ID, SECRET, Issuer, issuer
from shopkeeper.selling.customers.models import sign_in_models as models
from shopkeeper.selling.customers.shapes import ProviderUnusable, SignInRule

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


@pytest.fixture
def lantern() -> Iterator[Issuer]:
    oidc.kept.forget()
    with issuer() as known:
        made = customers.save_provider(
            code="lantern",
            name=Bilingual("Lantern", "灯笼"),
            issuer=known.address,
            client_id=CLIENT_ID,
            secret=SECRET,
            actor=None,
            now=NOON,
        )
        customers.keep_origin(provider_id=made.id, origin=customers.read_issuer(known.address))
        customers.switch_provider(provider_id=made.id, is_on=True, actor=None, now=NOON)
        oidc.kept.forget()
        yield known
    oidc.kept.forget()


def set_out(client: Client, known: Issuer, **form: str) -> str:
    answer = client.post("/en/sign-in/with/lantern/", form)
    assert answer.status_code == 302, answer.content
    return known.consent(answer["Location"])


def there_and_back(client: Client, known: Issuer, **form: str) -> Any:
    return client.get(set_out(client, known, **form))


def link_ann(shop: Corner, known: Issuer) -> None:
    client = signed_in(shop)
    there_and_back(client, known)
    assert models.Identity.objects.count() == 1


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ── linking and entering ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_linked_member_enters_with_basket_and_a_fresh_session(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    client = shop.visitor()
    shop.add(client, "LAMP", 1)
    back = set_out(client, lantern, next="/en/checkout/")
    before = client.session.session_key

    answer = client.get(back)

    assert answer["Location"] == "/en/checkout/"
    assert client.session.session_key != before
    assert is_in(client)
    assert "Brass lamp" in client.get("/en/checkout/").content.decode()


def test_an_account_that_exists_is_linked_only_after_its_owner_signed_in_the_usual_way(
    shop: Corner, ann: join.Joined, lantern: Issuer
) -> None:
    client = shop.visitor()

    answer = there_and_back(client, lantern)
    told = client.get(answer["Location"]).content.decode()

    assert answer["Location"].startswith("/en/sign-in/")
    assert not is_in(client)
    assert "Sign in once as you always did" in told
    assert not models.Identity.objects.exists(), "a provider alone takes nothing over"

    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    assert models.Identity.objects.get().customer_id == ann.customer_id
    other = shop.visitor()
    there_and_back(other, lantern)
    assert is_in(other)


def test_proof_of_another_account_links_nothing(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    client = shop.visitor()
    there_and_back(client, lantern)

    client.post("/en/sign-in/", {"email": "eve@example.com", "password": PASSWORD})

    assert not models.Identity.objects.exists()


def test_an_account_is_opened_only_where_the_person_says_so(shop: Corner, lantern: Issuer) -> None:
    lantern.email = "bea@example.com"
    client = shop.visitor()

    answer = there_and_back(client, lantern)
    page = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == "/en/register/with/"
    assert "bea@example.com" in page
    assert 'value="Ann Lee"' in page
    assert access.user_by_email("bea@example.com") is None
    assert not is_in(client)

    client.post("/en/register/with/", {"name": "Bea"})

    person = access.user_by_email("bea@example.com")
    assert is_in(client)
    assert person is not None
    assert person.name == "Bea"
    assert not access.has_password(person.id)
    assert models.Identity.objects.count() == 1


def test_where_one_was_going_is_kept_through_signing_in_and_opening_an_account(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    going = "/en/goods/?q=lamp&sort=name#first"
    known, new = shop.visitor(), shop.visitor()

    to_sign_in = urlsplit(there_and_back(known, lantern, next=going)["Location"])
    lantern.email, lantern.subject = "bea@example.com", "bea"
    there_and_back(new, lantern, next=going)
    opened = new.post("/en/register/with/", {"name": "Bea"})

    assert parse_qs(to_sign_in.query) == {"next": [going]}
    assert to_sign_in.fragment == ""
    assert opened["Location"] == going


@pytest.mark.parametrize("said", [False, None, "yes", 1])
def test_an_address_the_provider_has_not_verified_opens_and_links_nothing(
    shop: Corner, ann: join.Joined, lantern: Issuer, said: Any
) -> None:
    lantern.is_email_verified = said
    client, member = shop.visitor(), signed_in(shop)

    told = client.get(there_and_back(client, lantern)["Location"]).content.decode()
    there_and_back(member, lantern)
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    assert "has not verified your mail address" in told
    assert not models.Identity.objects.exists()


def test_a_member_links_only_their_own_address(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    lantern.email = "somebody@example.com"
    member = signed_in(shop)

    answer = there_and_back(member, lantern)

    assert "another mail address than here" in member.get(answer["Location"]).content.decode()
    assert not models.Identity.objects.exists()


def test_an_address_told_by_user_info_does_as_well(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    lantern.trouble = "mail by user info"

    link_ann(shop, lantern)

    assert "/userinfo" in lantern.asked


def test_a_provider_that_takes_its_secret_in_the_form_is_spoken_to_so(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    lantern.trouble = "post"

    link_ann(shop, lantern)


# ── never as staff ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_staff_are_neither_linked_nor_entered(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    User.objects.filter(pk=ann.user_id).update(role=Role.OWNER.value, is_staff=True)
    client = shop.visitor()

    told = client.get(there_and_back(client, lantern)["Location"]).content.decode()
    models.Identity.objects.all().delete()
    again = shop.visitor()
    there_and_back(again, lantern)
    staff = signed_in(shop)
    there_and_back(staff, lantern)

    assert not is_in(client)
    assert not is_in(again)
    assert "cannot be entered that way" in told
    assert not models.Identity.objects.exists()


def test_a_closed_account_is_not_entered(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    User.objects.filter(pk=ann.user_id).update(is_active=False)
    client = shop.visitor()

    there_and_back(client, lantern)

    assert not is_in(client)


# ── a word that is not genuine ────────────────────────────────────────────────────────────────────────────────────────

FORGERIES = (
    "wrong nonce", "no nonce", "wrong audience", "two audiences", "other party", "expired", "wrong issuer", "no signature", "shared secret",
    "other key", "no subject", "no token", "user info of another",
)  # fmt: skip


@pytest.mark.parametrize("trouble", FORGERIES)
def test_a_word_that_is_not_genuine_opens_nothing(shop: Corner, ann: join.Joined, lantern: Issuer, trouble: str) -> None:
    link_ann(shop, lantern)
    oidc.kept.forget()
    lantern.trouble = trouble
    client = shop.visitor()

    answer = there_and_back(client, lantern)

    assert answer["Location"] == "/en/sign-in/"
    assert not is_in(client)
    assert "could not be proven to be genuine" in client.get("/en/sign-in/").content.decode()


@pytest.mark.parametrize("trouble", ["500", "no JSON", "endless", "redirect"])
def test_a_provider_that_does_not_answer_is_said_to_be_so(shop: Corner, ann: join.Joined, lantern: Issuer, trouble: str) -> None:
    client = shop.visitor()
    back = set_out(client, lantern)
    oidc.kept.forget()
    lantern.trouble = trouble

    answer = client.get(back)

    assert not is_in(client)
    assert "cannot be reached just now" in client.get(answer["Location"]).content.decode()
    assert client.post("/en/sign-in/with/lantern/").status_code == 302


def test_a_provider_that_is_slow_is_not_waited_for(shop: Corner, lantern: Issuer) -> None:
    client = oidc.Client(issuer=lantern.address, client_id=CLIENT_ID, secret=SECRET, loopback=True, timeout_s=0.2)
    lantern.trouble = "slow"

    with pytest.raises(ProviderUnusable) as refused:
        oidc.document(client, anew=True)

    assert refused.value.fault == "silent"


def test_keys_that_were_changed_are_read_again(shop: Corner, ann: join.Joined, lantern: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    link_ann(shop, lantern)
    lantern.key, lantern.kid = lantern.other_key, "key-2"
    monkeypatch.setattr(oidc, "KEYS_AGAIN_S", -1.0)
    client = shop.visitor()

    there_and_back(client, lantern)

    assert is_in(client)


# ── an answer that belongs to nobody here ─────────────────────────────────────────────────────────────────────────────


def test_an_answer_counts_in_the_browser_that_set_out_and_once(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    mine, other = shop.visitor(), shop.visitor()
    set_out(other, lantern)
    back = set_out(mine, lantern)

    stolen = other.get(back)
    mine.get(back)
    mine.post("/en/sign-out/")
    again = mine.get(back)

    assert stolen["Location"] == "/en/sign-in/"
    assert not is_in(other)
    assert again["Location"] == "/en/sign-in/"
    assert not is_in(mine)


def test_a_forged_state_asks_the_provider_nothing(shop: Corner, lantern: Issuer) -> None:
    client = shop.visitor()
    back = urlsplit(set_out(client, lantern))
    asked = len(lantern.asked)
    code = parse_qs(back.query)["code"][0]

    answer = client.get(f"{back.path}?{urlencode({'code': code, 'state': 'x' * 43})}")

    assert answer["Location"] == "/en/sign-in/"
    assert len(lantern.asked) == asked


def test_an_answer_that_names_another_issuer_is_not_taken(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    lantern.issuer_said = "https://mixed-up.example"
    client = shop.visitor()

    there_and_back(client, lantern)

    assert not is_in(client)


def test_whoever_turns_back_is_told_so_in_their_language(shop: Corner, lantern: Issuer) -> None:
    client = shop.visitor()
    answer = client.post("/zh-hans/sign-in/with/lantern/")
    state = parse_qs(urlsplit(answer["Location"]).query)["state"][0]

    back = client.get(f"/sign-in/back/lantern/?{urlencode({'error': 'access_denied', 'state': state})}")

    assert back["Location"] == "/zh-hans/sign-in/"
    assert "对方页面没有放行" in client.get(back["Location"]).content.decode()


def test_what_comes_after_stays_in_the_shop(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)

    answer = there_and_back(shop.visitor(), lantern, next="https://evil.example/")

    assert answer["Location"] == "/en/account/"


# ── the pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sign_in_page_offers_it_and_lets_its_form_lead_there_and_nowhere_else(shop: Corner, lantern: Issuer) -> None:
    client = shop.visitor()
    page = client.get("/en/sign-in/")

    assert "Go on with Lantern" in page.content.decode()
    assert "用 灯笼 登录" in client.get("/zh-hans/sign-in/").content.decode()
    assert f"form-action 'self' {lantern.address}" in page["Content-Security-Policy"]
    assert lantern.address not in client.get("/en/")["Content-Security-Policy"]


def test_a_provider_that_is_switched_off_is_neither_offered_nor_asked(shop: Corner, lantern: Issuer) -> None:
    customers.switch_provider(provider_id=models.Provider.objects.get().pk, is_on=False, actor=None, now=NOON)
    client = shop.visitor()
    asked = len(lantern.asked)

    answer = client.post("/en/sign-in/with/lantern/")

    assert "Lantern" not in shop.visitor().get("/en/sign-in/").content.decode()
    assert answer["Location"] == "/en/sign-in/"
    assert len(lantern.asked) == asked


def test_a_link_is_taken_away_but_never_the_last_way_in(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    member = signed_in(shop)
    identity = models.Identity.objects.get()
    customers.save_sign_in_rule(rule=SignInRule(mail_codes=False), actor=None, now=NOON)
    row = User.objects.get(pk=ann.user_id)
    password, row.password = row.password, "!none"
    row.save()
    member.force_login(row)

    refused = member.post("/en/account/ways/unlink/", {"provider": identity.pk}, follow=True)
    assert "last way you can sign in" in refused.content.decode()
    assert models.Identity.objects.exists()

    row.password = password
    row.save()
    member.force_login(row)
    member.post("/en/account/ways/unlink/", {"provider": identity.pk})

    assert not models.Identity.objects.exists()


def test_nobody_unlinks_what_is_anothers(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)

    answer = signed_in(shop, "eve@example.com").post("/en/account/ways/unlink/", {"provider": models.Identity.objects.get().pk})

    assert answer.status_code == 404
    assert models.Identity.objects.exists()


def test_a_way_that_is_switched_off_is_no_way_in(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    member = customers.customer(ann.customer_id)
    before = ways_in.ways_in(member).count

    customers.switch_provider(provider_id=models.Provider.objects.get().pk, is_on=False, actor=None, now=NOON)

    assert ways_in.ways_in(member).count == before - 1


@pytest.mark.django_db(transaction=True)
def test_the_pages_cost_at_most_six_statements_with_everything_on_them(shop: Corner, ann: join.Joined, lantern: Issuer) -> None:
    link_ann(shop, lantern)
    customers.keep_number(customer_id=ann.customer_id, number="+447400123456", now=NOON)
    member, stranger = signed_in(shop), shop.visitor()

    for client, path in ((member, "/en/account/ways/"), (stranger, "/en/sign-in/"), (stranger, "/en/sign-in/code/given/")):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= 6, path
