"""A provider of identity on this machine, over real HTTP with real signed tokens, that misbehaves when asked to."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "the-shop", "s3cret:with colon"
"""What the shop is known by here; a fake's secret opens nothing."""


@cache
def _made(which: str) -> rsa.RSAPrivateKey:
    """Return a private key of this test run; making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """What the provider knows and how it behaves. `trouble` is one word; empty: as the standard says."""

    address: str = ""
    trouble: str = ""
    subject: str = "subject-1"
    email: str | None = "ann@example.com"
    is_email_verified: Any = True
    name: str = "Ann Lee"
    kid: str = "key-1"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: _made("own"))
    other_key: rsa.RSAPrivateKey = field(default_factory=lambda: _made("other"))
    granted: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    issuer_said: str = ""

    def consent(self, location: str) -> str:
        """Let the person through who was sent to this address, and return where their browser is sent back to (path and query)."""
        parts = urlsplit(location)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        known = (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT_ID, "S256")
        if not location.startswith(f"{self.address}/authorize?") or not known or min(len(asked["state"]), len(asked["nonce"])) < 30:
            raise ValueError("Not a way to this provider")
        code = f"code-{len(self.granted)}"
        self.granted[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer_said or self.address})}"

    def page(self, path: str) -> str:
        """Return the page on which a person at a browser lets themselves through."""
        asked = parse_qs(urlsplit(path).query)
        back = urlsplit(asked["redirect_uri"][0])
        return f'<title>Lantern</title><a href="{back.scheme}://{back.netloc}{escape(self.consent(self.address + path))}">Go on</a>'

    def document(self) -> dict[str, Any]:
        told = {
            "issuer": self.address if self.trouble != "other issuer" else f"{self.address}/elsewhere",
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "id_token_signing_alg_values_supported": ["none", "HS256"] if self.trouble == "weak" else ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post" if self.trouble == "post" else "client_secret_basic"],
        }
        if self.trouble == "inward":
            told["token_endpoint"] = "http://10.0.0.1/token"  # noqa: S105 - an address
        if self.trouble == "no endpoint":
            del told["jwks_uri"]
        return told

    def keys(self) -> dict[str, Any]:
        shown = self.key if self.trouble != "other key" else self.other_key
        told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(shown.public_key()))
        return {"keys": [{**told, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.address, "sub": self.subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "name": self.name, "email": self.email, "email_verified": self.is_email_verified,
        }  # fmt: skip
        lies: dict[str, dict[str, Any]] = {
            "wrong nonce": {"nonce": "of-somebody-else"},
            "no nonce": {"nonce": None},
            "wrong audience": {"aud": "another-shop"},
            "two audiences": {"aud": [CLIENT_ID, "another-shop"]},
            "other party": {"azp": "another-shop"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "wrong issuer": {"iss": "https://evil.example"},
            "no subject": {"sub": ""},
            "mail by user info": {"email": None, "email_verified": None},
            "user info of another": {"email": None, "email_verified": None},
        }
        claims = {name: value for name, value in {**claims, **lies.get(self.trouble, {})}.items() if value is not None}
        if self.trouble == "no signature":
            return jwt.encode(claims, key="", algorithm="none", headers={"kid": self.kid})
        if self.trouble == "shared secret":
            # The public key taken for a shared secret: the classic confusion of algorithms.
            return _hmac_by_public_key(claims, self.kid, self.keys())
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.granted.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        pair = base64.b64encode(f"{CLIENT_ID}:{SECRET.replace(':', '%3A').replace(' ', '%20')}".encode()).decode()
        by_post = form.get("client_secret") == SECRET and form.get("client_id") == CLIENT_ID
        is_shop = by_post if self.trouble == "post" else authorization == f"Basic {pair}"
        if asked is None or challenge != asked["code_challenge"] or not is_shop or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if self.trouble == "no token":
            return 200, {"access_token": "a", "token_type": "Bearer"}
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.token(asked)}

    def user_info(self) -> dict[str, Any]:
        subject = "somebody-else" if self.trouble == "user info of another" else self.subject
        return {"sub": subject, "email": self.email, "email_verified": self.is_email_verified}


def _hmac_by_public_key(claims: dict[str, Any], kid: str, keys: dict[str, Any]) -> str:
    import hmac

    def part(told: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{part(claims)}"
    mark = hmac.new(keys["keys"][0]["n"].encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


@contextmanager
def issuer() -> Iterator[Issuer]:
    """Run a provider on a free port of this machine for as long as the block lasts."""
    known = Issuer()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            known.asked.append(path)
            if path == "/authorize":
                self._send(200, "text/html; charset=utf-8", known.page(self.path).encode())
                return
            told = {"/.well-known/openid-configuration": known.document, "/keys": known.keys, "/userinfo": known.user_info}.get(path)
            self._say(404 if told is None else 200, {} if told is None else told())

        def do_POST(self) -> None:
            known.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*known.exchange(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, told: dict[str, Any]) -> None:
            if known.trouble == "500":
                status = 500
            if known.trouble == "slow":
                time.sleep(1.0)
            body = b"<html>" if known.trouble == "no JSON" else json.dumps(told).encode()
            if known.trouble == "endless":
                body = b" " * 2_000_000
            self._send(302 if known.trouble == "redirect" else status, "application/json", body)

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://169.254.169.254/latest")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Say nothing: what is asked is kept in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    known.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
