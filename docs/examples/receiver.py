"""A webhook receiver: checks the signature, answers at once, and knows a message that comes again.

python receiver.py PORT WHSEC_SECRET
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver(BaseHTTPRequestHandler):
    """Answers POSTs. `secret` came with the subscription; `seen` belongs into your database."""

    secret: str
    seen: set[str] = set()  # noqa: RUF012

    def do_POST(self) -> None:
        """204 for a message of ours, new or known; 401 for anything else. A test message gets its challenge back."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            message = Webhook(self.secret).verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            self.send_response(401)
            self.end_headers()
            return
        # A message comes at least once, so what you do with it must be done once: by its id.
        if self.headers["webhook-id"] not in self.seen:
            self.seen.add(self.headers["webhook-id"])
            print(message["type"], message["data"], flush=True)  # noqa: T201
        # Proves that this address is yours; until then Samsyn keeps nothing of what it answers.
        challenge = message["data"].get("challenge", "").encode()
        self.send_response(200 if challenge else 204)
        self.end_headers()
        self.wfile.write(challenge)

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    Receiver.secret = sys.argv[2]
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
