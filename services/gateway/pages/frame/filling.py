"""A form of a page filled in with what was typed before. Pure: a page and fields in, a page out.

Whatever form a page has, it can be filled in: no page does it by itself. What the page says of itself stays as it is
now, such as the token of the session and the key that makes of two clicks one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

Attributes = Sequence[tuple[str, str | None]]
_OF_PAGE = ("form_token", "key")
# What was looked at is told as it was: whoever changed it meanwhile is not overwritten unseen.
_AS_IT_WAS = "version"
_TICKED = ("checkbox", "radio")
# Nobody types these, or a browser takes nothing given.
_UNTYPED = ("submit", "button", "reset", "image", "file", "password")


@dataclass(slots=True)
class _Form:
    """A form as it lies in a page: its hidden fields, the names of all, and the `details` that it stands in."""

    number: int
    around: tuple[int, ...]
    hidden: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def is_about_the_same(self, fields: Mapping[str, str]) -> bool:
        """Whether it says of itself what those said: a page may show another report by now."""
        told = {name: value for name, value in self.hidden.items() if name not in (*_OF_PAGE, _AS_IT_WAS)}
        return all(fields.get(name) == value for name, value in told.items())


def filled_in(page: str, *, action: str, fields: Mapping[str, str]) -> str | None:
    """The page with the form that is sent there filled in, and unfolded; None where it has none of the same things."""
    found = _Forms(action)
    found.feed(page)
    same = [each for each in found.forms if each.is_about_the_same(fields)]
    best = max(same, key=lambda each: len(each.names & fields.keys()), default=None)
    if best is None:
        return None
    writer = _Writer(best, fields)
    writer.feed(page)
    writer.close()
    return "".join(writer.written)


class _Walk(HTMLParser):
    """Goes through a page, and knows at which form and which `details` it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.form, self.details = 0, 0

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def count(self, tag: str) -> None:
        """One more of those that are counted."""
        self.form += tag == "form"
        self.details += tag == "details"


class _Forms(_Walk):
    """The forms that are sent to an address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._action, self._open, self._here = action, list[int](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count(tag)
        given = dict(attrs)
        if tag == "details":
            self._open.append(self.details)
        elif tag == "form":
            self._here = given.get("action") == self._action and (given.get("method") or "").lower() == "post"
            if self._here:
                self.forms.append(_Form(self.form, tuple(self._open)))
        elif self._here and (name := given.get("name")):
            self.forms[-1].names.add(name)
            if given.get("type") == "hidden":
                self.forms[-1].hidden[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._open:
            self._open.pop()
        self._here = self._here and tag != "form"


class _Writer(_Walk):
    """Writes a page as it is, but for one of its forms."""

    def __init__(self, form: _Form, fields: Mapping[str, str]) -> None:
        super().__init__()
        self.written: list[str] = []
        self._form = form
        self._fields = {name: value for name, value in fields.items() if name not in _OF_PAGE}
        self._here = self._skipping = False
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count(tag)
        as_it_is = self.get_starttag_text() or ""
        if tag == "form":
            self._here = self.form == self._form.number
        if tag == "details" and (self._here or self.details in self._form.around):
            as_it_is = _tag(tag, attrs, open=True)
        elif self._here:
            as_it_is = self._filled(tag, attrs, as_it_is)
        self.written.append(as_it_is)

    def _filled(self, tag: str, attrs: Attributes, as_it_is: str) -> str:
        given = dict(attrs)
        value = self._fields.get(given.get("name") or "")
        kind = given.get("type") or "text"
        if tag == "select":
            self._chosen = value
        elif tag == "option" and self._chosen is not None:
            return _tag(tag, attrs, selected=given.get("value") == self._chosen)
        elif tag == "textarea" and value is not None:
            self._skipping = True
            # The first line break behind the tag is none of the text.
            return f"{as_it_is}\n{escape(value)}"
        elif tag == "input" and kind in _TICKED and given.get("name") not in _OF_PAGE:
            return _tag(tag, attrs, checked=value == (given.get("value") or "on"))
        elif tag == "input" and kind not in _UNTYPED and value is not None:
            return _tag(tag, [each for each in attrs if each[0] != "value"] + [("value", value)])
        return as_it_is

    def handle_endtag(self, tag: str) -> None:
        self._skipping = self._skipping and tag != "textarea"
        self._here = self._here and tag != "form"
        if tag == "select":
            self._chosen = None
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, text: str) -> None:
        if not self._skipping:
            self.written.append(text)


def _tag(name: str, attrs: Attributes, **flags: bool) -> str:
    """A start tag written anew, with flags such as `checked` as they are said here."""
    kept = [each for each in attrs if each[0] not in flags] + [(flag, None) for flag, is_set in flags.items() if is_set]
    told = (f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in kept)
    return f"<{name}{''.join(told)}>"
