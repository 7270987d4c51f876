"""Makes the rows, opens the pages, runs the ticks, and prints what they cost.

Every figure stands beside one of the same run: a page beside the same page of an officer who sees a fortieth,
a tick beside the tick that finds nothing.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from companies.models import Company
from desk.cockpit.parts import PARTS
from events.models import Event
from outbox.models import Message
from projects.models import Project
from reminders import services as reminders
from tests.bench import dataset, frozen, mails
from tests.bench.load import under_load
from tests.smtp import SmtpSink

Say = Callable[[str], None]
DUE = 5_000
MOST_QUERIES = 12  # a part of the cockpit

PAGES = [
    ("部门列表（小页面作比较）", "/admin/accounts/department/"),
    ("工作台", "/"),
    ("记一笔", "/log/"),
    ("项目台账", "/projects/"),
    ("项目台账：红灯，按金额", "/projects/?light=red&sort=-amount"),
    ("项目台账：搜索光电", "/projects/?q=光电"),
    ("项目台账：某日快照", "/projects/?as_of={day}"),
    ("填报页", "/progress/"),
    ("报送情况", "/progress/status/"),
    ("审核", "/progress/review/"),
    ("项目页", "/projects/{project}/"),
    ("企业页", "/companies/{company}/"),
    ("企业一页通", "/companies/{company}/one-page/"),
    ("活动页", "/events/{event}/"),
    ("搜索：光电", "/search/?q=光电"),
    ("搜索：00017", "/search/?q=00017"),
    ("我的提醒", "/reminders/"),
    ("对账", "/reconciliation/"),
    ("企业列表", "/admin/companies/company/"),
    ("企业列表第 9 页", "/admin/companies/company/?p=9"),
    ("企业搜索：光电", "/admin/companies/company/?q=光电"),
    ("企业搜索：guangdian", "/admin/companies/company/?q=guangdian"),
    ("企业搜索：00017", "/admin/companies/company/?q=00017"),
    ("人员列表", "/admin/companies/person/"),
    ("人员搜索：00017", "/admin/companies/person/?q=00017"),
    ("项目列表", "/admin/projects/project/"),
    ("项目列表：红灯", "/admin/projects/project/?light__exact=red"),
    ("项目搜索：光电", "/admin/projects/project/?q=光电"),
    ("里程碑列表", "/admin/projects/milestone/"),
    ("里程碑搜索：00017", "/admin/projects/milestone/?q=00017"),
    ("对接记录列表", "/admin/activities/interaction/"),
    ("对接记录搜索：00017", "/admin/activities/interaction/?q=00017"),
    ("待办列表", "/admin/activities/followup/"),
    ("企业表单", "/admin/companies/company/{company}/change/"),
    ("项目表单", "/admin/projects/project/{project}/change/"),
    ("项目计划", "/projects/{project}/plan/"),
    ("新对接记录", "/admin/activities/interaction/add/"),
    ("自动补全：光电", "/admin/autocomplete/?term=光电&app_label=projects&model_name=projectparty&field_name=company"),
]
MANAGERS_ONLY = {"/progress/review/"}

COCKPIT = [
    *((f"驾驶舱：{part.question}", f"/cockpit/{code}/") for code, part in PARTS.items()),
    ("驾驶舱：一批签约", "/cockpit/events/{event}/"),
    ("数字背后：今年签约", "/figures/signed/"),
    ("数字背后：卡住的项目", "/figures/stuck/"),
    ("数字背后：履约率", "/figures/performance/?variant=count"),
]


@dataclass(frozen=True)
class Cost:
    """What opening one page takes: p50 in ms, of the clock and of the processor, and its queries."""

    wall: float
    cpu: float
    queries: int


def prepare(say: Say) -> None:
    """Migrate, load the reference rows and the article, and make the artificial ones."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed", verbosity=0)
    dataset.Dataset(dataset.Sizes(), say).build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connections.close_all()


