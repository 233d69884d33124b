#!/usr/bin/env python3
"""Callers that mean harm: what each of them does, and which answers it may get.

Each behaviour of the table closes, frames, says or delays something that no caller should, and names the statuses that are right;
every other answer, and none where one is owed, is a fault. By itself the program starts an ambassador, sends every behaviour once and
then behaviours by chance; `run` does that to an ambassador that is there already, and `Tests/System/hostile` takes the same table for its
callers. `--seed` repeats what was sent.
"""

import argparse
import asyncio
import contextlib
import json
import pathlib
import random
import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Ambassador, FakeLangFlow, Report, allow_many_connections, work_folder  # noqa: E402

MIB = 1 << 20
ANSWER_SECONDS = 60.0
CALLERS = 8
# Short, so that those who trickle are seen to be closed.
TIMEOUT_SECONDS = 4
SETTINGS = f"""
upstream: {{{{url: 'http://127.0.0.1:{{upstream}}'}}}}
log: {{{{requests: off}}}}
limits: {{{{header_timeout: {TIMEOUT_SECONDS}s, body_timeout: {TIMEOUT_SECONDS}s}}}}
flows:
  faq_qa: {{{{ttl: 1h, normalize: text}}}}
"""


class Target(NamedTuple):
    """The ambassador that is attacked."""

    port: int
    # A flow that answers with what it is asked and is cached, with `normalize: text`.
    flow: str = "faq_qa"
    # A credential that is accepted, or none where nobody is asked for one.
    key: str | None = None
    # Whether LangFlow may fail, so that every 200 may be a failure of it instead.
    may_fail: bool = False


