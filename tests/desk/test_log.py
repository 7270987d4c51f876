"""记一笔: few touches, nothing lost, nothing saved twice, everything can be taken back."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities.models import FollowUp, Interaction
from audit import changesets
from audit.models import ChangeSet
from companies.models import Company, Person
from tests.factories import CompanyFactory, EventFactory, PersonFactory, PositionFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return UserFactory(roles=["officer"], display_name="测试员甲")


@pytest.fixture
def client(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def company(officer) -> Company:
    return CompanyFactory(name="测试光电有限公司", short_name="测试光电", owner=officer)


def typed(**fields: object) -> dict[str, object]:
    basic = {"token": str(uuid.uuid4()), "text": "谈了厂房面积", "kind": "call", "outcome": "effective"}
    return {**basic, **fields}


def send(client: Client, **fields: object):
    return client.post(reverse("desk:log"), typed(**fields))


def errors(page) -> str:
    return str(page.context["form"].errors)


def test_a_company_a_sentence_and_a_chip_are_enough(client, officer, company):
    answer = send(client, company=company.pk, next_choice="tomorrow")

    row = Interaction.objects.get()
    assert answer.url == "/"
    assert (list(row.companies.all()), row.summary, row.happened_on, row.owner) == (
        [company],
        "谈了厂房面积",
        timezone.localdate(),
        officer,
    )
    step = FollowUp.objects.get()
    assert (step.title, step.due_on, step.assignee) == ("跟进测试光电", timezone.localdate() + dt.timedelta(days=1), officer)
    assert [str(seen) for seen in row.attendances.all()] == ["测试员甲"]


def test_a_new_name_makes_a_doubtful_company_and_a_person_in_it(client):
    send(client, new_company="测试新材公司", new_person="联系人乙")

    person = Person.objects.get(name="联系人乙")
    assert Company.objects.get().name_status == "unverified"
    assert [position.company.name for position in person.positions.all()] == ["测试新材公司"]


def test_a_new_name_that_is_there_already_is_that_company(client, company):
    send(client, new_company="测试光电 有限公司")

    assert Company.objects.get() == company
    assert list(Interaction.objects.get().companies.all()) == [company]


def test_a_person_alone_brings_his_company(client, company):
    person = PersonFactory(name="联系人甲")
    PositionFactory(person=person, company=company)

    send(client, person=person.pk)

    assert list(Interaction.objects.get().companies.all()) == [company]


def test_several_companies_keep_their_order_and_our_side_its_own(client, company):
    other, user = CompanyFactory(), UserFactory(display_name="测试员乙")

    send(client, company=[other.pk, company.pk], ours="测试员乙、临时人员、测试员甲", theirs="客商代表")

    row = Interaction.objects.get()
    assert [link.company for link in row.company_links.all()] == [other, company]
    ours = [(seen.user, seen.name) for seen in row.attendances.filter(side="ours")]
    assert ours == [(user, ""), (None, "临时人员"), (row.owner, "")]
    assert [seen.name for seen in row.attendances.filter(side="theirs")] == ["客商代表"]


def test_nobody_named_is_refused_and_the_text_stays(client):
    page = send(client, text="没有说是谁")

    assert "请说明是谁" in errors(page)
    assert "没有说是谁" in page.content.decode()
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "明天"}, "不能晚于今天"),
        ({"day": "那天"}, "没有看懂日期"),
        ({"next_choice": "other", "next_when": "过几天"}, "没有看懂日期"),
        ({"next_choice": "other", "next_when": "下周三左右"}, "请写明哪一天"),
        ({"next_step": "回访"}, "请选一个日期"),
    ],
)
def test_a_date_that_is_not_understood_is_asked(client, company, fields, sentence):
    page = send(client, company=company.pk, **fields)

    assert sentence in errors(page)
    assert not Interaction.objects.exists()


def test_a_date_as_people_say_it_is_taken(client, company):
    send(client, company=company.pk, day="昨天", next_choice="other", next_when="两周后", next_step="回访")

    assert Interaction.objects.get().happened_on == timezone.localdate() - dt.timedelta(days=1)
    assert FollowUp.objects.get().due_on == timezone.localdate() + dt.timedelta(days=14)


def test_what_is_sent_twice_is_saved_once(client, company):
    form = typed(company=company.pk, next_choice="tomorrow")

    client.post(reverse("desk:log"), form)
    again = client.post(reverse("desk:log"), form, follow=True)

    assert (Interaction.objects.count(), FollowUp.objects.count()) == (1, 1)
    assert "已经保存过" in again.content.decode()


def test_a_contact_can_be_taken_back_with_all_it_made(client, officer):
    send(client, new_company="测试新材公司", new_person="联系人乙", next_choice="tomorrow")

    undone = changesets.undo(ChangeSet.objects.get(), by=officer, now=timezone.now())

    assert undone.refused == []
    for model in (Interaction, FollowUp, Company, Person):
        assert not model.objects.exists()


def test_the_page_that_led_here_is_known(client, officer, company):
    project = ProjectFactory(owner=officer, lead_party=company)

    page = client.get(reverse("desk:log"), {"project": project.pk})

    assert page.context["chosen"].companies == [company]
    assert page.context["project"] == project


def test_on_the_day_of_an_event_the_contact_belongs_to_it(client, officer):
    event = EventFactory(owner=officer, starts_on=timezone.localdate())
    EventFactory(owner=officer, starts_on=timezone.localdate() - dt.timedelta(days=3))

    assert client.get(reverse("desk:log")).context["event"] == event


def test_the_last_people_and_companies_are_offered(client, company):
    send(client, company=company.pk)

    assert client.get(reverse("desk:log")).context["recent"].companies == [company]


def test_a_sentence_is_read_into_the_form_and_nothing_is_saved(client, company):
    text = "今天和测试光电谈了厂房面积，两周后回访"

    page = client.post(reverse("desk:log_read"), typed(text=text))

    form = page.context["form"]
    due = timezone.localdate() + dt.timedelta(days=14)
    assert page.context["chosen"].companies == [company]
    assert (form["next_choice"].value(), form["next_when"].value(), form["next_step"].value()) == ("other", str(due), "回访")
    assert not Interaction.objects.exists()


def test_what_was_chosen_by_hand_is_not_overruled_by_the_sentence(client, company):
    other = CompanyFactory()

    page = client.post(
        reverse("desk:log_read"), typed(text="测试光电来访，明天回访", company=other.pk, next_choice="none", kind="visit")
    )

    form = page.context["form"]
    assert page.context["chosen"].companies == [other]
    assert (form["next_choice"].value(), form["kind"].value()) == ("none", "visit")


def test_letters_find_companies_and_people_and_offer_a_new_one(client, company):
    page = client.get(reverse("desk:log_who"), {"who": "csgd"})

    assert "测试光电有限公司" in page.content.decode()
    assert "新建企业" in page.content.decode()


def test_a_row_of_another_scope_cannot_be_named(client):
    stranger = ProjectFactory()

    page = send(client, company=CompanyFactory().pk, project=stranger.pk)

    assert "project" in page.context["form"].errors


def test_a_sentence_sent_without_more_comes_back_filled_in_to_be_checked(client, company):
    page = send(client, text="昨天和测试光电谈了厂房，两周后回访")

    assert page.context["chosen"].companies == [company]
    assert page.context["form"]["next_step"].value() == "回访"
    assert not Interaction.objects.exists()


def test_a_next_step_without_a_day_keeps_its_words_and_asks(client, company):
    page = client.post(reverse("desk:log_read"), typed(text="和测试光电谈了厂房，下个月签约"))

    assert page.context["form"]["next_step"].value() == "签约"
    assert any("下个月" in question for question in page.context["questions"])


def test_a_sentence_that_says_who_is_sent_back_to_be_checked_without_a_complaint(client, company):
    page = send(client, text="昨天电话和测试光电谈了厂房")

    assert errors(page) == ""
    assert "以上是从这句话读出来的" in page.content.decode()
    assert "请说明是谁" not in page.content.decode()
    assert not Interaction.objects.exists()


def test_what_was_read_shows_no_errors_while_nobody_wanted_to_save(client, company):
    page = client.post(reverse("desk:log_read"), typed(text="和测试光电谈了厂房，下个月签约", kind=""))

    assert "errorlist" not in page.content.decode()


def test_how_is_asked_where_the_sentence_does_not_say_it(client, company):
    said, unsaid = (
        client.post(reverse("desk:log_read"), typed(text=text, kind="")).context["form"]["kind"].value()
        for text in ("电话和测试光电谈了厂房", "和测试光电谈了厂房")
    )
    refused = send(client, company=company.pk, kind="")

    assert (said, unsaid) == ("call", "")
    assert "请点一下方式" in errors(refused)
    assert not client.get(reverse("desk:log")).context["form"]["kind"].value()


def test_the_only_running_project_of_the_company_is_chosen_and_can_be_left(client, officer, company):
    project = ProjectFactory(owner=officer, lead_party=company)
    ProjectFactory(owner=officer, lead_party=company, status="terminated", status_reason="测试")

    fresh = client.post(reverse("desk:log_read"), typed(text="和测试光电谈了厂房"))
    left = client.post(reverse("desk:log_read"), typed(company=company.pk, project="", projects_of=str(company.pk)))
    preset = client.get(reverse("desk:log"), {"company": company.pk})
    ProjectFactory(owner=officer, lead_party=company)
    several = client.post(reverse("desk:log_read"), typed(company=company.pk))

    assert [page.context["only_project"] for page in (fresh, left, preset, several)] == [project, None, project, None]
    assert "已替您选上" in fresh.content.decode()


def test_the_bar_repeats_a_note_cut_at_no_comma_and_leads_to_the_record(client, company):
    text = "今天和测试光电的联系人甲在会议室谈了厂房面积用电用气的事情，下周三回访"

    page = client.post(reverse("desk:log"), typed(text=text, company=company.pk, next_choice="tomorrow"), follow=True)

    shown = page.content.decode()
    assert "…；" in shown
    assert "，…" not in shown
    assert f'href="{Interaction.objects.get().get_absolute_url()}"' in shown


def test_a_contact_is_read_on_a_page_of_its_own_by_those_who_may(client, officer, company):
    send(client, company=company.pk, next_choice="tomorrow", text="谈了\n厂房")
    row = Interaction.objects.get()
    stranger = Client()
    stranger.force_login(UserFactory(roles=["officer"]))

    page = client.get(row.get_absolute_url())

    text = page.content.decode()
    for said in ("厂房", "测试光电有限公司", "测试员甲", "跟进测试光电"):
        assert said in text
    assert stranger.get(row.get_absolute_url()).status_code == 404
