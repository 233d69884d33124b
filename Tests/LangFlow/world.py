"""What this suite shares: LangFlow, two ambassadors before it, the calls of a client, and what a stream holds."""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "System"))
from recording_proxy import RecordingProxy  # noqa: E402
from support import CALL_SECONDS, Ambassador, Answer, Client, free_port  # noqa: E402

KEY = "the-key-of-the-langflow-suite"
CHINESE = "退货政策是什么？"
ENGLISH = "What is the return policy?"
FALLBACK = "The assistant is away. 请稍后再试。"
BRIEF_TTL_SECONDS = 2
WATCH_SECONDS = 0.5
# What callers of the ambassador that asks for keys belong to.
TENANTS = ("acme", "globex")
SETTINGS = f"""
# LangFlow is asked for its flows at the start alone, so that a test can count calls.
upstream: {{{{url: 'http://127.0.0.1:{{port}}', api_key: {KEY}, flow_names: 1d}}}}
flows:
  echo: {{{{ttl: 1h, stale_if_error: 7d, session: ignore}}}}
  llm: {{{{ttl: 1h, stale_if_error: 7d, session: ignore, price: {{{{per_call: 0.002, output_per_1k: 0.0006}}}}}}}}
  brief: {{{{target: echo, ttl: {BRIEF_TTL_SECONDS}s, stale_if_error: 7d, session: ignore, fallback: '{FALLBACK}'}}}}
  live: {{{{target: echo, ttl: 0s, stale_if_error: 7d, session: ignore}}}}
  llm-stream: {{{{ttl: 1h, stale_if_error: 7d, session: ignore}}}}
  either: {{{{target: llm, ttl: 1h, session: ignore, stream_reuse: true}}}}
  fails: {{{{ttl: 1h, session: ignore}}}}
  fails-streaming: {{{{target: fails, ttl: 1h, session: ignore}}}}
  slow: {{{{ttl: 1h, session: ignore}}}}
  slow-live: {{{{target: slow}}}}
  slow-cancelled: {{{{target: slow, cancel_abandoned: true}}}}
  memory: {{{{ttl: 0s}}}}
"""
# Of an ambassador of its own: it asks for keys, and it asks LangFlow for a version on and on.
KEYED_SETTINGS = f"""
upstream: {{{{url: 'http://127.0.0.1:{{port}}', api_key: {KEY}, breaker: {{{{open_time: 500ms}}}}, flow_names: {int(WATCH_SECONDS * 1000)}ms}}}}
auth: {{{{mode: api_keys, keys_file: '{{keys}}'}}}}
routes: {{{{responses: openai}}}}
flows:
  echo: {{{{ttl: 1h, stale_if_error: 7d, session: ignore}}}}
  llm: {{{{ttl: 1h, stale_if_error: 7d, session: ignore}}}}
  llm-stream: {{{{ttl: 1h, stale_if_error: 7d, session: ignore}}}}
  brief: {{{{target: echo, ttl: {BRIEF_TTL_SECONDS}s, stale_if_error: 7d, session: ignore, fallback: '{FALLBACK}'}}}}
  edited: {{{{ttl: 1h, stale_if_error: 7d, session: ignore, watch_version: {int(WATCH_SECONDS * 1000)}ms}}}}
  named: {{{{ttl: 1h, stale_if_error: 7d, session: ignore, price: {{{{per_call: 0.5}}}}}}}}
  fails: {{{{ttl: 1h, session: ignore}}}}
  memory: {{{{ttl: 0s}}}}
  remembering: {{{{target: memory, ttl: 1h, first_turns: bypass}}}}
  forgetful: {{{{target: memory, ttl: 1h}}}}
"""


