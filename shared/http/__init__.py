"""What every service's HTTP edge has in common.

`edge` is the outermost layer (request id, log line, limits); `problems` what operations say and take (problem+json,
cursors); `idempotency` keeps keys and `once` asks it for routes; `times` are days and moments as callers write them. Asked for by module: a shape
needs `times` and none of the rest.
"""
