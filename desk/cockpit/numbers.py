"""Numbers that can be opened: each is written, linked and counted from one and the same question."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from core.amounts import YI, format_amount
from events.models import Event
from projects.models import Project
from reports.indicators import (
    QUANTITIES,
    Asked,
    Figure,
    Measured,
    Quantity,
    Window,
    compute_many,
    figures,
    measure,
    measure_codes,
    parts_of,
)
from reports.indicators.dimensions import CASES, DIMENSIONS, Case, narrowed
from reports.indicators.quantity import COUNT, PERCENT, WAN

UNKNOWN = "—"


@dataclass(frozen=True)
class Slice:
    """Which rows: the days, an event instead of them, cases of dimensions, and whether the press is counted too."""

    start: dt.date
    end: dt.date
    event: int | None = None
    cases: Mapping[str, str] = field(default_factory=dict)
    press: bool = False

    @classmethod
    def year_to(cls, day: dt.date) -> Self:
        return cls(day.replace(month=1, day=1), day)

    @classmethod
    def batch(cls, event: Event, day: dt.date) -> Self:
        """All that was signed at an event, as it stands on a day; what the press told of it is what there is."""
        return cls(day, day, event.pk, press=True)

    @classmethod
    def read(cls, asked: QueryDict, *, today: dt.date) -> Self:
        """As an address says it; without days this year until today. Raises ValueError for what cannot be read."""
        said = {name: str(value) for name, value in asked.items() if value}
        year = Window.year_to(today)
        start = dt.date.fromisoformat(said["start"]) if "start" in said else year.start
        end = dt.date.fromisoformat(said["end"]) if "end" in said else year.end
        event = int(said["event"]) if "event" in said else None
        cases = {name: said[name] for name in sorted(DIMENSIONS & said.keys())}
        return cls(start, end, event, cases, "press" in said)

    def where(self, **cases: Any) -> Self:
        """Narrowed further."""
        return replace(self, cases={**self.cases, **{name: str(value) for name, value in cases.items()}})

    def query(self, **more: Any) -> str:
        parts: dict[str, Any] = {"start": self.start.isoformat(), "end": self.end.isoformat()}
        parts |= {"event": self.event} if self.event is not None else {}
        parts |= {"press": 1} if self.press else {}
        return urlencode({**parts, **self.cases, **more})

    def asked(self, user: User) -> Asked:
        """The question, of the projects this person may see. Raises KeyError or ValueError for a case there is none of."""
        projects = Project.objects.visible_to(user)
        if not self.press:
            projects = projects.entered()
        projects = narrowed(projects, self.cases, self.end)
        return Asked(projects, Window(self.start, self.end), user, self.event, dict(self.cases))


@dataclass(frozen=True)
class Number:
    """What a figure says, where its rows are, and what it means; unknown is “—”."""

    text: str = UNKNOWN
    url: str = ""
    title: str = ""
    plain: Decimal | None = None  # for a chart

    @property
    def known(self) -> bool:
        return self.text != UNKNOWN


def written(value: Decimal | None, unit: Any, *, about: bool = False, bare: bool = False) -> str:
    """A value with its unit; `bare` for a column whose head names it (亿元)."""
    if value is None:
        return UNKNOWN
    if unit == WAN and bare:
        return ("约" if about else "") + f"{(value / YI).normalize():,f}"
    if unit == WAN:
        return format_amount(value, "about" if about else "exact")
    if unit == COUNT:
        return f"{value:,.0f}"
    return f"{value}%" if unit == PERCENT else f"{value.normalize():,f} {unit}"


def number(quantity: Quantity, measured: Measured, cut: Slice, *, bare: bool = False) -> Number:
    value = measured.of(quantity)
    text = written(value, quantity.unit, about=measured.qualified, bare=bare)
    url = f"{reverse('desk:figure', args=[quantity.code])}?{cut.query()}"
    return Number(text, url, f"{quantity.name}：{quantity.definition}".removesuffix("："), value)


def numbers(user: User, wanted: Mapping[str, tuple[str, Slice]], *, bare: bool = False) -> dict[str, Number]:
    """Any number of them by key, each a quantity and a slice, measured together."""
    asked = {cut.query(): cut.asked(user) for _code, cut in wanted.values()}
    found = measure((key, QUANTITIES[code], asked[cut.query()]) for key, (code, cut) in wanted.items())
    return {key: number(QUANTITIES[code], found[key], cut, bare=bare) for key, (code, cut) in wanted.items()}


type Apart = dict[str, dict[str, Number]]


def apart(user: User, wanted: Mapping[str, Sequence[str]], cut: Slice, plain: Sequence[str]) -> tuple[Apart, dict[str, Number]]:
    """Quantities (by the name of a dimension) told apart by its cases, amounts in 亿元; and others whole. Measured together.

    The first is by “quantity dimension”, then by case.
    """
    asked = cut.asked(user)
    parts: dict[tuple[str, str, str], Quantity] = {}
    for dimension, codes in wanted.items():
        for code in codes:
            cases = CASES[QUANTITIES[code].rows(asked).model, dimension]
            parts |= {(code, dimension, key): _case(QUANTITIES[code], case) for key, case in cases.items()}
    listed = [(" ".join(place), quantity, asked) for place, quantity in parts.items()]
    found = measure([*listed, *((code, QUANTITIES[code], asked) for code in plain)])
    told: Apart = {}
    for code, dimension, key in parts:
        measured = found[f"{code} {dimension} {key}"]
        shown = number(QUANTITIES[code], measured, cut.where(**{dimension: key}), bare=True)
        told.setdefault(f"{code} {dimension}", {})[key] = shown
    return told, {code: number(QUANTITIES[code], found[code], cut) for code in plain}


def _case(quantity: Quantity, case: Case) -> Quantity:
    return quantity.part(quantity.code, quantity.name, lambda: case.holds)


def rate(figure: Figure, cut: Slice) -> Number:
    """A figure of an indicator; what cannot be computed says why."""
    indicator = figure.indicator
    text = written(figure.value, indicator.unit, about=figure.qualified and figure.value is not None)
    url = f"{reverse('desk:figure', args=[indicator.code])}?{cut.query(variant=figure.variant)}"
    title = "；".join(str(part) for part in (indicator.definition, indicator.source, figure.note) if part)
    return Number(text, url, title, figure.value)


def rates(user: User, wanted: Iterable[tuple[str, str]], cut: Slice) -> list[tuple[Figure, Number]]:
    """Figures of indicators with their numbers, measured together."""
    return [(figure, rate(figure, cut)) for figure in compute_many(wanted, cut.asked(user))]


def rates_and_numbers(
    user: User, wanted: Sequence[tuple[str, str]], codes: Iterable[str], cut: Slice
) -> tuple[list[tuple[Figure, Number]], dict[str, Number]]:
    """Both of the same rows, read once for both."""
    asked = cut.asked(user)
    codes = list(codes)
    found = measure_codes({*codes, *parts_of(wanted, asked)}, asked)
    told = [(figure, rate(figure, cut)) for figure in figures(wanted, found, asked)]
    return told, {code: number(QUANTITIES[code], found[code], cut) for code in codes}
