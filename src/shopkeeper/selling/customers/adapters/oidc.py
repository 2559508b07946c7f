"""OpenID Connect, the authorization code flow with PKCE: to a provider and back, and every check of its word.

Source: OpenID Connect Core 1.0 (3.1.2, 3.1.3.7) and Discovery 1.0; RFC 7636 (PKCE); RFC 9207 (`iss` in the answer); RFC 9700.
Signatures are checked always, also where the token came over TLS, and only by public-key algorithms: `none` and shared secrets are no
signature. Documents and keys are kept for an hour; a token by an unknown key has the keys read again, once a minute at most.
"""

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt

from shopkeeper.selling.customers.adapters import outward
from shopkeeper.selling.customers.shapes_signing_in import NotVouched, ProviderUnusable, SettingOut
from shopkeeper.selling.customers.signing_in import session_secret

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512", "EdDSA")
SCOPE = "openid email profile"
KEPT_S = 3_600.0
KEYS_AGAIN_S = 60.0
LEEWAY_S = 60
MOST_TOKEN = 20_000
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The shop as a provider knows it. `loopback`: for developing, a provider on this machine may speak plain http."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    loopback: bool = False
    timeout_s: float = outward.TIMEOUT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a provider says of somebody, after every check."""

    subject: str = field(repr=False)
    email: str = field(repr=False)
    is_email_verified: bool
    name: str = field(repr=False)


class _Kept:
    """What was read of providers in this process, with when."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Any]] = {}

    def get(self, url: str, fetch: Callable[[], Any], *, no_older_than_s: float = KEPT_S) -> Any:
        at, found = self._known.get(url, (float("-inf"), None))
        if time.monotonic() - at > no_older_than_s:
            found = fetch()
            self._known[url] = (time.monotonic(), found)
        return found

    def forget(self) -> None:
        self._known.clear()


kept = _Kept()


# ── the provider's document ───────────────────────────────────────────────────────────────────────────────────────────


def document(client: Client, *, anew: bool = False) -> Mapping[str, Any]:
    """Return the provider's own document of itself. Raises ProviderUnusable."""
    url = f"{client.issuer.rstrip('/')}/.well-known/openid-configuration"
    return kept.get(url, lambda: _document(client, url), no_older_than_s=0 if anew else KEPT_S)  # type: ignore[no-any-return]


def _document(client: Client, url: str) -> Mapping[str, Any]:
    told = _json(client, url)
    if told.get("issuer") != client.issuer:
        raise ProviderUnusable("other_issuer", str(told.get("issuer"))[:200])
    for name in _ENDPOINTS:
        where = told.get(name)
        if not isinstance(where, str):
            raise ProviderUnusable("no_endpoint", name)
        try:
            outward.check(where, loopback=client.loopback)
        except outward.Forbidden:
            raise ProviderUnusable("address", where[:200]) from None
    offered = told.get("id_token_signing_alg_values_supported")
    if isinstance(offered, list) and not set(map(str, offered)) & set(ALGORITHMS):
        raise ProviderUnusable("weak", " ".join(map(str, offered))[:100])
    return told


def origin(told: Mapping[str, Any]) -> str:
    """Return where a provider's own page stands: its scheme and host, which forms of the shop may lead to."""
    parts = urlsplit(str(told["authorization_endpoint"]))
    return f"{parts.scheme}://{parts.netloc}"


def _json(client: Client, url: str) -> Mapping[str, Any]:
    try:
        answer = outward.request("GET", url, loopback=client.loopback, timeout_s=client.timeout_s)
    except outward.Forbidden:
        raise ProviderUnusable("address", url[:200]) from None
    except outward.Unreachable:
        raise ProviderUnusable("silent", url[:200]) from None
    if answer.status != 200:
        raise ProviderUnusable("silent", f"{url[:200]} ({answer.status})")
    return _object(answer.body, url)


def _object(body: bytes, url: str) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        raise ProviderUnusable("not_json", url[:200]) from None
    if not isinstance(told, dict):
        raise ProviderUnusable("not_json", url[:200])
    return told


# ── there and back ────────────────────────────────────────────────────────────────────────────────────────────────────