class World:
    """LangFlow, the ambassadors, the proxies between them, and the outcomes that callers of the first one saw."""

    langflow_pid: int
    langflow_port: int
    data: pathlib.Path
    proxy: RecordingProxy
    ambassador: Ambassador
    keyed_proxy: RecordingProxy
    keyed: Ambassador
    # A key of each tenant.
    keys: dict[str, str] = {}
    # The outcome that the audit log must give for a trace id, and its flow.
    outcomes: dict[str, tuple[str, str]] = {}


def text_of(answer: Answer) -> str:
    """The answer's text where the official clients look for it, which must all be the same."""
    output = answer.json()["outputs"][0]["outputs"][0]
    texts = {output["results"]["message"]["text"], output["outputs"]["message"]["message"]}
    if len(texts) != 1:
        raise AssertionError(f"the answer holds unequal texts: {texts}")
    return texts.pop()


def sessions_of(answer: Answer) -> list[str]:
    """The session ids at the four places where LangFlow puts them."""
    value = answer.json()
    output = value["outputs"][0]["outputs"][0]
    message = output["results"]["message"]
    places = [value["session_id"], message["session_id"], message["data"]["session_id"]]
    return places + [entry["session_id"] for entry in output["messages"]]


class Stream:
    """A call whose answer is read piece by piece."""

    def __init__(self, port: int, path: str, call: object, headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS)
        body = json.dumps(call, ensure_ascii=False).encode()
        self._connection.request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})
        self._read = b""

    def begin(self) -> None:
        """Waits for the head of the answer."""
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.headers = {name.lower(): value for name, value in self._response.getheaders()}

    def record(self) -> bytes:
        """Waits for the next record alone."""
        record = self._response.readline() + self._response.readline()
        self._read += record
        return record

    def end(self) -> tuple[Answer, bool]:
        """Waits for the rest; returns the whole answer, and whether its framing says that it is whole."""
        is_whole = True
        try:
            self._read += self._response.read()
        except http.client.IncompleteRead as cut:
            self._read += cut.partial
            is_whole = False
        self.leave()
        return Answer(self.status, self.headers, self._read), is_whole

    def leave(self) -> None:
        self._connection.close()


def events_of(answer: Answer) -> list[dict]:
    """The records of a stream in LangFlow's framing: a line of JSON each, and an empty one."""
    *records, rest = answer.body.split(b"\n\n")
    if rest:
        raise AssertionError(f"the stream does not end with a whole record: {rest[:200]}")
    return [json.loads(record) for record in records]


def result_of(events: list[dict]) -> Answer:
    """The plain answer that the last event of a stream holds."""
    return Answer(200, {}, json.dumps(events[-1]["data"]["result"]).encode())


def all_sessions(value: object) -> set[str]:
    """Every session id in a JSON value, wherever it is."""
    if isinstance(value, list):
        return set().union(*map(all_sessions, value))
    if not isinstance(value, dict):
        return set()
    own = {value["session_id"]} if "session_id" in value else set()
    return own.union(*map(all_sessions, value.values()))


