"""/sign-in/oidc: a sign-in by code and PKCE at a provider on a real socket, and everything that must not open."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from structlog.testing import capture_logs

from services.gateway.access import partners, people, queries
from services.gateway.app import build
from tests.integration.gateway.pages.sign_in.oidc_provider import CLIENT_ID, SECRET, OidcProvider, oidc_provider
from tests.support.make.people import hidden
from tests.support.servers.services import running

Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[OidcProvider]:
    """The provider, for all tests here."""
    async with oidc_provider() as running_one:
        yield running_one


@pytest.fixture(scope="module")
async def gateway(gateway_app: FastAPI, gateway_url: str, provider: OidcProvider) -> AsyncIterator[tuple[FastAPI, str]]:
    """A gateway that knows the provider."""
    changes = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SECRET,
        "oidc_roles": {"samsyn": {"organisation": "Kommunen", "role": "coordinator"}},
    }
    settings = gateway_app.state.settings
    app = build(type(settings).model_validate(settings.model_dump() | changes))
    async with running(app) as url:
        # The address is known once it runs; nothing has read it before.
        app.state.settings = app.state.settings.model_copy(update={"public_url": url})
        provider.redirect_uri = f"{url}/sign-in/oidc/callback"
        yield app, url


@pytest.fixture
async def browser(
    clean: None, gateway: tuple[FastAPI, str], provider: OidcProvider
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser, before an organisation that the provider's group belongs to; the provider is honest."""
    app, url = gateway
    provider.person = {"sub": "7f3", "preferred_username": "samordnaren", "groups": ["samsyn", "annat"]}
    provider.change, provider.signing, provider.algorithm = (lambda claims: claims), None, "ES256"
    provider.signing_shown, provider.other_keys = None, []
    provider.refused.clear()
    async with app.state.database.sessions() as session, session.begin():
        await partners.add_organisation(session, name="Kommunen", kind="municipality", areas=(), actor="test")
    async with httpx.AsyncClient(base_url=url, timeout=20, headers={"Accept": "text/html"}) as caller:
        yield caller


async def sign_in(browser: httpx.AsyncClient) -> httpx.Response:
    """What comes back from the whole way round: to the provider and to the page that was wanted."""
    return await browser.get("/sign-in/oidc", params={"next": "/reports"}, follow_redirects=True)


async def test_a_person_with_a_role_comes_in_and_goes_out(browser: httpx.AsyncClient) -> None:
    """The page that was wanted, as one of the organisation; sign-out ends it; again is the same account."""
    assert "Logga in med" in (await browser.get("/sign-in")).text
    page = await sign_in(browser)
    assert page.status_code == 200, page.text
    assert page.url.path == "/reports"
    assert "samordnaren" in page.text
    assert "Kommunen" in page.text
    assert 'href="/review"' in page.text
    token = hidden(page.text, "form_token")
    assert (await browser.post("/sign-out", data={"form_token": token})).status_code == 303
    assert (await browser.get("/reports")).status_code == 303
    again = await sign_in(browser)
    assert again.url.path == "/reports"
    assert "samordnaren (" not in again.text


async def test_the_provider_says_which_language_whoever_chose_none_reads(
    browser: httpx.AsyncClient, provider: OidcProvider
) -> None:
    """The claim `locale`, where it names a language there is, and only while the profile has none."""
    provider.person = provider.person | {"locale": "fi"}
    assert '<html lang="sv">' in (await sign_in(browser)).text
    provider.person = provider.person | {"locale": "en-GB"}
    assert '<html lang="en">' in (await sign_in(browser)).text
    provider.person = provider.person | {"locale": "sv-SE"}
    assert '<html lang="en">' in (await sign_in(browser)).text
    assert '<html lang="sv">' in (await browser.get("/reports", params={"lang": "sv"})).text
    provider.person = provider.person | {"sub": "7f4", "preferred_username": "kollegan", "locale": "en_US"}
    assert '<html lang="en">' in (await sign_in(browser)).text


@pytest.mark.parametrize("odd", ["811218-9876", "\u200b", "\x1b"])
async def test_a_name_that_is_none_is_passed_over(
    browser: httpx.AsyncClient, provider: OidcProvider, odd: object
) -> None:
    """The claim that comes next is the name: a personnummer stands on no page and in no audit trail."""
    provider.person = provider.person | {"preferred_username": odd, "name": "Samordnaren"}
    page = (await sign_in(browser)).text
    assert "Samordnaren" in page
    assert "9876" not in page