def set_out(client: Client, *, back_to: str, language: str) -> SettingOut:
    """Return the way to the provider's page, and the secrets that must come back. Raises ProviderUnusable."""
    where = str(document(client)["authorization_endpoint"])
    state, nonce, verifier = session_secret(), session_secret(), session_secret() + session_secret()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": back_to, "scope": SCOPE, "state": state, "nonce": nonce,
        "code_challenge": challenge, "code_challenge_method": "S256", "ui_locales": "zh-Hans" if language == "zh-hans" else "en",
    }  # fmt: skip
    return SettingOut(url=f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}", state=state, nonce=nonce, verifier=verifier)


def word(client: Client, *, code: str, verifier: str, nonce: str, back_to: str) -> Word:
    """Return what the provider says of whoever came back with the code. Call it outside transactions. Raises NotVouched."""
    try:
        told = document(client)
        tokens = _exchange(client, told, code=code, verifier=verifier, back_to=back_to)
        claims = _claims(client, told, str(tokens.get("id_token") or ""), nonce=nonce)
        if not claims.get("email"):
            claims = {**_user_info(client, told, tokens, str(claims["sub"])), **claims}
    except ProviderUnusable as fault:
        raise NotVouched("silent") from fault
    email = claims.get("email")
    return Word(
        subject=str(claims["sub"]),
        email=email.strip().lower() if isinstance(email, str) else "",
        # Some send the word `true` instead of the truth; anything else counts as no, the number 1 too.
        is_email_verified=(verified := claims.get("email_verified")) is True or verified == "true",
        name=str(claims.get("name") or "")[:150],
    )


def _exchange(client: Client, told: Mapping[str, Any], *, code: str, verifier: str, back_to: str) -> Mapping[str, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to, "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in ways:
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client.client_id, "client_secret": client.secret}
    try:
        answer = outward.request(
            "POST", str(told["token_endpoint"]), body=urlencode(form).encode(), headers=headers, loopback=client.loopback,
            timeout_s=client.timeout_s,
        )  # fmt: skip
    except (outward.Forbidden, outward.Unreachable):
        raise NotVouched("silent") from None
    if answer.status != 200:
        raise NotVouched("silent" if answer.status >= 500 else "token")
    return _object(answer.body, "token_endpoint")


def _claims(client: Client, told: Mapping[str, Any], token: str, *, nonce: str) -> dict[str, Any]:
    if not token or len(token) > MOST_TOKEN:
        raise NotVouched("token")
    try:
        head = jwt.get_unverified_header(token)
        key = _key(client, str(told["jwks_uri"]), head)
        claims: dict[str, Any] = jwt.decode(
            token, key=key, algorithms=list(ALGORITHMS), audience=client.client_id, issuer=client.issuer, leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError, binascii.Error):
        raise NotVouched("token") from None
    audience = claims["aud"]
    party = claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or party not in (None, client.client_id):
        raise NotVouched("token")
    if claims.get("nonce") != nonce or not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NotVouched("token")
    return claims


def _key(client: Client, url: str, head: Mapping[str, Any]) -> Any:
    """Return the public key a token says it was signed with: by its name, read again where it is new. Raises NotVouched."""
    if head.get("alg") not in ALGORITHMS:
        raise NotVouched("token")
    for age in (KEPT_S, KEYS_AGAIN_S):
        keys = kept.get(url, lambda: _json(client, url), no_older_than_s=age).get("keys") or []
        named = [each for each in keys if isinstance(each, dict) and each.get("use", "sig") == "sig"]
        fitting = [each for each in named if each.get("kid") == head.get("kid")] if head.get("kid") else named
        if len(fitting) == 1 and fitting[0].get("kty") != "oct":
            return jwt.PyJWK(fitting[0], algorithm=str(head["alg"])).key
    raise NotVouched("token")


def _user_info(client: Client, told: Mapping[str, Any], tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
    where, access = told.get("userinfo_endpoint"), tokens.get("access_token")
    if not isinstance(where, str) or not isinstance(access, str):
        return {}
    try:
        answer = outward.request(
            "GET", where, headers={"Authorization": f"Bearer {access}"}, loopback=client.loopback, timeout_s=client.timeout_s
        )
    except (outward.Forbidden, outward.Unreachable):
        raise NotVouched("silent") from None
    if answer.status != 200:
        raise NotVouched("silent")
    found = _object(answer.body, "userinfo_endpoint")
    # Of somebody else it would say nothing about who is here.
    if found.get("sub") != subject:
        raise NotVouched("token")
    return {name: found[name] for name in ("email", "email_verified", "name") if name in found}
