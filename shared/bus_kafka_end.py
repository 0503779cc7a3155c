"""How a Kafka client ends: politely when the broker answers, by force when it does not.

aiokafka 0.14 has no way to give up: an idempotent producer goes on sending for ever, and `stop()` waits for it
(aio-libs/aiokafka#1101). So this knows which tasks and connections its clients hold, and the suite checks that none is
left behind.
"""

import asyncio
from typing import Any

import structlog
from aiokafka.errors import KafkaError

log = structlog.get_logger()

_PARTS = ("_sender", "_coordinator", "_fetcher", "client", "_client")
_TASKS = ("_sender_task", "_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_fetch_task", "_sync_task")


async def end(client: Any, *, within_s: float) -> None:
    """Stop a producer, consumer, admin or plain client; past `within_s` it is cut off, which takes half a second.

    What was not delivered by then may or may not arrive.
    """
    stop = getattr(client, "stop", None) or client.close
    try:
        await asyncio.wait_for(stop(), within_s)
    except (OSError, KafkaError) as error:  # OSError holds TimeoutError
        log.warning("bus.cut_off", client=type(client).__name__, reason=type(error).__name__)
        await cut(client)
    except asyncio.CancelledError:
        await cut(client)
        raise


async def cut(client: Any) -> None:
    """End a client without a word to the broker. Takes at most half a second."""
    client._closed = True
    for batch in _undelivered(client):
        batch.future.cancel()
    inner = getattr(client, "client", None) or getattr(client, "_client", client)
    for connection in list(inner._conns.values()):
        if connection._writer is not None:
            connection._writer.transport.abort()  # close() would wait until a dead peer has read everything
        connection.close()
    tasks = _tasks(client)
    for _ in range(10):  # one task waits for another, and each takes a cancellation of its own
        waiting = inner._md_update_fut
        if waiting is not None and not waiting.done():
            waiting.cancel()
        pending = [task for task in tasks if not task.done()]
        if not pending:
            break
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.05)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # seen, so that asyncio does not complain


def _undelivered(client: Any) -> list[Any]:
    accumulator = getattr(client, "_message_accumulator", None)
    if accumulator is None:
        return []
    return [batch for queue in accumulator._batches.values() for batch in queue] + list(accumulator._pending_batches)


def _tasks(client: Any) -> list[asyncio.Task[Any]]:
    parts = [client, *(getattr(client, part, None) for part in _PARTS)]
    tasks = [getattr(part, name, None) for part in parts for name in _TASKS]
    tasks += getattr(getattr(client, "_fetcher", None), "_pending_tasks", ())
    return [task for task in tasks if task is not None]
