"""What every page has: language, direction, headers, no script or style inside; and pages that refuse."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client, override_settings
from tests.web.conftest import Workspace

from tawteen.words import Words


class Outline(HTMLParser):
    """Tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def outline(page: bytes) -> list[tuple[str, dict[str, str | None]]]:
    return Outline(page.decode()).tags


@pytest.mark.parametrize(("accepted", "lang", "direction"), [
    ("ar", "ar", "rtl"), ("ar-LY,en;q=0.5", "ar", "rtl"), ("en-GB", "en", "ltr"), ("fr,ar;q=0.3", "ar", "rtl"),
    ("fr", "en", "ltr"), ("", "en", "ltr"), (";;q=x", "en", "ltr"),
])  # fmt: skip
def test_the_browser_s_language_is_spoken(
    workspace: Workspace, browser: Client, accepted: str, lang: str, direction: str
) -> None:
    answer = browser.get("/sign-in", headers={"Accept-Language": accepted})
    assert outline(answer.content)[0] == ("html", {"lang": lang, "dir": direction})
    assert answer["Content-Language"] == lang
    assert {"Accept-Language", "Cookie"} <= {*answer["Vary"].split(", ")}
    assert Words(lang).say("web.have_code") in answer.content.decode()  # type: ignore[arg-type]


def test_a_chosen_language_stays(workspace: Workspace, browser: Client) -> None:
    page = browser.get("/sign-in").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "language": "ar", "path": "/?a=1"}
    answer = browser.post("/language", form)
    assert (answer.status_code, answer["Location"]) == (302, "/?a=1")
    assert browser.get("/sign-in", headers={"Accept-Language": "en"})["Content-Language"] == "ar"


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "", "x"])
def test_a_form_leads_nowhere_else(workspace: Workspace, path: str) -> None:
    answer = Client(SERVER_NAME="localhost").post("/language", {"language": "xx", "path": path})
    assert answer["Location"] == "/"
    assert not answer.cookies


def test_a_form_from_elsewhere_is_refused_with_what_to_do(workspace: Workspace, browser: Client) -> None:
    answer = browser.post("/language", {"language": "ar"}, headers={"Accept-Language": "ar"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert Words("ar").say("web.refused.form") in page
    assert Words("ar").say("web.remedy.form") in page


def test_a_page_that_is_not_there_says_so(workspace: Workspace, browser: Client) -> None:
    answer = browser.get("/nowhere/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert Words("en").say("web.refused.page") in answer.content.decode()
    assert b"alert(1)</script>" not in answer.content


def test_another_host_is_refused(workspace: Workspace, browser: Client) -> None:
    answer = browser.get("/", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert Words("en").say("web.refused.request") in answer.content.decode()


def test_a_fault_shows_nothing_of_the_inside(workspace: Workspace) -> None:
    with override_settings(ROOT_URLCONF="tests.web.broken_urls"):
        answer = Client(raise_request_exception=False, SERVER_NAME="localhost").get(
            "/", headers={"Accept-Language": "ar"}
        )
    assert answer.status_code == 500
    assert Words("ar").say("web.refused.fault") in answer.content.decode()
    assert b"ZeroDivision" not in answer.content


@pytest.mark.parametrize("path", ["/", "/nowhere", "/health", "/language"])
def test_headers_of_every_answer(workspace: Workspace, browser: Client, path: str) -> None:
    headers = browser.get(path).headers
    policy = {
        name: values for name, *values in (part.split() for part in headers["Content-Security-Policy"].split(";"))
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    assert policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert not [name for name in headers if name.startswith("Access-Control-")]
    assert headers.get("Content-Type", "application/json") in ("text/html; charset=utf-8", "application/json")


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere"])
def test_no_script_or_style_is_inside_a_page(workspace: Workspace, browser: Client, path: str) -> None:
    tags = outline(browser.get(path).content)
    assert not [attrs for tag, attrs in tags if tag == "style" or (tag == "script" and "src" not in attrs)]
    assert not [name for _, attrs in tags for name in attrs if name == "style" or name.startswith("on")]
    assert [attrs["href"] for tag, attrs in tags if tag == "link" and attrs["rel"] == "stylesheet"]


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/join/%00", "/sites?q=%00", "/sites/%00"])
def test_the_character_that_postgresql_does_not_keep_is_refused(either: Workspace, browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 400
    form = {"name": "a\x00b", "password": "x"}
    assert Client(SERVER_NAME="localhost").post("/sign-in", form).status_code == 400
