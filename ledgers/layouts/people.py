"""联系人名录: the people we deal with, one row for each office they hold."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import models

from companies.models import Company, Person, Position
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.telephones import mobile_and_phone, stated

BATCH = 500  # offices written back at once
PERSON = ("source", "note")
PERSONAL = ("mobile", "phone", "email")
POSITION = ("title", "is_primary", "since_on", "until_on")

COLUMNS = (
    Column("name", "姓名", to="companies.Person.name", required=True),
    Column("company", "单位", to="companies.Position.company", required=True, width=30),
    Column("title", "职务", to="companies.Position.title", width=16),
    # Texts, not numbers: a masked one has to come through the reader to be passed over.
    Column("mobile", "手机", to="companies.Person.mobile", width=16, personal=True),
    Column("phone", "座机", to="companies.Person.phone", width=18, personal=True),
    Column("email", "邮箱", to="companies.Person.email", width=26, personal=True),
    Column("is_primary", "主要联系人", Kind.YES_NO, to="companies.Position.is_primary"),
    Column("since_on", "任职起", Kind.DAY, to="companies.Position.since_on", width=14),
    Column("until_on", "任职止", Kind.DAY, to="companies.Position.until_on", width=14),
    Column("source", "信息来源", to="companies.Person.source", width=16),
    Column("note", "备注", to="companies.Person.note", width=30),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The unit, the person and the office held there."""
    company = record(Company, row, {"name": row.get("company")}, columns={"name": "company"})
    yield company
    person = _person(row, company)
    yield person
    identity = {"person": person, "company": company, "title": row.get("title") or ""}
    columns = {"person": "name", "company": "company"}
    yield record(Position, row, identity, {name: name for name in POSITION}, columns=columns)


def _person(row: Row, company: Record) -> Record:
    identity = {"name": row.get("name"), "company": company}
    found = record(Person, row, identity, {name: name for name in PERSON}, columns={"name": "name"})
    found.values |= mobile_and_phone(row)
    if email := stated(row, "email"):
        found.values["email"] = email
    found.columns |= {name: name for name in PERSONAL}
    found.blanks |= {name: name for name in PERSONAL if name in row.blank}
    return found


def rows(positions: models.QuerySet[Position], context: Context) -> Iterator[dict[str, Any]]:
    """One row an office; a person who holds several stands in several."""
    fetched = positions.filter(person__deleted_at=None).select_related("person", "company")
    for some in batched(fetched.iterator(BATCH), BATCH):
        yield from map(_row, some)


def _row(position: Position) -> dict[str, Any]:
    person = position.person
    return {
        "name": person.name,
        "company": position.company.name,
        **{name: getattr(position, name) if name == "is_primary" else getattr(position, name) or None for name in POSITION},
        **{name: getattr(person, name) or None for name in (*PERSONAL, *PERSON)},
    }


PEOPLE = Layout(
    code="people",
    name="联系人名录",
    title="{zone}联系人名录",
    model=Position,
    columns=COLUMNS,
    records=records,
    rows=rows,
    notes=("带 **** 的电话、邮箱是隐去的，导入时不算填写，系统里的号码不变。",),
)
