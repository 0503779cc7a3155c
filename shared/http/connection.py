"""One connection of a caller to a service, as uvicorn serves it: who does not read what they asked for is let go."""

from asyncio import TimerHandle

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger()


class Connection(HttpToolsProtocol):
    """A connection that is cut when an answer stalls: whatever the answer holds behind it is free then.

    The transport pauses us above its high-water mark and resumes below its low one, 64 and 16 kB. Between them lies
    all that a caller has to read in time: a few kB a second.
    """

    stalled_s = 20.0
    _stalled: TimerHandle | None = None

    def pause_writing(self) -> None:
        """The caller does not keep up: it has a while to go on reading."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.stalled_s, self._cut)

    def resume_writing(self) -> None:
        """The caller reads again."""
        super().resume_writing()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any longer."""
        self._go_on()
        super().connection_lost(exc)

    def _go_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _cut(self) -> None:
        # Closing would wait until the caller has read the rest, which is what it does not do.
        log.info("http.stalled", **{"stalled.s": self.stalled_s})
        self.transport.abort()
