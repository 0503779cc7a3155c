"""CHECK constraints from the words that the code knows, so that the two cannot differ without a test that says so."""

from collections.abc import Iterable
from typing import Any, get_args

import sqlalchemy as sa


def one_of(column: str, words: Any) -> sa.CheckConstraint:
    """That a text column holds one of the words of a Literal, or NULL; named after the column.

    Alembic compares no CHECKs: who changes the Literal writes the migration, and a contract test asks for it.
    """
    return sa.CheckConstraint(f"{column} IN ({listed(get_args(words))})", name=column, info={"words": words})


def listed(words: Iterable[str]) -> str:
    """Words as SQL has them between the brackets of IN, in their order. For words of our own code only."""
    return ", ".join(f"'{word}'" for word in words)
