"""A telephone that asks and sends as ODK Collect does: signs in after a challenge, asks with HEAD, sends in parts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tawteen.web.survey.phone_sign_in import add_phone

LIST, MANIFEST = "{http://openrosa.org/xforms/xformsList}", "{http://openrosa.org/xforms/xformsManifest}"
HEADERS = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2026.1 Dalvik"}


@dataclass
class Telephone:
    """Name and password, and what the telephone has learned of the server."""

    name: str
    code: str

    def __post_init__(self) -> None:
        self._client = Client(SERVER_NAME="localhost")
        self._challenged = False

    def ask(self, method: str, path: str, **more: object) -> HttpResponse:
        """A request, and the same once more with name and password where the server asks for them."""
        headers = dict(HEADERS)
        if self._challenged:
            headers["Authorization"] = self.authorization()
        data = more.get("data")
        for part in data.values() if isinstance(data, dict) else ():
            if isinstance(part, SimpleUploadedFile):
                part.seek(0)
        answer: HttpResponse = getattr(self._client, method)(path, headers=headers, secure=True, **more)
        if answer.status_code == 401 and not self._challenged and "Basic" in answer.get("WWW-Authenticate", ""):
            self._challenged = True
            return self.ask(method, path, **more)
        return answer

    def authorization(self) -> str:
        """Basic as OkHttp writes it: in Latin-1."""
        return f"Basic {base64.b64encode(f'{self.name}:{self.code}'.encode('latin-1', 'replace')).decode()}"

    def forms(self) -> dict[str, dict[str, str]]:
        """The list of forms by id, as Collect takes it: text/xml, with the header of OpenRosa."""
        return {one["formID"]: one for one in self._items("/collect/formList", f"{LIST}xform")}

    def files(self, form: Mapping[str, str]) -> dict[str, bytes]:
        """The form and its lists, each with the hash that was announced."""
        listed = [("form.xml", form["downloadUrl"], form["hash"])]
        listed += [
            (one["filename"], one["downloadUrl"], one["hash"])
            for one in self._items(form["manifestUrl"], f"{MANIFEST}mediaFile")
        ]
        files = {}
        for name, address, announced in listed:
            assert address.startswith("https://localhost/")
            content = self.ask("get", address.removeprefix("https://localhost")).content
            assert announced == f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
            files[name] = content
        return files

    def _items(self, address: str, tag: str) -> list[dict[str, str]]:
        answer = self.ask("get", address.removeprefix("https://localhost"))
        assert answer.status_code == 200, answer.content
        assert "text/xml" in answer["Content-Type"]
        assert answer["X-OpenRosa-Version"] == "1.0"
        root = ET.fromstring(answer.content)
        return [{child.tag.rpartition("}")[2]: child.text or "" for child in one} for one in root.iter(tag)]

    def send(
        self, content: bytes, photos: Mapping[str, bytes] | None = None, *, device: str = "x"
    ) -> list[HttpResponse]:
        """Asks with HEAD how much may be sent, then sends the form with its photos, in as many posts as are needed."""
        head = self.ask("head", f"/collect/submission?deviceID={device}")
        assert head.status_code == 204, head.content
        address = head["Location"].removeprefix("https://localhost")
        most, left = int(head["X-OpenRosa-Accept-Content-Length"]), list((photos or {}).items())
        answers = []
        while left or not answers:
            size, part = len(content), []
            while left and (not part or size + len(left[0][1]) <= most):
                size += len(left[0][1])
                part.append(left.pop(0))
            answers.append(self.post(content, dict(part), address, more=bool(left)))
        return answers

    def post(
        self, content: bytes, photos: Mapping[str, bytes], address: str = "/collect/submission", *, more: bool = False
    ) -> HttpResponse:
        """One post."""
        parts: dict[str, object] = {"xml_submission_file": SimpleUploadedFile("visit.xml", content, "text/xml")}
        parts |= {name: SimpleUploadedFile(name, photo, "image/jpeg") for name, photo in photos.items()}
        if more:
            parts["*isIncomplete*"] = "yes"
        return self.ask("post", f"{address}?deviceID=x", data=parts)


def telephone_of(account: str) -> Telephone:
    """A telephone of a person."""
    phone, code = add_phone(account, "blue")
    return Telephone(phone.name, code)


def message(answer: HttpResponse) -> str:
    """What a telephone shows of an answer."""
    found = re.search(r"<message>(.*)</message>", answer.content.decode(), re.DOTALL)
    assert found is not None, answer.content
    return found[1]
