"""How often clients, people and organisations may ask: one fixed window each, counted in this process. Pure.

A gateway of several processes counts in each, so the limit a client meets is between one and that many times its
quota; the numbers it is told are those of the process that answers. The clock comes in.
"""

from dataclasses import dataclass, field

from shared.errors import TooMany

_MOST_WINDOWS = 10_000


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests a window of whoever is named by `of`. `policy` and `whose` are how it is told."""

    of: str
    requests: int
    policy: str = "default"
    whose: str = "This client"


class Spent(TooMany):
    """A quota is used up. `told`: its RateLimit fields, for the answer."""

    def __init__(self, detail: str, *, retry_after_s: int, told: dict[str, str]) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)
        self.told = told


@dataclass(slots=True)
class _Window:
    began: float
    used: int = 0


@dataclass(slots=True)
class Limiter:
    """The windows of all. `window_s` seconds long, beginning with the first request in it."""

    window_s: int
    _windows: dict[str, _Window] = field(default_factory=dict)

    def take(self, *quotas: Quota, cost: int, now: float) -> dict[str, str]:
        """Count one request that costs so much, of each quota or of none. Returns the RateLimit fields of the answer.

        They tell of the quota of which least is left. The last request of a window may cost more than is left: else a
        small quota would never do for it. Raises Spent when one of them is used up.
        """
        for quota in quotas:
            window = self._window(quota.of, now=now)
            if window.used >= quota.requests:
                raise Spent(
                    f"{quota.whose} has used its {quota.requests} requests in {self.window_s} seconds. Some count as"
                    " several, as x-cost of the operation says in the API's description.",
                    retry_after_s=self._left_s(window, now=now),
                    told=self._told(quota, window, now=now),
                )
        return self.add(*quotas, cost=cost, now=now)

    def add(self, *quotas: Quota, cost: int, now: float) -> dict[str, str]:
        """Count what a request that was let in costs besides. Never refused: waiting would not make it cost less.

        Returns the RateLimit fields, as `take` does.
        """
        found = [(quota, self._window(quota.of, now=now)) for quota in quotas]
        for _, window in found:
            window.used += cost
        quota, window = min(found, key=lambda each: each[0].requests - each[1].used)
        return self._told(quota, window, now=now)

    def _told(self, quota: Quota, window: _Window, *, now: float) -> dict[str, str]:
        # Source: RateLimit header fields for HTTP, IETF httpapi draft 11.
        left = max(0, quota.requests - window.used)
        return {
            "RateLimit-Policy": f'"{quota.policy}";q={quota.requests};w={self.window_s}',
            "RateLimit": f'"{quota.policy}";r={left};t={self._left_s(window, now=now)}',
        }

    def _window(self, of: str, *, now: float) -> _Window:
        window = self._windows.get(of)
        if window is None or now >= window.began + self.window_s:
            if len(self._windows) > _MOST_WINDOWS:
                self._windows = {key: kept for key, kept in self._windows.items() if now < kept.began + self.window_s}
            window = self._windows[of] = _Window(now)
        return window

    def _left_s(self, window: _Window, *, now: float) -> int:
        return max(1, round(window.began + self.window_s - now))
