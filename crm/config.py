"""What an installation may set, read from the environment and `.env` once at start-up.

Every refusal is a sentence that says what to do; the README lists the same variables.
"""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - compared with, not bound to
ZONE_NAME = "焦作国家高新区"  # whose ledgers are written
SHORTEST_TOKEN = 24  # characters of METRICS_TOKEN
MAIL_TIMEOUT = 10  # seconds; smtplib itself waits for ever


@dataclass(frozen=True)
class Config:
    """The settings of one installation. Paths are absolute, times are seconds."""

    site_url: str
    host: str
    port: int
    var_dir: Path
    database_url: str
    redis_url: str
    email_url: str
    mail_from: str
    trusted_proxies: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    admin_email: str
    seed: bool
    debug: bool
    separate_duties: bool
    https: bool
    site_host: str
    zone_name: str
    robot_hosts: tuple[str, ...]
    metrics_token: str
    log_format: str

    @property
    def database(self) -> dict[str, Any]:
        """Django's DATABASES entry; SQLite in WAL mode with one writer, PostgreSQL without JIT."""
        entry: dict[str, Any] = dict(environ.Env.db_url_config(self.database_url))
        if entry["ENGINE"].endswith("sqlite3"):
            entry["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            }
        else:
            entry["OPTIONS"] = {**entry.get("OPTIONS", {}), "options": "-c jit=off"}
            entry |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        return entry

    @property
    def mailer(self) -> dict[str, Any]:
        """Django's MAILERS entry: SMTP with a timeout, or one `.eml` file a mail."""
        url = urlsplit(self.email_url)
        if url.scheme == "file":
            return {"BACKEND": "outbox.backends.EmlBackend", "OPTIONS": {"folder": unquote(url.path)}}
        return {"BACKEND": "outbox.backends.SmtpBackend", "OPTIONS": _smtp_options(url)}

    @property
    def broker(self) -> dict[str, Any]:
        """Celery's broker: Redis when there is one, else files in `VAR_DIR/broker`."""
        if self.redis_url:
            return {"broker_url": self.redis_url, "broker_transport_options": {"visibility_timeout": 600}}
        folder = self.var_dir / "broker"
        for name in ("messages", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        options = {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
        }
        return {"broker_url": "filesystem://localhost", "broker_transport_options": options}


def read(env: Mapping[str, str], base_dir: Path) -> Config:
    """The configuration found in `env`, checked; raises ImproperlyConfigured with what to do."""
    host = env.get("HOST") or "127.0.0.1"
    port = _port(env.get("PORT") or "8000")
    site_url = (env.get("SITE_URL") or f"http://{'127.0.0.1' if host == ANY_ADDRESS else host}:{port}").rstrip("/")
    site = urlsplit(site_url)
    if site.scheme not in ("http", "https") or not site.hostname:
        raise ImproperlyConfigured(f"SITE_URL 应写完整网址，例如 https://crm.example.invalid；现在是 {site_url!r}。")
    var_dir = _writable(Path(env.get("VAR_DIR") or base_dir / "var").expanduser().absolute())
    config = Config(
        site_url=site_url,
        host=host,
        port=port,
        var_dir=var_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{var_dir / 'crm.sqlite3'}",
        redis_url=env.get("REDIS_URL") or "",
        email_url=env.get("EMAIL_URL") or f"file://{var_dir / 'mail'}",
        mail_from=env.get("MAIL_FROM") or f"招商项目跟踪 <crm@{site.hostname}>",
        trusted_proxies=_words(env.get("TRUSTED_PROXIES")),
        allowed_hosts=_words(env.get("ALLOWED_HOSTS")),
        admin_email=env.get("ADMIN_EMAIL") or "",
        seed=env.get("SEED", "1") != "0",
        debug=env.get("DEBUG", "0") == "1",
        separate_duties=env.get("SEPARATE_DUTIES", "0") == "1",
        https=site.scheme == "https",
        site_host=site.hostname,
        zone_name=env.get("ZONE_NAME") or ZONE_NAME,
        robot_hosts=_words(env.get("ROBOT_HOSTS")),
        metrics_token=env.get("METRICS_TOKEN") or "",
        log_format=env.get("LOG_FORMAT") or "plain",
    )
    _refuse_dangerous(config)
    return config


def secret_key(var_dir: Path) -> str:
    """The signing key of this installation, made once with mode 0600."""
    path = var_dir / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


def is_loopback(host: str | None) -> bool:
    """Whether a host name means this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _refuse_dangerous(config: Config) -> None:
    public = not is_loopback(config.site_host)
    if public and config.debug:
        raise ImproperlyConfigured("SITE_URL 是公开地址时不能打开 DEBUG：请去掉 DEBUG=1。")
    if public and "*" in config.allowed_hosts:
        raise ImproperlyConfigured("SITE_URL 是公开地址时 ALLOWED_HOSTS 不能写 *：请写出域名。")
    redis_host = urlsplit(config.redis_url).hostname
    if config.database_url.startswith("sqlite") and redis_host and not is_loopback(redis_host):
        raise ImproperlyConfigured(
            "SQLite 只供一台机器使用，而 REDIS_URL 在另一台机器上：请设置 DATABASE_URL 使用 PostgreSQL，或去掉 REDIS_URL。"
        )
    scheme = urlsplit(config.email_url).scheme
    if scheme not in ("file", "smtp", "smtps"):
        raise ImproperlyConfigured(f"EMAIL_URL 应以 smtp://、smtps:// 或 file:// 开头，现在是 {scheme}://。")
    if config.metrics_token and len(config.metrics_token) < SHORTEST_TOKEN:
        raise ImproperlyConfigured(f"METRICS_TOKEN 至少 {SHORTEST_TOKEN} 个字符，可用 openssl rand -hex 24 生成。")
    if config.log_format not in ("plain", "json"):
        raise ImproperlyConfigured(f"LOG_FORMAT 应为 plain 或 json，现在是 {config.log_format!r}。")
    _ = config.mailer  # reads the timeout, and refuses a mailer without one


def _smtp_options(url: Any) -> dict[str, Any]:
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    try:
        timeout = float(query.get("timeout", MAIL_TIMEOUT))
    except ValueError:
        timeout = 0
    if timeout <= 0:
        raise ImproperlyConfigured("EMAIL_URL 的 timeout 必须大于 0（秒）：没有超时的发信会永远等待。例如 ?timeout=10。")
    secure = url.scheme == "smtps"
    return {
        "host": url.hostname or "localhost",
        "port": url.port or (465 if secure else 25),
        "username": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "use_ssl": secure,
        "use_tls": query.get("tls", "0") == "1",
        "timeout": timeout,
    }


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ImproperlyConfigured(f"PORT 应是 1 到 65535 之间的数，现在是 {text!r}。")
    return int(text)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


def _writable(folder: Path) -> Path:
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
        probe = folder / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ImproperlyConfigured(
            f"VAR_DIR {folder} 不能写入：请改正权限，或把 VAR_DIR 指向可写的目录（{error.strerror}）。"
        ) from error
    return folder
