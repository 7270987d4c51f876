"""The Shenzhen data: every fact is loaded or listed, every value is proven by a phrase, nothing is invented."""

import dataclasses
import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from companies.models import Company, Person
from core.models import DomainModel
from crm import seeding
from documents.models import Citation, Document
from events.models import Event
from projects.models import Agreement, MilestoneTemplate, Project

ROWS: list[dict[str, Any]] = json.loads((seeding.FIXTURES / "shenzhen_2020.json").read_text())
NOT_LOADED: dict[str, str] = json.loads((seeding.FIXTURES / "not_loaded.json").read_text())
PROVEN = {"name", "title", "title_then", "group_label", "headcount", "year", "kind_text", "value", "summary", "venue", "city"}
PROVEN |= {"starts_on", "ends_on", "signed_on", "as_of_on", "our_unit_name", "announced_signed_count"}
PROVEN |= {"announced_signed_investment", "announced_promoted_count", "announced_promoted_investment"}
# What no phrase carries word for word, and why.
EXCEPTIONS = {
    ("as_of_on", "2020-10-31"): "报道日期未写：全部按 2020 年 10 月推定",
    ("city", "焦作"): "“市委书记”所指的市由“我市”推定",
    ("city", "河南"): "“省委书记”所指的省由报道推定",
    ("name", "中原工业设计城调研（第一次）"): "活动名称由“第一次到中原工业设计城”归纳",
    ("name", "中原工业设计城调研（第二次）"): "活动名称由“第二次调研”归纳",
    ("name", "中原工业设计城开园"): "活动名称由“开园以来”归纳",
    ("name", "院（校）地科技合作对接活动"): "5 场活动合记一条",
    ("title", "示范区参加焦作市（深圳）招商推介活动有关情况"): "议题原文过长，取首尾",
    ("title", "安排部署下一步重点工作"): "同句",
}
IDIOMS = {"3": "三届", "1": "超亿元", "100": "近百个", "1000": "近千名"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _seeded_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """Loading costs seconds: once for this file, in a transaction that is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        seeding.sync_roles()
        yield seeding.seed(press=True)
        transaction.set_rollback(True)


@pytest.fixture
def seeded(_seeded_once: int, db: None) -> int:
    return _seeded_once


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def spellings(name: str, value: str) -> list[str]:
    """The ways in which the article may write a value."""
    found = [squeezed(value)]
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value):
        year, month, day = match.groups()
        found += [f"{int(month)}月{int(day)}日", f"{int(day)}日", f"{year}年"]
    if "investment" in name:
        found.append(f"{Decimal(value) / 10000:f}亿元")
    if value.startswith("（名称待核）"):
        found.append(value.removeprefix("（名称待核）").removesuffix("签约项目"))
    if value in IDIOMS:
        found.append(IDIOMS[value])
    return found


def test_every_fact_is_loaded_or_listed_with_a_reason():
    cited = {citation["fact"] for row in ROWS for citation in row.get("citations", [])}
    known = {*cited, *NOT_LOADED}

    assert not cited & set(NOT_LOADED)
    assert all(NOT_LOADED.values())
    assert len(known) == 127


@pytest.mark.skipif(not os.environ.get("SEED_ARTICLE"), reason="SEED_ARTICLE 未指明报道原文")
def test_every_phrase_stands_in_its_lines_of_the_article():
    article = Path(os.environ["SEED_ARTICLE"])
    facts = json.loads(article.with_name("facts.json").read_text())["facts"]
    lines = article.read_text().split("\n")

    for row in ROWS:
        for citation in row.get("citations", []):
            first, last = citation["lines"]
            assert squeezed(citation["quote"]) in squeezed("".join(lines[first - 1 : last])), (row["key"], citation["quote"])
    cited = {citation["fact"] for row in ROWS for citation in row.get("citations", [])}
    assert {fact["id"] for fact in facts} == {*cited, *NOT_LOADED}


def test_every_name_number_and_date_is_proven_by_a_phrase(capsys: pytest.CaptureFixture[str]):
    checked, unproven, used = 0, [], set()
    for row in ROWS:
        for name, value in row["fields"].items():
            if name not in PROVEN or value in (None, "") or isinstance(value, dict):
                continue
            checked += 1
            quotes = [squeezed(item["quote"]) for item in row.get("citations", []) if name in item["fields"]]
            if any(spelling in quote for spelling in spellings(name, str(value)) for quote in quotes):
                continue
            if (name, value) in EXCEPTIONS:
                used.add((name, value))
                continue
            unproven.append((row["key"], name, value))
    with capsys.disabled():
        print(f" [未直接引证的类别 {len(used)}，检查 {checked} 个值]", end="")

    assert unproven == []
    assert len(EXCEPTIONS) <= 25


def test_a_phrase_is_short():
    assert all(len(item["quote"]) <= 40 for row in ROWS for item in row.get("citations", []))


def test_twelve_projects_are_named_and_none_carries_an_amount(seeded: int):
    assert Project.objects.count() == 12
    assert set(Project.objects.values_list("origin", "owner")) == {("press", None)}
    assert Project.objects.filter(track="tenancy", stage="tenancy.signed").count() == 9
    assert Project.objects.filter(track=None, stage="any.signed").count() == 3
    assert set(Agreement.objects.values_list("amount", "kind", "signed_on_inferred")) == {(None, "unknown", True)}
    assert not Project.objects.filter(lead_party=None).exists()
    assert not Project.objects.filter(agreement=None).exists()


def test_announced_figures_stay_with_the_event_and_are_not_added_up(seeded: int):
    signing = Event.objects.get(announced_signed_count=14)

    assert signing.announced_signed_investment == Decimal("1420000.0000")
    assert (signing.announced_promoted_count, signing.announced_promoted_investment) == (10, Decimal("11800000.0000"))
    assert signing.starts_on.isoformat() == "2020-10-12"
    assert signing.starts_on_inferred


def test_people_carry_no_contact_data(seeded: int):
    people = Person.objects.all()

    assert people.count() == 24
    assert set(people.values_list("mobile", "phone", "email")) == {("", "", "")}


def test_no_milestone_follow_up_or_directive_is_made_from_the_press(seeded: int):
    models = {row["model"] for row in ROWS}

    assert not models & {"projects.Milestone", "activities.FollowUp", "activities.Directive"}


def test_seeding_again_touches_nothing_that_people_edited_or_deleted(seeded: int):
    edited = Company.objects.get(name="广州云蝶科技有限公司")
    edited.short_name = "人工改过"
    edited.save()
    doomed = Company.objects.get(name="大连理工大学")
    participation = doomed.participations.get()
    seeding.core.delete(participation, by=None, now=timezone.now())
    seeding.core.delete(doomed, by=None, now=timezone.now())
    before = Citation.all_objects.count()

    again = seeding.seed(press=True)

    assert again == 0
    edited.refresh_from_db()
    assert edited.short_name == "人工改过"
    assert not Company.objects.filter(name="大连理工大学").exists()
    assert Citation.all_objects.count() == before


def test_every_loaded_row_survives_an_edit_of_every_plain_field(seeded: int):
    loader = seeding.Loader(seeding.PRESS)
    loader.find(ROWS)
    company = loader.found["S03.company"]
    for name in ("city", "note", "focus", "ownership"):
        setattr(company, name, "改过")
    company.save()

    seeding.seed(press=True)

    fresh = Company.objects.get(pk=company.pk)
    assert {fresh.city, fresh.note, fresh.focus, fresh.ownership} == {"改过"}


def test_diff_shows_where_the_database_differs(seeded: int, capsys: pytest.CaptureFixture[str]):
    call_command("seed", "--diff")
    assert "共 0 处不同" in capsys.readouterr().out
    Company.objects.filter(name="三盟科技股份有限公司").update(name="改名")

    call_command("seed", "--diff")

    assert "S09.company name" in capsys.readouterr().out


def test_without_the_press_only_reference_data_is_loaded(settings: LazySettings):
    settings.CONFIG = dataclasses.replace(settings.CONFIG, seed=False)
    before = Document.objects.count()

    call_command("seed")

    assert Document.objects.count() == before
    assert MilestoneTemplate.objects.filter(code="M-A").exists()


def test_the_press_data_leave_in_one_step(seeded: int):
    seeding.remove_press(now=timezone.now())

    left = [row["key"] for row in ROWS if model(row).objects.filter(public_id=identity(row["key"])).exists()]
    assert left == []


def model(row: dict[str, Any]) -> type[DomainModel]:
    return seeding.model_of(row)


def identity(key: str):
    return seeding.Loader(seeding.PRESS).identity(key)
