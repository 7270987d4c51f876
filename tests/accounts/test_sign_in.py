"""Signing in: the first password must go, wrong ones lock out, links are mailed and work once."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import services
from accounts.models import User
from desk import services as desk
from outbox import services as outbox
from outbox.models import Message
from tests.factories import DepartmentFactory, UserFactory
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def sign_in(client: Client, name: str, password: str):
    return client.post(LOGIN, {"username": name, "password": password})


@pytest.fixture
def first(db: None) -> tuple[User, str]:
    return services.create_first_user("admin", "admin@example.invalid", DepartmentFactory())


def test_the_first_person_is_manager_and_sysadmin_and_must_change_his_password(first):
    user, password = first
    client = Client()

    sign_in(client, "admin", password)
    page = client.get("/")

    assert sorted(user.groups.values_list("name", flat=True)) == ["manager", "sysadmin"]
    assert (page.status_code, page.url) == (302, reverse("accounts:password_change"))
    data = {"old_password": password, "new_password1": "correct-horse-battery", "new_password2": "correct-horse-battery"}
    client.post(page.url, data)
    assert client.get("/").status_code == 200


def test_a_short_password_is_refused(first):
    client = Client()
    sign_in(client, "admin", first[1])

    page = client.post(
        reverse("accounts:password_change"),
        {"old_password": first[1], "new_password1": "kurz-1234ab", "new_password2": "kurz-1234ab"},
    )

    assert "12" in str(page.context["form"].errors["new_password2"])


def test_five_wrong_passwords_lock_the_name_at_that_address_only(first):
    user, password = first
    client = Client()
    for _n in range(5):
        sign_in(client, "admin", "wrong")

    locked = sign_in(client, "admin", password)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"username": "admin", "password": password})

    assert locked.status_code == 429
    assert "15 分钟" in locked.content.decode()
    assert elsewhere.status_code == 302


def test_a_password_is_kept_with_argon2(first):
    assert first[0].password.startswith("argon2")


def test_an_invited_colleague_sets_his_password_by_the_mailed_link_once(first, smtp: SmtpSink):
    colleague = UserFactory(roles=["officer"])
    desk.send_password_link(colleague, invited=True, by=first[0], now=timezone.now())
    outbox.deliver(timezone.now())
    body = smtp.messages[0].email.get_body(("plain",)).get_content()
    link = re.search(r"http://[^/\s]+(/accounts/password/\S+)", body)[1]
    client = Client()
    form = client.get(link, follow=True)
    data = {"new_password1": "correct-horse-battery", "new_password2": "correct-horse-battery"}

    client.post(form.redirect_chain[-1][0], data)

    assert sign_in(Client(), colleague.username, "correct-horse-battery").status_code == 302
    assert "重新申请" in Client().get(link, follow=True).content.decode()


def test_a_forgotten_password_answers_the_same_for_an_unknown_address(first):
    known = Client().post(reverse("accounts:password_reset"), {"email": "ADMIN@example.invalid"})
    unknown = Client().post(reverse("accounts:password_reset"), {"email": "nobody@example.invalid"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert list(Message.objects.values_list("recipient", flat=True)) == [first[0].pk]


def test_every_page_but_the_health_checks_asks_to_sign_in():
    for url in ("/", "/reminders/", "/reconciliation/", "/admin/", "/admin/projects/project/"):
        assert Client().get(url, follow=True).redirect_chain[-1][0].startswith(LOGIN)
    assert Client().get("/livez").status_code == 200
    assert "details" not in Client().get("/healthz").json()


def test_a_visitor_chooses_english_before_he_signs_in():
    client = Client()

    answer = client.post(reverse("accounts:language"), {"language": "en", "next": LOGIN})
    page = client.get(answer.url)

    assert answer.url == LOGIN
    assert (page.headers["Content-Language"], "Sign in" in page.content.decode()) == ("en", True)


def test_the_language_stays_in_the_profile():
    user = UserFactory(roles=["officer"])
    client = Client()
    client.force_login(user)

    client.post(reverse("accounts:language"), {"language": "en", "next": "/"})

    user.refresh_from_db()
    again = Client()
    again.force_login(user)
    assert (user.language, again.get("/").headers["Content-Language"]) == ("en", "en")


def test_the_language_switch_leads_to_no_other_site():
    answer = Client().post(reverse("accounts:language"), {"language": "en", "next": "https://example.invalid/"})

    assert answer.url == "/"


def test_the_language_of_one_request_is_gone_with_it():
    client = Client()
    client.post(reverse("accounts:language"), {"language": "en", "next": LOGIN})

    client.get(LOGIN)

    assert translation.get_language() == "zh-hans"
