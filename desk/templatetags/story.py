"""Fuzzy dates, qualified amounts and counts of a row, in templates."""

from typing import Any

from django import template

from core.amounts import Qualifier, format_amount
from core.dates import fuzzy

register = template.Library()


@register.filter
def dated(row: Any, name: str) -> str:
    """The date a row keeps in `name`, as exactly as it is known."""
    return str(fuzzy(row, name))


@register.filter
def stated(row: Any, name: str) -> str:
    """The amount a row keeps in `name`, with its word (约, 超) and unit."""
    return format_amount(getattr(row, name), getattr(row, f"{name}_qualifier"))


@register.filter
def counted(row: Any, name: str) -> str:
    """The number a row keeps in `name`, with its word where it has one: 超 100, 20 以上; nothing when not stated."""
    number, word = getattr(row, name), Qualifier(getattr(row, f"{name}_qualifier"))
    if number is None:
        return ""
    if word == Qualifier.EXACT:
        return str(number)
    after = word in (Qualifier.AT_LEAST, Qualifier.AT_MOST)
    return f"{number} {word.label}" if after else f"{word.label} {number}"


@register.filter
def of(found: dict[Any, Any], key: Any) -> Any:
    """What a page looked up for one of its rows, or None."""
    return found.get(key)
