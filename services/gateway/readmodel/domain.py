"""Feed cursors of the read model. Pure: values in, values or a refusal out."""

from shared.errors import Gone, Malformed


def feed_cursor(epoch: str, position: int) -> str:
    """Where a reader of the feed goes on."""
    return f"{epoch}.{position}"


def feed_position(cursor: str | None, *, epoch: str) -> int:
    """The position in a cursor, 0 without one. Raises Malformed, and Gone for a cursor of a feed that is no more."""
    if cursor is None:
        return 0
    its_epoch, dot, position = cursor.partition(".")
    if not dot or not position.isascii() or not position.isdigit() or len(position) > 18:
        raise Malformed("This cursor was not handed out here. Begin without one.")
    if its_epoch != epoch:
        raise Gone("The feed was begun anew since this cursor was handed out. Begin without one.")
    return int(position)
