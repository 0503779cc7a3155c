"""Which form of an answer a caller has already, or takes: If-None-Match, Accept-Encoding (RFC 9110 §13.1.2, §12.5.3).

Only what is public is ever compressed. An answer that holds what somebody sent beside what is private would tell by its
length how alike the two are (BREACH), and what a filter finds is such an answer.
"""

import re

from fastapi import Request

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e]*")')
_CODING = re.compile(r"\s*(gzip|x-gzip|\*)\s*(?:;\s*q\s*=\s*(\d(?:\.\d*)?)\s*)?", re.IGNORECASE)


def is_there(request: Request, etag: str) -> bool:
    """Whether the caller has what bears this tag: compared weakly, as a read is."""
    sent = ", ".join(request.headers.getlist("if-none-match")).strip()
    return sent == "*" or etag.removeprefix("W/") in _TAG.findall(sent)


def takes_gzip(request: Request) -> bool:
    """Whether the caller says that it takes gzip; one that says nothing gets the answer as it is."""
    codings = ",".join(request.headers.getlist("accept-encoding")).split(",")
    found = {name[1].lower(): float(name[2] or 1) for each in codings if (name := _CODING.fullmatch(each))}
    return next((found[name] for name in ("gzip", "x-gzip", "*") if name in found), 0) > 0
