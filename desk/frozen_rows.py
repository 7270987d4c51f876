"""The values of ledger columns from the rows of a snapshot: what T1, T2 and T4 said on that day, never looked up again.

A value has the type its column is written with (`ledgers.layouts.base.Kind`); a column whose value no snapshot holds is
named in ABSENT and written as “—”.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.dates import FuzzyDate, Precision
from ledgers.layouts import t4_cells
from ledgers.layouts.t4 import NODES
from ledgers.values import Amount
from projects import stages
from projects.models import CapitalArrival, Milestone, Project
from reports.models import Snapshot, SnapshotRow
from reports.services import snapshots

type Words = dict[str, Any]
CHUNK = 2_000
Table = SnapshotRow.Table
NODE_CODES = frozenset(node.code for node in NODES)
PRESS = "press"  # announced by a newspaper: not a row of a ledger of ours
ABSENT = {
    "T1": ("qualifications", "amount_outside", "company_credit_code", "contact", "remark"),
    "T2": ("planned_fixed", "introduction", "contact", "phone", "judgement", "reporter"),
    "T4": (),
}


def rows(code: str, snapshot: Snapshot, *, user: User) -> Iterator[dict[str, Any]]:
    """The rows of one ledger, in the order of the projects' keys, of projects that the person may see."""
    told = _by_project(snapshot, Table.PROGRESS, user)
    if code == "T2":
        yield from (_t2(words, told.get(key, {})) for key, words in _projects(snapshot, user) if _is_talked_of(words))
    elif code == "T1":
        papers, capital = _papers(snapshot, user), _capital(snapshot, user)
        for key, words in _projects(snapshot, user):
            if _is_signed(words):
                yield _t1(words, told.get(key, {}), papers.get(key, {})) | capital.get(key, {})
    else:
        nodes = _nodes(snapshot, user)
        yield from (_t4(words, told.get(key, {}), nodes[key]) for key, words in _projects(snapshot, user) if key in nodes)


def _words(snapshot: Snapshot, table: str, user: User) -> Iterator[tuple[int, Words]]:
    found = snapshots.rows(snapshot, table, user=user).order_by("object_id").values_list("project_id", "values")
    yield from found.iterator(chunk_size=CHUNK)


def _projects(snapshot: Snapshot, user: User) -> Iterator[tuple[int, Words]]:
    yield from (pair for pair in _words(snapshot, Table.PROJECT, user) if pair[1].get("origin") != PRESS)


def _by_project(snapshot: Snapshot, table: str, user: User) -> dict[int, Words]:
    return dict(_words(snapshot, table, user))


def _is_signed(words: Words) -> bool:
    stage = stages.BY_CODE.get(words["stage"])
    return bool(words["agreement_kind"]) or bool(stage and stage.counted)


def _is_talked_of(words: Words) -> bool:
    return words["status"] == Project.Status.ACTIVE and not _is_signed(words)


# T1 签约项目台账


def _t1(words: Words, told: Words, paper: Words) -> dict[str, Any]:
    return {
        "name": words["name"],
        "investor": words["lead_party"],
        "investor_city": words["lead_city"],
        "investor_ownership": words["lead_ownership"],
        "kind": words["agreement_kind"],
        "signed_on": _fuzzy(words, "signed_on"),
        "event": words["event"],
        "our_unit": paper.get("our_unit"),
        "amount": _amount(words["amount"], words["amount_qualifier"]),
        "fixed": _amount(words["fixed_investment"]),
        **{name: words[name] or None for name in ("focus", "industry", "site", "summary", "land_mode")},
        **{name: _number(words[name]) for name in ("land_mu", "floor_m2")},
        "company": words["project_companies"],
        "stage": words["stage_label"],
        "start": _fuzzy(words, "planned_start_on"),
        "completion": _fuzzy(words, "planned_completion_on"),
        "production": _fuzzy(words, "planned_production_on"),
        "leaders": _names(words["leaders"]),
        "officers": _names(words["chief_service"]),
        "department": words["department"],
        **{name: told.get(name) for name in ("progress", "problems", "next_plan")},
    }


