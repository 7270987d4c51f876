"""The fields of a filter form as plain values: Django renders each of their hundreds of options by a template of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms

from projects.filters import Flag, Several


class Option(NamedTuple):
    """One choice of a field."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """`kind` is one (a choice), several (boxes to tick), or flag and input, which render themselves."""

    name: str
    label: str
    kind: str
    errors: Any
    input: forms.BoundField
    groups: list[tuple[str, list[Option]]] = field(default_factory=list)


def of(filtered: Any) -> Iterator[Field]:
    """The fields of a FilterSet's form, without the search box."""
    for bound in filtered.form:
        if bound.name == "q":
            continue
        kind = _kind(filtered.filters[bound.name], bound)
        choices = bound.field.choices if kind in {"one", "several"} else ()
        said = bound.value() or ""
        chosen = set(said) if kind == "several" else {said}
        yield Field(bound.name, str(bound.label), kind, bound.errors, bound, list(_groups(choices, chosen)))


def _kind(filter_: Any, bound: forms.BoundField) -> str:
    if isinstance(filter_, Several):
        return "several"
    if isinstance(filter_, Flag):
        return "flag"
    return "one" if hasattr(bound.field, "choices") else "input"


def _groups(choices: Any, chosen: Any) -> Iterator[tuple[str, list[Option]]]:
    """Groups as they are; choices without one stand in a group without a name."""
    loose: list[Option] = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield str(value), [_option(key, text, chosen) for key, text in label]
        else:
            loose.append(_option(value, label, chosen))
    if loose:
        yield "", loose


def _option(value: Any, label: Any, chosen: Any) -> Option:
    return Option(str(value), str(label), str(value) in chosen)
