"""Who may call right now, held in memory: no request asks the database, and a revocation holds within a second."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.gateway.access import domain, ending, keys, partners, queries
from services.gateway.access.limits import Limiter, Quota, Spent
from shared.access import Principal
from shared.access.door import Door
from shared.database import Database
from shared.errors import Unauthenticated, Unavailable, WrongToken
from shared.working import keep_looking

LOOK_EVERY_S = 0.5
NOTE_EVERY_S = 30.0
_NO_KEY = "This API key is unknown, revoked or has expired."


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a client: as whom it acts, and how many requests a window it has."""

    principal: Principal
    quota: int


@dataclass(frozen=True, slots=True)
class Key:
    """A living API key. `expires_at` in seconds since 1970, or None."""

    id: str
    client_id: str
    expires_at: float | None

    def lives(self, now: float) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or self.expires_at > now


class Directory:
    """All active clients and their API keys. Loaded at start, and again whenever something changed."""

    def __init__(self, database: Database, *, quota: int) -> None:
        self._database, self.quota = database, quota
        self._mark: object = None
        self.clients: Mapping[str, Standing] = {}
        self.keys: Mapping[bytes, Key] = {}
        self._used: dict[str, datetime] = {}
        self._noted_at = time.monotonic()
        self._turn, self._looked_at = asyncio.Lock(), 0.0

    @property
    def is_loaded(self) -> bool:
        """Whether it was ever read: before that nothing is known of anybody, and nobody is to be sent away for it."""
        return self._mark is not None

    async def keep(self) -> None:
        """Stay up to date for ever; the database being away leaves what is known in force."""
        await keep_looking("directory", self._look, every_s=LOOK_EVERY_S)

    async def _look(self) -> None:
        await self.refresh()
        await self.end_expired(now=datetime.now(UTC))
        if time.monotonic() - self._noted_at > NOTE_EVERY_S:
            self._noted_at = time.monotonic()
            await self.note_use()

    async def look_again(self) -> None:
        """Be as the database is now, at least as it was when this was asked; one look for all who ask meanwhile."""
        asked_at = time.monotonic()
        async with self._turn:
            if self._looked_at < asked_at:
                self._looked_at = time.monotonic()
                await self.refresh()

    async def refresh(self) -> None:
        """Load everything again if anything changed; one statement when nothing did."""
        async with self._database.sessions() as session:
            mark = await queries.directory_mark(session)
            if mark == self._mark:
                return
            clients = await queries.list_standings(session)
            living = await queries.list_living_keys(session)
        self.clients = {principal.client_id: Standing(principal, quota or self.quota) for principal, quota in clients}
        self.keys = {
            row.digest: Key(str(row.id), row.client_id, row.expires_at.timestamp() if row.expires_at else None)
            for row in living
        }
        self._mark = mark

    async def end_expired(self, *, now: datetime) -> None:
        """End what was made with keys that have expired, also while no process lived; nothing is asked for none."""
        if any(key.expires_at is not None and key.expires_at <= now.timestamp() for key in self.keys.values()):
            async with self._database.sessions() as session, session.begin():
                await ending.end_expired_keys(session, now=now)

    async def note_use(self) -> None:
        """Write down when keys were last used: in one statement now and then, not in one a request."""
        used, self._used = self._used, {}
        if used:
            async with self._database.sessions() as session, session.begin():
                await partners.note_key_use(session, used)

    def used(self, key: Key) -> None:
        """Remember that a key was used just now."""
        self._used[key.id] = datetime.now(UTC)


