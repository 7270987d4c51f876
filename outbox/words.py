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
        Cause("robot-rate", _("群机器人发得太快，平台暂时不收"), _("系统会停几分钟再发；同一机器人请不要给别的系统共用。")),
        Cause(
            "robot-safety",
            _("群机器人的签名、关键词或来源 IP 不符"),
            _("请核对机器人页面上的加签密钥与关键词，以及服务器的时钟和 IP。"),
        ),
        Cause("robot-keyword", _("消息里没有群机器人要求的关键词"), _("请在机器人页面上填写平台设置的关键词。")),
        Cause("robot-key", _("群机器人不存在、已停用或地址不全"), _("请从群设置里重新复制机器人的地址，填到机器人页面上。")),
        Cause("robot-address", _("群机器人的地址不在允许之列"), _("请改用平台的地址，或由系统管理员写入 ROBOT_HOSTS。")),
        Cause("robot-moved", _("群机器人的地址要求转到别处，没有跟过去"), _("请从群设置里重新复制机器人的地址。")),
        Cause("robot-later", _("群机器人的平台暂时不收，或应答看不懂"), _("系统会自动再试；长期如此请检查网络出口。")),
        Cause("robot-refused", _("群机器人的平台拒收这条消息"), _("请把应答原文交给系统管理员。")),
        Cause("unchecked", _("发送前复核时出错"), _("请系统管理员按消息号查日志；改正后重新发送。其他邮件不受影响。")),
        Cause("held", _("领取后停顿过久，为免重复没有发出"), _("系统会自动再试；长期如此请检查数据库与服务器的负载。")),
        Cause("other", _("发送时出错"), _("请把应答原文交给系统管理员，处理后重新发送。")),
    )
}
SLUGS = {
    "ValueError": "no-address",
    "UncheckedError": "unchecked",
    "HeldTooLongError": "held",
    **dict.fromkeys(("501", "510", "511", "550", "551", "553"), "address"),
    **dict.fromkeys(("452", "552"), "mailbox"),
    **dict.fromkeys(("530", "534", "535", "538"), "sign-in"),
    **dict.fromkeys(("TimeoutError", "timeout"), "silent"),
    **dict.fromkeys(("ConnectionRefusedError", "gaierror", "OSError", "SMTPConnectError"), "unreachable"),
    **dict.fromkeys(
        ("SMTPServerDisconnected", "RemoteDisconnected", "ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError"),
        "cut",
    ),
    **dict.fromkeys(("SSLError", "SSLCertVerificationError", "SSLEOFError", "SMTPNotSupportedError"), "insecure"),
}


ROBOTS = {  # what follows the vendor in the code of a robot
    **dict.fromkeys(("130101", "410100", "45009", "45033", "11232", "99991400", "http429"), "robot-rate"),
    **dict.fromkeys(("310000", "19021", "19022", "http401", "http403"), "robot-safety"),
    **dict.fromkeys(("300001", "300005", "400101", "400102", "93000", "93008", "19001", "http404", "http410"), "robot-key"),
    "19024": "robot-keyword",
    "address": "robot-address",
    **dict.fromkeys(("-1", "garbage"), "robot-later"),
}


def _cause_of_robot(answer: str) -> Cause:
    if answer.startswith("http3"):
        return CAUSES["robot-moved"]
    return CAUSES[ROBOTS.get(answer, "robot-later" if answer.startswith("http5") else "robot-refused")]


def cause_of(code: str) -> Cause:
    """The cause behind a code of a delivery attempt: a number of SMTP, `wecom:45009`, or the name of what went wrong on the line."""
    if ":" in code:
        return _cause_of_robot(code.partition(":")[2])
    if slug := SLUGS.get(code):
        return CAUSES[slug]
    if len(code) == 3 and code.isdigit():
        return CAUSES["refused" if code[0] == "5" else "later"]
    return CAUSES["other"]


def codes_of(slug: str, codes: Iterable[str]) -> list[str]:
    """Those of the codes that have one cause."""
    return [code for code in codes if cause_of(code).slug == slug]
