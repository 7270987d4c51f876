"""What each vendor of group robots wants to be told, and what its answers mean.

Sources: the vendors' documents of custom robots (open.dingtalk.com, developer.work.weixin.qq.com, open.feishu.cn).
The two signatures differ in what is the key and what the text: neither stands in for the other.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote_plus

from outbox.addresses import Vendor
from outbox.channels.errors import Kind, RefusalError
from outbox.channels.posting import Answer
from outbox.robot import Robot

CODES: dict[str, dict[int, Kind]] = {
    Vendor.DINGTALK: {
        130101: Kind.RATE,
        410100: Kind.RATE,
        310000: Kind.SETUP,
        300001: Kind.SETUP,
        300005: Kind.SETUP,
        400101: Kind.SETUP,
        400102: Kind.SETUP,
        -1: Kind.BUSY,
    },
    Vendor.WECOM: {45009: Kind.RATE, 45033: Kind.RATE, 93000: Kind.SETUP, 93008: Kind.SETUP, -1: Kind.BUSY},
    Vendor.FEISHU: {
        11232: Kind.RATE,
        99991400: Kind.RATE,
        19001: Kind.SETUP,
        19021: Kind.SETUP,
        19022: Kind.SETUP,
        19024: Kind.SETUP,
    },
    Vendor.HTTP: {},
}
LONGEST = {Vendor.WECOM: 2048, Vendor.FEISHU: 15_000, Vendor.DINGTALK: 15_000, Vendor.HTTP: 60_000}  # bytes of text


@dataclass(frozen=True)
class Request:
    """What is posted: the address with its signature, the body, and headers of its own."""

    parts: SplitResult
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """The secret is the key, and part of the text; the result is quoted for the address."""
    text = f"{milliseconds}\n{secret}".encode()
    return quote_plus(base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()))


def feishu_sign(secret: str, seconds: int) -> str:
    """Moment and secret are the key, and the text is empty."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def http_sign(secret: str, seconds: int, body: bytes) -> str:
    """Of the general interface: over moment and body, in hexadecimal."""
    return hmac.new(secret.encode(), f"{seconds}\n".encode() + body, hashlib.sha256).hexdigest()


def request(robot: Robot, parts: SplitResult, text: str, *, message_id: str, at: float) -> Request:
    """The request that puts a text into a robot's group, signed for a moment (seconds since 1970)."""
    text = wording(robot, text)
    if robot.vendor == Vendor.DINGTALK:
        return Request(_dingtalk_address(robot, parts, at), _json({"msgtype": "text", "text": {"content": text}}))
    if robot.vendor == Vendor.WECOM:
        return Request(parts, _json({"msgtype": "text", "text": {"content": text}}))
    if robot.vendor == Vendor.FEISHU:
        signed = {"timestamp": str(int(at)), "sign": feishu_sign(robot.secret, int(at))} if robot.secret else {}
        return Request(parts, _json({**signed, "msg_type": "text", "content": {"text": text}}))
    body = _json({"id": message_id, "text": text})
    signature = {"X-Timestamp": str(int(at)), "X-Signature": http_sign(robot.secret, int(at), body)} if robot.secret else {}
    return Request(parts, body, signature)


def wording(robot: Robot, text: str) -> str:
    """The text with the robot's keyword, without anything that would call people, cut at a line to what the vendor takes."""
    text = text.replace("<", "＜").replace("@", "＠")
    if robot.keyword and robot.keyword not in text:
        text = f"{robot.keyword} {text}"
    longest = LONGEST[Vendor(robot.vendor)]
    while len(text.encode()) > longest:
        shorter = text.rpartition("\n")[0]
        text = f"{shorter}" if shorter else text.encode()[:longest].decode(errors="ignore")
    return text


def refuse_unless_taken(robot: Robot, answer: Answer) -> None:
    """Return when the message stands in the group; else RefusalError. All vendors say no with status 200, too."""
    if not 200 <= answer.status < 300:
        raise RefusalError(_kind_of_status(answer.status), f"{robot.vendor}:http{answer.status}", _text(robot, answer.body))
    said = _read(answer.body)
    code = said.get("errcode", said.get("code", said.get("StatusCode")))
    if code == 0 or (robot.vendor == Vendor.HTTP and code in (None, 200)):
        return
    if not isinstance(code, int):
        raise RefusalError(Kind.BUSY, f"{robot.vendor}:garbage", _text(robot, answer.body))
    text = str(said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or "")
    raise RefusalError(
        CODES[robot.vendor].get(code, Kind.CONTENT), f"{robot.vendor}:{code}", robot.without_secrets(f"{code} {text}")[:500]
    )


def _dingtalk_address(robot: Robot, parts: SplitResult, at: float) -> SplitResult:
    if not robot.secret:
        return parts
    milliseconds = round(at * 1000)
    signed = f"timestamp={milliseconds}&sign={dingtalk_sign(robot.secret, milliseconds)}"
    return parts._replace(query=f"{parts.query}&{signed}" if parts.query else signed)


def _kind_of_status(status: int) -> Kind:
    if status == 429:
        return Kind.RATE
    if 300 <= status < 400 or status in (401, 403, 404, 405, 410):
        return Kind.SETUP
    return Kind.CONTENT if 400 <= status < 500 else Kind.BUSY


def _read(body: bytes) -> dict[str, Any]:
    """The answer, when it is an object of JSON; else nothing."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _text(robot: Robot, body: bytes) -> str:
    return robot.without_secrets(" ".join(body.decode(errors="replace").split()))[:200]


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
