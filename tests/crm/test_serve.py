"""The whole site as `make run` starts it: real gunicorn, Celery worker and beat."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT, is_alive, until

START = 180  # seconds for the migrations, half a minute when nothing else runs, and three programs
END = 20

type Serve = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def serve(tmp_path: Path, empty_database_url: str) -> Iterator[Serve]:
    started: list[subprocess.Popen[str]] = []

    def start(port: int, *options: str) -> subprocess.Popen[str]:
        own = {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": empty_database_url, "PORT": str(port), "SEED": "0"}
        env = {**os.environ, **own}
        command = [sys.executable, str(ROOT / "manage.py"), "serve", *options]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=tmp_path, env=env, text=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=END)


def answer(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as response:
            return response.status
    except OSError:
        return None


def descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = {pid}
    while more := {child for child, parent in pairs if parent in found} - found:
        found |= more
    return found - {pid}


@pytest.mark.server
def test_the_site_starts_on_an_empty_folder_and_leaves_no_process_behind(serve: Serve, free_port: int, tmp_path: Path):
    site = serve(free_port)
    until(lambda: answer(free_port) == 200 or site.poll() is not None, seconds=START)
    until(lambda: len(descendants(site.pid)) >= 7)  # gunicorn and two, the worker and its two, beat

    second = serve(free_port, "--no-setup")
    _, refused = second.communicate(timeout=END)
    running = descendants(site.pid)
    site.send_signal(signal.SIGTERM)
    output, errors = site.communicate(timeout=END)

    assert second.returncode == 1
    assert f"系统已在运行（进程 {site.pid}" in refused
    assert site.returncode == 0, errors
    assert "一次性密码" in output
    assert not (tmp_path / "var" / "first-user.txt").exists()
    assert not any(is_alive(pid) for pid in running)


@pytest.mark.server
def test_a_taken_port_is_refused_before_anything_is_set_up(serve: Serve, free_port: int):
    with socket.create_server(("127.0.0.1", free_port)):
        output, errors = serve(free_port).communicate(timeout=END)

    assert output == ""
    assert f"PORT={free_port + 1} make run" in errors
