"""/docs: every operation of the API, readable without signing in and without scripts."""

import asyncio
import html
import json
import os
import re
from typing import Any

import httpx
from fastapi import FastAPI

from services.gateway.pages.docs.chapters import LIMITS, RIGHTS, WHOLE
from services.gateway.proxy import catalogue
from shared.access import SCOPES
from tests.integration.gateway.conftest import new_client
from tests.support.machine import CURL, needs


async def test_every_operation_is_described(gateway_url: str) -> None:
    """GET /docs: method and address of each operation, its scope, a curl line, and its documented refusals."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        answer = await caller.get("/docs")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    articles = {
        anchor: html.unescape(text)
        for anchor, text in re.findall(
            r'<article class="operation" id="([^"]+)"(.*?)</article>', answer.text, re.DOTALL
        )
    }
    document = json.loads(catalogue.committed_openapi())
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(articles) == len(operations) > 40
    for method, path, operation in operations:
        (text,) = [
            each for each in articles.values()
            if re.search(rf">{method.upper()}</span>\s+<code>{re.escape(path)}</code>", each)
        ]  # fmt: skip
        assert "curl " in text
        for scheme in operation.get("security", []):
            for scope in scheme.get("partner", []):
                assert f"<code>{scope}</code>" in text
        for status in operation["responses"]:
            assert f"<code>{status}</code>" in text
        for parameter in operation.get("parameters", []):
            assert f"<code>{parameter['name']}</code>" in text


async def test_every_link_leads_somewhere(gateway_url: str) -> None:
    """GET /docs: the table of contents names each operation, each link has its place, no place exists twice."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        text = (await caller.get("/docs")).text
        places = re.findall(r' id="([^"]+)"', text)
        assert len(places) == len(set(places))
        inside = re.findall(r' href="#([^"]+)"', text)
        assert set(inside) <= set(places)
        assert set(re.findall(r'<article class="operation" id="([^"]+)"', text)) <= set(inside)
        for path in {each for each in re.findall(r' (?:href|src)="(/[^"]*)"', text) if each != "/"}:
            assert (await caller.get(html.unescape(path))).status_code == 200, path
    assert not re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?(?:https?:)?//', text)
    assert "<script" not in text


async def test_only_what_the_description_says_is_in_english(gateway_url: str) -> None:
    """GET /docs in Swedish: what the page itself says of an operation is Swedish, and never within an English part."""
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept-Language": "sv"}) as caller:
        text = (await caller.get("/docs")).text
    assert not re.findall(r'<(?:article|dl)[^>]* lang="en"', text)
    for said in ("Parameters", "Request ", "Fields of the answer", "Refusals", "no token", "required<", "No content"):
        assert said not in text, said


def test_what_the_page_says_anew_is_what_the_description_says() -> None:
    """The words that the page has in the reader's language: those of the description and of the scopes in English."""
    assert "\n\n".join(WHOLE) == catalogue.INFO["description"]
    assert catalogue.INFO["x-limitations"] == LIMITS
    assert RIGHTS == SCOPES


@needs(CURL)
async def test_getting_started_works_as_written(clean: Any, gateway_app: FastAPI, gateway_url: str) -> None:
    """GET /docs: its first commands, as they stand, get a token, send a report, show overview and feed."""
    _, client_id, secret = await new_client(gateway_app, "housing", "member", (), None)
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        text = (await caller.get("/docs")).text
    steps = re.findall(r'<div class="step">.*?<pre[^>]*><code>(.*?)</code></pre>', text, flags=re.DOTALL)
    assert len(steps) == 3
    script = re.sub(r"(?m)^SAMSYN=.*$", f"SAMSYN={gateway_url}", html.unescape("\n".join(steps)))
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "CLIENT_ID": client_id, "CLIENT_SECRET": secret},
    )  # fmt: skip
    said, _ = await shell.communicate()
    assert shell.returncode == 0
    assert "HTTP/1.1 201 Created" in said.decode()
    assert '"totals":' in said.decode()
    assert '"next_cursor":' in said.decode()
