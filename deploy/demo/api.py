"""A small client of the public API, for loading the demonstration: a token, and requests that must succeed."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx

from deploy.local.errors import LocalError


@dataclass(slots=True)
class Caller:
    """One partner's system. Every method raises LocalError with the API's own sentence where it refuses."""

    url: str
    client_id: str
    secret: str
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, timeout=60)
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        token = self._checked(self._http.post("/oauth/token", data=form))["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **params: Any) -> Any:
        """What stands at a path."""
        return self._checked(self._http.get(f"/samsyn/v1{path}", params=params))

    def raw(self, path: str, params: Mapping[str, Any]) -> httpx.Response:
        """The answer to a GET as it is, a refusal too."""
        return self._http.get(f"/samsyn/v1{path}", params=params)

    def post(self, path: str, body: Any) -> Any:
        """Send something new; the same again is what was sent before, so that loading may begin anew."""
        headers = {"Idempotency-Key": uuid5(NAMESPACE_URL, f"{path} {json.dumps(body, sort_keys=True)}").hex}
        return self._checked(self._http.post(f"/samsyn/v1{path}", json=body, headers=headers))

    def send(self, path: str, content: bytes, *, kind: str) -> Any:
        """Send a file's bytes under their media type."""
        headers = {"Content-Type": kind, "Idempotency-Key": uuid4().hex}
        return self._checked(self._http.post(f"/samsyn/v1{path}", content=content, headers=headers))

    def put(self, path: str, body: Any) -> Any:
        """Put something in its place."""
        return self._checked(self._http.put(f"/samsyn/v1{path}", json=body))

    def import_file(self, content: bytes, *, mapping: str, timeout_s: float = 120) -> Any:
        """Send a file and wait until it is worked off; returns the counts."""
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv"}
        answer = self._http.post("/samsyn/v1/imports", params={"mapping": mapping}, content=content, headers=headers)
        started, end = self._checked(answer), time.monotonic() + timeout_s
        while time.monotonic() < end:
            found = self.get(f"/imports/{started['id']}")
            if found["state"] in ("done", "failed"):
                return found
            time.sleep(0.1)
        raise LocalError("A file of the demonstration was not worked off in time.")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _checked(self, answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            told = answer.json()
            reason = str(told.get("detail") or told.get("error_description"))
        except ValueError:
            reason = f"status {answer.status_code}"
        raise LocalError(f"The demonstration could not be loaded: {answer.request.url.path} says: {reason}")
