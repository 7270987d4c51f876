"""The story of the README, walked in a real browser against real processes."""

import datetime as dt
import os
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.servers import free_port, until

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "correct-horse-battery"

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory):
    """A running installation of its own; gives its address and its VAR_DIR."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    env = {**os.environ, "VAR_DIR": str(folder), "PORT": str(port), "ADMIN_EMAIL": "admin@example.invalid"}
    env.pop("DATABASE_URL", None)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            until(lambda: "password:" in (folder / "log").read_text(), seconds=180)
            yield f"http://127.0.0.1:{port}", folder, env
        finally:
            process.terminate()
            process.wait(60)


def test_the_first_ten_minutes(site, chromium: Path, tmp_path: Path):
    address, folder, env = site
    until(lambda: '"tick": "ok"' in urlopen(f"{address}/healthz").read().decode(), seconds=40)  # beat's comes after 60
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        sign_in(page, address, (folder / "log").read_text())
        page.goto(f"{address}/reconciliation/")
        expect(page.locator("main")).to_contain_text("12/14")
        expect(page.locator("main")).to_contain_text("0/142 亿")
        log_contact(page, address)
        due = plan(page, address)
        mail = tick(folder, env, due)
        link = re.search(r"http://\S+/projects/\d+/", mail)
        page.goto(link[0])
        expect(page.locator("main")).to_contain_text("广州云蝶科技有限公司")
        for width, height in ((1366, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(address)
            page.screenshot(path=tmp_path / f"home-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()


def sign_in(page: Page, address: str, log: str) -> None:
    once = re.search(r"password: (\S+)", log)[1]
    page.goto(address)
    page.fill("#id_username", "admin")
    page.fill("#id_password", once)
    page.click("main button[type=submit]")
    page.fill("#id_old_password", once)
    page.fill("#id_new_password1", PASSWORD)
    page.fill("#id_new_password2", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_contain_text("今日")


def log_contact(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("input[name=q]", "yundie")
    page.press("input[name=q]", "Enter")
    page.click("main >> text=广州云蝶科技有限公司 >> nth=0")
    page.click("main >> text=记一笔 >> nth=0")
    page.fill("#id_text", "【演示】今天谈了厂房面积，下周三回访")
    page.press("#id_text", "Tab")
    expect(page.locator("#id_next_step")).to_have_value("回访")
    page.click("label:has([name=kind][value=call])")
    page.click("summary:has-text('更多')")
    page.fill("#id_theirs", "联系人甲")
    page.click("#log button[type=submit]")
    expect(page.locator(".undo")).to_contain_text("回访")


def plan(page: Page, address: str) -> str:
    page.goto(f"{address}/projects/?q=yundie")
    page.click("text=（名称待核）广州云蝶科技有限公司签约项目")
    page.click(".actions >> text=计划与阶段")
    page.click(".actions >> text=选择推进路径")
    page.select_option("#id_track", "cooperation")
    page.click("main button[type=submit]")
    page.click("text=套用里程碑模板")
    page.select_option("#id_template", label="M-D 合作类（协会、高校、平台）")
    page.fill("#id_base_on", dt.date.today().isoformat())
    page.click("text=查看日期")
    page.click("text=按此生成")
    page.click("text=确认全部未过期的节点")
    expect(page.locator("main")).to_contain_text("已确认 6 个节点")
    return page.locator("tbody tr").first.locator("td").nth(1).inner_text().strip()


def tick(folder: Path, env: dict[str, str], due: str) -> str:
    command = [sys.executable, "manage.py", "tick", "--now", f"{due}T09:00"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, timeout=60)
    mails = sorted((folder / "mail").glob("*.eml"))

    parsed = [message_from_bytes(mail.read_bytes(), policy=policy.default) for mail in mails]
    return "\n".join(mail.get_body(("plain",)).get_content() for mail in parsed)
