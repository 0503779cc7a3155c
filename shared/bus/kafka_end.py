"""How a Kafka client ends: politely when the broker answers, by force when it does not.

aiokafka 0.14 has no way to give up: an idempotent producer goes on sending for ever, and `stop()` waits for it
(aio-libs/aiokafka#1101). So this knows which tasks and connections its clients hold, and the suite checks that none is
left behind.
"""

import asyncio
from typing import Any

import structlog
from aiokafka.errors import ProducerClosed

log = structlog.get_logger()

_PARTS = ("_sender", "_coordinator", "_fetcher", "client", "_client")
_TASKS = ("_sender_task", "_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_fetch_task", "_sync_task")


async def end(client: Any, *, within_s: float) -> None:
    """Stop a producer, consumer, admin or plain client; past `within_s` it is cut off, which takes half a second.

    What was not delivered by then may or may not arrive.
    """
    # A task of its own, because stop() may swallow a cancellation, and may be hit by one that it caused itself.
    stopping = asyncio.create_task((getattr(client, "stop", None) or client.close)())
    stopped = False
    try:
        await asyncio.wait([stopping], timeout=within_s)
        stopped = stopping.done() and not stopping.cancelled() and stopping.exception() is None
    finally:
        if not stopped:
            log.warning("bus.cut_off", client=type(client).__name__, in_time=stopping.done())
            await cut(client, stopping)


async def cut(client: Any, *waiting: "asyncio.Task[Any]") -> None:
    """End a client, and what waits for it, without a word to the broker. Takes at most half a second."""
    client._closed = True
    _refuse_undelivered(client)
    inner = getattr(client, "client", None) or getattr(client, "_client", client)
    for connection in list(inner._conns.values()):
        if connection._writer is not None:
            connection._writer.transport.abort()  # close() would wait until a dead peer has read everything
        connection.close()
    tasks = [*_tasks(client), *waiting]
    for _ in range(10):  # one task waits for another, and each takes a cancellation of its own
        if inner._md_update_fut is not None and not inner._md_update_fut.done():
            inner._md_update_fut.cancel()
        pending = [task for task in tasks if not task.done()]
        if not pending:
            break
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.05)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # seen, so that asyncio does not complain


def _refuse_undelivered(client: Any) -> None:
    """Whoever waits for a batch learns that it was given up."""
    accumulator = getattr(client, "_message_accumulator", None)
    if accumulator is None:
        return
    accumulator._closed = True
    accumulator.reenqueue = lambda batch: None
    waiting = {batch for queue in accumulator._batches.values() for batch in queue} | accumulator._pending_batches
    accumulator._pending_batches |= waiting  # a batch takes itself out of this set when it is done
    for batch in waiting:
        batch.failure(ProducerClosed())
        for future in (batch.future, batch._drain_waiter):
            if future.done() and not future.cancelled():
                future.exception()  # seen, so that asyncio does not complain


def _tasks(client: Any) -> list[asyncio.Task[Any]]:
    parts = [client, *(getattr(client, part, None) for part in _PARTS)]
    tasks = [getattr(part, name, None) for part in parts for name in _TASKS]
    tasks += getattr(getattr(client, "_fetcher", None), "_pending_tasks", ())
    return [task for task in tasks if task is not None]
