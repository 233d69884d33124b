"""What the suites outside of Swift share: a running ambassador, a fake LangFlow, a fast client, and a report.

Python's standard library only. The suites are those beside this file, `Tests/Crash/run`, `Tests/LangFlow/run` and
`Tests/Browser/run`.
"""

import asyncio
import http.client
import json
import math
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
READY_SECONDS = 20.0
STOP_SECONDS = 20.0
CALL_SECONDS = 60.0


def allow_many_connections() -> None:
    """Raises this process's limit of open files as far as it may; a thousand connections need more than the usual."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def ambassador_binary() -> str:
    """The binary under test: `AMBASSADOR`, else the debug build."""
    path = pathlib.Path(os.environ.get("AMBASSADOR", REPOSITORY / ".build/debug/ambassador")).resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is not there: run `swift build`, or set AMBASSADOR to the binary")
    return str(path)


def free_port() -> int:
    """A port that nobody listened on a moment ago.

    From below the range that the kernel gives to outgoing connections, so that none of those takes it meanwhile.
    """
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        if port not in _ports_given and _is_free(port):
            _ports_given.add(port)
            return port
    raise RuntimeError("no free port")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


_ports_given: set[int] = set()


def kill_and_reap(process: subprocess.Popen | None) -> None:
    if process is not None and process.poll() is None:
        process.kill()
        process.wait()


class Ambassador:
    """One ambassador process with a configuration file, a store and a log in a folder of its own."""

    def __init__(
        self,
        folder: str | pathlib.Path,
        settings: str,
        name: str = "ambassador",
        store_size_max: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Writes the configuration; `settings` is YAML without the blocks `listen`, `admin` and `store`.

        `environment` is added to the process's own when it starts.
        """
        self._environment = environment or {}
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.admin_port = free_port()
        self.store = self.folder / f"{name}.db"
        self.config = self.folder / f"{name}.yaml"
        self.log = self.folder / f"{name}.log"
        self.process: subprocess.Popen | None = None
        self.config.write_text(
            f"listen: {{address: '127.0.0.1:{self.port}'}}\n"
            f"admin: {{address: '127.0.0.1:{self.admin_port}'}}\n"
            f"store: {{path: '{self.store}'{f', size_max: {store_size_max}' if store_size_max else ''}}}\n"
            f"{settings}\n",
            encoding="utf-8",
        )

    def start(self, open_files: tuple[int, int] | None = None) -> float:
        """Starts it, with a soft and a hard limit of open files where they are given; returns the seconds until it was ready."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [ambassador_binary(), "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**_environment(), **self._environment},
                preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, open_files)) if open_files else None,
            )
        while not self._is_ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"the ambassador ended with {self.process.returncode} at its start:\n{self.tail()}")
            if time.monotonic() - began > READY_SECONDS:
                raise RuntimeError(f"the ambassador was not ready within {READY_SECONDS} s:\n{self.tail()}")
            time.sleep(0.005)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str, admin: bool = False) -> "Answer":
        with Client(self.admin_port if admin else self.port, timeout=5) as client:
            return client.call("GET", path)

    def stop(self) -> int:
        """Asks it to stop and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            kill_and_reap(self.process)
            raise RuntimeError(f"the ambassador did not stop within {STOP_SECONDS} s:\n{self.tail()}") from None

    def kill(self) -> None:
        kill_and_reap(self.process)

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def spawn(
        self,
        *arguments: str,
        before: list[str] | None = None,
        env: dict[str, str] | None = None,
        takes_config: bool = True,
        **options: object,
    ) -> subprocess.Popen:
        """Starts a command of the command line on this ambassador's configuration.

        `before` stands before the binary, such as a wrapper; `options` are those of `Popen`.
        """
        config = ["--config", str(self.config)] if takes_config else []
        command = [*(before or []), ambassador_binary(), *arguments, *config]
        environment = {**_environment(), **(env or {})}
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=self.folder, env=environment, **options)

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs a command of the command line on this ambassador's configuration."""
        return subprocess.run(
            [ambassador_binary(), *arguments, "--config", str(self.config)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CALL_SECONDS,
            cwd=self.folder,
            env=_environment(),
            check=False,
        )


def _environment() -> dict[str, str]:
    # The environment can override settings: what is set where the suite runs must not.
    return {name: value for name, value in os.environ.items() if not name.startswith(("AMBASSADOR", "LANGFLOW"))}


class Redis:
    """A Redis server of the suite's own, without persistence."""

    def __init__(self, folder: str | pathlib.Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        binary = shutil.which("redis-server")
        if binary is None:
            sys.exit("redis-server is not there: run `scripts/install-dependencies test`")
        self.process = subprocess.Popen(
            [binary, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        wait_for_listener(self.port)

    def suspend(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        kill_and_reap(self.process)


def wait_for_listener(port: int, seconds: float = READY_SECONDS) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nobody listens on port {port} after {seconds} s")


class Answer(NamedTuple):
    """An HTTP answer; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> object:
        return json.loads(self.body)


class Client:
    """A blocking client with one keep-alive connection."""

    def __init__(self, port: int, timeout: float = CALL_SECONDS) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        self._connection.request(method, path, body, headers or {})
        response = self._connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def post(self, path: str, value: object, **headers: str) -> Answer:
        """Posts JSON; `X_Tenant_ID="a"` becomes the header `X-Tenant-ID`."""
        body = json.dumps(value, ensure_ascii=False).encode()
        fields = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.call("POST", path, body, {"Content-Type": "application/json", **fields})

    def run_flow(self, flow: str, question: object, session: str | None = None, **headers: str) -> Answer:
        call = {"flow_id": flow, "input": question}
        if session is not None:
            call["session_id"] = session
        return self.post("/run-flow", call, **headers)


class Connection:
    """A keep-alive connection under asyncio, light enough to load a server with."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def run_flow(self, flow: str, question: str) -> Answer:
        body = json.dumps({"flow_id": flow, "input": question}).encode()
        self._writer.write(
            b"POST /run-flow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        status_line, *fields = head[:-4].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        content = await self._reader.readexactly(int(headers["content-length"]))
        return Answer(int(status_line.split(" ", 2)[1]), headers, content)

    def close(self) -> None:
        self._writer.close()


def langflow_answer(text: str, session: str, flow: str, question: str) -> bytes:
    """An answer in the shape of LangFlow 1.13's, the session id at its four places; 1.2 KB for a short text."""
    data = {
        "timestamp": "2026-01-01 00:00:00.000000 UTC",
        "sender": "Machine",
        "sender_name": "AI",
        "session_id": session,
        "text": text,
        "error": False,
        "id": "9a31de47-ada6-4691-baa1-f820e9e331a4",
        "flow_id": flow,
    }
    output = {
        "results": {"message": {"text_key": "text", "data": data, "session_id": session, "text": text, "error": False}},
        "artifacts": {"message": text, "sender": "Machine", "sender_name": "AI", "files": [], "type": "object"},
        "outputs": {"message": {"message": text, "type": "text"}},
        "logs": {"message": []},
        "messages": [
            {
                "message": text,
                "sender": "Machine",
                "sender_name": "AI",
                "session_id": session,
                "component_id": "ChatOutput-fake",
                "files": [],
                "type": "text",
            }
        ],
        "timedelta": None,
        "component_display_name": "Chat Output",
        "component_id": "ChatOutput-fake",
        "used_frozen_result": False,
    }
    answer = {"session_id": session, "outputs": [{"inputs": {"input_value": question}, "outputs": [output]}]}
    return json.dumps(answer, ensure_ascii=False).encode()


class FakeLangFlow:
    """Answers every run of a flow after a delay, in LangFlow's shape, and counts the calls by input.

    `answer` makes the answer's text of the question; an answer repeats its text seven times.
    """

    def __init__(self, delay_seconds: float = 0.0, answer=lambda question: f"answer to {question}") -> None:
        self.delay_seconds = delay_seconds
        self.answer = answer
        self.calls: dict[str, int] = {}
        self.port = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self.port = free_port()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=4096)

    async def stop(self) -> None:
        self._server.close()
        for writer in list(self._connections):
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while True:
                await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # The ambassador, or the end of the suite, has closed the connection.
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *fields = head[:-4].split("\r\n")
        lengths = [f.partition(":")[2] for f in fields if f.lower().startswith("content-length:")]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        method, path, _ = request_line.split(" ", 2)
        if method != "POST":
            # A probe of its health, or a look at its flows: it has neither.
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
            return
        call = json.loads(body)
        question = call["input_value"]
        self.calls[question] = self.calls.get(question, 0) + 1
        if self.delay_seconds > 0:
            await asyncio.sleep(self.delay_seconds)
        flow = path.split("?")[0].rsplit("/", 1)[-1]
        content = langflow_answer(self.answer(question), call.get("session_id") or flow, flow, question)
        writer.write(
            b"HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(content), content)
        )
        await writer.drain()


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Report:
    """Counts checks and prints each; the last line is `N passed, N failed`."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, holds: bool, sentence: str) -> bool:
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok    ' if holds else 'FAILED'} {sentence}", flush=True)
        return holds

    def note(self, sentence: str) -> None:
        print(f"       {sentence}", flush=True)

    def finish(self) -> int:
        """Prints the summary and returns the exit status."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def work_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="ambassador-test-")
