"""Each constraint of our tables is violated here once by each way into it, and says what is wrong in its own words."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import model_to_dict

from accounts import roles
from tests.factories import (
    NOW,
    TODAY,
    CompanyFactory,
    DepartmentFactory,
    DocumentFactory,
    ParkFactory,
    PersonFactory,
    ProjectFactory,
    RobotFactory,
    UserFactory,
    WrittenReportFactory,
    build_one,
)
from tests.test_all_models import OURS

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(days=1)
RULES = {rule.name: (model, rule) for model in OURS for rule in model._meta.constraints}
NOBODY = {"company": None, "person": None, "user": None, "name": "", "group_label": ""}

# What a good row is changed to; a function makes the rows it needs, and gets the row itself.
CHECKS = {
    "accounts_department_not_own_parent": [lambda row: {"parent": row}],
    "accounts_user_away_order": [{"away_from_on": TODAY, "away_until_on": YESTERDAY}],
    "accounts_user_no_superuser": [{"is_superuser": True}],
    "activities_attendance_one_subject": [
        {"person": None},
        {"name": "测试员"},
        lambda row: {"user": UserFactory()},
        lambda row: {"person": None, "user": UserFactory(), "name": "测试员"},
    ],
    "activities_directive_note_due_has_reason": [
        {"kind": "due_moved"},
        {"kind": "due_moved", "new_due_on": TODAY, "text": ""},
    ],
    "activities_directive_one_subject": [
        lambda row: {"project": ProjectFactory(), "company": CompanyFactory()},
        lambda row: {"project": ProjectFactory(), "park": ParkFactory()},
        lambda row: {"company": CompanyFactory(), "park": ParkFactory()},
    ],
    "activities_directive_problem_has_project": [
        {"source": "problem"},
        lambda row: {"source": "problem", "company": CompanyFactory()},
    ],
    "activities_follow_up_done_has_moment": [{"status": "done"}],
    "companies_company_code_not_blank": [{"credit_code": ""}],
    "companies_company_not_own_parent": [lambda row: {"parent": row}],
    "companies_first_report_decision_needs_dispute": [
        {"decision": "pending"},
        {"decision": "revoked"},
        lambda row: {"disputed_by": UserFactory()},
    ],
    "companies_first_report_not_own_dispute": [lambda row: {"disputed_by": row.by, "decision": "pending"}],
    "companies_position_order": [{"since_on": TODAY, "until_on": YESTERDAY}],
    "events_event_not_own_parent": [lambda row: {"parent": row}],
    "events_event_order": [{"starts_on": TODAY, "ends_on": YESTERDAY}],
    "events_participation_one_subject": [
        NOBODY,
        {"name": "测试员"},
        {"group_label": "客商代表"},
        lambda row: {"user": UserFactory()},
        lambda row: NOBODY | {"user": UserFactory(), "person": PersonFactory()},
        NOBODY | {"name": "测试员", "group_label": "客商代表"},
    ],
    "outbox_message_one_receiver": [{"recipient": None}, lambda row: {"robot": RobotFactory(), "channel": "robot"}],
    "outbox_message_robot_has_channel": [
        {"channel": "robot"},
        lambda row: {"recipient": None, "robot": RobotFactory(), "channel": "email"},
    ],
    "outbox_message_sent_has_moment": [{"status": "sent"}, {"sent_at": NOW}, {"status": "dead", "sent_at": NOW}],
    "parks_park_not_own_parent": [lambda row: {"parent": row}],
    "parks_tenancy_order": [{"since_on": TODAY, "until_on": YESTERDAY}],
    "projects_agreement_amount_positive": [{"amount": Decimal("-0.0001")}],
    "projects_agreement_fixed_within_total": [{"amount": Decimal(1), "fixed_investment": Decimal("1.0001")}],
    "projects_agreement_not_own_successor": [lambda row: {"superseded_by": row}],
    "projects_annual_plan_year_range": [{"year": 1999}, {"year": 2101}],
    "projects_capital_has_amount": [{"amount": None}],
    "projects_capital_negative_corrects": [
        {"amount": Decimal(-1)},
        {"amount": Decimal(0)},
        {"amount_usd": Decimal(-1)},
        {"amount": None, "amount_usd": Decimal(0)},
    ],
    "projects_capital_verified_by_somebody": [
        {"status": "verified"},
        {"status": "verified", "verified_at": NOW},
        lambda row: {"status": "verified", "verified_by": UserFactory()},
    ],
    "projects_investment_verified_by_somebody": [
        {"status": "verified"},
        {"status": "verified", "verified_at": NOW},
        lambda row: {"status": "verified", "verified_by": UserFactory()},
    ],
    "projects_date_request_answered_by_somebody": [
        {"status": "accepted"},
        {"status": "declined", "answered_at": NOW},
        lambda row: {"status": "accepted", "answered_by": UserFactory()},
    ],
    "projects_evidence_waived_has_reason": [{"status": "waived"}],
    "projects_member_one_subject": [
        {"user": None},
        {"name": "测试员"},
        lambda row: {"person": PersonFactory()},
        lambda row: {"user": None, "person": PersonFactory(), "name": "测试员"},
    ],
    "projects_milestone_done_has_date": [{"status": "done"}, {"status": "done", "completed_on_precision": "month"}],
    "projects_milestone_not_own_anchor": [lambda row: {"anchor": row}],
    "projects_milestone_open_is_confirmed": [
        {"confirmed_at": None},
        {"confirmed_at": None, "status": "done", "completed_on": TODAY},
        {"confirmed_at": None, "status": "waived", "waived_reason": "测试原因"},
    ],
    "projects_milestone_waived_has_reason": [{"status": "waived"}],
    "projects_party_one_subject": [{"company": None}, lambda row: {"park": ParkFactory()}],
    "projects_party_share_range": [{"share_percent": Decimal(0)}, {"share_percent": Decimal("100.01")}],
    "projects_progress_period_order": [{"period_start_on": TODAY, "period_end_on": YESTERDAY}],
    "projects_project_code_not_blank": [{"code": ""}],
    "projects_project_end_has_reason": [{"status": "terminated"}],
    "projects_project_hold_has_review": [{"status": "on_hold"}, {"status": "on_hold", "status_reason": "测试原因"}],
    "projects_project_track_required": [{"track": None, "stage": "any.signed"}],
    "projects_template_item_not_own_anchor": [lambda row: {"anchor": row}],
    "reminders_pilot_order": [{"since_on": TODAY, "until_on": YESTERDAY}],
    "reminders_reminder_sent_has_moment": [{"status": "sent"}],
    "reminders_report_up_decided_by_somebody": [
        {"choice": "reported"},
        {"choice": "deferred", "at": NOW},
        lambda row: {"choice": "told_orally", "by": UserFactory()},
    ],
    "reports_indicator_value_range": [{"value": Decimal(2), "value_to": Decimal(1)}, {"value": None, "value_to": Decimal(1)}],
    "reports_period_locked_by_somebody": [
        {"locked_at": NOW},
        lambda row: {"locked_by": UserFactory()},
        lambda row: {"kind": "week", "locked_at": NOW, "locked_by": UserFactory()},
    ],
    "reports_period_order": [{"start_on": TODAY, "end_on": TODAY}],
    "reports_target_not_negative": [{"value": Decimal("-0.0001")}],
    "reports_target_one_subject": [lambda row: {"department": DepartmentFactory(), "user": UserFactory()}],
    "reports_target_part_of_year": [
        {"n": 1},
        {"period_kind": "quarter"},
        {"period_kind": "quarter", "n": 5},
        {"period_kind": "month", "n": 0},
        {"period_kind": "month", "n": 13},
    ],
    "reports_target_year_range": [{"year": 1999}, {"year": 2101}],
    "reports_written_issued_is_kept": [
        {"status": "issued"},
        lambda row: {"status": "issued", "issued_at": NOW, "issued_by": UserFactory()},
        {"issued_at": NOW},
        lambda row: {"document": DocumentFactory()},
    ],
}

# What the first row needs, and which of its values the second one repeats (those of the constraint, if not said).
UNIQUE = {
    "accounts_department_unique_name": {},
    "accounts_share_unique": {"repeats": ["user", "target"]},
    "accounts_user_unique_email": {},
    "activities_directive_unit_unique": {},
    "activities_interaction_company_unique": {},
    "activities_light_rule_unique_code": {},
    "companies_alias_unique": {"repeats": ["company", "name"]},
    "companies_company_unique_credit_code": {"first": {"credit_code": "91350100M000100Y43"}},
    "companies_company_unique_name": {"repeats": ["name"]},
    "companies_position_unique": {},
    "desk_saved_view_unique_name": {"repeats": ["owner", "name"]},
    "events_promotion_unique": {},
    "ledgers_alias_unique_head": {"repeats": ["head"]},
    "ledgers_mapping_unique_signature": {"repeats": ["signature"]},
    "outbox_attempt_unique_n": {},
    "outbox_robot_unique_name": {},
    "parks_park_unique_name": {},
    "parks_space_unique_name": {},
    "parks_staff_unique": {},
    "parks_tenancy_unique_open": {},
    "projects_agreement_party_unique": {},
    "projects_annual_plan_unique_year": {},
    "projects_date_request_one_open": {},
    "projects_evidence_unique_code": {},
    "projects_investment_unique_month": {},
    "projects_member_unique_user": {},
    "projects_milestone_unique_code": {},
    "projects_party_unique_company": {},
    "projects_party_unique_park": {"first": {"company": None, "park": ParkFactory}, "also": {"company": None}},
    "projects_plan_unique_template": {},
    "projects_progress_unique_revision": {},
    "projects_project_unique_code": {"first": {"code": "T-2026-001"}},
    "projects_template_item_unique_code": {},
    "projects_template_unique_code": {},
    "reminders_rule_unique_code": {"first": {"offset": -9}},  # two rules of one moment would say the same
    "reports_indicator_park_unique": {},
    "reports_period_unique_start": {},
    "reports_snapshot_row_unique": {},
    "reports_snapshot_unique_edition": {},
    "reports_target_unique_subject": {
        "first": {"indicator": "signing"},
        "repeats": ["indicator", "period_kind", "year", "n", "department", "user"],
    },
    "reports_written_one_successor": {"first": {"supersedes": WrittenReportFactory}},
}

NEVER_TYPED = {"projects_milestone_unique_code", "projects_project_unique_code"}  # services write them

ALLOWED = {
    "accounts_user_away_order": [
        {"away_from_on": TODAY, "away_until_on": TODAY},
        {"away_from_on": TODAY},
        {"away_until_on": TODAY},
    ],
    "accounts_user_unique_email": [{"email": ""}],
    "activities_attendance_one_subject": [{"person": None, "name": "测试员"}],
    "activities_directive_one_subject": [{}, lambda row: {"park": ParkFactory()}],
    "companies_company_code_not_blank": [{"credit_code": None}],
    "companies_first_report_not_own_dispute": [lambda row: {"disputed_by": UserFactory(), "decision": "upheld"}],
    "companies_position_order": [{"since_on": TODAY, "until_on": TODAY}, {"until_on": TODAY}],
    "events_event_order": [{"starts_on": TODAY, "ends_on": TODAY}, {"starts_on": None, "ends_on": TODAY}],
    "events_participation_one_subject": [
        lambda row: {"person": PersonFactory()},
        lambda row: NOBODY | {"person": PersonFactory()},
        lambda row: NOBODY | {"user": UserFactory()},
        NOBODY | {"name": "测试员"},
        NOBODY | {"group_label": "客商代表"},
    ],
    "projects_agreement_amount_positive": [{"amount": None}, {"amount": Decimal(0)}],
    "projects_agreement_fixed_within_total": [
        {"amount": Decimal("0.3"), "fixed_investment": Decimal("0.3")},
        {"amount": None, "fixed_investment": Decimal(5)},
    ],
    "projects_annual_plan_year_range": [{"year": 2000}, {"year": 2100}],
    "projects_capital_has_amount": [{"amount": None, "amount_usd": Decimal(1)}],
    "projects_capital_negative_corrects": [lambda row: {"amount": Decimal(-1), "corrects": build_one(type(row))}],
    "projects_milestone_done_has_date": [
        {"status": "done", "completed_on": TODAY},
        {"status": "done", "completed_on_precision": "unknown"},
    ],
    "projects_milestone_open_is_confirmed": [{"confirmed_at": None, "status": "to_confirm"}],
    "projects_party_share_range": [{"share_percent": Decimal("0.01")}, {"share_percent": Decimal(100)}],
    "projects_project_track_required": [{"track": None, "stage": "any.signed", "origin": "press"}],
    "reports_indicator_value_range": [{"value": Decimal(1), "value_to": Decimal(1)}],
    "reports_period_locked_by_somebody": [lambda row: {"locked_at": NOW, "locked_by": UserFactory()}],
    "reports_target_not_negative": [{"value": Decimal(0)}],
    "reports_target_one_subject": [lambda row: {"department": DepartmentFactory()}, lambda row: {"user": UserFactory()}],
    "reports_target_part_of_year": [{"period_kind": "quarter", "n": 4}, {"period_kind": "month", "n": 12}],
}


def cases(table):
    return [pytest.param(name, change, id=f"{name}-{n}") for name, changes in table.items() for n, change in enumerate(changes)]


def changed(name, change):
    """A good row of the constraint's table, changed and not yet saved."""
    row = build_one(RULES[name][0])
    for field, value in (change(row) if callable(change) else change).items():
        setattr(row, field, value)
    return row


