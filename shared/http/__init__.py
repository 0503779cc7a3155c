"""What every service's HTTP edge has in common.

`edge` is the outermost layer (request id, log line, limits); `problems` what operations say and take (problem+json,
cursors); `once` serves a POST with an Idempotency-Key, of which `idempotency` keeps what was answered; `preconditions`
are ETags and If-Match; `times` are days and moments as callers write them. Asked for by module: a shape needs `times`
and none of the rest.
"""
