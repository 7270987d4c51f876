"""企业名录: the companies and other units with what is known of each."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import models

from companies.industries import INDUSTRIES
from companies.models import Company, Qualification
from companies.regions import REGIONS
from ledgers.layouts import parts
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.colleagues import Names, colleague

BATCH = 500  # companies written back at once
COMPANY = (
    "short_name", "credit_code", "kind", "capital_source", "ownership", "region", "city", "industry", "focus", "note",
)  # fmt: skip

COLUMNS = (
    Column("name", "企业名称", to="companies.Company.name", required=True, width=30),
    Column("short_name", "简称", to="companies.Company.short_name", width=14),
    Column("credit_code", "统一社会信用代码", Kind.CODE, to="companies.Company.credit_code", width=22),
    Column("kind", "类型", Kind.CHOICE, to="companies.Company.kind", choices=dict(Company.Kind.choices)),
    Column(
        "capital_source",
        "资本来源",
        Kind.CHOICE,
        to="companies.Company.capital_source",
        choices=dict(Company.CapitalSource.choices),
    ),
    Column("ownership", "组织性质", to="companies.Company.ownership"),
    Column("region", "国家/地区", Kind.CHOICE, to="companies.Company.region", choices=dict(REGIONS), width=18),
    Column("city", "所在地", to="companies.Company.city"),
    Column("industry", "行业", Kind.CHOICE, to="companies.Company.industry", choices=dict(INDUSTRIES), width=20),
    Column("focus", "产业方向", to="companies.Company.focus", width=16),
    Column("qualifications", "资质荣誉", Kind.NAMES, to="companies.Qualification.kind", width=24),
    Column("note", "备注", to="companies.Company.note", width=30),
    Column("owner", "负责人"),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The company and what it was recognised as; 负责人 is for a company that the ledger makes."""
    owner = colleague(row, "owner")
    if owner:
        yield owner
    known = {"owner": owner} if owner else {}
    said, columns = {name: name for name in COMPANY}, {"name": "name", "owner": "owner"}
    identity = {"name": row.get("name")}
    # The name is a value as well: this ledger speaks of the company itself, others only mention it.
    company = record(Company, row, identity, said, columns=columns, initial=known, fixed=identity)
    yield company
    for kind in row.get("qualifications") or ():
        yield record(Qualification, row, {"holder": company, "kind": kind}, columns={"kind": "qualifications"})


def rows(companies: models.QuerySet[Company], context: Context) -> Iterator[dict[str, Any]]:
    """One row a company."""
    names, fetched = Names(), companies.select_related("owner")
    for some in batched(fetched.iterator(BATCH), BATCH):
        held = parts.qualifications_of(company.pk for company in some)
        yield from (_row(company, held, names) for company in some)


def _row(company: Company, held: dict[int, list[str]], names: Names) -> dict[str, Any]:
    told = {name: getattr(company, name) or None for name in COMPANY}
    if company.capital_source == Company.CapitalSource.UNKNOWN:
        told["capital_source"] = None
    kinds = list(dict.fromkeys(held.get(company.pk, ())))  # once, however often it was renewed
    return {"name": company.name, **told, "qualifications": kinds or None, "owner": names.of(company.owner)}


COMPANIES = Layout(
    code="companies",
    name="企业名录",
    title="{zone}企业名录",
    model=Company,
    columns=COLUMNS,
    records=records,
    rows=rows,
    notes=("负责人只用于新登记的企业；已有企业换人，请在系统里移交。企业改名，请先在系统里改名或加别名。",),
)
