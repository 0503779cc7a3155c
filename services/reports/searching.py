"""How words in texts are searched: by the rules of the municipality's language, and with an index of these very rules.

The index can only serve a query of the same rules, and only the owner of the table can make it. So it is made anew by
`samsyn migrate` when the language of the setting is another one; until then a search is right, and slow.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.errors import SearchTooWide
from shared.database.engine import sqlstate

SEARCH_S = 3
_CANCELLED = "57014"

INDEX = "ix_reports_words"
# PostgreSQL's configurations by ISO 639. Source: PostgreSQL 15, \\dF.
_CONFIGURATIONS: Mapping[str, str] = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_LOCK = 0x574F524453
# What stands between words for the search alone: quotation marks, a minus before one, `or` however it is pointed.
_BETWEEN = re.compile(r'"|(?<!\S)-|(?<!\S)or(?!\w)[^\w\s]*', re.IGNORECASE)
# A minus that stands before no word excludes nothing, and PostgreSQL gives up at the 33rd ("tsquery stack too small").
_LONE_MINUS = re.compile(r'-(?!"?\w)')


def configuration(language: str) -> str:
    """PostgreSQL's text search configuration for a language's tag; `simple`, whole words, where it has none."""
    return _CONFIGURATIONS.get(language.partition("-")[0], "simple")


def apart(words: str) -> tuple[str, str]:
    """What else a search may be read as: the words alone, and those of them that hold digits.

    What stands between them for the search, and words that no search looks for, part no number.
    """
    alone = _BETWEEN.sub(" ", words).split()
    return " ".join(alone), " ".join(each for each in alone if any(map(str.isdigit, each)))


def readable(words: str) -> str:
    """What was asked for, without what no search can be made of: a pasted line of hyphens is none."""
    return _LONE_MINUS.sub(" ", words)


@asynccontextmanager
async def in_time(session: AsyncSession) -> AsyncIterator[None]:
    """Search within SEARCH_S seconds: what no index helps with, such as a word that is *not* there, reads all texts.

    The bound holds until the transaction ends. Raises SearchTooWide.
    """
    await session.execute(sa.text(f"SET LOCAL statement_timeout = '{SEARCH_S}s'"))
    try:
        yield
    except DBAPIError as slow:
        if sqlstate(slow) != _CANCELLED:
            raise
        raise SearchTooWide(
            f"The search took longer than {SEARCH_S} seconds and was given up. Ask for rarer words, or fewer days."
        ) from None


async def fit_index(url: str, *, language: str) -> bool:
    """Make the index of words anew unless it is of that language. Returns whether it was made.

    Takes the URL of the role that owns the tables. Nothing is written to reports meanwhile; a failure leaves all as it
    was.
    """
    wanted = configuration(language)
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            stands = await connection.fetchval("SELECT pg_get_indexdef(to_regclass($1))", INDEX)
            if stands is not None and f"to_tsvector('{wanted}'" in stands:
                return False
            await connection.execute(f"DROP INDEX IF EXISTS {INDEX}")
            await connection.execute(f"CREATE INDEX {INDEX} ON reports USING gin (to_tsvector('{wanted}', text))")
            return True
    finally:
        await connection.close()
