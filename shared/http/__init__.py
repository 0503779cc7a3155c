"""What every service's HTTP edge has in common.

From the outside in: `bounds`, `framing` and `connection` are what a stranger's connection may cost; `edge` is the
outermost layer of an app (request id, log line, limits), with `admission` (who asks, before the body), `paths` and
`heads`. `operations` are the classes of routes, for which `strict_json`, `forms` and `parameters` say how requests are
read, `media` of which type they are, and `faults` what was wrong with them; `problems` is what operations say and take
(problem+json, cursors). `once` serves a POST with an Idempotency-Key, of which `idempotency` keeps what was answered;
`preconditions` are ETags and If-Match; `costs` what an operation costs its caller's quota; `addresses` whose address a
request has. Asked for by module, so that nobody brings in what they do not need.
"""
