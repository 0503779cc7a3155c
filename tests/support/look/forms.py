"""The forms of a page as a browser would send them with nothing changed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Sendable:
    """A form: where it goes, its fields with their values, and the names of those that a person types or chooses in."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def forms_of(html: str) -> list[Sendable]:
    """All forms of a page, in its order. `typed` has the kind of each field: text, textarea, select, checkbox, ..."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form_to(html: str, action: str) -> Sendable:
    """The one form of a page that goes to this address."""
    [found] = [each for each in forms_of(html) if each.action == action]
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Sendable] = []
        self._open: Sendable | None = None
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Sendable(told.get("action", ""), told.get("method", "get"))
            self.forms.append(self._open)
        elif self._open is None or "disabled" in told:
            return
        elif tag == "input":
            self._input(self._open, told)
        elif tag == "select":
            self._select = told["name"]
            self._open.typed[self._select] = "select"
        elif tag == "option" and self._select:
            if "selected" in told or self._select not in self._open.fields:
                self._open.fields[self._select] = told.get("value", "")
        elif tag == "textarea":
            self._area = told["name"]
            self._open.typed[self._area] = "textarea"
            self._open.fields[self._area] = ""

    def _input(self, form: Sendable, told: dict[str, str]) -> None:
        name, kind = told.get("name", ""), told.get("type", "text")
        if not name or kind == "submit":
            return
        if kind != "hidden":
            form.typed[name] = kind
        if kind == "file" or (kind in ("checkbox", "radio") and "checked" not in told):
            return
        form.fields[name] = told.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._open is not None:
            # HTML drops a line's end right behind the tag.
            self._open.fields[self._area] = self._open.fields[self._area].removeprefix("\n")
            self._area = ""
