"""Calendar files keep to RFC 5545: octets of a line, line ends, escapes, what an event must carry."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from core import ics

MOMENT = dt.datetime(2026, 11, 24, 1, 2, 3, tzinfo=dt.UTC)


def event(**values) -> ics.Event:
    given = {"uid": "a@example.invalid", "day": dt.date(2026, 11, 27), "summary": "节点", "url": "https://example.invalid/1"}
    return ics.Event(**{**given, "sequence": 3, "changed_at": MOMENT, **values})


def unfolded(body: bytes) -> list[str]:
    """The content lines, read by the rule: a line end and a space are nothing."""
    return body.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def value(body: bytes, name: str) -> str:
    return next(line.partition(":")[2] for line in unfolded(body) if line.partition(":")[0].split(";")[0] == name)


def unescaped(text: str) -> str:
    found, letters = "", iter(text)
    for letter in letters:
        after = next(letters) if letter == "\\" else ""
        found += {"n": "\n", "N": "\n"}.get(after, after) or letter
    return found


def test_an_event_carries_what_the_standard_asks_for():
    lines = unfolded(ics.calendar("招商事项", [event()]))

    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{ics.PRODUCT}"]
    assert lines[lines.index("BEGIN:VEVENT") :] == [
        "BEGIN:VEVENT",
        "UID:a@example.invalid",
        "DTSTAMP:20261124T010203Z",
        "LAST-MODIFIED:20261124T010203Z",
        "SEQUENCE:3",
        "DTSTART;VALUE=DATE:20261127",
        "SUMMARY:节点",
        "URL:https://example.invalid/1",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_moments_are_told_in_utc():
    shanghai = dt.timezone(dt.timedelta(hours=8))

    body = ics.calendar("", [event(changed_at=dt.datetime(2026, 11, 25, 0, 30, tzinfo=shanghai))])

    assert value(body, "DTSTAMP") == "20261124T163000Z"


def test_dates_of_1900_and_2900_are_eight_digits():
    body = ics.calendar("", [event(day=dt.date(1900, 1, 1)), event(day=dt.date(2900, 12, 31)), event(day=dt.date(1, 2, 3))])

    assert [day in body for day in (b":19000101\r\n", b":29001231\r\n", b":00010203\r\n")] == [True] * 3


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_line_is_longer_than_75_octets_and_every_text_comes_back_whole(text):
    body = ics.calendar(text, [event(summary=text)])

    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for line in body.split(b"\r\n"):
        line.decode()  # no character is cut in two
    breaks = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(letter for letter in breaks if letter == "\n" or (letter >= " " and letter != "\x7f"))
    assert unescaped(value(body, "SUMMARY")) == kept


def test_a_summary_cannot_add_a_line_of_its_own():
    body = ics.calendar("", [event(summary="节点\r\nEND:VEVENT\r\nBEGIN:VALARM")])

    assert body.count(b"\r\nEND:VEVENT") == 1
    assert b"VALARM\r\nURL" in body.replace(b"\r\n ", b"")
