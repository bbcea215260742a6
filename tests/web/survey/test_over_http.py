"""A telephone and a served workspace, over HTTP as it is: the headers and the multipart bytes of ODK Collect."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from django.db import connections
from tests.web.conftest import use
from tests.web.survey.registered import SURVEYOR, register
from tests.web.survey.telephone import HEADERS, telephone_of
from tests.web.survey.test_submission_post import JPEG, visit
from tests.web.test_serve import pytestmark as needs_signals
from tests.web.test_serve import serving

from tawteen.web.data_folder import DataFolder
from tawteen.web.database import database_settings
from tawteen.web.survey.models import SubmissionRow

pytestmark = needs_signals
BOUNDARY = "d9d6f5e4"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with serving(tmp_path_factory.mktemp("served") / "workspace") as address:
        yield address


def multipart(parts: dict[str, tuple[str, bytes]]) -> bytes:
    """Parts as OkHttp writes them: each with its length."""
    body = b""
    for name, (kind, content) in parts.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        head += f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/static/workspace.css", "/collect/formList"])
def test_an_answer_to_head_has_no_body(served: tuple[str, int], path: str) -> None:
    """Else the next answer on the same connection would be read from it."""
    connection = http.client.HTTPConnection(*served)
    for _ in range(3):
        connection.request("HEAD", path)
        assert connection.getresponse().read() == b""
        connection.request("GET", "/health")
        assert connection.getresponse().read()[:1] == b"{"
    connection.close()


def test_a_telephone_loads_and_sends_over_http(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    with serving(folder) as (host, port):
        use(database_settings("", DataFolder(folder).database))
        register()
        phone = telephone_of(SURVEYOR)
        connection = http.client.HTTPConnection(host, port)

        def ask(method: str, path: str, body: bytes | None = None, **more: str) -> http.client.HTTPResponse:
            connection.request(method, path, body, {**HEADERS, **more})
            answer = connection.getresponse()
            assert answer.getheader("X-OpenRosa-Version") == "1.0"
            assert len(answer.headers.get_all("Date") or []) == 1
            assert parsedate_to_datetime(answer.headers["Date"])
            answer.content = answer.read()  # type: ignore[attr-defined]
            return answer

        challenge = ask("HEAD", "/collect/submission?deviceID=x")
        assert (challenge.status, challenge.getheader("WWW-Authenticate", "")[:5]) == (401, "Basic")
        signed_in = {"Authorization": phone.authorization()}
        head = ask("HEAD", "/collect/submission?deviceID=x", **signed_in)
        assert (head.status, head.getheader("Location")) == (204, f"http://{host}:{port}/collect/submission")
        listed = ask("GET", "/collect/formList", **signed_in)
        assert f"http://{host}:{port}/collect/forms/tawteen-tiny-factory.xml".encode() in listed.content  # type: ignore[attr-defined]
        body = multipart({"xml_submission_file": ("text/xml", visit()), "gate.jpg": ("image/jpeg", JPEG)})
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        assert ask("POST", "/collect/submission?deviceID=x", body, **signed_in, **kind).status == 201
        assert ask("POST", "/collect/submission?deviceID=x", body, **kind).status == 401
        assert ask("POST", "/collect/submission?deviceID=x", body, **signed_in, **kind).status == 201
        connection.close()
        assert list(SubmissionRow.objects.values_list("state", "site")) == [("taken", "mill")]
        connections.close_all()
    assert [path.name for path in folder.iterdir() if path.name.startswith(".files")] == []
