"""Commands that work for a service beside `samsyn up`, or while it is stopped: they get that service's settings."""

from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager

from deploy.local.environment import embedded, of_service
from deploy.local.kept import municipality, with_ports
from deploy.local.state import hold, holder, home, is_made, read_state
from deploy.services import SERVICES


@contextmanager
def settings_of(name: str, environ: MutableMapping[str, str]) -> Iterator[None]:
    """Put a service's settings into the environment for the block, unless its database stands there already.

    Where `samsyn up` does not run, its PostgreSQL is started for the block. Without a `.samsyn/` nothing happens: the
    settings then say what is not set. Raises LocalError.
    """
    directory = home(environ)
    if f"{SERVICES[name].prefix}DATABASE_URL" in environ or not is_made(directory):
        yield
        return
    with ExitStack() as stack:
        state = read_state(directory)
        environ.update(with_ports(directory, environ))
        postgres = embedded(state, environ=environ)
        if holder(directory) is None:
            stack.enter_context(hold(directory))
            stack.callback(postgres.stop)
            postgres.start()
        told = municipality(directory, environ=environ)
        environ.update(of_service(name, state=state, postgres=postgres, municipality=told, environ=environ))
        yield
