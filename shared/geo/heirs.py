"""Where things belong that lie in an area by its code alone, once that area is out of use. Pure."""

from collections.abc import Collection, Mapping, Sequence


def heirs_of(areas: Mapping[str, tuple[Sequence[str], bool]]) -> dict[str, str]:
    """For each retired area the nearest one around it that is in use. areas: path and whether it is in use, by code."""
    heirs = {}
    for code, (path, active) in areas.items():
        around = next((each for each in reversed(path) if each in areas and areas[each][1]), None)
        if not active and around is not None:
            heirs[code] = around
    return heirs


def where_said(
    said: str | None, standing: str | None, *, in_use: Collection[str], heirs: Mapping[str, str]
) -> str | None:
    """The area of a thing that was told by its area alone: nobody knows better than who told it.

    said: the area that was told, where the thing stands in another while that is out of use. A thing of which neither
    is known stays where it stands.
    """
    for code in (said, standing):
        if code is not None and (code in in_use or code in heirs):
            return code if code in in_use else heirs[code]
    return standing
