"""Pages in a real browser: signed in as a manager, at one of two widths; no page may complain."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from accounts import roles
from tests.factories import UserFactory

WIDTHS = {1366: 768, 390: 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

type Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop and the ORM share this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of a test wrote to the console as errors; one that provokes some clears it."""
    return []


@pytest.fixture
def manager(transactional_db: None):
    roles.sync_groups()
    return UserFactory(roles=["manager", "sysadmin"], display_name="测试员甲")


@pytest.fixture
def open_page(chrome: Browser, live_server, manager, complaints: list[str]) -> Iterator[Open]:
    """Opens an address as the manager; the browser may lack JavaScript."""
    client = Client()
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": site_settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
    contexts = []

    def open_(address: str, width: int = 1366, *, scripts: bool = True) -> Page:
        size = {"width": width, "height": WIDTHS[width]}
        contexts.append(chrome.new_context(viewport=size, java_script_enabled=scripts, base_url=live_server.url, locale="zh-CN"))
        contexts[-1].add_cookies([cookie])
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
