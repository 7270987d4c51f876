"""Long lists on a page: the first rows, and whether there are more."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

SHOWN = 50
MOST = 1000  # with ?all=1


@dataclass(frozen=True)
class Shown[T]:
    """What a page shows of a list."""

    rows: list[T]
    more: bool = False


def limit(request: HttpRequest) -> int:
    """How many rows of each list this request asks for."""
    return MOST if request.GET.get("all") else SHOWN


def first(rows: "QuerySet[Any]", count: int) -> Shown[Any]:
    """The first rows of a question, read in one query."""
    found = list(rows[: count + 1])
    return Shown(found[:count], len(found) > count)