async def test_a_person_without_a_role_is_told_and_loses_the_old_session(
    browser: httpx.AsyncClient, provider: OidcProvider
) -> None:
    """Refused in words; a session from before the role was taken away ends too."""
    await sign_in(browser)
    provider.person = provider.person | {"groups": ["annat"]}
    async with httpx.AsyncClient(base_url=browser.base_url, headers={"Accept": "text/html"}) as elsewhere:
        refused = await sign_in(elsewhere)
    assert refused.status_code == 403
    assert "ingen roll i Samsyn" in refused.text
    assert (await browser.get("/reports")).status_code == 303


async def test_a_stopped_organisation_lets_nobody_in(browser: httpx.AsyncClient, gateway: tuple[FastAPI, str]) -> None:
    """Whom the provider vouches for as of an organisation that was stopped gets no cookie."""
    async with gateway[0].state.database.sessions() as session, session.begin():
        found = await queries.find_organisation(session, "Kommunen")
        await partners.set_organisation_active(session, found.id, active=False, actor="test")
    assert (await sign_in(browser)).status_code == 403
    assert not [name for name in browser.cookies if name.endswith("samsyn_session")]


async def test_a_name_that_is_a_local_account_opens_nothing_of_it(
    browser: httpx.AsyncClient, gateway: tuple[FastAPI, str]
) -> None:
    """People of the provider are known by their subject, whatever they call themselves."""
    async with gateway[0].state.database.sessions() as session, session.begin():
        organisation_id = await partners.add_organisation(
            session, name="Granen", kind="housing", areas=(), actor="test"
        )
        await people.add_user(
            session, organisation_id=organisation_id, kind="housing", name="samordnaren", role="member",
            password="en lång mening", actor="test",
        )  # fmt: skip
    page = await sign_in(browser)
    assert "Granen" not in page.text.partition("<main")[0], "whose person it is"
    assert "samordnaren (" in page.text


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims | {"nonce": "another"},
        lambda claims: claims | {"aud": "another"},
        lambda claims: claims | {"aud": [CLIENT_ID, "another"]},
        lambda claims: claims | {"iss": "https://another.example"},
        lambda claims: claims | {"exp": time.time() - 3600},
        lambda claims: claims | {"iat": time.time() + 3600},
        lambda claims: {name: value for name, value in claims.items() if name != "sub"},
        lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    ],
    ids=["nonce", "audience", "audiences", "issuer", "expired", "future", "nobody", "endless"],
)
async def test_an_id_token_that_does_not_hold_opens_nothing(
    browser: httpx.AsyncClient, provider: OidcProvider, change: Change
) -> None:
    """Each claim is checked by itself."""
    provider.change = change
    page = await sign_in(browser)
    assert page.status_code == 403
    assert "gick inte att lita på" in page.text
    assert (await browser.get("/reports")).status_code == 303


async def test_an_id_token_signed_by_another_key_opens_nothing(
    browser: httpx.AsyncClient, provider: OidcProvider
) -> None:
    """Another key of the right kind, and the client's secret as a symmetric key."""
    provider.signing = ECKey.generate_key("P-256")
    assert (await sign_in(browser)).status_code == 403
    provider.signing, provider.algorithm = OctKey.import_key(SECRET), "HS256"
    assert (await sign_in(browser)).status_code == 403


async def test_a_code_needs_the_browser_that_began(browser: httpx.AsyncClient, provider: OidcProvider) -> None:
    """Without the cookie, with another state, or a second time, the way back leads to the door.

    A stranger's link with a state of its own does not spoil what was begun.
    """
    begun = await browser.get("/sign-in/oidc")
    async with httpx.AsyncClient() as thief:
        back = (await thief.get(begun.headers["location"])).headers["location"]
        assert (await thief.get(back)).status_code == 403
    assert (await browser.get(back.replace("state=", "state=x"))).status_code == 403
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 403