def twins(name):
    """A saved row, and one that repeats what must not be repeated, not yet saved."""
    model, rule = RULES[name]
    case = UNIQUE[name]
    values = {field: value() if isinstance(value, type) else value for field, value in case.get("first", {}).items()}
    first = build_one(model, **values)
    second = build_one(model, **case.get("also", {}), **{"park": ParkFactory()} if case.get("also") else {})
    for field in case.get("repeats", rule.fields):
        setattr(second, field, getattr(first, field))
    second.clean()
    return first, second


def refused(rule, row):
    with pytest.raises(ValidationError) as error:
        row.validate_constraints()
    return rule.violation_error_message in error.value.messages


def refused_by_the_database(row):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save()
    return str(error.value)


def test_every_constraint_has_its_case():
    checks = {name for name, (_model, rule) in RULES.items() if isinstance(rule, models.CheckConstraint)}

    assert set(CHECKS) == checks
    assert set(UNIQUE) == set(RULES) - checks


@pytest.mark.parametrize(("name", "change"), cases(CHECKS))
def test_a_row_that_breaks_a_rule_is_refused_by_form_and_database(name, change):
    rule = RULES[name][1]
    row = changed(name, change)

    assert refused(rule, row)
    assert name in refused_by_the_database(row)


@pytest.mark.parametrize("name", UNIQUE)
def test_a_second_row_of_the_same_key_is_refused_by_form_and_database(name):
    rule = RULES[name][1]
    _first, second = twins(name)

    assert refused(rule, second)
    assert "unique" in refused_by_the_database(second).lower()


