"""One sentence: with whom, when, what next; what is not certain is asked."""

import datetime as dt

import pytest

from activities.sentences import understand
from core.working_days import Calendar
from tests.factories import (
    TODAY,
    CompanyAliasFactory,
    CompanyFactory,
    EventFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOV, DEC = (lambda day: dt.date(2026, 11, day)), (lambda day: dt.date(2026, 12, day))


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"])


@pytest.fixture
def known():
    company = CompanyFactory(name="测试光电有限公司", short_name="测试光电")
    PositionFactory(person=PersonFactory(name="联系人甲"), company=company)
    return company


def read(text: str, user):
    return understand(text, user, today=TODAY, days=Calendar.load())


@pytest.mark.parametrize(
    ("text", "kind", "day", "title", "due_on"),
    [
        ("今天和联系人甲谈了厂房面积，下周三回访", "", NOV(24), "回访", DEC(2)),
        ("昨天拜访测试光电，月底发方案", "visit", NOV(23), "发方案", NOV(30)),
        ("测试光电来访，看了展厅", "reception", NOV(24), None, None),
        ("和联系人甲微信沟通用电价格；12月5日寄合同", "online", NOV(24), "寄合同", DEC(5)),
        ("上周五电话联系人甲，对方在比选场地", "call", NOV(20), None, None),
        ("前天陪测试光电考察选址，后天报管委会", "site_visit", NOV(22), "报管委会", NOV(26)),
        ("联系人甲来电，明天再打", "call", NOV(24), "打", NOV(25)),
        ("和联系人甲会谈，三天后回访", "talks", NOV(24), "回访", NOV(27)),
        ("测试光电座谈会，两周后再约", "forum", NOV(24), None, DEC(8)),
        ("电话没人接", "call", NOV(24), None, None),
    ],
)
def test_a_sentence_gives_kind_day_and_next_step(manager, known, text, kind, day, title, due_on):
    said = read(text, manager)

    step = said.next_step
    assert (said.kind, said.happened_on, step.due_on if step else None) == (kind, day, due_on)
    if title:
        assert step.title == title


@pytest.mark.parametrize("text", ["和联系人甲谈了厂房", "测试光电的联系人甲来了", "测试光电有限公司联系人甲通话"])
def test_people_and_companies_are_named_once(manager, known, text):
    said = read(text, manager)

    assert [person.name for person in said.people] == ["联系人甲"]
    assert said.companies in ([], [known])
    assert said.unknown_people == []


def test_the_longest_name_is_meant(manager):
    CompanyFactory(name="光电", short_name="")
    longer = CompanyFactory(name="测试光电集团", short_name="")

    assert read("拜访测试光电集团", manager).companies == [longer]


def test_another_name_of_a_company_is_understood(manager, known):
    CompanyAliasFactory(company=known, name="老光电厂")

    assert read("老光电厂来电", manager).companies == [known]


def test_a_name_of_two_companies_is_a_question(manager):
    for n in (1, 2):
        CompanyFactory(name=f"测试{n}号有限公司", short_name="云光")

    said = read("云光来电", manager)

    assert said.companies == []
    assert any("云光" in question for question in said.questions)


def test_two_people_of_one_name_are_told_apart_by_the_company(manager, known):
    PersonFactory(name="联系人甲")

    assert read("和测试光电的联系人甲通话", manager).people == [known.positions.get().person]
    assert read("和联系人甲通话", manager).questions


def test_a_name_nobody_entered_is_offered_as_new(manager, known):
    assert read("和联系人乙通话，谈了厂房", manager).unknown_people == ["联系人乙"]
    assert read("今天和测试光电有限公司的联系人乙谈了厂房", manager).unknown_people == ["联系人乙"]
    assert read("和对方通话，谈了厂房", manager).unknown_people == []


def test_a_vague_day_is_asked(manager, known):
    said = read("和联系人甲谈了厂房，下个月签约", manager)

    assert said.next_step.due_on is None
    assert any("下个月" in question for question in said.questions)


def test_project_and_event_are_named_by_their_names(manager):
    project, event = ProjectFactory(name="测试光电一期项目"), EventFactory(name="测试推介会")

    said = read("测试推介会上谈了测试光电一期项目", manager)

    assert (said.project, said.event) == (project, event)


def test_nobody_is_understood_who_may_not_be_known():
    other = UserFactory(roles=["officer"])
    ProjectFactory(name="测试光电一期项目")

    assert read("谈了测试光电一期项目", other).project is None
