"""Start the service as a user would, poll its forecasts, stop it: smoke.py INT|TERM COMMAND."""

# ruff: noqa: INP001 -- a script of its own, no package
import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORECASTS_WITHIN_SECONDS = 90
STOPPED_WITHIN_SECONDS = 30


def main(stop_signal: str, command: str) -> None:
    """Fail unless forecasts come in time, a second poll answers 304 and nothing stays behind."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder) / "data", Path(folder) / "log"
        arguments = [*shlex.split(command), "--port", str(port), "--data-dir", str(data)]
        with log.open("w") as output:
            service = subprocess.Popen(  # noqa: S603 -- the command is .ci/run's own
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for_forecasts(service, port)
            poll_again(port)
            look_around(port)
            stop(service, signal.Signals[f"SIG{stop_signal}"])
            read_back(data, log.read_text())
        except BaseException:
            sys.stderr.write(log.read_text())
            raise
        finally:
            if is_alive(service.pid):
                os.killpg(service.pid, signal.SIGKILL)


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_forecasts(service: "subprocess.Popen[bytes]", port: int) -> None:
    """Poll until the first forecasts are there."""
    began, status, count = time.monotonic(), 0, 0
    while not count:
        waited = time.monotonic() - began
        if service.poll() is not None:
            sys.exit(f"the service ended by itself with {service.returncode}")
        if waited > FORECASTS_WITHIN_SECONDS:
            sys.exit(f"no forecast after {waited:.0f} s; the last answer was {status}")
        time.sleep(0.25)
        status, _, body = get(port, "/v1/forecasts")
        count = len(json.loads(body)["forecasts"]) if status == http.HTTPStatus.OK else 0
    sys.stdout.write(f"first forecasts ({count}) after {time.monotonic() - began:.1f} s\n")


def poll_again(port: int) -> None:
    """Ask twice for what stands: the second time, with the ETag, there is nothing to send."""
    answer: tuple[int, bytes] = (0, b"")
    for _ in range(FORECASTS_WITHIN_SECONDS):
        etag = get(port, "/v1/forecasts")[1]
        status, _, body = get(port, "/v1/forecasts", {"If-None-Match": etag})
        answer = (status, body)
        if status == http.HTTPStatus.NOT_MODIFIED:
            break
        time.sleep(1)  # a forecast more came in between
    if answer != (http.HTTPStatus.NOT_MODIFIED, b""):
        sys.exit(f"a poll with If-None-Match answered {answer[0]} with {len(answer[1])} bytes")
    count = len(json.loads(get(port, "/v1/forecasts")[2])["forecasts"])
    sys.stdout.write(f"304 on the second poll; {count} forecasts by now\n")


def look_around(port: int) -> None:
    """See that the other open addresses answer too."""
    for path in ("/healthz", "/readyz", "/v1/indicators", "/v1/schemas/indicator.json"):
        status, _, body = get(port, path)
        if status != http.HTTPStatus.OK:
            sys.exit(f"{path} answered {status}: {body[:500]!r}")


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, bytes]:
    """Return status, ETag and body; status 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.getheader("ETag") or "", answer.read()
    except OSError:
        return 0, "", b""
    finally:
        connection.close()


def stop(service: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Stop it as Ctrl-C does (the whole group) or as a container does (its first process)."""
    began = time.monotonic()
    if number is signal.SIGINT:
        os.killpg(service.pid, number)
    else:
        service.send_signal(number)
    service.wait(STOPPED_WITHIN_SECONDS)
    while is_alive(service.pid) and time.monotonic() - began < STOPPED_WITHIN_SECONDS:
        time.sleep(0.1)
    if is_alive(service.pid):
        sys.exit(f"processes of the service outlive {number.name}")
    waited = time.monotonic() - began
    sys.stdout.write(f"{number.name}: ended with {service.returncode} after {waited:.1f} s\n")


def is_alive(group: int) -> bool:
    """Say whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def read_back(data: Path, log: str) -> None:
    """Look at what it left: keys for their owner alone and in no log, and no traceback."""
    for name in ("admin.key", "secrets.key"):
        key = data / name
        if key.stat().st_mode & 0o077:
            sys.exit(f"{name} can be read by others")
        if key.read_text().strip() in log:
            sys.exit(f"{name} stands in the log")
    if "Traceback" in log:
        sys.exit("there is a traceback in the log")


if __name__ == "__main__":
    main(*sys.argv[1:])
