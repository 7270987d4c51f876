"""What can go wrong between us and whoever carries a message on."""

from enum import Enum, auto


class LineDownError(Exception):
    """The server cannot be reached, or does not let us in: no fault of any message."""


class AnswerLostError(Exception):
    """The request went out and no answer came back whole: nobody knows what became of it."""


class Kind(Enum):
    """What an answer that is no yes asks of us."""

    RATE = auto()  # too often: leave the robot alone for a while
    SETUP = auto()  # address, secret, keyword: a person has to mend the robot
    CONTENT = auto()  # this message will never do
    BUSY = auto()  # later


class RefusalError(Exception):
    """A robot's server answered, and it was no yes. `code` is the vendor's and its own, as `wecom:45009`."""

    def __init__(self, kind: Kind, code: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.code = kind, code[:20]
