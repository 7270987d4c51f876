"""Calendars as files: the small part of RFC 5545 that all-day events need."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 75  # octets of a line without its end (RFC 5545, 3.1)
PRODUCT = "-//zhaoshang-crm//calendar//ZH"


@dataclass(frozen=True)
class Event:
    """An all-day event. `uid` stays the same for ever; `sequence` rises with every change; `changed_at` is the last one's moment."""

    uid: str
    day: dt.date
    summary: str
    url: str
    sequence: int
    changed_at: dt.datetime


def calendar(name: str, events: Iterable[Event], *, refresh: str = "PT4H") -> bytes:
    """The file; `refresh` says how often a calendar should look again, as a duration."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{refresh}",
        f"X-PUBLISHED-TTL:{refresh}",
    ]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def escaped(text: str) -> str:
    """A text as a value: commas, semicolons, backslashes and line breaks escaped, control characters left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(letter for letter in text if letter >= " " and letter != "\x7f" and not "\ud800" <= letter <= "\udfff")


def _event(event: Event) -> list[str]:
    stamp = f"{event.changed_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTART;VALUE=DATE:{_day(event.day)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _day(day: dt.date) -> str:
    """Eight digits, before the year 1000 too."""
    return day.isoformat().replace("-", "")


def _folded(line: str) -> bytes:
    """A content line with its end, cut so that no part is longer than WIDTH octets and no character is cut."""
    parts, part, room = [], b"", WIDTH
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", WIDTH - 1  # the space that begins a further line counts
        part += octets
    parts.append(part)
    return b"\r\n ".join(parts) + b"\r\n"
