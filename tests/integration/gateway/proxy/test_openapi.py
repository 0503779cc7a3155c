"""GET /samsyn/v1/openapi.json: what is public is kept, asked for again by its tag, and sent compressed."""

import httpx

from services.gateway.proxy import catalogue

ADDRESS = "/samsyn/v1/openapi.json"


async def test_the_description_is_kept_and_compressed(gateway_url: str) -> None:
    """An ETag, 304 without content, gzip where it is taken; the whole is the same in both forms."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        zipped = await caller.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
        plain = await caller.get(ADDRESS, headers={"Accept-Encoding": "gzip;q=0, identity"})
        assert zipped.headers["content-encoding"] == "gzip"
        assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"]) / 4
        assert zipped.content == plain.content == catalogue.committed_openapi()
        for answer in (zipped, plain):
            assert answer.headers["cache-control"] == "public, max-age=300"
            assert "accept-encoding" in answer.headers["vary"].lower()
        for tags in (plain.headers["etag"], f'"x", {plain.headers["etag"]}', plain.headers["etag"][2:], "*"):
            again = await caller.get(ADDRESS, headers={"If-None-Match": tags})
            assert (again.status_code, again.content, again.headers.get("content-type")) == (304, b"", None)
            assert again.headers["etag"] == plain.headers["etag"]
        assert (await caller.get(ADDRESS, headers={"If-None-Match": '"x"'})).status_code == 200
