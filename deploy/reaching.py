"""Where commands that call the public API find it, and as whom they call."""

import os
from typing import Annotated

import typer

from deploy.local.state import home

ClientId = Annotated[str, typer.Option(envvar="SAMSYN_CLIENT_ID")]
ClientSecret = Annotated[str, typer.Option(envvar="SAMSYN_CLIENT_SECRET")]
Url = Annotated[
    str,
    typer.Option(envvar="SAMSYN_URL", help="Where Samsyn is reached, if it is not the one of this folder."),
]


def own_url() -> str:
    """Where the gateway of the installation in this folder is reached on this machine."""
    from deploy.local.environment import ports  # noqa: PLC0415
    from deploy.local.kept import with_ports  # noqa: PLC0415

    return f"http://127.0.0.1:{ports(with_ports(home(os.environ), os.environ))['gateway']}"
