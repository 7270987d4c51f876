"""To which addresses robots may post: the three vendors' own, and what the installation allows by name."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PORTS = {"https": 443, "http": 80}


class Vendor(models.TextChoices):
    """Whose robot it is: each has its own words, signature, limits and answers."""

    DINGTALK = "dingtalk", gettext_lazy("钉钉")
    WECOM = "wecom", gettext_lazy("企业微信")
    FEISHU = "feishu", gettext_lazy("飞书")
    HTTP = "http", gettext_lazy("通用接口")


HOSTS = {
    Vendor.DINGTALK: "oapi.dingtalk.com",
    Vendor.WECOM: "qyapi.weixin.qq.com",
    Vendor.FEISHU: "open.feishu.cn",
}


def refuse_foreign(vendor: str, url: str) -> SplitResult:
    """The parts of an address that may be posted to; raises ValidationError (code "address") for every other.

    A vendor's robot posts by https to the vendor's own host; whatever else is wanted (one's own server,
    a vendor's private installation) stands as scheme, host and port in `settings.ROBOT_HOSTS`.
    """
    origin, parts = _origin(url)
    known = {f"https://{HOSTS[Vendor(vendor)]}:443"} if vendor in HOSTS else set()
    if not origin or origin not in known | {_origin(allowed)[0] for allowed in settings.ROBOT_HOSTS}:
        raise ValidationError(_sentence(vendor), code="address")
    return parts


def _origin(url: str) -> tuple[str, SplitResult]:
    """Scheme, host and port of an address; empty where it has none, or names a user, or is no address at all."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return "", SplitResult("", "", "", "", "")
    odd = not parts.hostname or port is None or "@" in parts.netloc or any(letter <= " " or letter == "\\" for letter in url)
    return ("" if odd else f"{parts.scheme}://{parts.hostname}:{port}"), parts


def _sentence(vendor: str) -> str:
    if vendor in HOSTS:
        return _("%(vendor)s的机器人地址应以 https://%(host)s/ 开头；其他地址须由系统管理员写入 ROBOT_HOSTS") % {
            "vendor": Vendor(vendor).label,
            "host": HOSTS[Vendor(vendor)],
        }
    return _("通用接口的地址须先由系统管理员写入 ROBOT_HOSTS（协议、主机与端口），例如 https://robot.example.invalid")
