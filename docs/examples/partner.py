"""A partner's system: sends a batch of reports and follows the feed.

python partner.py http://127.0.0.1:8000 CLIENT_ID CLIENT_SECRET
"""

import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

API = "/samsyn/v1"


def sign_in(base_url: str, client_id: str, client_secret: str) -> httpx.Client:
    """A client with a token. It lasts ten minutes: ask for the next one before that, or when an answer is 401."""
    client = httpx.Client(base_url=base_url, timeout=30)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    token = client.post("/oauth/token", data=form).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {token['access_token']}"
    return client


def send(client: httpx.Client, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Send up to 1,000 reports. The key makes it safe to send again when no answer came: keep it until one did."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = client.post(f"{API}/reports/batch", json={"reports": reports}, headers=key)
    result: dict[str, Any] = answer.raise_for_status().json()
    return result


def follow(client: httpx.Client, cursor: str | None) -> Iterator[tuple[dict[str, Any], str]]:
    """What happened after a cursor, oldest first, each with the cursor to keep once it is dealt with."""
    while True:
        params = {"limit": "100"} | ({"since": cursor} if cursor else {})
        page = client.get(f"{API}/feed", params=params).raise_for_status().json()
        if not page["items"]:
            return
        cursor = page["next_cursor"]
        for item in page["items"]:
            yield item, str(cursor)


def main() -> None:
    """Send two reports, one of them wrong, and print what the feed tells of the other."""
    client = sign_in(*sys.argv[1:4])
    before = client.get(f"{API}/overview").raise_for_status().json()["feed_cursor"]
    an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    good = {
        "category": "environment",
        "subcategory": "lighting",
        "occurred_from": an_hour_ago,
        "point": {"lon": 14.6425, "lat": 63.1771},
        "text": "Tre lampor i rad är släckta vid gångvägen.",
        "external_reference": f"example-{uuid.uuid4()}",
    }
    result = send(client, [good, good | {"category": "unknown", "external_reference": None}])
    for each in result["results"]:
        print(each["index"], each["status"], *(fault["detail"] for fault in each["faults"]))  # noqa: T201
    for item, _ in follow(client, before):
        print(item["type"], item["data"].get("area_code"))  # noqa: T201


if __name__ == "__main__":
    main()
