"""What a server's code means for the people here, and what one does about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Cause:
    """Why a message did not arrive: a name for addresses, a sentence, and what mends it."""

    slug: str
    title: str | Promise
    remedy: str | Promise


CAUSES = {
    cause.slug: cause
    for cause in (
        Cause("no-address", _("没有邮箱地址"), _("请给此人填写邮箱，然后重新发送。")),
        Cause("address", _("收件地址被邮件服务器拒绝"), _("请核对此人的邮箱地址，改正后重新发送。")),
        Cause("mailbox", _("收件邮箱已满或邮件过大"), _("请收件人清理邮箱，然后重新发送。")),
        Cause("refused", _("邮件服务器拒收这封邮件"), _("请把应答原文交给邮件服务器的管理员，处理后重新发送。")),
        Cause("sign-in", _("邮件服务器不认本系统的账号或密码"), _("请系统管理员核对 EMAIL_URL 中的账号与密码。")),
        Cause("later", _("邮件服务器暂时不收"), _("系统会自动再试；长期如此请联系邮件服务器的管理员。")),
        Cause("silent", _("邮件服务器没有应答"), _("系统会自动再试；长期如此请检查网络与邮件服务器。")),
        Cause("unreachable", _("连不上邮件服务器"), _("请系统管理员检查网络、EMAIL_URL 中的地址与端口。")),
        Cause("cut", _("与邮件服务器的连接中断"), _("系统会自动再试；长期如此请检查网络。")),
        Cause("insecure", _("与邮件服务器的加密连接没有建立"), _("请系统管理员核对 EMAIL_URL 中的加密方式与服务器证书。")),
        Cause("other", _("发送时出错"), _("请把应答原文交给系统管理员，处理后重新发送。")),
    )
}
SLUGS = {
    "ValueError": "no-address",
    **dict.fromkeys(("501", "510", "511", "550", "551", "553"), "address"),
    **dict.fromkeys(("452", "552"), "mailbox"),
    **dict.fromkeys(("530", "534", "535", "538"), "sign-in"),
    **dict.fromkeys(("TimeoutError", "timeout"), "silent"),
    **dict.fromkeys(("ConnectionRefusedError", "gaierror", "OSError", "SMTPConnectError"), "unreachable"),
    **dict.fromkeys(("SMTPServerDisconnected", "ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError"), "cut"),
    **dict.fromkeys(("SSLError", "SSLCertVerificationError", "SSLEOFError", "SMTPNotSupportedError"), "insecure"),
}


def cause_of(code: str) -> Cause:
    """The cause behind a code of a delivery attempt: a number of SMTP, or the name of what went wrong on the line."""
    if slug := SLUGS.get(code):
        return CAUSES[slug]
    if len(code) == 3 and code.isdigit():
        return CAUSES["refused" if code[0] == "5" else "later"]
    return CAUSES["other"]


def codes_of(slug: str, codes: Iterable[str]) -> list[str]:
    """Those of the codes that have one cause."""
    return [code for code in codes if cause_of(code).slug == slug]
