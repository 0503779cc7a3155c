"""Forms as they are read: in UTF-8, each field once. Pure."""

from urllib.parse import unquote_to_bytes

from starlette.datastructures import FormData, UploadFile

from shared.errors import Malformed

_NO_UTF8_FORM = "The form is not UTF-8."


def check_form(body: bytes) -> None:
    """Raise Malformed unless a form's fields are UTF-8: other bytes would be kept as signs that nobody typed."""
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        raise Malformed(_NO_UTF8_FORM) from None


def once_each(form: FormData) -> FormData:
    """The same form. Raises Malformed where a field stands twice, as no form of ours and no client of OAuth has it."""
    if len(form.keys()) < len(form.multi_items()):
        raise Malformed("A field stands twice in the form.")
    return form


def in_utf8(form: FormData) -> FormData:
    """A form whose parts were read as Latin-1, byte by byte, as UTF-8: names, texts, files' names. Raises Malformed."""

    def meant(said: str) -> str:
        return said.encode("latin-1").decode()

    read: list[tuple[str, UploadFile | str]] = []
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                value.filename = meant(value.filename or "")
            read.append((meant(name), meant(value) if isinstance(value, str) else value))
    except UnicodeError:
        raise Malformed(_NO_UTF8_FORM) from None
    return FormData(read)
