"""T3d 拜访客商周报表: the visits of a group in a week, what was talked about and what comes next."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Prefetch

from accounts.scope import visible
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Company
from core.dates import FuzzyDate, Precision, fuzzy
from events.models import Side
from ledgers.layouts import sides, steps
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.sections import joined, parted
from ledgers.values import Unread

BATCH = 500  # visits written back at once
INTENT = "意向项目"  # the text of a visit keeps it behind what was talked about

COLUMNS = (
    Column("happened_on", "日期", Kind.DATE, to="activities.Interaction.happened_on", required=True, width=14),
    Column("company", "拜访企业", Kind.NAMES, to="activities.InteractionCompany.company", required=True, width=28),
    Column("city", "企业所在地", to="companies.Company.city", width=14),
    Column("theirs", "接洽人及职务", to="activities.Attendance.person", width=24),
    Column("ours", "我方人员", Kind.NAMES, to="activities.Attendance.user", width=18),
    Column("summary", "洽谈内容", to="activities.Interaction.summary", required=True, width=44),
    Column("intent", INTENT, to="activities.Interaction.summary", width=26),
    Column("next_steps", "下步打算", to="activities.FollowUp.title", width=30),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The companies, the visit, who was there and what comes next."""
    names, happened = row.get("company") or (), row.get("happened_on")
    if not names or happened is None or not row.get("summary"):
        return  # said already by the reader of cells
    companies = list(_companies(row, names))
    yield from companies
    visit = _visit(row, companies[0], happened)
    yield visit
    for rank, company in enumerate(companies, 1):
        identity = {"interaction": visit, "company": company}
        yield record(InteractionCompany, row, identity, columns={"company": "company"}, initial={"rank": rank})
    yield from _present(row, visit, context)
    about = {"interaction": visit}
    for step in steps.steps(row, "next_steps", about, context, happened_on=happened.on):
        step.initial["company"] = companies[0]
        yield step


def _companies(row: Row, names: Sequence[str]) -> Iterator[Record]:
    """The companies; 企业所在地 is said of the one that the visit was about."""
    for place, name in enumerate(names):
        yield record(Company, row, {"name": name}, {"city": "city"} if place == 0 else {}, columns={"name": "company"})


def _visit(row: Row, company: Record, happened: FuzzyDate) -> Record:
    sections = {"": row.get("summary") or "", INTENT: row.get("intent") or ""}
    identity = {
        "company": company,
        "happened_on": happened,
        "kind": Interaction.Kind.VISIT,
        "summary": joined(sections, (INTENT,)),
    }
    return record(Interaction, row, identity, columns={"happened_on": "happened_on", "summary": "summary"})


def _present(row: Row, visit: Record, context: Context) -> Iterator[Record]:
    """Who was there: a colleague's name becomes his account, theirs the person known at the company."""
    try:
        theirs = sides.read_people(row.get("theirs") or "")
    except Unread as refused:
        row.refuse("theirs", refused.code, refused.message)
        return
    for rank, (name, title) in enumerate(theirs, 1):
        told = {"title_then": title} if title else {}
        identity = {"interaction": visit, "name": name, "side": Side.THEIRS}
        columns = {"name": "theirs", "title_then": "theirs"}
        yield record(Attendance, row, identity, columns=columns, initial={"rank": rank}, fixed=told)
    for rank, name in enumerate(row.get("ours") or (), 1):
        known = {"user": context.colleagues[name]} if name in context.colleagues else {}
        identity = {"interaction": visit, "name": name, "side": Side.OURS}
        yield record(Attendance, row, identity, columns={"name": "ours"}, initial={"rank": rank, **known})


def rows(interactions: models.QuerySet[Interaction], context: Context) -> Iterator[dict[str, Any]]:
    """One row a visit of which day and company are known, and of its next steps those that the person may see."""
    fetched = interactions.filter(kind=Interaction.Kind.VISIT, happened_on__isnull=False)
    fetched = fetched.exclude(happened_on_precision=Precision.UNKNOWN)
    fetched = fetched.prefetch_related(
        Prefetch("company_links", InteractionCompany.objects.select_related("company").order_by("rank", "pk"))
    )
    fetched = fetched.prefetch_related(
        Prefetch("attendances", Attendance.objects.select_related("user", "person").order_by("rank", "pk"))
    )
    fetched = fetched.prefetch_related(Prefetch("follow_ups", visible(FollowUp, context.user).order_by("pk")))
    yield from (_row(visit, context) for visit in fetched.iterator(BATCH) if visit.company_links.all())


def _row(visit: Interaction, context: Context) -> dict[str, Any]:
    companies = [link.company for link in visit.company_links.all()]
    present = [row for row in visit.attendances.all() if sides.reads_back(str(row))]
    theirs = [(str(row), row.title_then) for row in present if row.side == Side.THEIRS]
    summary = parted(visit.summary, (INTENT,))
    next_steps, _who = steps.write_steps(list(visit.follow_ups.all()), context)
    return {
        "happened_on": fuzzy(visit, "happened_on"),
        "company": [company.name for company in companies],
        "city": companies[0].city or None,
        "theirs": sides.write_people(theirs) or None,
        "ours": [str(row) for row in present if row.side == Side.OURS] or None,
        "summary": summary[""] or None,
        "intent": summary.get(INTENT),
        "next_steps": next_steps,
    }


T3D = Layout(
    code="T3d",
    name="拜访客商周报表",
    title="{zone}拜访客商周报表",
    model=Interaction,
    columns=COLUMNS,
    records=records,
    rows=rows,
    notes=("接洽人写成“姓名（职务）、姓名”；下步打算一行一项。",),
)
