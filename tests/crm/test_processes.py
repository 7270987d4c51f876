"""Every test runs a supervisor of its own as a process, over scripts of a few lines."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.processes import AlreadyRunningError, only_one, try_address
from tests.servers import is_alive, until

ROOT = Path(__file__).resolve().parent.parent.parent
WAIT = 20  # seconds; only a broken supervisor needs them

SUPERVISOR = """
import sys
from crm.processes import Child, GivenUpError, Patience, Supervisor

def say(text):
    print(text, flush=True)

children = [Child(script.split("/")[-1], [sys.executable, script]) for script in sys.argv[1:]]
patience = Patience(to_end=1, before_restart=0.01, restarts=5)
try:
    Supervisor(children, say=say, patience=patience).run(is_ready=lambda: True, when_ready=lambda: say("ready"))
except GivenUpError as error:
    sys.exit(f"gave up: {error}")
say("ended")
"""
# Writes its process id to a line of "<its own path>.pids", then sleeps.
NOTE_PID = """
import os, sys, time
with open(sys.argv[0] + ".pids", "a") as file:
    file.write(f"{os.getpid()}\\n")
"""
PATIENT = NOTE_PID + "time.sleep(600)"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)" + PATIENT
PARENT = "import subprocess, sys\nsubprocess.Popen([sys.executable, sys.argv[0] + '.child'])" + PATIENT
DYING = NOTE_PID + "sys.exit(3)"

type Run = Callable[..., subprocess.Popen[str]]
type Script = Callable[[str, str], Path]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.fixture
def run() -> Iterator[Run]:
    started: list[subprocess.Popen[str]] = []

    def start(*scripts: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SUPERVISOR, *map(str, scripts)]
        process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=WAIT)


def pids(path: Path, number: int = 1) -> list[int]:
    noted = Path(f"{path}.pids")
    until(lambda: noted.exists() and noted.read_text().count("\n") >= number)
    return [int(line) for line in noted.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_child_and_the_supervisor_without_an_error(run: Run, script: Script, number: int):
    first, second = script("first", PATIENT), script("second", PATIENT)
    supervisor = run(first, second)
    children = pids(first) + pids(second)

    supervisor.send_signal(number)
    output, _ = supervisor.communicate(timeout=WAIT)

    assert supervisor.returncode == 0
    assert output.splitlines() == ["ready", "ended"]
    assert not any(is_alive(pid) for pid in children)


def test_what_a_child_started_ends_with_it(run: Run, script: Script):
    parent, grandchild = script("parent", PARENT), script("parent.child", STUBBORN)
    supervisor = run(parent)
    started = pids(parent) + pids(grandchild)

    supervisor.terminate()
    supervisor.communicate(timeout=WAIT)

    until(lambda: not any(is_alive(pid) for pid in started))


def test_a_child_that_does_not_listen_is_killed_after_a_while(run: Run, script: Script):
    stubborn = script("stubborn", STUBBORN)
    supervisor = run(stubborn)
    [child] = pids(stubborn)

    supervisor.terminate()
    supervisor.communicate(timeout=WAIT)

    assert supervisor.returncode == 0
    assert not is_alive(child)


def test_a_child_that_dies_is_started_again_and_the_others_stay(run: Run, script: Script):
    first, second = script("first", PATIENT), script("second", PATIENT)
    supervisor = run(first, second)
    [killed], before = pids(first), pids(second)

    os.kill(killed, signal.SIGKILL)
    restarted = pids(first, 2)[1]

    assert is_alive(restarted)
    assert pids(second) == before
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=WAIT)
    assert "first 意外退出（代码 -9）" in output


def test_what_a_dead_child_left_behind_ends_before_it_is_started_again(run: Run, script: Script):
    parent, grandchild = script("parent", PARENT), script("parent.child", STUBBORN)
    run(parent)
    [killed], [left_behind] = pids(parent), pids(grandchild)

    os.kill(killed, signal.SIGKILL)
    pids(parent, 2)

    until(lambda: not is_alive(left_behind))


def test_after_five_restarts_within_a_minute_everything_ends_with_an_error(run: Run, script: Script):
    dying, patient = script("dying", DYING), script("patient", PATIENT)
    supervisor = run(patient, dying)
    [other] = pids(patient)

    _, errors = supervisor.communicate(timeout=WAIT)

    assert supervisor.returncode == 1
    assert errors.strip() == "gave up: dying"
    assert len(pids(dying)) == 6
    assert not is_alive(other)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="只有 Linux 内核会通知子进程")
def test_children_end_when_the_supervisor_is_killed(run: Run, script: Script):
    patient = script("patient", PATIENT)
    supervisor = run(patient)
    [child] = pids(patient)

    supervisor.kill()

    until(lambda: not is_alive(child))


def test_the_lock_is_held_by_one_process_and_free_afterwards(tmp_path: Path):
    lock = tmp_path / "serve.lock"

    with only_one(lock), pytest.raises(AlreadyRunningError) as refused, only_one(lock):
        pass

    assert str(refused.value) == str(os.getpid())
    with only_one(lock):
        pass


def test_an_address_somebody_listens_on_is_refused(free_port: int):
    try_address("127.0.0.1", free_port)

    with socket.create_server(("127.0.0.1", free_port)), pytest.raises(OSError, match="in use"):
        try_address("127.0.0.1", free_port)
