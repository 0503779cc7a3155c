"""`samsyn areas`. What a command needs is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.reaching import ClientId, ClientSecret, Url, own_url
from shared.terminal import show

Retire = Annotated[bool, typer.Option("--retire", help="Also if most areas in use would be retired.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

areas = typer.Typer(
    no_args_is_help=True, help="The municipality's areas: import a file, list the files that were imported, undo one."
)


@areas.command(name="import")
def import_areas(
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage or a zipped shapefile, as it was downloaded.")],
    *,
    client_id: ClientId,
    client_secret: ClientSecret,
    layer: Annotated[str | None, typer.Option(help="Of several.")] = None,
    code: Annotated[str | None, typer.Option(help="Property; or id, row or name: how codes are made.")] = None,
    name: Annotated[str | None, typer.Option(help="Property with the names.")] = None,
    parent: Annotated[str | None, typer.Option(help="Property; or place: by the map; or none.")] = None,
    only: Annotated[str | None, typer.Option(help="Features of a larger file: PROPERTY=VALUE, or all.")] = None,
    crs: Annotated[str | None, typer.Option(help="Of the coordinates, for example EPSG:3006.")] = None,
    level: Annotated[int | None, typer.Option(help="Replace this level only; 1 is below the root.")] = None,
    clip: Annotated[bool, typer.Option("--clip", help="Cut areas off at their parents.")] = False,
    merge: Annotated[bool, typer.Option("--merge", help="Features of one code become one area.")] = False,
    tolerance: Annotated[float | None, typer.Option(help="Metres that areas may overlap.")] = None,
    simplify: Annotated[float | None, typer.Option(help="Metres that borders may change to have fewer points.")] = None,
    root: Annotated[str | None, typer.Option(help="Code of a root made of all areas; or none.")] = None,
    retire: Retire = False,
    url: Url = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Replace the areas by those of a file. Shows what it offers and what would change, and asks before it does."""
    from services.reports.area_cli import Access, reading_of  # noqa: PLC0415
    from services.reports.area_cli import import_areas as run  # noqa: PLC0415

    reading = reading_of(
        layer=layer, code=code, name=name, parent=parent, only=only, crs=crs, level=level, clip=clip, merge=merge,
        tolerance_m=tolerance, simplify_m=simplify, root=root, retire=retire,
    )  # fmt: skip
    access = Access(url=url or own_url(), client_id=client_id, client_secret=client_secret)
    told = run(file, access=access, reading=reading, dry_run=dry_run, yes=yes, confirm=typer.confirm)
    show(told)


@areas.command(name="list")
def list_area_imports(client_id: ClientId, client_secret: ClientSecret, url: Url = "") -> None:
    """List the files of areas that were read in: when, by whom, which can be undone. Areas: GET /samsyn/v1/areas."""
    from services.reports.area_cli import Access, list_imports  # noqa: PLC0415

    access = Access(url=url or own_url(), client_id=client_id, client_secret=client_secret)
    show(list_imports(access=access))


@areas.command(name="undo")
def undo_area_import(
    version: Annotated[int, typer.Argument(help="Of `samsyn areas list`: the newest that is not undone.")],
    *,
    client_id: ClientId,
    client_secret: ClientSecret,
    retire: Retire = False,
    url: Url = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Put the areas of before an import in place again. Shows what would change, and asks before it does."""
    from services.reports.area_cli import Access, undo_import  # noqa: PLC0415

    access = Access(url=url or own_url(), client_id=client_id, client_secret=client_secret)
    show(undo_import(version, access=access, retire=retire, dry_run=dry_run, yes=yes, confirm=typer.confirm))