class Caller:
    """One connection, and everything that came over it."""

    def __init__(self, target: Target, chance: random.Random, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.target = target
        self.chance = chance
        self._reader = reader
        self._writer = writer
        self._received = bytearray()
        # From the beginning: what came before a reset must not be lost with it.
        self._ended = asyncio.ensure_future(self._receive())

    async def _receive(self) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await self._reader.read(1 << 16):
                self._received += data

    async def send(self, *pieces: bytes) -> None:
        """Sends each piece by itself; an ambassador that has closed already is no fault."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self._writer.write(piece)
                await self._writer.drain()

    async def drip(self, data: bytes, seconds: float) -> None:
        """Sends a byte at a time for so long, or until the other side has closed."""
        end = time.monotonic() + seconds
        for index in range(len(data)):
            if time.monotonic() > end or self._ended.done() or self._writer.is_closing():
                return
            await self.send(data[index : index + 1])
            await asyncio.sleep(0.1)

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            self._writer.write_eof()

    def reset(self) -> None:
        """Closes so that the other side sees a reset."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        self._writer.transport.pause_reading()

    def read_on(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._writer.transport.resume_reading()

    async def answers(self) -> list[int]:
        """The statuses of all answers until the connection ends.

        Raises: `ValueError` for what is no answer, `TimeoutError` where the connection neither answers nor ends.
        """
        await asyncio.wait_for(asyncio.shield(self._ended), ANSWER_SECONDS)
        return statuses(bytes(self._received))

    def close(self) -> None:
        self._ended.cancel()
        self._writer.transport.abort()

    def head(self, fields: str = "", path: str = "/run-flow", method: str = "POST", ends: bool = True) -> bytes:
        """A head that asks for the connection to be closed behind its answer."""
        key = f"X-API-Key: {self.target.key}\r\n" if self.target.key else ""
        last = "Connection: close\r\n" if ends else ""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{key}{last}{fields}\r\n"
        ).encode("latin-1")

    def request(self, body: bytes, path: str = "/run-flow", ends: bool = True) -> bytes:
        return self.head(f"Content-Length: {len(body)}\r\n", path, ends=ends) + body

    def run_flow(self, question: object) -> bytes:
        return json.dumps({"flow_id": self.target.flow, "input": question}).encode()

    @property
    def run_path(self) -> str:
        return f"/api/v1/run/{self.target.flow}"


def statuses(data: bytes) -> list[int]:
    """The statuses of the answers that some bytes consist of, the last one perhaps cut off by the end of the connection."""
    found = []
    while data:
        head, end, data = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 ") or not end:
            raise ValueError(f"no answer: {head[:80]!r}")
        status = int(head[9:12])
        found.append(status)
        fields = {name.lower(): value.strip() for name, _, value in (f.partition(b":") for f in head.split(b"\r\n")[1:])}
        if b"transfer-encoding" in fields:
            data = _after_chunks(data)
        elif status >= 200 and status != 204:
            data = data[int(fields[b"content-length"]) :]
    return found


def _after_chunks(data: bytes) -> bytes:
    while data:
        size, _, data = data.partition(b"\r\n")
        count = int(size, 16)
        data = data[count + 2 :]
        if count == 0:
            break
    return data


class Behaviour(NamedTuple):
    name: str
    act: Callable[[Caller], Awaitable[None]]
    # Every status must be one of these.
    allowed: frozenset[int]
    # Whether the connection may end without any answer.
    may_be_silent: bool
    # How many answers there are, where that is known.
    count: int | None

    def statuses(self, target: Target) -> frozenset[int]:
        reaches_langflow = target.may_fail and 200 in self.allowed
        return self.allowed | frozenset(range(400, 600)) if reaches_langflow else self.allowed


BEHAVIOURS: list[Behaviour] = []


def behaviour(name: str, *allowed: int, silent: bool = False, count: int | None = None):
    def add(act: Callable[[Caller], Awaitable[None]]) -> Callable[[Caller], Awaitable[None]]:
        BEHAVIOURS.append(Behaviour(name, act, frozenset(allowed), silent, count))
        return act

    return add


def sends(name: str, *allowed: int, silent: bool = False, count: int | None = 1):
    """Adds a behaviour that sends pieces and waits; the function gives the pieces."""

    def add(pieces: Callable[[Caller], list[bytes] | bytes]) -> None:
        async def act(caller: Caller) -> None:
            made = pieces(caller)
            await caller.send(*(made if isinstance(made, list) else [made]))

        BEHAVIOURS.append(Behaviour(name, act, frozenset(allowed), silent, count))

    return add


# How it is framed.
LENGTHS = {
    "negative": "-1",
    "signed": "+5",
    "hexadecimal": "0x5",
    "with a fraction": "5.0",
    "a list": "5, 5",
    "empty": "",
    "beyond all numbers": "9" * 40,
}
for _what, _value in LENGTHS.items():
    sends(f"a length that is {_what}", 400, 413)(
        lambda c, value=_value: c.head(f"Content-Length: {value}\r\n") + b"x" * 5
    )
sends("two lengths", 400)(lambda c: c.head("Content-Length: 5\r\nContent-Length: 6\r\n") + b"x" * 6)
sends("one length twice", 400)(lambda c: c.head("Content-Length: 5\r\nContent-Length: 5\r\n") + b"x" * 5)
sends("no length and no body", 400, 411)(lambda c: c.head())
sends("a length beside chunks", 400)(
    lambda c: c.head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n"
)
for _coding in ["gzip", "gzip, chunked", "chunked, chunked", "xchunked", "chunked;q=1"]:
    sends(f"the transfer coding {_coding}", 400, 501)(
        lambda c, coding=_coding: c.head(f"Transfer-Encoding: {coding}\r\n") + b"0\r\n\r\n"
    )


def chunked(caller: Caller, *pieces: bytes) -> list[bytes]:
    return [caller.head("Transfer-Encoding: chunked\r\n"), *pieces]


def in_chunks(body: bytes, size: int) -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


sends("chunks of one byte", 200)(lambda c: chunked(c, in_chunks(c.run_flow("é" * 500), 1)))
sends("chunks of one byte, one at a time", 200)(
    lambda c: chunked(c, *(in_chunks(c.run_flow("one"), 1)[i : i + 6] for i in range(0, 6 * 60, 6)))
)
sends("100 KB in chunks of three bytes", 400)(lambda c: chunked(c, in_chunks(b"[" + b"0," * 50_000, 3)))
sends("a chunk's size that is none", 400)(lambda c: chunked(c, b"zz\r\nxx\r\n0\r\n\r\n"))
sends("a chunk's size beyond all numbers", 400, 413)(lambda c: chunked(c, b"f" * 17 + b"\r\nxx"))
sends("a chunk longer than its size", 400)(lambda c: chunked(c, b"2\r\nxxxx\r\n0\r\n\r\n"))
sends("chunks ended by line feeds", 400)(lambda c: chunked(c, b"2\nxx\n0\n\n"))
sends("a chunk's extension of 100 KB", 400, 413, 431)(lambda c: chunked(c, b"2;" + b"e" * 100_000 + b"\r\nxx\r\n0\r\n\r\n"))
sends("200 trailer fields", 400, 413, 431)(
    lambda c: chunked(c, b"0\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(200)) + b"\r\n")
)
sends("a line feed alone between fields", 400)(lambda c: c.head("X: y\n").replace(b"X: y\n\r\n", b"X: y\nZ: y\r\n\r\n"))
sends("NUL in a field", 400)(lambda c: c.head("X: a\0b\r\n"))
sends("a folded field", 400)(lambda c: c.head("X: a\r\n b\r\n"))
sends("a space before a colon", 400)(lambda c: c.head("X : a\r\n"))
sends("a field without a name", 400)(lambda c: c.head(": a\r\n"))
sends("no host", 400)(lambda c: b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
sends("two hosts", 400)(lambda c: c.head("Host: b\r\n", "/healthz", "GET"))
sends("a whole address as target", 200, 400, 404)(lambda c: c.head("", "http://localhost/healthz", "GET"))
sends("an authority as target", 400, 404, 405, 501)(lambda c: c.head("", "localhost:80", "CONNECT"))
sends("TRACE", 400, 404, 405, 501)(lambda c: c.head("", "/healthz", "TRACE"))
sends("a method that is none", 400, 404, 405, 501)(lambda c: c.head("", "/healthz", "BREW"))
sends("HTTP/0.9", 400, 505)(lambda c: b"GET /healthz\r\n\r\n")
sends("HTTP/1.2", 400, 505)(lambda c: b"GET /healthz HTTP/1.2\r\nHost: a\r\nConnection: close\r\n\r\n")
sends("HTTP/9.9", 400, 505)(lambda c: b"GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n")
sends("HTTP/2's preface", 400, 505)(lambda c: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 64)
sends("a TLS hello", 400)(lambda c: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + c.chance.randbytes(500))
sends("a target of 8 KiB", 404)(lambda c: c.head("", "/" + "a" * 8191, "GET"))
sends("a target of over 8 KiB", 414)(lambda c: c.head("", "/" + "a" * 8192, "GET"))
sends("a target without end", 414, 431)(lambda c: b"GET /" + b"a" * 200_000)
sends("101 fields", 431)(lambda c: c.head("".join(f"X-{i}: y\r\n" for i in range(101))))
sends("a field of 21 KiB", 431)(lambda c: c.head("X: " + "y" * (21 << 10) + "\r\n"))
sends("a head of 40 KiB", 431)(lambda c: c.head("".join(f"X-{i}: {'y' * 1000}\r\n" for i in range(40))))
sends("a head without end", 431)(lambda c: c.head()[:-2] + b"X: " + b"y" * 500_000)
sends("an expectation that nobody meets", 417)(lambda c: c.head("Expect: a-miracle\r\nContent-Length: 2\r\n") + b"{}")
sends("40 requests at once", 200, count=40)(
    lambda c: c.request(c.run_flow("hit"), ends=False) * 39 + c.request(c.run_flow("hit"))
)
sends("bytes by chance", 400, 414, 431, 501, 505)(lambda c: c.chance.randbytes(c.chance.randrange(20, 4000)) + b"\r\n\r\n")
sends("bytes by chance as a body", 400)(lambda c: c.request(b"\xff" + c.chance.randbytes(c.chance.randrange(1, 4000))))


# What it says.
def says(name: str, body: Callable[[Caller], bytes], *allowed: int, path: str | None = None) -> None:
    sends(name, *allowed)(lambda c: c.request(body(c), c.run_path if path == "run" else path or "/run-flow"))


def filled(start: bytes, piece: bytes, end: bytes, size: int = MIB) -> bytes:
    """As many whole pieces between start and end as there is room for."""
    return start + piece * ((size - len(start) - len(end)) // len(piece)) + end


def many_keys(size: int = MIB - 100) -> bytes:
    keys = (b'"%x":0' % number for number in range(size // 10))
    return b'{"input_value":"keys",' + b",".join(keys) + b"}"


says("a megabyte of numbers", lambda c: filled(b'{"input_value":"n","x":[', b"0,", b"0]}"), 200, path="run")
says("a megabyte of empty arrays", lambda c: filled(b'{"input_value":"a","x":[', b"[],", b"0]}"), 200, path="run")
says("a megabyte of objects", lambda c: filled(b'{"input_value":"o","x":[', b'{"a":{}},', b"0]}"), 200, path="run")
says("a megabyte of strings", lambda c: filled(b'{"input_value":"s","x":[', b'"",', b"0]}"), 200, path="run")
says("a megabyte of names", lambda c: many_keys(), 200, path="run")
says("a megabyte of tweaks", lambda c: filled(b'{"flow_id":"%s","input":"t","tweaks":{"a":[' % c.target.flow.encode(), b"1,", b"1]}}"), 403)
says("a megabyte of open brackets", lambda c: b"[" * MIB, 400)
says("65 levels", lambda c: b'{"input_value":"d","x":' + b"[" * 64 + b"]" * 64 + b"}", 400, path="run")
says("a megabyte of marks", lambda c: filled(b'{"flow_id":"%s","input":"a' % c.target.flow.encode(), "\u0301\u0323".encode(), b'"}'), 200)
says("a megabyte of U+FDFA", lambda c: filled(b'{"flow_id":"%s","input":"' % c.target.flow.encode(), "\ufdfa".encode(), b'"}'), 200)
says("a megabyte of escapes", lambda c: filled(b'{"flow_id":"%s","input":"' % c.target.flow.encode(), b"\\u0001", b'"}'), 200)
says("a megabyte of letters", lambda c: filled(b'{"flow_id":"%s","input":"' % c.target.flow.encode(), b"a", b'"}'), 200)
says("a megabyte and a byte", lambda c: b"x" * (MIB + 1), 413)
says("a megabyte of spaces", lambda c: b" " * MIB, 400)
says("a name twice", lambda c: b'{"flow_id":"a","input":"b","in\\u0070ut":"c"}', 400)
says("a component's long name", lambda c: b'{"flow_id":"%s","input":"t","tweaks":{"%s":{%s}}}' % (
    c.target.flow.encode(), b"n" * 500_000, b",".join(b'"%x":0' % n for n in range(40_000))), 403)
for _value in ["5", "null", "true", "[]", "{}", '"\\ud800"', '"\\udc00\\ud800"', "1e999", "-", "01", "1.", "NaN", "'a'", '"\0"', '"\t"']:
    says(f"the input {_value!r}", lambda c, v=_value: b'{"flow_id":"%s","input":%s}' % (c.target.flow.encode(), v.encode()), 400)
says("an escaped NUL", lambda c: b'{"flow_id":"%s","input":"\\u0000"}' % c.target.flow.encode(), 200)
says("nothing", lambda c: b"", 400)
says("a byte order mark", lambda c: b"\xef\xbb\xbf{}", 400)
says("UTF-8 that is none", lambda c: b'{"flow_id":"a","input":"\xc0\xaf"}', 400)
says("half a document", lambda c: c.run_flow("half")[:-1], 400)
says("two documents", lambda c: c.run_flow("two") * 2, 400)
says("another flow", lambda c: b'{"flow_id":"nobody_knows","input":"q"}', 200, 403, 404)
says("a flow's name that is a path", lambda c: b'{"flow_id":"../../etc/passwd","input":"q"}', 400)
sends("a form", 415)(lambda c: c.request(b"a=b").replace(b"application/json", b"application/x-www-form-urlencoded"))


@behaviour("a body that nobody may send", 401, 200, count=1)
async def _(caller: Caller) -> None:
    body = caller.run_flow("hit")
    head = caller.head(f"Content-Length: {len(body)}\r\nAuthorization: Bearer {'a' * 8000}.b.c\r\n")
    await caller.send(head + body)


# When it closes.
@behaviour("leaves within the head", 400, 408, silent=True)
async def _(caller: Caller) -> None:
    head = caller.head()
    await caller.send(head[: caller.chance.randrange(1, len(head) - 1)])
    caller.finish()


@behaviour("leaves within the body", 400, 408, silent=True)
async def _(caller: Caller) -> None:
    await caller.send(caller.head("Content-Length: 100000\r\n") + b"{" * caller.chance.randrange(0, 99_999))
    caller.finish()


@behaviour("closes its half behind the request", 200, count=1)
async def _(caller: Caller) -> None:
    await caller.send(caller.request(caller.run_flow("half closed"), ends=False))
    caller.finish()


@behaviour("resets within the head", silent=True)
async def _(caller: Caller) -> None:
    await caller.send(caller.head()[:20])
    caller.reset()


@behaviour("resets within a long body", silent=True)
async def _(caller: Caller) -> None:
    await caller.send(caller.head(f"Content-Length: {MIB}\r\n") + b"[" * (MIB // 2))
    caller.reset()


@behaviour("resets while a long body is read", silent=True)
async def _(caller: Caller) -> None:
    await caller.send(caller.request(filled(b'{"input_value":"r","x":[', b"0,", b"0]}"), caller.run_path))
    caller.reset()


@behaviour("resets before its answer", silent=True)
async def _(caller: Caller) -> None:
    await caller.send(caller.request(caller.run_flow(f"never read {caller.chance.random()}")))
    caller.reset()


@behaviour("resets within a large answer", silent=True)
async def _(caller: Caller) -> None:
    caller.stop_reading()
    await caller.send(caller.request(caller.run_flow("large" * 100_000)))
    await asyncio.sleep(0.05)
    caller.reset()


# How slowly it comes.
@behaviour("a head, byte by byte", 408, count=1)
async def _(caller: Caller) -> None:
    await caller.drip(caller.head("X: " + "y" * 1000 + "\r\n"), TIMEOUT_SECONDS + 5)


@behaviour("a body, byte by byte", 408, count=1)
async def _(caller: Caller) -> None:
    await caller.send(caller.head("Content-Length: 1000\r\n"))
    await caller.drip(b"x" * 999, TIMEOUT_SECONDS + 5)


@behaviour("chunks, byte by byte", 408, count=1)
async def _(caller: Caller) -> None:
    await caller.send(caller.head("Transfer-Encoding: chunked\r\n"))
    await caller.drip(b"1\r\nx\r\n" * 200, TIMEOUT_SECONDS + 5)


@behaviour("never reads many large answers", 200, silent=True)
async def _(caller: Caller) -> None:
    caller.stop_reading()
    with contextlib.suppress(TimeoutError):
        # More than the kernel and the ambassador take together for one who does not read.
        await asyncio.wait_for(
            caller.send(*[caller.request(caller.run_flow("large" * 100_000), ends=False)] * 40), TIMEOUT_SECONDS + 2
        )
    caller.finish()
    caller.read_on()


async def attack(target: Target, what: Behaviour, chance: random.Random) -> str | None:
    """Behaves so once; returns what was wrong with the answer."""
    caller = Caller(target, chance, *await asyncio.open_connection("127.0.0.1", target.port))
    try:
        await what.act(caller)
        found = [status for status in await caller.answers() if status >= 200]
    except TimeoutError:
        return f"neither answered nor closed within {ANSWER_SECONDS} s"
    except ValueError as error:
        return str(error)
    finally:
        caller.close()
    allowed = what.statuses(target)
    wrong = [status for status in found if status not in allowed]
    if wrong:
        return f"answered {wrong}; allowed: {sorted(allowed)}"
    if not found and not what.may_be_silent:
        return "closed without an answer"
    if what.count is not None and len(found) != what.count:
        return f"{len(found)} answers; owed: {what.count}"
    return None


class WrongAnswer(Exception):
    """A hostile caller got another answer than it may get."""


class HostileCaller(NamedTuple):
    """A behaviour as `Tests/System/hostile` mixes it among others, beside an upstream that fails."""

    behaviour: Behaviour

    @property
    def name(self) -> str:
        return self.behaviour.name

    @property
    def weight(self) -> int:
        # Those that trickle take as long as the time-outs, which are this program's own matter.
        return 0 if self.behaviour.name in TRICKLING else 1

    async def act(self, port: int, chance: random.Random) -> None:
        fault = await attack(Target(port, flow="faq", may_fail=True), self.behaviour, random.Random(chance.random()))
        if fault is not None:
            raise WrongAnswer(f"{self.name}: {fault}")


TRICKLING = {"a head, byte by byte", "a body, byte by byte", "chunks, byte by byte", "never reads many large answers"}
behaviours = [HostileCaller(each) for each in BEHAVIOURS]


async def probe(target: Target) -> str | None:
    """Whether somebody who means no harm is served all the same."""
    caller = Caller(target, random.Random(0), *await asyncio.open_connection("127.0.0.1", target.port))
    try:
        await caller.send(caller.head("", "/healthz", "GET", ends=False) + caller.request(caller.run_flow("hit")))
        found = await caller.answers()
    except (TimeoutError, ValueError) as error:
        return repr(error)
    finally:
        caller.close()
    return None if found == [200, 200] else f"answered {found}"


async def run(target: Target, report: Report, seed: int, seconds: float = 10.0, callers: int = CALLERS) -> None:
    """Sends every behaviour once, then behaviours by chance for so long, several at a time; probes meanwhile."""
    chance = random.Random(seed)
    queue = list(BEHAVIOURS)
    chance.shuffle(queue)
    end = time.monotonic() + seconds
    faults: dict[str, str] = {}
    counts = {what.name: 0 for what in BEHAVIOURS}
    probes = [0, 0]

    async def keep_attacking() -> None:
        while queue or time.monotonic() < end:
            what = queue.pop() if queue else chance.choice(BEHAVIOURS)
            counts[what.name] += 1
            fault = await attack(target, what, random.Random(chance.random()))
            if fault is not None:
                faults.setdefault(what.name, fault)

    async def keep_probing() -> None:
        while True:
            fault = await probe(target)
            probes[fault is not None] += 1
            if fault is not None:
                faults.setdefault("a caller that means no harm", fault)
            await asyncio.sleep(0.05)

    prober = asyncio.ensure_future(keep_probing())
    await asyncio.gather(*(keep_attacking() for _ in range(callers)))
    prober.cancel()
    report.note(f"seed {seed}: {sum(counts.values())} attacks of {len(BEHAVIOURS)} kinds, {sum(probes)} probes between them")
    for name, fault in sorted(faults.items()):
        report.check(False, f"{name}: {fault}")
    report.check(not faults, f"every one of {len(BEHAVIOURS)} behaviours got an answer that is allowed")
    report.check(probes[0] > 0, f"{probes[0]} callers that mean no harm were served meanwhile")


async def _main(seed: int, seconds: float, port: int | None) -> int:
    report = Report()
    allow_many_connections()
    if port is not None:
        await run(Target(port), report, seed, seconds)
        return report.finish()
    langflow = FakeLangFlow()
    await langflow.start()
    with work_folder() as folder:
        ambassador = Ambassador(folder, SETTINGS.format(upstream=langflow.port), name="hostile")
        ambassador.start()
        try:
            await run(Target(ambassador.port), report, seed, seconds)
            report.check(ambassador.process.poll() is None, "the ambassador runs after all of it")
            report.check(ambassador.stop() == 0, "and stops in order")
        finally:
            ambassador.kill()
            await langflow.stop()
    return report.finish()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32), help="what is sent by chance")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long, beyond every behaviour once")
    parser.add_argument("--port", type=int, help="of an ambassador that runs already, with the settings of this file")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    sys.exit(asyncio.run(_main(arguments.seed, arguments.seconds, arguments.port)))
