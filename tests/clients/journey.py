"""The README's way through the API, with a client that a generator made of its description.

Run by the Python that has the client: `journey.py ADDRESS CLIENT_ID SECRET OCCURRED_FROM`. Prints what came of it.
"""

import json
import sys
import time
from datetime import datetime
from uuid import uuid4

from samsyn_client import AuthenticatedClient, Client
from samsyn_client.api.access import issue_token
from samsyn_client.api.lagesbild import get_lagesbild
from samsyn_client.api.overview import get_overview, read_feed
from samsyn_client.api.reports import get_report, submit_report
from samsyn_client.models import IssueTokenForm, NewReport, Point, Token

address, client_id, secret, occurred_from = sys.argv[1:]
form = IssueTokenForm(grant_type="client_credentials", client_id=client_id, client_secret=secret)
token = issue_token.sync(client=Client(base_url=address), body=form)
assert isinstance(token, Token), token
api = AuthenticatedClient(base_url=address, token=token.access_token)

before = get_overview.sync(client=api)
report = NewReport(
    category="order",
    subcategory="gathering",
    severity=2,
    location_kind="public",
    occurred_from=datetime.fromisoformat(occurred_from),
    point=Point(lon=14.64, lat=63.1765),
    text="Ett tjugotal ungdomar vid väntsalen, hög musik.",
)
receipt = submit_report.sync(client=api, body=report, idempotency_key=uuid4().hex)
kept = get_report.sync(receipt.id, client=api)
lagesbild = get_lagesbild.sync(client=api)

told, since = [], before.feed_cursor
for _ in range(100):
    page = read_feed.sync(client=api, since=since)
    since = page.next_cursor or since
    told = [item.type_ for item in page.items if str(receipt.id) in json.dumps(item.data.to_dict())]
    if told:
        break
    time.sleep(0.1)
refused = get_report.sync_detailed(uuid4(), client=api)
print(
    json.dumps(
        {
            "area": receipt.area_code,
            "text": kept.text,
            "reports": lagesbild.total.total.count,
            "told": told,
            "refused": {"status": int(refused.status_code), "type": refused.parsed.type_},
        }
    )
)
