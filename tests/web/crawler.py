"""A crawler that follows every link and sends every form of the pages that somebody gets."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

NEVER = frozenset(("/sign-out",))
"""What would end the crawl."""


@dataclass
class FoundForm:
    """A form of a page: where it is sent to, how, and its fields with their values."""

    page: str
    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class PageReader(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.forms: list[FoundForm] = []
        self._form: FoundForm | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        link = values.get("href", "") if tag in ("a", "link") else values.get("src", "")
        if link:
            self.links.append(self._inside(link))
        if tag == "form":
            action = self._inside(values.get("action") or self.path)
            self._form = FoundForm(self.path, action, values.get("method", "get"))
            self.forms.append(self._form)
        if self._form is None:
            return
        name = values.get("name", "")
        if tag in ("input", "textarea", "button") and name:
            self._form.values.setdefault(name, []).append(values.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._form.values.setdefault(self._select, []).append(values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _inside(self, link: str) -> str:
        """The address without its part; a link to elsewhere stays as it is."""
        return urldefrag(urljoin(self.path, link))[0]


def shape(path: str) -> str:
    """The address of the route that answers a path, with the names of what is asked for."""
    parts = urlsplit(path)
    try:
        route = str(resolve(parts.path).route)
    except Resolver404:
        route = parts.path
    return route + "?" + "&".join(sorted(one.partition("=")[0] for one in parts.query.split("&")))


@dataclass(frozen=True)
class Answer:
    """What came back: status, kind of content, content."""

    status: int
    kind: str
    content: bytes

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")


def ask(client: Client, method: str, path: str, values: dict[str, str] | None = None) -> tuple[Answer, str]:
    """The answer to a request, and where it leads to."""
    answer: Any = getattr(client, method)(path, values)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return Answer(answer.status_code, answer.get("Content-Type", ""), content), answer.get("Location", "")


@dataclass
class Crawl:
    """What somebody gets: answers by path, and the forms of all pages."""

    client: Client
    most_of_a_shape: int
    pages: dict[str, Answer] = field(default_factory=dict)
    linked_from: dict[str, str] = field(default_factory=dict)
    forms: list[FoundForm] = field(default_factory=list)

    def run(self, start: str = "/") -> Crawl:
        """Follows links from a page; of addresses that differ in a name alone so many as are allowed."""
        waiting, shapes = deque([start]), Counter[str]()
        while waiting:
            path = waiting.popleft()
            if path in self.pages or path in NEVER or not path.startswith("/"):
                continue
            shapes[shape(path)] += 1
            if shapes[shape(path)] > self.most_of_a_shape:
                continue
            answer, target = ask(self.client, "get", path)
            self.pages[path] = answer
            if target:
                waiting.append(target)
                self.linked_from.setdefault(target, path)
            elif answer.is_page:
                read = PageReader(path, answer.content.decode())
                self.forms += read.forms
                for link in read.links:
                    self.linked_from.setdefault(link, path)
                    waiting.append(link)
        return self

    def filled(self, most: int, values: Callable[[list[str]], str]) -> Iterator[tuple[FoundForm, dict[str, str]]]:
        """Forms with a value for each field; of forms that are sent to one route so many as are allowed."""
        shapes = Counter[str]()
        for form in self.forms:
            if form.action in NEVER:
                continue
            key = f"{form.method} {shape(form.action)} {sorted(form.values)}"
            shapes[key] += 1
            if shapes[key] <= most:
                yield form, {name: values(known) for name, known in form.values.items()}
