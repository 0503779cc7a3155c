"""What stands in the menu of every page; each subject of the pages brings its own entries."""

from collections.abc import Callable
from dataclasses import dataclass

from services.gateway.pages.frame.asking import may
from services.gateway.pages.frame.visitors import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in the menu. `name`: a marked text. `may`: who has it; None is somebody not signed in.

    counted: how much waits there is said beside its name.
    """

    href: str
    name: str
    may: Callable[[Person | None], bool]
    counted: bool = False


def everybody(_: Person | None) -> bool:
    """A page for everybody."""
    return True


def who_may(method: str, path: str) -> Callable[[Person | None], bool]:
    """A page for those signed in who may ask for the operation that it stands on."""
    return lambda person: person is not None and may(person, method, path)
