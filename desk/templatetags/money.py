"""Amounts in templates."""

from decimal import Decimal

from django import template

from core.amounts import YI, format_amount

register = template.Library()


@register.filter
def yi(amount: Decimal | None) -> str:
    """An amount of 万元 as a bare number of 亿元; not stated is “—”."""
    if amount is None:
        return "—"
    return f"{(amount / YI).normalize():f}"


@register.filter
def money(amount: Decimal | None) -> str:
    """An amount of 万元 with its unit."""
    return format_amount(amount)
