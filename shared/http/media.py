"""Media types as callers write them: in any letters, with parameters behind. Pure. Source: RFC 9110 §8.3.1."""

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


def media_type(content_type: str) -> str:
    """The type that a Content-Type names, in small letters and without its parameters; empty where it names none."""
    return content_type.partition(";")[0].strip(" \t").lower()


def takes(accept: str, kind: str) -> bool:
    """Whether an Accept names this media type itself; wildcards name none."""
    return any(media_type(each) == kind for each in accept.split(","))
