"""`manage.py serve`: the whole site in the foreground, on one machine, until Ctrl-C."""

import http.client
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from crm.config import Config
from crm.processes import AlreadyRunningError, Child, GivenUpError, Supervisor, only_one, try_address
from outbox.services import ring

FIRST_TICK = "reminders.tasks.tick"
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to knock when HOST means all of them
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat must not wait for a disk


class Command(BaseCommand):
    """Prepare the database, then run web, worker and beat as children."""

    help = "准备数据库，然后启动网站、后台任务与定时器，按 Ctrl-C 全部停止 / set up, then run web, worker and beat"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-setup",
            action="store_true",
            help="不迁移、不载入初始数据、不建首个用户 / neither migrate nor seed nor create the first user",
        )

    def handle(self, *_args: object, **options: Any) -> None:
        config = settings.CONFIG
        try:
            with only_one(config.var_dir / "serve.lock"):
                self._refuse_taken_address(config)
                if not options["no_setup"]:
                    self._set_up(config)
                self._run(config)
        except AlreadyRunningError as error:
            raise CommandError(
                f"系统已在运行（进程 {error}，数据目录 {config.var_dir}）：请先停止它，或用 VAR_DIR 指定另一个目录。"
                f" / Already running as process {error}: stop it first, or set another VAR_DIR."
            ) from error
        except KeyboardInterrupt:  # before the servers were started; afterwards the supervisor takes the signal
            pass
        self._say("已全部停止 / Everything has been stopped")

    def _refuse_taken_address(self, config: Config) -> None:
        try:
            try_address(config.host, config.port)
        except OSError as error:
            raise CommandError(
                f"{config.host} 的端口 {config.port} 不能使用（{error.strerror}）：请换一个再试，"
                f"例如 PORT={config.port + 1} make run。/ This port cannot be used: try another one."
            ) from error

    def _set_up(self, config: Config) -> None:
        self._say("正在准备数据库…… / Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("seed")
        call_command("first_user", f"--box-file={_box_file(config)}")
        connections.close_all()  # this process only watches from here on

    def _when_ready(self, config: Config) -> None:
        ring(FIRST_TICK)  # beat's own first one comes a minute later
        self._welcome(config)

    def _run(self, config: Config) -> None:
        try:
            Supervisor(_children(config), say=self._say).run(
                is_ready=lambda: _answers(config), when_ready=lambda: self._when_ready(config)
            )
        except GivenUpError as error:
            raise CommandError(
                f"{error} 一分钟内多次退出，已全部停止：原因见上面的输出。"
                f" / {error} kept ending; everything has been stopped, the reason is above."
            ) from error
        finally:
            self._show_box(config)  # also when the servers never came up: the password is shown nowhere else

    def _welcome(self, config: Config) -> None:
        self._say(f"系统已启动，请打开 {config.site_url} ，按 Ctrl-C 停止 / Running at {config.site_url} , Ctrl-C stops it")
        self._show_box(config)

    def _show_box(self, config: Config) -> None:
        box = _box_file(config)
        if box.exists():
            self._say(_framed(box.read_text(encoding="utf-8").splitlines()))
            box.unlink()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _box_file(config: Config) -> Path:
    return config.var_dir / "first-user.txt"


def _framed(lines: list[str]) -> str:
    """Open to the right, because no terminal agrees with another on the width of Chinese and of rules."""
    rule = "─" * 60
    return "\n".join([f"┌{rule}", *(f"│ {line}" for line in lines), f"└{rule}"])


def _children(config: Config) -> list[Child]:
    """Web, worker and beat, each found from any working folder and quiet unless something is wrong."""
    path = os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path}
    return [
        Child("网站 web", [sys.executable, "-m", "gunicorn", *_web_arguments(config)], env),
        Child("后台任务 worker", [sys.executable, "-m", "celery", "-q", "-A", "crm", *_worker_arguments()], env),
        Child("定时器 beat", [sys.executable, "-m", "celery", "-q", "-A", "crm", *_beat_arguments(config)], env),
    ]


def _web_arguments(config: Config) -> list[str]:
    host = f"[{config.host}]" if ":" in config.host else config.host
    arguments = ["crm.wsgi:application", f"--bind={host}:{config.port}", "--workers=2", "--log-level=warning"]
    # Threads, because a browser opens connections ahead of need and one such would hold a whole process.
    arguments += ["--threads=4", "--graceful-timeout=10", "--no-control-socket"]
    if os.access(SHARED_MEMORY, os.W_OK):
        arguments.append(f"--worker-tmp-dir={SHARED_MEMORY}")
    return arguments


def _worker_arguments() -> list[str]:
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return ["worker", "--concurrency=2", "--loglevel=WARNING", *alone]


def _beat_arguments(config: Config) -> list[str]:
    return ["beat", "--loglevel=WARNING", f"--schedule={config.var_dir / 'beat-schedule'}", "--pidfile="]


def _answers(config: Config) -> bool:
    """Whether the web server answers at all; a redirect to https counts."""
    host = EVERY_ADDRESS.get(config.host, config.host)
    connection = http.client.HTTPConnection(host, config.port, timeout=2)
    try:
        connection.request("GET", "/livez", headers={"Host": config.site_host})
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
