"""Error pages speak Chinese and lead back."""

import pytest
from django.test import Client

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=["officer"]))
    return client


def test_a_page_that_is_not_there_says_so(client):
    page = client.get("/projects/999999/")

    assert page.status_code == 404
    assert "没有这个页面" in page.content.decode()


def test_a_page_for_others_says_who_may(client):
    page = client.get("/report-ups/")

    assert page.status_code == 403
    assert "呈报清单由招商中心负责人处理" in page.content.decode()


def test_a_form_without_its_token_is_refused_in_chinese():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(roles=["officer"]))

    page = client.post("/log/", {"text": "谈了厂房"})

    assert page.status_code == 403
    assert "页面已过期" in page.content.decode()
