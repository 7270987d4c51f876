"""Ways for a process to kill itself at a named point, as a power cut would."""

import os
import signal


def die(*_args: object, **_options: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(holder: object, name: str, times: int = 1) -> None:
    """Die when the function is called for the `times`-th time."""
    original, calls = getattr(holder, name), []

    def counted(*args: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == times:
            die()
        return original(*args, **options)

    setattr(holder, name, counted)


def after(holder: object, name: str) -> None:
    """Die when the function has done its work."""
    original = getattr(holder, name)

    def done(*args: object, **options: object) -> object:
        original(*args, **options)
        return die()

    setattr(holder, name, done)
