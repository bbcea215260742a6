"""People of a demo workspace who sign in over HTTP to a workspace that is served."""

from __future__ import annotations

import http.client
import re
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


def passwords(folder: Path) -> dict[str, str]:
    """By name, as the demo wrote them."""
    lines = (folder / "demo-people.txt").read_text(encoding="utf-8").splitlines()
    return {name: password for name, password, _ in (line.split("\t") for line in lines)}


class SignedIn:
    """A person with a browser that keeps cookies; nobody with the name None."""

    def __init__(self, folder: Path, host: str, port: int, name: str | None, lang: str = "en") -> None:
        self.host, self.port, self.lang = host, port, lang
        self.cookies: dict[str, str] = {}
        if name is not None:
            status, _ = self.send("/sign-in", {"name": name, "password": passwords(folder)[name]})
            assert status == 302, (name, status)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        return self._ask("GET", path, None)

    def send(self, path: str, form: dict[str, str], page: str = "") -> tuple[int, bytes]:
        """Sends a form with the token of the page that shows it."""
        token = TOKEN.search(self.get(page or path)[1])
        assert token is not None, path
        return self._ask("POST", path, urlencode({**form, "csrfmiddlewaretoken": token[1].decode()}))

    def invite(self, role: str) -> int:
        """Invites somebody in a role; the status."""
        return self.send("/people/invite", {"roles": role}, page="/people")[0]

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept-Language": self.lang, "Cookie": cookies}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        connection.close()
        return answer.status, content
