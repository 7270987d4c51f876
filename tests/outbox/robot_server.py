"""A server that keeps to what the three vendors of group robots document, in a thread of the test's process.

It checks signatures by its own reckoning, counts posts against the vendors' limits, and says no with status 200, as they do.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.servers import LOOPBACK

TOKEN = "test-token-0001"
PATHS = {
    "dingtalk": f"/robot/send?access_token={TOKEN}",
    "wecom": f"/cgi-bin/webhook/send?key={TOKEN}",
    "feishu": f"/open-apis/bot/v2/hook/{TOKEN}",
    "http": "/posts",
}
LIMITS = {"dingtalk": [(20, 60)], "wecom": [(20, 60)], "feishu": [(5, 1), (100, 60)], "http": []}
BAN = 600  # seconds for which 钉钉 refuses a robot that posted too often
FAULTS = {  # what each vendor answers; the wording is theirs
    "dingtalk": {
        "token": (300005, "token is not exist"),
        "signature": (310000, "description:机器人发送签名不匹配 sign not match"),
        "keyword": (310000, "description:关键词不匹配 keywords not in content"),
        "rate": (130101, "send too fast, exceed 20 times per minute"),
        "form": (40035, "invalid parameter"),
    },
    "wecom": {
        "token": (93000, "invalid webhook url, hint: [0000000000]"),
        "rate": (45009, "api freq out of limit, hint: [0000000000]"),
        "form": (40008, "invalid message type"),
    },
    "feishu": {
        "token": (19001, "param invalid: incoming webhook access token invalid"),
        "signature": (19021, "sign match fail or timestamp is not within one hour from current time"),
        "keyword": (19024, "Key Words Not Found"),
        "rate": (11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"),
        "form": (9499, "Bad Request"),
    },
    "http": {"signature": (401, "bad signature"), "form": (400, "bad request")},
}


class RobotServer:
    """Takes posts; `how` makes it hang, drip, drop, redirect, or answer with a status or with garbage.

    `moment` is the hour its limits go by, so that a test can move it; signatures are judged by the real one.
    """

    def __init__(self, *, secret: str = "", keyword: str = "") -> None:
        self.secret, self.keyword = secret, keyword
        self.how = ""
        self.moment: dt.datetime | None = None
        self.taken: list[str] = []
        self.refused: list[str] = []
        self.asked = 0
        self._posts: dict[str, deque[float]] = {vendor: deque() for vendor in PATHS}
        self._banned_until = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def url(self, vendor: str) -> str:
        return self.origin + PATHS[vendor]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.asked += 1
                if not server._misbehave(self):
                    status, said = server._judge(self.path, body, dict(self.headers))
                    _answer(self, status, json.dumps(said).encode())

            def log_message(self, *_arguments: Any) -> None:
                """Nothing on the test's output."""

        return Handler

    def _misbehave(self, handler: BaseHTTPRequestHandler) -> bool:
        """Whether the fault that the test asked for took the place of an answer."""
        if self.how == "hang":
            self._ended.wait(10)
        elif self.how == "drop":
            handler.connection.close()
        elif self.how == "drip":
            self._drip(handler, "HTTP/1.1 200 ")
        elif self.how == "drip the body":
            self._drip(handler, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        elif self.how == "redirect":
            handler.send_response(302)
            handler.send_header("Location", f"{self.origin}/elsewhere")
            handler.end_headers()
        elif self.how:
            garbage = self.how == "garbage"
            _answer(handler, 200 if garbage else int(self.how), b"<html>hotel</html>" if garbage else handler.path.encode())
        return bool(self.how)

    def _drip(self, handler: BaseHTTPRequestHandler, beginning: str) -> None:
        with suppress(OSError):
            for letter in [beginning, *"x" * 400]:
                if self._ended.wait(0.1):
                    return
                handler.wfile.write(letter.encode())
                handler.wfile.flush()

    def _judge(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(path)
        vendor = next((name for name, known in PATHS.items() if parts.path == urlsplit(known).path), "")
        query = dict(parse_qsl(parts.query))
        with self._lock:
            fault, text = self._fault(vendor, query, body, headers)
            if fault:
                self.refused.append(fault)
                code, said = FAULTS[vendor][fault]
                return (code, {"error": said}) if vendor == "http" else (200, _said(vendor, code, said))
            self.taken.append(text)
        return 200, _said(vendor, 0, "ok")

    def _fault(self, vendor: str, query: dict[str, str], body: bytes, headers: dict[str, str]) -> tuple[str, str]:
        try:
            said = json.loads(body)
            text = _text(vendor, said)
        except (ValueError, KeyError):
            return "form", ""
        if TOKEN not in (query.get("access_token"), query.get("key")) and vendor in ("dingtalk", "wecom"):
            return "token", text
        if self._is_too_often(vendor):
            return "rate", text
        if self.secret and vendor != "wecom" and not self._is_signed(vendor, query, said, body, headers):
            return "signature", text
        if self.keyword and vendor in ("dingtalk", "feishu") and self.keyword not in text:
            return "keyword", text
        longest = 2048 if vendor == "wecom" else 20_000
        return ("form" if len(text.encode()) > longest else ""), text

    def _is_too_often(self, vendor: str) -> bool:
        now = self.moment.timestamp() if self.moment else time.time()
        posts = self._posts[vendor]
        posts.append(now)
        over = any(sum(now - at < window for at in posts) > most for most, window in LIMITS[vendor])
        if vendor == "dingtalk" and over:
            self._banned_until = now + BAN
        return over or (vendor == "dingtalk" and now < self._banned_until)

    def _is_signed(self, vendor: str, query: dict[str, str], said: dict[str, Any], body: bytes, headers: dict[str, str]) -> bool:
        if vendor == "dingtalk":
            stamp, sign, unit = query.get("timestamp", "0"), query.get("sign", ""), 1000
            right = _base64(self.secret.encode(), f"{stamp}\n{self.secret}".encode())
        elif vendor == "feishu":
            stamp, sign, unit = said.get("timestamp", "0"), said.get("sign", ""), 1
            right = _base64(f"{stamp}\n{self.secret}".encode(), b"")
        else:
            stamp, sign, unit = headers.get("X-Timestamp", "0"), headers.get("X-Signature", ""), 1
            right = hmac.new(self.secret.encode(), f"{stamp}\n".encode() + body, hashlib.sha256).hexdigest()
        return abs(int(stamp) / unit - time.time()) < 3600 and hmac.compare_digest(sign, right)


def _text(vendor: str, said: dict[str, Any]) -> str:
    if vendor == "http":
        return str(said["text"])
    kind, text = ("msg_type", "text") if vendor == "feishu" else ("msgtype", "content")
    if said[kind] != "text":
        raise KeyError(kind)
    return str(said["content"]["text"] if vendor == "feishu" else said["text"][text])


def _said(vendor: str, code: int, text: str) -> dict[str, Any]:
    if vendor == "feishu":
        return {"code": code, "msg": text, "data": {}}
    return {"ok": True} if vendor == "http" else {"errcode": code, "errmsg": text}


def _base64(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _answer(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