@pytest.mark.parametrize("name", [name for name in UNIQUE if RULES[name][0] in admin.site._registry and name not in NEVER_TYPED])
def test_a_page_refuses_a_second_row_of_the_same_key_with_the_sentence(name, rf):
    """Django leaves out a rule that names a column the form does not show, and no form shows deleted_at."""
    model, rule = RULES[name]
    _first, second = twins(name)
    roles.sync_groups()
    request = rf.get("/")
    request.user = UserFactory(roles=["manager", "sysadmin"])
    values = {field: value for field, value in model_to_dict(second).items() if value is not None}

    form = admin.site._registry[model].get_form(request, change=False)(values)

    assert set(UNIQUE[name].get("repeats", rule.fields)) <= set(form.fields)
    assert str(rule.violation_error_message) in [str(text) for texts in form.errors.values() for text in texts]


@pytest.mark.parametrize("name", [name for name in UNIQUE if hasattr(RULES[name][0], "deleted_at")])
def test_a_key_is_free_again_when_its_row_was_deleted(name):
    first, second = twins(name)
    first.deleted_at = NOW
    first.save()

    second.validate_constraints()
    second.save()

    assert RULES[name][0].objects.filter(pk=second.pk).exists()


@pytest.mark.parametrize(("name", "change"), cases(ALLOWED))
def test_what_a_rule_allows_is_saved(name, change):
    row = changed(name, change)

    row.validate_constraints()
    row.save()
    build_one(type(row))


@pytest.mark.parametrize(
    ("one", "other"),
    [("测试甲（深圳）有限公司", "测试甲 (深圳) 有限公司"), ("ABC测试有限公司", "ａｂｃ测试有限公司")],
)
def test_two_spellings_of_a_company_are_one_company(one, other):
    CompanyFactory(name=one)

    assert "UNIQUE" in refused_by_the_database(CompanyFactory.build(name=other, owner=UserFactory())).upper()


def test_two_companies_without_a_credit_code_are_two():
    CompanyFactory.create_batch(2, credit_code=None)


def test_an_ended_tenancy_may_begin_again():
    first = build_one(RULES["parks_tenancy_order"][0], since_on=YESTERDAY, until_on=TODAY)

    build_one(type(first), park=first.park, company=first.company, since_on=TODAY)
