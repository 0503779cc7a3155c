"""Logging: JSON lines for machines, or readable lines on a terminal. A log line never holds what a caller wrote."""

import logging
import sys
import traceback
from typing import Any

import structlog


def told_without_values(exc_info: Any) -> str:
    """Where an exception came from and of what type it and its causes are.

    Never their messages, and no local variables: PostgreSQL puts the failing row into its message, int() the text it
    could not read, and both may be what a caller wrote.
    """
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        lines += [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
        facts = [getattr(error, name, None) for name in ("sqlstate", "constraint_name", "errno")]
        lines.append(" ".join([type(error).__qualname__, *(str(fact) for fact in facts if fact)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)


def configure(*, service: str, style: str) -> None:
    """Send every log line of this process to standard output. `style` is json, text, or auto (text on a terminal)."""
    text = style == "text" or (style == "auto" and sys.stdout.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: list[Any] = [
        structlog.processors.ExceptionRenderer(told_without_values),
        structlog.dev.ConsoleRenderer() if text else structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    # What libraries log takes the same way, so that every line is of one form.
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
