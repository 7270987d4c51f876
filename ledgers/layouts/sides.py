"""Who was there, on our side and on theirs, as ledgers write it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from companies import names as spelling
from companies.models import Company, Person, Position
from core.dates import FuzzyDate
from events.models import Event, Participation, Side
from ledgers import values
from ledgers.layouts.base import Column, Context, Kind, Record, Row, record
from ledgers.values import Unread

NAMES = Column("", "", Kind.NAMES)
UNITS = (*spelling.SUFFIXES, *spelling.INSTITUTIONS)
WITH_BRACKETS = re.compile(r"(?P<name>[^（]+)（(?P<inside>.+)）")
A_GROUP = re.compile(r"\d|等|代表|人员|专家|企业家|客商|嘉宾|师生|媒体|[、,，;；/|]")
GROUP = "群体"  # “群体：专家、企业代表” is one group, whatever stands in it
PARTS = re.compile(r"[、,，;；/|\n]")
COLON = re.compile("[:：]")
Role = Participation.Role
ORGANISING = (Role.HOST, Role.ORGANISER, Role.CO_ORGANISER)


class Guest(NamedTuple):
    """Somebody on their side: a unit, one of its people, or a name (or group) of which no unit is known."""

    unit: str = ""
    name: str = ""
    title: str = ""
    group: str = ""


def names_in(text: str) -> list[str]:
    """The names in a text, none for “/” and the like; raises Unread."""
    return values.read(text, NAMES, unit="", today=None) or []  # type: ignore[arg-type]


def is_unit(name: str) -> bool:
    """Whether a name says by its end that it is a company, an institution or an authority."""
    return name.endswith(UNITS)


def read_people(text: str) -> list[tuple[str, str]]:
    """(name, title) of “联系人甲（董事长）、联系人乙”; raises Unread."""
    return [_titled(piece) for piece in names_in(text)]


def _titled(piece: str) -> tuple[str, str]:
    match = WITH_BRACKETS.fullmatch(piece)
    return (match["name"].strip(), match["inside"].strip()) if match else (piece, "")


def reads_back(name: str) -> bool:
    """Whether a name stands for itself in a cell of several: one with a stroke or brackets would be read as something else."""
    return not PARTS.search(name) and not WITH_BRACKETS.fullmatch(name)


def write_people(people: Iterable[tuple[str, str]]) -> str:
    """The text that `read_people` reads back."""
    return "、".join(f"{name}（{title}）" if title else name for name, title in people)


def read_guests(text: str) -> list[Guest]:
    """Units with their people (“测试光电有限公司：联系人甲（董事长）；联系人乙”), names and groups; raises Unread."""
    found: list[Guest] = []
    for item in re.split(r"[;；\n]", text):
        head, *people = COLON.split(item.strip(), maxsplit=1)
        if people and head.strip() == GROUP:
            found.append(Guest(group=people[0].strip()))
        elif people:
            [unit] = names_in(head)[:1] or [""]
            found += [Guest(unit, name, title) for name, title in read_people(people[0])] or [Guest(unit)]
        else:
            found += [guest for name in names_in(item) for guest in _guests(name)]
    return list(dict.fromkeys(found))


def _guests(name: str) -> Iterator[Guest]:
    """One name without a colon: 测试光电有限公司（联系人甲） are people of a unit, （深圳） is a part of its name."""
    match = WITH_BRACKETS.fullmatch(name)
    if is_unit(name):
        yield Guest(unit=name)
    elif match and is_unit(match["name"]) and not spelling.BRACKETED.fullmatch(f"（{match['inside']}）"):
        yield from (Guest(match["name"], person, title) for person, title in read_people(match["inside"]))
    elif A_GROUP.search(name):
        yield Guest(group=name)
    else:
        yield Guest(name=name)


def write_guests(guests: Iterable[Guest]) -> str | None:
    """The text that `read_guests` reads back, units in their order with their people."""
    people: dict[str, list[tuple[str, str]]] = {}
    items: dict[str, None] = {}
    for guest in guests:
        if guest.unit:
            people.setdefault(guest.unit, []).extend([(guest.name, guest.title)] if guest.name else [])
            items[guest.unit] = None
        else:
            items[_loose(guest)] = None
    return "；".join(f"{item}：{write_people(people[item])}" if people.get(item) else item for item in items) or None


def _loose(guest: Guest) -> str:
    label = guest.group or guest.name
    return f"{GROUP}：{label}" if is_unit(label) or PARTS.search(label) or COLON.search(label) else label


def at_company(row: Row, unit: str, name: str, title: str, keys: Mapping[str, str]) -> Iterator[Record]:
    """The company, and the person there when one is named; `keys` are the columns of company, name and title."""
    company = record(Company, row, {"name": unit}, columns={"name": keys["company"]})
    yield company
    if name:
        person = record(Person, row, {"name": name, "company": company}, columns={"name": keys["name"]})
        yield person
        place = {"person": person, "company": company}
        yield record(Position, row, place, columns={"person": keys["name"]}, initial={"title": title[:60]})


def guests(row: Row, event: Record, key: str) -> Iterator[Record]:
    """Their side of an event, with the companies and people it names; says what cannot be read."""
    try:
        found = read_guests(row.get(key) or "")
    except Unread as refused:
        row.refuse(key, refused.code, refused.message)
        return
    for rank, guest in enumerate(found, 1):
        yield from guest_of(row, event, guest, dict.fromkeys(("company", "name", "title"), key), rank=rank)


def guest_of(row: Row, event: Record, guest: Guest, keys: Mapping[str, str], *, rank: int) -> Iterator[Record]:
    """One of their side at an event."""
    who: dict[str, Any] = {"group_label": guest.group} if guest.group else {"name": guest.name}
    if guest.unit:
        made = list(at_company(row, guest.unit, guest.name, guest.title, keys))
        yield from made
        who = {"company": made[0], **({"person": made[1]} if guest.name else {})}
    identity = {"event": event, "side": Side.THEIRS, **who}
    told = {"title_then": guest.title} if guest.title else {}
    columns = {"company": keys["company"], "name": keys["name"], "group_label": keys["name"], "title_then": keys["title"]}
    initial = {"role": Role.INVESTOR, "rank": rank}
    yield record(Participation, row, identity, columns=columns, initial=initial, fixed=told)


def in_role(row: Row, event: Record, key: str, names: Iterable[str], role: str) -> Iterator[Record]:
    """Units that held an event, by name: they need no file of their own."""
    for rank, name in enumerate(names, 1):
        identity = {"event": event, "role": role, "name": name}
        yield record(Participation, row, identity, columns={"name": key}, initial={"side": Side.OTHER, "rank": rank})


def ours(
    row: Row, event: Record, key: str, names: Iterable[str], context: Context, *, role: str = "", title: str = ""
) -> Iterator[Record]:
    """Our people at an event, in a role or in any; a colleague's name becomes his account. `title` is of the only one."""
    for rank, name in enumerate(names, 1):
        known = {"user": context.colleagues[name]} if name in context.colleagues else {}
        found = {"role": role} if role else {"side": Side.OURS}
        initial = {"role": role or Role.STAFF, "side": Side.OURS, "rank": rank, **known}
        told, columns = {"title_then": title} if title else {}, {"name": key, "title_then": "title"}
        yield record(Participation, row, {"event": event, "name": name, **found}, columns=columns, initial=initial, fixed=told)


