"""A number on a page: always a link to the rows it counts."""

from typing import Any

from django import template

from desk.cockpit.numbers import Number

register = template.Library()


class FigureWithoutLink(ValueError):
    """A number was to be shown that nobody can open."""


@register.inclusion_tag("desk/cockpit/_figure.html")
def figure(number: Number | None, label: str = "") -> dict[str, Any]:
    """The number as a link with its definition; None is “—”. Raises FigureWithoutLink for a number without an address."""
    shown = number or Number()
    if shown.known and not shown.url:
        raise FigureWithoutLink(shown.text)
    return {"number": shown, "label": label}
