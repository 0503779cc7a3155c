"""What importing a room costs: its face reaches no library that only some of its modules need.

Read from the code alone: what stands at the top of a module is followed, and what a function imports when it is called.
"""

import sys
from collections.abc import Iterable

import grimp
import pytest

from services.gateway.pages import SUBJECTS

ROOTS = ("services", "shared")
GEOMETRY = {"shapely", "pyproj", "numpy"}
# Faces that give something that needs a library; all others give what is pure, or nothing.
NEEDING = {
    "shared.database": {"asyncpg", "sqlalchemy", "fastapi"},  # the session of a request
    "shared.messages": {"pydantic"},
    "shared.settings": {"pydantic", "pydantic_settings", "joserfc", "babel"},  # whoever asks for settings reads them
    "services.gateway.pages.drawing": {"markupsafe"},
}
# Faces that put together what lies in their rooms, and need what those need: routers and menus, topics, commands.
WHOLE = {
    "services.gateway.pages",
    *(subject.__name__ for subject in SUBJECTS),
    "services.gateway.readmodel.topics",
    "services.gateway.cli",
}
GRAPH = grimp.build_graph(*ROOTS, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None)
FACES = sorted(name for name in GRAPH.modules if name.startswith(tuple(f"{root}." for root in ROOTS))
               and GRAPH.find_children(name))  # fmt: skip


def loaded_with(module: str, *, but: Iterable[tuple[str, str]] = ()) -> set[str]:
    """Every module that is loaded when one is imported, packages around it included. `but`: imports left out.

    What puts a room together is left out where something in that room is asked about.
    """
    left_out, loaded, waiting = set(but), set(), [module]
    while waiting:
        name = waiting.pop()
        if name in loaded:
            continue
        loaded.add(name)
        if name.startswith(ROOTS):
            around = name.rpartition(".")[0]
            waiting += [around] if around and around not in WHOLE else []
            waiting += [each for each in GRAPH.find_modules_directly_imported_by(name) if (name, each) not in left_out]
    return loaded


def libraries(modules: Iterable[str]) -> set[str]:
    """Those that are neither ours nor Python's."""
    return {name for name in modules if not name.startswith(ROOTS)} - sys.stdlib_module_names


@pytest.mark.parametrize("room", [face for face in FACES if face not in WHOLE])
def test_a_face_is_light(room: str) -> None:
    """Importing a room for what is pure in it loads nothing else."""
    assert libraries(loaded_with(room)) <= NEEDING.get(room, set())


def test_what_is_said_to_need_libraries_is_there() -> None:
    """The lists above name rooms that there are, and that do need something."""
    assert NEEDING.keys() | WHOLE <= set(FACES)
    for room, needed in NEEDING.items():
        assert libraries(loaded_with(room)) == needed
    for room in WHOLE:
        assert libraries(loaded_with(room))


def test_the_gateway_starts_without_geometry() -> None:
    """25 MB that a gateway before partners' systems alone never needs: loaded with the first map, by one import."""
    lazy = ("services.gateway.pages.maps.places", "services.gateway.pages.maps.surveying")
    assert libraries(loaded_with("services.gateway.app")) >= {"shapely", "numpy"}
    assert not libraries(loaded_with("services.gateway.app", but=[lazy])) & GEOMETRY
