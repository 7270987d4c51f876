"""Pages under eight people at once: a real gunicorn on loopback, ended by its process id."""

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.test import Client

from accounts.models import User
from crm.processes import end_with_parent
from tests.servers import LOOPBACK, ROOT, free_port, is_listening, until

PEOPLE = 8
TIMES = 6  # each person opens each page


@contextmanager
def server() -> Iterator[int]:
    """The site on a free port, as `make run` starts it; gives the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "crm.wsgi:application", f"--bind={LOOPBACK}:{port}"]
    command += ["--workers=2", "--threads=4", "--log-level=warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), preexec_fn=end_with_parent)
    try:
        until(lambda: is_listening(port))
        yield port
    finally:
        process.terminate()
        process.wait(20)


def under_load(pages: Sequence[tuple[str, str]], say: Callable[[str], None]) -> None:
    """Print p50 and p95 of each page (label, address) opened by eight managers at once."""
    cookie = _cookie(User.objects.get(username="bench-manager"))
    say(f"\n{PEOPLE} 人同时，每人每页 {TIMES} 次 / {PEOPLE} people at once\n{'p50 ms':>8} {'p95 ms':>8}  页面")
    with server() as port, ThreadPoolExecutor(PEOPLE) as people:
        for label, address in pages:
            parts = people.map(lambda _n, url=address: _open(port, url, cookie), range(PEOPLE))
            taken = [seconds for part in parts for seconds in part]
            p95 = statistics.quantiles(taken, n=20)[-1]
            say(f"{1000 * statistics.median(taken):>8.0f} {1000 * p95:>8.0f}  {label}")


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _open(port: int, address: str, cookie: str) -> list[float]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    headers = {"Host": settings.CONFIG.site_host, "Cookie": cookie}
    taken = []
    for _n in range(TIMES):
        began = time.perf_counter()
        connection.request("GET", quote(address, safe="/?&=:%"), headers=headers)
        answer = connection.getresponse()
        answer.read()
        taken.append(time.perf_counter() - began)
        assert answer.status == http.HTTPStatus.OK, f"{address}: {answer.status}"
    connection.close()
    return taken