def _papers(snapshot: Snapshot, user: User) -> dict[int, Words]:
    """The agreement in force of each project."""
    return {key: words for key, words in _words(snapshot, Table.AGREEMENT, user) if words["in_force"]}


def _capital(snapshot: Snapshot, user: User) -> dict[int, dict[str, Amount]]:
    """What was verified by then: in all, of the year of the snapshot, and from other provinces."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for key, words in _words(snapshot, Table.CAPITAL, user):
        if words["status"] != CapitalArrival.Status.VERIFIED or words["amount"] is None:
            continue
        counted = {
            "capital_total": True,
            "capital_year": words["arrived_on"].startswith(f"{snapshot.as_of_on.year}-"),
            "capital_outside": words["origin"] == CapitalArrival.Origin.OTHER_PROVINCE,
        }
        for column in (name for name, counts in counted.items() if counts):
            found[key][column] = found[key].get(column, Decimal()) + Decimal(words["amount"])
    return {key: {name: Amount(value, "exact") for name, value in sums.items()} for key, sums in found.items()}


# T2 在谈项目台账


def _t2(words: Words, told: Words) -> dict[str, Any]:
    source, person = words["lead_source"], words["referrer"]
    return {
        "name": words["name"],
        "investor": words["lead_party"],
        "summary": words["summary"],
        "land_mu": _number(words["land_mu"]),
        "district": words["department"],
        "progress": told.get("progress"),
        "focus": words["focus"],
        "first_contact": _day(words["first_contact_on"]),
        "method": words["method"],
        "source": f"{source}/{person}" if person else source,
        "site": words["site"],
        "expected_sign": _day(words["expected_sign_on"]),
        "follower": words["owner"],
    }


# T4 项目节点推进表


def _nodes(snapshot: Snapshot, user: User) -> dict[int, dict[str, Words]]:
    """Project → code → the milestone, of the nodes that the chart shows."""
    found: dict[int, dict[str, Words]] = defaultdict(dict)
    for key, words in _words(snapshot, Table.MILESTONE, user):
        if words["code"] in NODE_CODES:
            found[key][words["code"]] = words
    return dict(found)


def _t4(words: Words, told: Words, by_code: dict[str, Words]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": words["name"],
        "code": words["code"],
        "amount": _amount(words["amount"], words["amount_qualifier"]),
        "leaders": _names(words["leaders"]),
        "department": words["department"],
        "light": words["light_label"],
        **{name: told.get(name) for name in ("progress", "problems", "needs_coordination")},
    }
    for node in NODES:
        milestone = by_code.get(node.code)
        row[f"{node.key}_plan"] = _planned(milestone)
        row[f"{node.key}_actual"] = _actual(milestone)
    return row


def _planned(milestone: Words | None) -> FuzzyDate | None:
    return FuzzyDate(_day(milestone["due_on"])) if milestone else None


def _actual(milestone: Words | None) -> str | None:
    """What the ledger would have said of the milestone as it stood."""
    if milestone is None:
        return None
    stood = Milestone(status=milestone["status"], completed_on=_day(milestone["completed_on"]))
    stood.completed_on_precision, stood.completed_on_inferred = (
        milestone["completed_on_precision"],
        milestone["completed_on_inferred"],
    )
    return t4_cells.write_actual(stood)


# Values


def _amount(value: str | None, qualifier: str | None = None) -> Amount | None:
    return None if value is None else Amount(Decimal(value), qualifier or "exact")


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _names(text: str) -> list[str] | None:
    return text.split("、") if text else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _fuzzy(words: Words, name: str) -> FuzzyDate | None:
    on = _day(words[name])
    return None if on is None else FuzzyDate(on, words[f"{name}_precision"] or Precision.DAY, bool(words[f"{name}_inferred"]))


def with_dashes(found: Iterable[dict[str, Any]], absent: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Empty texts as nothing, and “—” where the snapshot cannot say."""
    dashes = dict.fromkeys(absent, "—")
    for row in found:
        yield {key: None if value == "" else value for key, value in row.items()} | dashes
