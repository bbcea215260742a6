"""Pages of a long list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from tawteen.words import Words


def page_of(request: HttpRequest, rows: Any, most: int) -> Page[Any]:
    """The page of a list that an address names (`?page=`), with so many rows at most; the first one without a number.

    `rows` is a query, a sequence or a range.
    """
    return Paginator(rows, most).get_page(request.GET.get("page"))


def page_place(page: Page[Any], words: Words) -> str:
    """Which page it is, of how many."""
    return words.say("web.page_of", {"page": words.number(page.number), "of": words.number(page.paginator.num_pages)})