async def test_two_tabs_sign_in_at_once(browser: httpx.AsyncClient) -> None:
    """Both were begun before either came back, and both come in; of a crowd of them the last four are kept."""
    begun = [(await browser.get("/sign-in/oidc", params={"next": f"/{n}"})).headers["location"] for n in range(6)]
    assert len([cookie for cookie in browser.cookies.jar if cookie.name.startswith("samsyn_oidc_")]) == 4
    async with httpx.AsyncClient() as there:
        backs = [(await there.get(location)).headers["location"] for location in begun]
    answers = [await browser.get(back) for back in reversed(backs)]
    assert [each.headers.get("location") for each in answers] == ["/5", "/4", "/3", "/2", None, None]
    assert (await browser.get("/reports")).status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "EdDSA", "Ed25519"])
async def test_keys_that_nobody_knows_are_passed_over(
    browser: httpx.AsyncClient, provider: OidcProvider, algorithm: str
) -> None:
    """An unknown curve, an unknown kind and no key at all beside the one that signed."""
    key = RSAKey.generate_key(2048) if algorithm == "RS256" else OKPKey.generate_key("Ed25519")
    provider.algorithm, provider.signing, provider.signing_shown = algorithm, key, key
    unknown = {"kty": "EC", "crv": "brainpoolP256r1", "kid": "bp", "use": "sig", "x": "AA", "y": "AA"}
    provider.other_keys = [unknown, {"note": "no key"}, {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}]
    assert (await sign_in(browser)).url.path == "/reports"


async def test_groups_that_were_left_out_are_told_apart(browser: httpx.AsyncClient, provider: OidcProvider) -> None:
    """Too many groups for a token: a sentence that says what to do, and nobody signed in loses a session for it."""
    assert (await sign_in(browser)).status_code == 200
    many = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example"}}}
    provider.person = {"sub": "7f3", "preferred_username": "samordnaren"} | many
    async with httpx.AsyncClient(base_url=browser.base_url, headers={"Accept": "text/html"}) as elsewhere:
        refused = await sign_in(elsewhere)
    assert refused.status_code == 403
    assert "så många grupper" in refused.text
    assert (await browser.get("/reports")).status_code == 200
    provider.person |= {"roles": ["samsyn"]}
    assert (await sign_in(browser)).url.path == "/reports"


async def test_the_log_says_why_somebody_was_refused(browser: httpx.AsyncClient, provider: OidcProvider) -> None:
    """The reason in our own words, and nothing of what the provider or an address said of a person."""
    with capture_logs() as logs:
        provider.change = lambda claims: claims | {"exp": 1}
        await sign_in(browser)
        provider.change, provider.person = (lambda claims: claims), provider.person | {"groups": []}
        await sign_in(browser)
        state = httpx.URL((await browser.get("/sign-in/oidc")).headers["location"]).params["state"]
        said = {"error": "access_denied", "error_description": "811218-9876"}
        await browser.get("/sign-in/oidc/callback", params={"state": state, **said})
        await browser.get("/sign-in/oidc/callback", params={"state": "811218-9876", "error": "811218-9876"})
    reasons = [each["reason"] for each in logs if each["event"] == "oidc.refused"]
    assert reasons == [
        "The ID token has expired.",
        "The provider names no role for this person here.",
        "The provider gave no code, and the error access_denied.",
        "This sign-in was not begun here, or too long ago.",
    ]
    assert not [name for name in ("811218", "7f3", "samordnaren") if name in str(logs)]


async def test_the_provider_is_shown_the_verifier_of_this_sign_in(
    browser: httpx.AsyncClient, provider: OidcProvider
) -> None:
    """A code that was begun elsewhere is refused by PKCE, although state and cookie are right."""
    mine = (await browser.get("/sign-in/oidc")).headers["location"]
    provider.codes["stolen"] = {"code_challenge": "of somebody else", "nonce": "theirs"}
    state = httpx.URL(mine).params["state"]
    answer = await browser.get("/sign-in/oidc/callback", params={"code": "stolen", "state": state})
    assert answer.status_code == 403
    assert provider.refused == ["pkce"]


async def test_without_a_provider_there_is_no_button_and_no_address(gateway_url: str) -> None:
    """Local accounts alone."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        assert "Logga in med" not in (await caller.get("/sign-in")).text
        assert (await caller.get("/sign-in/oidc")).status_code == 404
