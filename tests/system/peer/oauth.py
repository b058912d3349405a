"""Installing the app as a person does, in a browser, with Slack's own classes on the app's side."""

from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import parse_qs, urljoin, urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator, RedirectUriPageRenderer


class Links(HTMLParser):
    """The links of a page: their words, and where each leads."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.open = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.open = dict(attributes)["href"]

    def handle_endtag(self, tag):
        self.open = None

    def handle_data(self, text):
        if self.open:
            self.found.append((text.strip(), self.open))


def get(url, person):
    """What a browser gets in which this person is signed in, without going on by itself."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": f"pretend_slack={person}"})
    response = connection.getresponse()
    return response.status, response.getheader("location"), response.read().decode()


def press(url, words, person):
    """Opens the page as this person and presses what has these words; where the browser is sent."""
    status, _, page = get(url, person)
    assert status == 200, page
    links = [link for text, link in Links(page).found if text == words]
    assert len(links) == 1, f"{words!r} is not on the page once:\n{page}"
    status, location, page = get(urljoin(url, links[0]), person)
    assert status in (302, 303, 307) and location, page
    return location


def answered(location):
    return {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}


def install(peer):
    given = peer.given
    redirect = "http://127.0.0.1:1/slack/oauth_redirect"
    page_url = given["api_url"].replace("/api", "/oauth/v2/authorize")
    urls = AuthorizeUrlGenerator(
        client_id=given["client_id"], scopes=["chat:write", "commands"], redirect_uri=redirect, authorization_url=page_url
    )
    location = press(urls.generate("a-state"), "Allow", "T4~U_NORA")
    assert location.startswith(redirect), location
    answer = answered(location)
    assert answer["state"] == "a-state", answer

    # Redeeming needs no token, but the app's own credentials, which the client sends as Basic authentication.
    client = peer.client("nobody")
    credentials = {"client_id": given["client_id"], "client_secret": given["client_secret"]}

    def refused(why, **arguments):
        try:
            client.oauth_v2_access(**{**credentials, "redirect_uri": redirect, **arguments})
        except SlackApiError as error:
            assert error.response["error"] == why, f"{error.response.data} and not {why}"
        else:
            raise AssertionError(f"not refused with {why}")

    refused("bad_client_secret", code=answer["code"], client_secret="wrong")
    refused("invalid_client_id", code=answer["code"], client_id="1.2")
    refused("bad_redirect_uri", code=answer["code"], redirect_uri="http://127.0.0.1:1/elsewhere")
    refused("invalid_code", code="nothing")
    installed = client.oauth_v2_access(**credentials, code=answer["code"], redirect_uri=redirect)
    assert installed["team"]["id"] == "T4" and installed["authed_user"]["id"] == "U_NORA", installed.data
    assert installed["token_type"] == "bot" and installed["scope"].split(",") == ["chat:write", "commands"], installed.data
    refused("code_already_used", code=answer["code"])
    # The token works, there and nowhere else.
    me = WebClient(token=installed["access_token"], base_url=client.base_url).auth_test()
    assert (me["team_id"], me["user_id"]) == ("T4", installed["bot_user_id"]), me.data

    # Who says no is sent back too, without a code.
    denied = answered(press(urls.generate("another-state"), "Cancel", "T4~U_NORA"))
    assert denied == {"error": "access_denied", "state": "another-state"}, denied
    page = RedirectUriPageRenderer(install_path="/slack/install", redirect_uri_path="/slack/oauth_redirect")
    assert denied["error"] in page.render_failure_page(denied["error"])

    # In an organization the answer names it; the whole organization has one token, and no team.
    location = press(urls.generate("a-third", team="T2"), "Allow", "T2~U_ASHA")
    installed = client.oauth_v2_access(**credentials, code=answered(location)["code"], redirect_uri=redirect)
    assert installed["enterprise"]["id"] == "E_INK" and installed["is_enterprise_install"] is False, installed.data
    given["tokens"]["T2"] = installed["access_token"]
    location = press(urls.generate("a-fourth", team="T6"), "Allow for the organization E_ORG", "T6~U_OLGA")
    installed = client.oauth_v2_access(**credentials, code=answered(location)["code"], redirect_uri=redirect)
    assert installed["enterprise"]["id"] == "E_ORG" and installed["is_enterprise_install"] is True, installed.data
    assert installed["team"] is None and installed["token_type"] == "bot", installed.data

    # A person lets the app do something for them alone: the token is theirs, and there is none of the bot.
    own = AuthorizeUrlGenerator(
        client_id=given["client_id"], user_scopes=["users.profile:read"], redirect_uri=redirect, authorization_url=page_url
    )
    location = press(own.generate("a-fifth", team="T1"), "Allow", "T1~U_BEN")
    consent = client.oauth_v2_access(**credentials, code=answered(location)["code"], redirect_uri=redirect)
    assert "access_token" not in consent.data and consent["authed_user"]["id"] == "U_BEN", consent.data
    assert (consent["authed_user"]["token_type"], consent["authed_user"]["scope"]) == ("user", "users.profile:read"), consent.data
    ben = WebClient(token=consent["authed_user"]["access_token"], base_url=client.base_url)
    assert ben.users_profile_get()["profile"]["real_name"] == "Ben Ray"
