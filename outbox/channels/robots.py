"""How a post reaches the group of a robot."""

import time
from http.client import HTTPException

from django.core.exceptions import ValidationError

from outbox.addresses import refuse_foreign
from outbox.channels import vendors
from outbox.channels.errors import AnswerLostError, Kind, LineDownError, RefusalError
from outbox.channels.posting import post
from outbox.models import Message


def send(message: Message) -> None:
    """Post a message into its robot's group; raises what went wrong, without a word of the robot's secrets."""
    robot = message.robot
    if robot is None:
        raise ValueError("消息没有群机器人")
    try:
        parts = refuse_foreign(robot.vendor, robot.url)
    except ValidationError as error:
        raise RefusalError(Kind.SETUP, f"{robot.vendor}:address", error.messages[0]) from error
    asked = vendors.request(robot, parts, message.text, message_id=message.message_id, at=time.time())
    try:
        answer = post(asked.parts, asked.body, asked.headers)
    except LineDownError as error:
        raise LineDownError(robot.without_secrets(str(error))) from error.__cause__
    except (OSError, HTTPException) as error:
        raise AnswerLostError(robot.without_secrets(str(error))) from error
    vendors.refuse_unless_taken(robot, answer)