def run(rounds: int, say: Say) -> None:
    """Print the pages, then the ticks."""
    say(f"\n{connection.vendor}：企业 {Company.objects.count():,}，项目 {Project.objects.count():,}；每页 {rounds} 次，p50")
    keys = _keys() | {"day": frozen.run(say).isoformat()}
    _pages(rounds, keys, say)
    _cockpit(rounds, keys, say)
    under_load([(label, pattern.format(**keys)) for label, pattern in PAGES], say)
    _ticks(say)
    mails.run(say)
    connections.close_all()


def _keys() -> dict[str, Any]:
    """Rows to open: of the officer, so that both may."""
    company, project = (model.objects.filter(owner__username="bench001").latest("pk").pk for model in (Company, Project))
    return {"company": company, "project": project, "event": Event.objects.earliest("pk").pk}


def _pages(rounds: int, keys: dict[str, Any], say: Say) -> None:
    manager, officer = (User.objects.get(username=name) for name in ("bench-manager", "bench001"))
    say(f"{'负责人 ms':>10} {'CPU ms':>8} {'查询':>4} {'专员 ms':>8} {'倍':>6}  页面")
    for label, pattern in PAGES:
        if "{event}" in pattern:
            continue  # an event of the article belongs to no officer
        url = pattern.format(**keys)
        whole = _cost(manager, url, rounds)
        if pattern in MANAGERS_ONLY:
            say(f"{whole.wall:>12.1f} {whole.cpu:>8.1f} {whole.queries:>6} {'—':>10} {'—':>7}  {label}")
            continue
        part = _cost(officer, url, rounds)
        ratio = whole.wall / part.wall
        say(f"{whole.wall:>12.1f} {whole.cpu:>8.1f} {whole.queries:>6} {part.wall:>10.1f} {ratio:>7.1f}  {label}")


def _cockpit(rounds: int, keys: dict[str, Any], say: Say) -> None:
    """Each part by itself, as the leader's page fetches it: some of them are nobody else's."""
    manager = User.objects.get(username="bench-manager")
    say(f"\n{'p50 ms':>10} {'CPU ms':>8} {'查询':>4}  驾驶舱各部分（查询不超过 {MOST_QUERIES} 个）")
    for label, pattern in COCKPIT:
        cost = _cost(manager, pattern.format(**keys), rounds)
        assert cost.queries <= MOST_QUERIES, f"{label}: {cost.queries} queries"
        say(f"{cost.wall:>10.1f} {cost.cpu:>8.1f} {cost.queries:>6}  {label}")


def _cost(user: User, url: str, rounds: int) -> Cost:
    client = Client(headers={"host": settings.CONFIG.site_host})
    client.force_login(user)
    for warm in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url)
        queries = len(asked)
        assert answer.status_code == 200, f"{url} as {user.username}: {answer.status_code} at try {warm + 1}"
    walls, cpus = [], []
    for _round in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        client.get(url)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Cost(1000 * statistics.median(walls), 1000 * statistics.median(cpus), queries)


def _ticks(say: Say) -> None:
    sink = SmtpSink().start()
    settings.MAILERS = {"default": replace(settings.CONFIG, email_url=sink.email_url).mailer}
    try:
        say("\n定时任务（秒，查询数）/ ticks")
        tomorrow = dataset.NOW + dt.timedelta(days=1)
        _tick("第一轮：积压的逾期、当日亮灯", dataset.NOW, say)
        nothing = _tick("没有新事项", dataset.NOW, say)
        dataset.bring_due(DUE)
        due = _tick(f"次日，{DUE:,} 个节点到提醒日，亮灯重算", tomorrow, say)
        after = _tick("其后没有新事项", tomorrow, say)
        say(f"到期一轮 / 空转 = {due / nothing:.0f} 倍；其后空转 / 先前空转 = {after / nothing:.1f} 倍")
        sent = Message.objects.filter(status=Message.Status.SENT).count()
        say(f"邮件 {len(sink.messages)} 封，记为已发 {sent} 封")
    finally:
        sink.stop()


def _tick(label: str, now: dt.datetime, say: Say) -> float:
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        done = reminders.run_due(now=now)
    taken = time.perf_counter() - began
    say(f"{taken:>8.2f} {len(asked):>7}  {label}：计划 {done.planned:,}，成信 {done.composed}，发出 {done.sent}")
    return taken
