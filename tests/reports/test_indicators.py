"""Each indicator on rows that can be added by hand: no two parts of them are alike, none is 0."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Project
from reports.indicators import (
    INDICATORS,
    QUANTITIES,
    TARGETS,
    Asked,
    Window,
    compute,
    compute_many,
    measure,
    measure_codes,
    year_on_year,
)
from reports.indicators.dimensions import BAND, KIND, ORIGIN
from reports.indicators.targets import targets_reached
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    AnnualPlanFactory,
    CapitalArrivalFactory,
    CompanyFactory,
    EventFactory,
    EvidenceFactory,
    InvestmentProgressFactory,
    ProjectFactory,
    ProjectPartyFactory,
    StageChangeFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YEAR = Window.year_to(TODAY)
SIGNED = dt.date(2026, 3, 2)
STAGES = ["signed", "registered", "filed", "started", "completed", "producing", "effective", "signed"]
AMOUNTS = [10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 90_000]  # 370,000 in sum


def figure(code: str, variant: str = "", **asked):
    return compute(code, Project.objects.all(), window=YEAR, variant=variant, **asked)


def value(code: str, variant: str = "") -> Decimal | None:
    return figure(code, variant).value


@pytest.fixture
def batch() -> list[Project]:
    """Eight contracts of this year, in eight states; the third of them has its land."""
    made = [ProjectFactory(stage=f"land.{stage}") for stage in STAGES]
    for project, amount in zip(made, AMOUNTS, strict=True):
        AgreementFactory(project=project, signed_on=SIGNED, amount=amount)
    EvidenceFactory(project=made[2], code="land.permitting.land_deal", status="provided")
    AgreementFactory(signed_on=dt.date(2025, 5, 5), amount=7)  # last year's
    AgreementFactory(project__origin="press", signed_on=SIGNED, amount=9, project__track=None, project__stage="any.signed")
    return made


def entered():
    return Project.objects.entered()


@pytest.mark.parametrize(
    ("code", "variant", "numerator", "denominator", "expected"),
    [
        ("performance", "count", 6, 8, "75.00"),
        ("performance", "amount", 270_000, 370_000, "72.97"),
        ("landing", "count", 5, 8, "62.50"),
        ("landing", "amount", 250_000, 370_000, "67.57"),
        ("start", "a", 4, 8, "50.00"),
        ("start", "a_amount", 220_000, 370_000, "59.46"),
        ("start", "b", 4, 6, "66.67"),
        ("start", "b_amount", 220_000, 270_000, "81.48"),
        ("start_and_completion", "start", 4, 8, "50.00"),
        ("start_and_completion", "start_amount", 220_000, 370_000, "59.46"),
        ("start_and_completion", "completion", 3, 8, "37.50"),
        ("start_and_completion", "completion_amount", 180_000, 370_000, "48.65"),
        ("production", "a", 2, 8, "25.00"),
        ("production", "a_amount", 130_000, 370_000, "35.14"),
        ("production", "b", 2, 4, "50.00"),
        ("production", "b_amount", 130_000, 220_000, "59.09"),
        ("effect", "count", 1, 2, "50.00"),
        ("effect", "amount", 70_000, 130_000, "53.85"),
    ],
)
def test_a_rate_is_its_numerator_by_its_denominator(batch, code, variant, numerator, denominator, expected):
    found = compute(code, entered(), window=YEAR, variant=variant)

    assert found.numerator.of(QUANTITIES[found.parts.numerator]) == numerator
    assert found.denominator.of(QUANTITIES[found.parts.denominator]) == denominator
    assert found.value == Decimal(expected)


def test_every_part_counts_exactly_its_rows(batch):
    asked = Asked(entered(), YEAR)
    found = measure_codes(QUANTITIES, asked)

    for code, quantity in QUANTITIES.items():
        assert found[code].count == quantity.rows(asked).count(), code


def test_all_figures_of_a_page_are_four_queries(batch):
    wanted = [(code, variant) for code, indicator in INDICATORS.items() for variant in indicator.variants]

    with CaptureQueriesContext(connection) as asked:
        compute_many(wanted, Asked(entered(), YEAR))

    assert len(asked) == 4  # three wholes with their parts, and all that stands alone


def test_nothing_divided_by_nothing_is_unknown_and_says_why():
    for code, indicator in INDICATORS.items():
        for variant, parts in indicator.variants.items():
            found = figure(code, variant)
            assert found.value is None or parts.denominator is None, code
            if parts.denominator:
                assert found.note, code


def test_plans_may_be_exceeded():
    for stage, planned, moved in [
        ("started", dt.date(2026, 5, 1), dt.date(2026, 5, 3)),
        ("started", None, dt.date(2026, 6, 3)),
        ("completed", dt.date(2026, 7, 1), dt.date(2026, 7, 3)),
        ("signed", dt.date(2026, 8, 1), None),
        ("started", dt.date(2026, 4, 1), dt.date(2025, 12, 30)),  # begun last year
        ("started", None, dt.date(2026, 6, 9)),
        ("started", None, dt.date(2026, 6, 10)),
    ]:
        project = ProjectFactory(stage=f"land.{stage}", planned_start_on=planned)
        if moved:
            StageChangeFactory(project=project, from_stage="land.permitting", to_stage="land.started", moved_on=moved)
    for moved in (dt.date(2026, 9, 1), dt.date(2026, 10, 1)):
        done = ProjectFactory(stage="land.completed")
        StageChangeFactory(project=done, from_stage="land.topped_out", to_stage="land.completed", moved_on=moved)
    ProjectFactory(planned_completion_on=dt.date(2026, 9, 9))

    start, completion = figure("start", "c"), figure("completion")

    assert (start.numerator.count, start.denominator.count, start.value) == (5, 4, Decimal("125.00"))
    assert (completion.numerator.count, completion.denominator.count, completion.value) == (2, 1, Decimal("200.00"))
    assert value("started") == 5


def test_capital_counts_what_is_verified_and_shows_the_rest_beside(batch):
    by = UserFactory()
    proven = {"status": "verified", "verified_at": NOW, "verified_by": by}
    for origin, amount in [("our_city", 1000), ("other_city", 2000), ("other_province", 4000)]:
        CapitalArrivalFactory(project=batch[0], origin=origin, amount=amount, arrived_on=SIGNED, **proven)
        CapitalArrivalFactory(project=batch[0], origin=origin, amount=amount // 4, arrived_on=SIGNED, status="submitted")
    CapitalArrivalFactory(project=batch[1], origin="other_province", amount=70, arrived_on=SIGNED, side="local", **proven)
    CapitalArrivalFactory(project=batch[1], origin="other_province", amount=9, arrived_on=dt.date(2025, 1, 2), **proven)
    for origin, dollars in [("hmt", 30), ("foreign", 12)]:
        arrived = {"project": batch[2], "origin": origin, "amount": None, "arrived_on": SIGNED}
        CapitalArrivalFactory(amount_usd=dollars, **arrived, **proven)
        CapitalArrivalFactory(amount_usd=dollars // 6, **arrived)

    arrival, found = figure("arrival"), measure_codes(QUANTITIES, Asked(entered(), YEAR))

    assert (arrival.numerator.total, arrival.value) == (7079, Decimal("1.91"))  # 7,079 of 370,000
    assert found["arrived_unverified"].total == 1750
    assert (value("other_provinces"), found["other_provinces_unverified"].total) == (4000, 1000)
    assert (value("outside_city"), found["outside_city_unverified"].total) == (6000, 1500)
    assert (value("abroad"), found["abroad_unverified"].total) == (42, 7)
    assert (value("capital"), found["capital_unverified"].total) == (7070, 1750)


def test_a_correction_is_counted_with_its_sign(batch):
    proven = {"status": "verified", "verified_at": NOW, "verified_by": UserFactory(), "project": batch[0], "arrived_on": SIGNED}
    wrong = CapitalArrivalFactory(amount=500, **proven)
    CapitalArrivalFactory(amount=-200, corrects=wrong, **proven)

    assert value("capital") == 300


def test_investment_by_all_and_by_this_years_plan(batch):
    for month, done, cumulative in [(3, 100, 5000), (4, 250, 5250)]:
        InvestmentProgressFactory(
            project=batch[3], report_month=dt.date(2026, month, 1), completed=done, cumulative=cumulative, status="submitted"
        )
    InvestmentProgressFactory(project=batch[3], report_month=dt.date(2026, 5, 1), completed=9, cumulative=9999)  # a draft
    AnnualPlanFactory(project=batch[3], year=2026, planned_investment=1400)
    AnnualPlanFactory(project=batch[3], year=2025, planned_investment=1)

    total, annual = (figure("investment", variant) for variant in ("total", "annual"))

    assert (total.numerator.total, total.value) == (5250, Decimal("1.42"))
    assert (annual.numerator.total, annual.denominator.total, annual.value) == (350, 1400, Decimal("25.00"))


def test_conversion_of_negotiations_and_of_leads(batch):
    ProjectFactory.create_batch(5, stage="land.negotiating", first_contact_on=dt.date(2024, 1, 1))
    Project.objects.filter(first_contact_on=None).update(first_contact_on=dt.date(2020, 1, 1))
    Project.objects.filter(pk__in=[row.pk for row in batch[:3]]).update(first_contact_on=dt.date(2026, 2, 1))

    a, b = (compute("conversion", entered(), window=YEAR, variant=variant) for variant in ("a", "b"))

    assert (a.numerator.count, a.denominator.count, a.value) == (8, 5, Decimal("160.00"))
    assert b.denominator.count == 3
    assert (b.numerator.count, b.value) == (1, Decimal("33.33"))


def test_kinds_bands_and_origins_stand_apart_and_together_are_all():
    for kind, amount, source in [
        ("formal", 250_000, "domestic"),
        ("formal", 120_000, "hmt"),
        ("tenancy", 60_000, "foreign"),
        ("framework", 12_000, "unknown"),
        ("intent", 500, "domestic"),
        ("mou", None, "domestic"),
    ]:
        lead = CompanyFactory(capital_source=source)
        AgreementFactory(project=ProjectFactory(lead_party=lead), kind=kind, amount=amount, signed_on=SIGNED)
    quantity = QUANTITIES["signed_amount"]
    asked = Asked(Project.objects.all(), YEAR)

    kinds, bands, origins = (
        measure((key, quantity.part(key, key, lambda case=case: case.holds), asked) for key, case in dimension.items())
        for dimension in (KIND, BAND, ORIGIN)
    )

    assert {key: (part.count, part.total) for key, part in kinds.items()} == {
        "formal": (2, 370_000),
        "tenancy": (1, 60_000),
        "framework": (1, 12_000),
        "intent": (2, 500),
        "supplement": (0, None),
        "unknown": (0, None),
    }
    assert {key: part.count for key, part in bands.items()} == {"20": 1, "10": 1, "5": 1, "1": 1, "0": 1, "none": 1}
    assert {key: part.count for key, part in origins.items()} == {"domestic": 3, "hmt": 1, "foreign": 1, "unknown": 1}
    assert value("over_one_yi") == 3
    assert value("over_one_yi_amount") == 430_000
    assert [value("signing", variant) for variant in ("count", "framework", "intent", "all")] == [3, 1, 2, 6]
    assert [value("signing_amount", variant) for variant in ("amount", "framework", "intent")] == [430_000, 12_000, 500]


def test_a_case_narrows_the_rows_as_the_breakdown_counts_them(batch):
    AgreementFactory(kind="framework", amount=3, signed_on=SIGNED)

    asked = Asked(entered(), YEAR, cases={"kind": "formal"})

    assert measure_codes(["signed"], asked)["signed"].count == 8
    assert measure_codes(["signed"], Asked(entered(), YEAR))["signed"].count == 9


def test_a_sum_of_about_is_about():
    AgreementFactory(amount=100, signed_on=SIGNED)
    assert not figure("signing_amount").qualified

    AgreementFactory(amount=200, amount_qualifier="about", signed_on=SIGNED)

    assert figure("signing_amount").qualified


def test_what_an_amount_lacks_is_said():
    AgreementFactory(amount=100, signed_on=SIGNED)
    AgreementFactory(amount=None, signed_on=SIGNED)

    found = figure("signing_amount")

    assert (found.value, found.note) == (100, "1 条没有填写数额")


def test_the_part_of_investors_from_other_provinces():
    joint = ProjectFactory()
    joint.agreement = AgreementFactory(project=joint, amount=1000, signed_on=SIGNED)
    alone = ProjectFactory()
    alone.agreement = AgreementFactory(project=alone, amount=300, signed_on=SIGNED)
    unsure = ProjectFactory()
    unsure.agreement = AgreementFactory(project=unsure, amount=5000, signed_on=SIGNED)
    for project in (joint, alone, unsure):
        project.save(update_fields=["agreement"])
    for project, city, share in [
        (joint, "广东深圳", 60),
        (joint, "河南郑州", 40),
        (alone, "浙江杭州", None),
        (unsure, "广东深圳", None),
        (unsure, "焦作市", None),
    ]:
        ProjectPartyFactory(project=project, company=CompanyFactory(city=city), share_percent=share)

    found = figure("other_provinces_contract")

    assert (found.value, found.numerator.count) == (900, 2)


def test_intensity_counts_only_projects_that_say_both():
    for land, fixed in [(50, 6000), (30, None), (None, 900), (70, 9000)]:
        AgreementFactory(project=ProjectFactory(land_mu=land), amount=20_000, fixed_investment=fixed, signed_on=SIGNED)

    found = figure("intensity")

    assert (found.numerator.total, found.denominator.total, found.value) == (15_000, 120, Decimal("125.00"))


def test_this_year_beside_the_same_days_of_last_year():
    AgreementFactory.create_batch(3, signed_on=SIGNED)
    AgreementFactory.create_batch(2, signed_on=dt.date(2025, 3, 2))
    AgreementFactory(signed_on=dt.date(2025, 12, 1))  # after the day to which we compare

    rate, now, before = year_on_year("signing", Project.objects.all(), window=YEAR)

    assert (now.value, before.value, rate) == (3, 2, Decimal("50.00"))


def test_a_batch_of_which_nothing_is_known_after_signing_has_no_rates():
    event = EventFactory()
    made = [ProjectFactory(origin="press", track=None, stage="any.signed") for _n in range(3)]
    for project in made:
        AgreementFactory(project=project, event=event, kind="unknown", amount=None, signed_on=dt.date(2020, 10, 12))

    before = figure("performance", event=event.pk)
    StageChangeFactory(project=made[0], from_stage="any.signed", to_stage="land.registered", moved_by=UserFactory())
    Project.objects.filter(pk=made[0].pk).update(track="land", stage="land.registered")
    after = figure("performance", event=event.pk)

    assert (before.value, before.note) == (None, "签约后没有任何记录，不能计算")
    assert after.value == Decimal("33.33")


def test_targets_are_compared_with_the_months_that_are_over(batch):
    TargetFactory(indicator="signing_amount", value=500_000)
    TargetFactory(indicator="signing", value=4, user=batch[0].owner)
    TargetFactory(indicator="no_such_indicator")
    rows = list(type(TargetFactory()).objects.exclude(indicator__startswith="test").order_by("indicator"))

    with CaptureQueriesContext(connection) as asked:
        found = {row.target.indicator: row for row in targets_reached(rows, entered(), today=TODAY)}

    whole, person = found["signing_amount"], found["signing"]
    assert len(asked) == 1
    assert (whole.value, whole.rate, whole.gap) == (370_000, Decimal("74.00"), 130_000)
    assert (whole.expected, whole.ahead) == (Decimal("83.33"), Decimal("-9.33"))  # ten months of twelve are over
    assert (person.value, person.rate) == (1, Decimal("25.00"))


def test_every_indicator_says_what_it_means_and_who_says_so():
    for code, indicator in INDICATORS.items():
        assert code == indicator.code
        assert str(indicator.name)
        assert str(indicator.definition)
        assert str(indicator.source)
        for variant in indicator.variants.values():
            assert variant.numerator in QUANTITIES
            assert variant.denominator is None or variant.denominator in QUANTITIES
        assert not indicator.beside or indicator.beside in QUANTITIES
    assert {"signing", "signing_amount", "capital", "abroad"} <= set(TARGETS)