def people_of(event: Event) -> list[Participation]:
    """Who took part, in the order given, from what was fetched with the event."""
    found = [row for row in event.participations.all() if row.deleted_at is None]
    return sorted(found, key=lambda row: (row.rank, row.pk))


def name_of(row: Participation) -> str:
    """By which name a ledger names one of our side."""
    return str(row.person or row.user or row.company or row.name or row.group_label)


def our_people(event: Event) -> list[Participation]:
    """Our side but for who led and who held the event; a name that a cell could not hold is left out."""
    some = [row for row in people_of(event) if row.side == Side.OURS and row.role not in (*ORGANISING, Role.LEAD)]
    return [row for row in some if reads_back(name_of(row))]


def guest_from(row: Participation) -> Guest:
    """One of their side as a ledger writes it: under a unit only who has an office there, so that he is found again."""
    if row.person is None:
        return Guest(unit=row.company.name) if row.company else Guest(name=row.name, group=row.group_label)
    company, person = row.company, row.person
    offices = [place.company_id for place in person.positions.all() if place.deleted_at is None]
    if company is not None and company.pk in offices:
        return Guest(company.name, person.name, row.title_then)
    return Guest(name=person.name)


def status_at(start: FuzzyDate | None, context: Context) -> str:
    """A new event was held, unless it still lies ahead."""
    held = start is not None and start.on is not None and start.on <= context.today
    return Event.Status.HELD if held else Event.Status.PLANNED
