"""The only code that sends anything to anybody."""

from outbox.services.clock import confirm_clock, leap
from outbox.services.dead import reasons, retry_all, undelivered, undelivered_by_head
from outbox.services.delivery import cancel, claim, deliver, deliver_one, fail, mark_sent
from outbox.services.heart import beat
from outbox.services.queue import enqueue, message_id, retry, ring, withdraw
from outbox.services.trials import send_trial

__all__ = [
    "beat",
    "cancel",
    "claim",
    "confirm_clock",
    "deliver",
    "deliver_one",
    "enqueue",
    "fail",
    "leap",
    "mark_sent",
    "message_id",
    "reasons",
    "retry",
    "retry_all",
    "ring",
    "send_trial",
    "undelivered",
    "undelivered_by_head",
    "withdraw",
]
