"""Every line about a message names it, every line of a request has its number, and no line tells an address or a secret."""

import io
import json
import logging

import pytest
from django.conf import settings as site
from django.test import Client, override_settings
from django.urls import path

from crm import config
from crm.logs import Context, Json, Plain, hide
from crm.urls import urlpatterns as of_the_site
from outbox import services
from outbox.channels import Line
from outbox.models import Message
from tests.crm.test_metrics import MINUTE, NOW
from tests.factories import UserFactory
from tests.outbox.stubborn import StubbornServer
from tests.outbox.test_delivery import mail_through
from tests.smtp import SmtpSink

SECRETS = [
    "smtp://office:Pass-word1@mail.example.invalid",
    "https://oapi.example.invalid/robot/send?access_token=0123456789abcdef",
    "https://open.example.invalid/open-apis/bot/v2/hook/0a1b2c3d-4e5f-6789",
    "Authorization: Bearer abcdef.0123456789",
    "{'officer@example.invalid': (550, b'no such person')}",
    "请致电 13800001234 联系",
    "身份证 110101199001011234",
    "password=hunter2hunter2",
]


class Lines:
    """The site's log as it would be written, with one formatter."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(formatter)
        self.handler.addFilter(Context())

    def __enter__(self) -> "Lines":
        logging.getLogger().addHandler(self.handler)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self.handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.mark.parametrize("text", SECRETS)
def test_a_log_tells_no_address_number_or_secret(text):
    hidden = hide(text)

    for told in ("officer@", "Pass-word1", "0123456789", "0a1b2c3d", "13800001234", "110101199001011234", "hunter2"):
        assert told not in hidden
    assert hidden != text


def test_what_is_no_secret_is_left_as_it_is():
    assert (
        hide("message 17 was sent, 202611270900 in 1234567890123 ms") == "message 17 was sent, 202611270900 in 1234567890123 ms"
    )


@pytest.mark.django_db
def test_every_line_about_a_message_bears_its_message_id(smtp: SmtpSink):
    person = UserFactory()
    message = services.enqueue("test|log", person, "测试主题", "测试正文", now=NOW)[0]
    smtp.fail_next(1, 451, at="RCPT")

    with Lines(Json()) as log:
        services.deliver(NOW)
        services.deliver(NOW + 2 * MINUTE)

    told = [(line["outcome"], line["attempt"], line.get("code")) for line in log.objects]
    assert told == [("retry", 1, "451"), ("sent", 2, None)]
    assert {line["message_id"] for line in log.objects} == {message.message_id}
    assert person.email not in log.text


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [Json(), Plain()], ids=["json", "plain"])
def test_a_message_that_is_given_up_is_an_error_that_names_nobody(formatter, smtp: SmtpSink):
    person = UserFactory()
    message = services.enqueue("test|log", person, "测试主题", "测试正文", now=NOW)[0]
    smtp.fail_next(2, 550, at="RCPT")

    with Lines(formatter) as log:
        services.deliver(NOW)
        services.deliver(NOW + 2 * MINUTE)

    assert Message.objects.get().status == "dead"
    assert f"message {message.pk} was given up" in log.text
    assert message.message_id in log.text
    assert person.email not in log.text


@pytest.mark.django_db
def test_an_error_of_another_library_while_a_message_is_sent_bears_its_message_id_and_hides_the_address(settings, monkeypatch):
    message = services.enqueue("test|log", UserFactory(), "测试主题", "测试正文", now=NOW)[0]
    library = logging.getLogger("some.library")
    with StubbornServer("nowhere", "") as server:
        mail_through(server.email_url, settings)
        with Lines(Json()) as log:
            send = Line.send

            def noisy(self, row):
                library.error("talking to %s", row.recipient.email)
                return send(self, row)

            monkeypatch.setattr(Line, "send", noisy)
            services.deliver(NOW)
            library.error("nothing to do with it")

    lines = {line["text"]: line for line in log.objects}
    assert lines["talking to …@…"]["message_id"] == message.message_id
    assert "message_id" not in lines["nothing to do with it"]


def fails(_request):
    raise RuntimeError("wrong for officer@example.invalid")


urlpatterns = [*of_the_site, path("fails/", fails)]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.crm.test_logs")
def test_lines_of_a_request_bear_the_number_that_its_answer_tells():
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory())

    with Lines(Json()) as log:
        answer = client.get("/fails/")

    line = next(line for line in log.objects if line["logger"] == "django.request")
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "RuntimeError" in str(line["error"])
    assert "officer@" not in log.text


@pytest.mark.django_db
def test_a_page_that_is_not_there_bears_the_number_too():
    client = Client()
    client.force_login(UserFactory())

    with Lines(Json()) as log:
        answer = client.get("/no-such-page/")

    assert log.objects[-1]["request_id"] == answer.headers["X-Request-ID"]


def test_the_site_writes_as_its_settings_say(tmp_path):
    assert site.LOGGING["handlers"]["stderr"]["formatter"] == "plain"
    assert config.read({"LOG_FORMAT": "json", "VAR_DIR": str(tmp_path)}, tmp_path).log_format == "json"
    with pytest.raises(config.ImproperlyConfigured, match="LOG_FORMAT"):
        config.read({"LOG_FORMAT": "xml", "VAR_DIR": str(tmp_path)}, tmp_path)