class Suite(unittest.TestCase):
    maxDiff = 2000

    def setUp(self) -> None:
        self.client = Client(World.ambassador.port)
        self.addCleanup(self.client.__exit__)

    def ask(self, flow: str, question: str, outcome: str, status: int = 200, session: str | None = None) -> Answer:
        """Asks through `/run-flow`, checks what every answer must have, and expects the outcome in the audit log."""
        return self.checked(self.client.run_flow(flow, question, session), flow, outcome, status)

    def stream(
        self, flow: str, question: str, outcome: str, session: str | None = None, by_langflows_call: bool = False
    ) -> Answer:
        """Asks for a stream and reads it to its end, which must be a whole one."""
        stream = self.open_stream(flow, question, session, by_langflows_call)
        stream.begin()
        answer, is_whole = stream.end()
        self.assertTrue(is_whole, answer.body[-500:])
        self.assertEqual(answer.headers["content-type"], "text/event-stream; charset=utf-8")
        return self.checked(answer, flow, outcome)

    def open_stream(
        self, flow: str, question: str, session: str | None = None, by_langflows_call: bool = False
    ) -> Stream:
        call = {} if session is None else {"session_id": session}
        if by_langflows_call:
            # As LangFlow's TypeScript client asks.
            call = {"input_value": question, "input_type": "chat", "output_type": "chat", "tweaks": {}, **call}
            headers = {"Accept": "application/json", "x-api-key": "a-key-of-the-caller"}
            return Stream(World.ambassador.port, f"/api/v1/run/{flow}?stream=true", call, headers)
        return Stream(World.ambassador.port, "/run-flow", {"flow_id": flow, "input": question, "stream": True, **call})

    def checked(self, answer: Answer, flow: str, outcome: str, status: int = 200) -> Answer:
        self.assertEqual(answer.status, status, answer.body[:500])
        trace = answer.headers["x-trace-id"]
        self.assertRegex(trace, r"^[0-9a-f]{32}$")
        self.assertNotIn(trace, World.outcomes)
        World.outcomes[trace] = (flow, outcome)
        return answer

    def assert_cache(self, answer: Answer, pattern: str) -> None:
        self.assertRegex(answer.headers.get("cache-status", ""), rf"^ambassador; {pattern}$")

    def assert_stale(self, answer: Answer) -> None:
        self.assertEqual(answer.headers.get("x-ambassador-degraded"), "stale")
        self.assertRegex(answer.headers.get("age", ""), r"^\d+$")
        self.assertIn("detail=degraded", answer.headers["cache-status"])



def kill_langflow() -> None:
    os.kill(World.langflow_pid, signal.SIGKILL)
    World.proxy.cut()
    World.keyed_proxy.cut()


def ask_langflow(method: str, path: str, body: bytes | None = None) -> object:
    """Asks LangFlow itself."""
    with Client(World.langflow_port) as client:
        answer = client.call(method, path, body, {"x-api-key": KEY, "Content-Type": "application/json"})
    if answer.status >= 300:
        raise AssertionError(f"{method} {path}: {answer.status} {answer.body[:300]}")
    return answer.json()


def eventually(condition: object, seconds: float, sentence: str) -> object:
    """What the condition gives once it gives something."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.0f} s: {sentence}")
        time.sleep(0.05)
    return value


def start_world(folder: str) -> None:
    World.data = pathlib.Path(folder) / "langflow"
    World.langflow_port = free_port()
    started = subprocess.run(
        [HERE / "start", "up", str(World.langflow_port), KEY, World.data],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "FAKE_LLM_PORT": str(free_port())},
        check=False,
    )
    if started.returncode != 0:
        sys.exit("LangFlow is installed but does not start")
    World.langflow_pid = int(re.search(r"pid=(\d+)", started.stdout).group(1))
    World.proxy = RecordingProxy(free_port(), World.langflow_port)
    World.proxy.connect()
    World.ambassador = Ambassador(folder, SETTINGS.format(port=World.proxy.port))
    World.ambassador.start()
    World.keyed_proxy = RecordingProxy(free_port(), World.langflow_port)
    World.keyed_proxy.connect()
    keys = pathlib.Path(folder) / "keys.json"
    World.keyed = Ambassador(folder, KEYED_SETTINGS.format(port=World.keyed_proxy.port, keys=keys), "keyed")
    for tenant in TENANTS:
        granted = ("--flows", "*", "--actions", "run,stream")
        made = World.keyed.command("keys", "create", "--tenant", tenant, "--name", "suite", *granted)
        if made.returncode != 0:
            sys.exit(f"keys create: {made.stderr}")
        World.keys[tenant] = made.stdout.strip()
    World.keyed.start()


def end_world() -> None:
    for name in ("ambassador", "keyed"):
        if hasattr(World, name):
            getattr(World, name).kill()
    subprocess.run([HERE / "start", "stop", str(World.data)], check=False)
