"""How often a client may ask: one fixed window a client, counted in this process. Pure; the clock comes in.

A gateway of several processes counts in each, so the limit a client meets is between one and that many times its
quota; the numbers it is told are those of the process that answers.
"""

from dataclasses import dataclass, field

from shared.errors import TooMany

POLICY = "default"


@dataclass(slots=True)
class _Window:
    began: float
    used: int = 0


@dataclass(slots=True)
class Limiter:
    """The windows of all clients. `window_s` seconds long, beginning with a client's first request in it."""

    window_s: int
    _windows: dict[str, _Window] = field(default_factory=dict)

    def take(self, client_id: str, *, quota: int, now: float) -> dict[str, str]:
        """Count one request. Returns the RateLimit fields of the answer; raises TooMany when the quota is used up.

        Source: RateLimit header fields for HTTP, IETF httpapi draft 11.
        """
        window = self._windows.get(client_id)
        if window is None or now >= window.began + self.window_s:
            if len(self._windows) > 10_000:
                self._windows = {key: kept for key, kept in self._windows.items() if now < kept.began + self.window_s}
            window = self._windows[client_id] = _Window(now)
        left_s = max(1, round(window.began + self.window_s - now))
        if window.used >= quota:
            raise TooMany(
                f"This client has used its {quota} requests in {self.window_s} seconds.", retry_after_s=left_s
            )
        window.used += 1
        return {
            "RateLimit-Policy": f'"{POLICY}";q={quota};w={self.window_s}',
            "RateLimit": f'"{POLICY}";r={quota - window.used};t={left_s}',
        }
