"""Messages in: which function handles which fact. `shared/travel/runner.py` calls them; a service declares them here.

    consumer = Consumer("walks")

    @consumer.on(AreaChanged)
    async def on_area_changed(session, message): ...

A handler runs in the transaction that also records its messages as seen, so its effect happens exactly once however
often the bus repeats itself. Handlers are for the database only: what is slow or leaves the house becomes a row that
another task works off.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from shared.messages import Message
from shared.travel.envelope import Incoming

Fact = TypeVar("Fact", bound=Message)
Handler = Callable[[AsyncSession, Fact], Awaitable[None]]
BatchHandler = Callable[[AsyncSession, Sequence[Incoming]], Awaitable[None]]


@dataclass(slots=True)
class Consumer:
    """What one consumer group does with the facts it wants. Its name is the service's, unless that has several.

    `pause_s`: how long to wait after a batch, so that the next one is larger where messages come one by one.
    """

    group: str
    pause_s: float = 0.0
    topics: set[str] = field(default_factory=set)
    _handlers: dict[str, BatchHandler] = field(default_factory=dict)

    def on(self, fact: type[Fact]) -> Callable[[Handler[Fact]], Handler[Fact]]:
        """Handle one message at a time of this type."""

        def register(handler: Handler[Fact]) -> Handler[Fact]:
            async def one_by_one(session: AsyncSession, batch: Sequence[Incoming]) -> None:
                message: Any
                for message in (each.message for each in batch):
                    await handler(session, message)

            self._add(fact, one_by_one)
            return handler

        return register

    def on_batch(self, *facts: type[Message]) -> Callable[[BatchHandler], BatchHandler]:
        """Handle runs of messages at once: for projections, where one statement serves hundreds.

        A run holds messages of these types only, in the order of their partition.
        """

        def register(handler: BatchHandler) -> BatchHandler:
            for fact in facts:
                self._add(fact, handler)
            return handler

        return register

    def handles(self, fact: type[Message]) -> bool:
        """Whether a handler for this type is declared."""
        return fact.type in self._handlers

    def _add(self, fact: type[Message], handler: BatchHandler) -> None:
        if fact.type in self._handlers:
            raise ValueError(f"{self.group} handles {fact.type} already")
        self._handlers[fact.type] = handler
        self.topics.add(fact.topic)

    async def handle(self, session: AsyncSession, batch: Sequence[Incoming]) -> None:
        """Give a batch to its handlers, in order, as long runs of one handler as the order allows."""
        run: list[Incoming] = []
        current: BatchHandler | None = None
        for each in batch:
            handler = self._handlers.get(each.type)
            if run and handler is not current and current is not None:
                await current(session, run)
                run = []
            current = handler
            if handler is not None:
                run.append(each)
        if run and current is not None:
            await current(session, run)
