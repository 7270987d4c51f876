"""What several ledgers say in the same way: parties, members, contacts, the progress of a month, columns we only keep."""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accounts.models import Department, User
from companies.models import Company, Person, Position, Qualification
from core.amounts import AmountError, format_amount, parse
from core.dates import FuzzyDate, fuzzy
from ledgers.layouts.base import Context, Record, Row, record
from ledgers.values import Amount
from projects.models import ProgressReport, Project, ProjectMember, ProjectParty

AGREEMENT_WORDS = {  # what ledgers call the kinds of agreements
    "合同": "formal",
    "正式合同": "formal",
    "投资合同": "formal",
    "投资协议": "formal",
    "正式协议": "formal",
    "框架协议": "framework",
    "战略合作协议": "framework",
    "意向协议": "intent",
    "意向": "intent",
    "租赁合同": "tenancy",
    "租赁协议": "tenancy",
    "入驻协议": "tenancy",
}


def extras(row: Row, keys: Iterable[str]) -> dict[str, str]:
    """The columns for which the tables have no field, as text, for `Project.extra`."""
    return {key: _as_text(row.values[key]) for key in keys if key in row.values}


def _as_text(value: Any) -> str:
    """As people write it; an amount in 亿元 only where that keeps the yuan."""
    if not isinstance(value, Amount):
        return str(value)
    text = format_amount(value.value, value.qualifier)
    return text if parse(text)[0] == value.value else format_amount(value.value, value.qualifier, "万元")


def extra_amount(project: Project, key: str) -> Amount | None:
    """A kept amount as it was read."""
    try:
        value, qualifier = parse(project.extra.get(key, ""))
    except AmountError:
        return None
    return None if value is None else Amount(value, qualifier)


def said(value: Any) -> Any:
    """A value as a cell holds it: nothing for an empty text, but a zero for a zero."""
    return None if value in ("", None) else value


def amount(row: Any, name: str) -> Amount | None:
    """An amount of a row with its qualifier, or None when it is not stated."""
    value = getattr(row, name) if row is not None else None
    return None if value is None else Amount(value, getattr(row, f"{name}_qualifier", "exact"))


def date(row: Any, name: str) -> FuzzyDate | None:
    """A fuzzy date of a row, or None when it is not known."""
    found = fuzzy(row, name) if row is not None else None
    return found if found is not None and found.on is not None else None


def department(row: Row, key: str) -> Record | None:
    """The department a cell names; it has to be there."""
    if not row.get(key):
        return None
    return record(Department, row, {"name": row.get(key)}, columns={"name": key}, make=False)


def colleague(row: Row, key: str, context: Context) -> User | None:
    """The colleague a cell names; says so when there is none."""
    name = row.get(key)
    if name and name not in context.colleagues:
        row.refuse(key, "unknown", _("系统里没有在岗的“%(name)s”：请核对姓名，或请系统管理员先建立账号") % {"name": name})
    return context.colleagues.get(name or "")


def party(row: Row, project: Record, company: Record, role: str, column: str) -> Record:
    """A company's part in a project."""
    columns = {"company": column, "role": column}
    return record(ProjectParty, row, {"project": project, "company": company, "role": role}, columns=columns)


def members(row: Row, project: Record, columns: Mapping[str, str], context: Context) -> Iterator[Record]:
    """People charged with the project: column key → role; a colleague's name becomes his account."""
    for key, role in columns.items():
        for rank, name in enumerate(row.get(key) or (), 1):
            known = {"user": context.colleagues[name]} if name in context.colleagues else {}
            identity = {"project": project, "role": role, "name": name}
            yield record(ProjectMember, row, identity, columns={"name": key}, initial={"rank": rank}, fixed=known)


def contacts(row: Row, company: Record, key: str) -> Iterator[Record]:
    """The company's people of a “联系人及电话” cell."""
    for name, number in row.get(key) or ():
        told = contact_fields([number]) if number else {}
        columns = {"name": key, "mobile": key, "phone": key}
        person = record(Person, row, {"name": name, "company": company}, columns=columns, fixed=told)
        yield person
        yield record(Position, row, {"person": person, "company": company}, columns={"person": key}, initial={"is_primary": True})


def contact_fields(numbers: Sequence[str]) -> dict[str, Any]:
    """The first mobile and the first other number of a contact."""
    mobiles = [number for number in numbers if number.startswith("1")]
    others = [number for number in numbers if not number.startswith("1")]
    return {**({"mobile": mobiles[0]} if mobiles else {}), **({"phone": others[0]} if others else {})}


def progress(row: Row, project: Record, context: Context, said: Mapping[str, str]) -> Iterator[Record]:
    """The progress of the month of the ledger (field → column key), when the row says any."""
    if not any(row.get(key) for key in said.values()):
        return
    first, last = month_of(context.reported_on)
    identity = {"project": project, "period_start_on": first, "period_end_on": last}
    yield record(ProgressReport, row, identity, said, initial={"status": ProgressReport.Status.SUBMITTED})


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def report_of(project: Project, context: Context) -> ProgressReport | None:
    """The progress of the month of the ledger, its highest revision; from what was fetched with the project."""
    period = month_of(context.reported_on)
    rows = [row for row in project.progress_reports.all() if (row.period_start_on, row.period_end_on) == period]
    living = [row for row in rows if row.deleted_at is None]
    return max(living, key=lambda row: row.revision, default=None)


def qualifications_of(companies: Iterable[int | None]) -> dict[int, list[str]]:
    """What each company was recognised as: key → kinds in the order in which they were told."""
    kind = ContentType.objects.get_for_model(Company)
    held = Qualification.objects.filter(content_type=kind, status=Qualification.Status.GRANTED)
    rows = held.filter(object_id__in=[key for key in companies if key])
    found: dict[int, list[str]] = {}
    for key, name in rows.order_by("id").values_list("object_id", "kind"):
        found.setdefault(key, []).append(name)
    return found


def living(rows: Iterable[Any]) -> list[Any]:
    """Fetched children without deleted ones."""
    return [row for row in rows if row.deleted_at is None]


def names_of(project: Project, role: str) -> list[str] | None:
    """The members of a role in their order, by the name shown."""
    found = sorted((row for row in living(project.members.all()) if row.role == role), key=lambda row: (row.rank, row.pk))
    return [str(row.user or row.person or row.name) for row in found] or None


def company_of(project: Project, role: str) -> Company | None:
    """The first company of a role by rank."""
    found = [row for row in living(project.parties.all()) if row.role == role and row.company is not None]
    return min(found, key=lambda row: (row.rank, row.pk)).company if found else None
