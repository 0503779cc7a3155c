"""A partner's system: sends a batch of reports and follows the feed until it told of them.

python partner.py http://127.0.0.1:8000 CLIENT_ID CLIENT_SECRET [CURSOR]

CURSOR is what an earlier run ended with: the feed goes on there. Without one it begins now.
"""

import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

API = "/samsyn/v1"
PAUSE_S = 1
PATIENCE_S = 30


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


def now_in_feed(client: httpx.Client) -> str:
    """The cursor after all that was told so far. A feed that is read without one begins with the oldest."""
    cursor: str = client.get(f"{API}/overview").raise_for_status().json()["feed_cursor"]
    return cursor


def follow(client: httpx.Client, cursor: str) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """What happens after a cursor, oldest first, without end; a page may hold nothing.

    Each page comes with the cursor to keep once all of it is dealt with: what was not, comes again.
    """
    while True:
        page = client.get(f"{API}/feed", params={"since": cursor}).raise_for_status().json()
        cursor = page["next_cursor"]
        yield page["items"], cursor
        if not page["items"]:
            time.sleep(PAUSE_S)


def main() -> None:
    """Send two reports, one of them wrong, and print what the feed tells until it told of the other."""
    client = sign_in(*sys.argv[1:4])
    cursor = sys.argv[4] if len(sys.argv) > 4 else now_in_feed(client)
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
    untold = {each["receipt"]["id"] for each in result["results"] if each["receipt"]}
    give_up_at = time.monotonic() + PATIENCE_S
    pages = follow(client, cursor)
    while untold and time.monotonic() < give_up_at:
        items, cursor = next(pages)
        for item in items:
            print(item["at"], item["type"], item["data"].get("report_id"), item["data"].get("area_code"))  # noqa: T201
            untold.discard(item["data"].get("report_id"))
    print("go on after", cursor, *(f"(not told yet: {each})" for each in untold))  # noqa: T201


if __name__ == "__main__":
    main()