class PublicDoor:
    """The gateway's own door: an access token or an API key, an active client, and its quota.

    `of_all`: requests a window that all clients and people of one organisation have together; who was given more than
    that has it.
    """

    def __init__(self, tokens: Door, directory: Directory, *, pepper: str, limiter: Limiter, of_all: int) -> None:
        self._tokens, self._directory, self._pepper = tokens, directory, pepper
        self._limiter, self._of_all = limiter, of_all

    async def look_up(self, headers: Mapping[str, str]) -> None:
        """Ask the database for a key that is not known here: it may have been made a moment ago. One statement."""
        shown = headers.get("x-api-key")
        if shown is None or not self._directory.is_loaded or not keys.is_well_formed(shown):
            return
        if domain.digest(shown, pepper=self._pepper) not in self._directory.keys:
            await self._directory.look_again()

    def admit(self, headers: Mapping[str, str], *, now: float, answer_headers: dict[str, str]) -> Principal:
        """Who calls. `answer_headers` receive the RateLimit fields, also of a refusal.

        Raises Unauthenticated, TooMany, and Unavailable while it is not known yet who may call.
        """
        if not self._directory.is_loaded:
            raise Unavailable("The gateway is starting. Send the same request again in a moment.")
        shown = headers.get("x-api-key")
        if shown is not None:
            principal = self._by_key(shown, now=now)
        else:
            principal = self._tokens.admit(headers, now=now, answer_headers=answer_headers)
            self._check_standing(principal)
        self.charge(principal, cost=1, now=now, answer_headers=answer_headers)
        return principal

    def check_still(self, principal: Principal, *, now: float) -> None:
        """Raise Unauthenticated for somebody let in before whose client, key or organisation ended since.

        That a token's time was over meanwhile is nobody's fault who sends a long file.
        """
        self._check_standing(principal)
        if principal.key_id is not None and not any(
            principal.key_id == f"key_{key.id}" and key.lives(now) for key in self._directory.keys.values()
        ):
            raise Unauthenticated(_NO_KEY)

    def expires_at(self, principal: Principal, headers: Mapping[str, str]) -> float | None:
        """When what a caller was let in with stops working, seconds since 1970; None: never by itself."""
        if principal.key_id is None:
            return self._tokens.expires_at(headers)
        living = self._directory.keys.values()
        return next((key.expires_at for key in living if principal.key_id == f"key_{key.id}"), None)

    def quotas(self, principal: Principal) -> tuple[Quota, Quota]:
        """How often a client or a signed-in person may ask, by itself and with all of its organisation."""
        standing = self._directory.clients.get(principal.client_id)
        own = standing.quota if standing else self._directory.quota
        organisation = Quota(
            str(principal.organisation_id), max(own, self._of_all), policy="organisation", whose="Your organisation"
        )
        return Quota(principal.client_id, own), organisation

    def _check_standing(self, principal: Principal) -> None:
        standing = self._directory.clients.get(principal.client_id)
        if standing is None:
            raise Unauthenticated("This client is not active.")
        if domain.is_of_the_past(principal.era, now=standing.principal.era):
            raise WrongToken("This token was ended before its time. Ask for a new one at /oauth/token.")

    def charge(
        self, principal: Principal, *, cost: int, now: float, answer_headers: dict[str, str], let_in: bool = False
    ) -> None:
        """Count what a client or a signed-in person asks for. `answer_headers` receive the RateLimit fields.

        let_in: it is what a request costs besides, that was counted once. Any other raises Spent over the quota.
        """
        count = self._limiter.add if let_in else self._limiter.take
        try:
            told = count(*self.quotas(principal), cost=cost, now=now)
        except Spent as spent:
            answer_headers.update(spent.told)
            raise
        answer_headers.update(told)

    def _by_key(self, shown: str, *, now: float) -> Principal:
        if not keys.is_well_formed(shown):
            raise Unauthenticated("This is not a whole API key: its checksum does not fit. Was it cut when copied?")
        key = self._directory.keys.get(domain.digest(shown, pepper=self._pepper))
        if key is None or not key.lives(now):
            raise Unauthenticated(_NO_KEY)
        standing = self._directory.clients.get(key.client_id)
        if standing is None:
            raise Unauthenticated("This client is not active.")
        self._directory.used(key)
        return replace(standing.principal, key_id=f"key_{key.id}")
