"""Short messages by a gateway over HTTP.

`POST {url}` with `Authorization: Bearer {key}`, `Idempotency-Key` and `{"to", "text", "reference"}`. It answers 200, 201 or 202 with
`{"id": "…"}`; 400 to 422 is a clear no, anything else silence. Reports come to `/api/v1/text-news`, signed as news of mails are: header
`X-Shopkeeper-Signature: t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" by the key>`, body `{"reference" or "id", "state"}`.
"""

import json
from dataclasses import dataclass, field

import requests
import urllib3

from shopkeeper.selling.customers.adapters.texting import TIMEOUT_S, TextRefused, TextSilent

MOST_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The adapter; see the module's text and `texting.py`."""

    url: str = field(repr=False)
    key: str = field(repr=False)
    timeout_s: float = TIMEOUT_S
    code: str = "gateway"

    def send(self, *, number: str, text: str, key: str) -> str:
        """Have one message sent and return the gateway's id. Raises TextSilent, TextRefused."""
        status, body = self._post({"to": number, "text": text, "reference": key}, key)
        if status in (400, 401, 403, 404, 410, 422):
            raise TextRefused(f"status {status}")
        if status not in (200, 201, 202):
            raise TextSilent(f"status {status}")
        try:
            told = json.loads(body)
        except ValueError:
            raise TextSilent("no JSON") from None
        found = told.get("id") if isinstance(told, dict) else None
        if not isinstance(found, str) or not 1 <= len(found) <= 100:
            raise TextSilent("no id")
        return found

    def _post(self, told: dict[str, str], key: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key}
        try:
            with requests.post(
                self.url, json=told, headers=headers, timeout=self.timeout_s, allow_redirects=False, stream=True,
                auth=lambda request: request,
            ) as answer:  # fmt: skip
                return answer.status_code, answer.raw.read(MOST_BYTES, decode_content=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # The kind alone: the text of such an error may hold everything that was sent.
            raise TextSilent(type(error).__name__) from None
