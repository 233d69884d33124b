#!/usr/bin/env python3
"""An upstream that breaks every rule: a table of behaviours, each a way to answer one run of a flow wrongly.

`Tests/System/hostile` runs the ambassador in front of it. By itself it listens and misbehaves by chance:
`Tests/System/hostile_upstream.py --port 7860 --seed 1`. Python's standard library only.
"""

import argparse
import asyncio
import gzip
import json
import pathlib
import random
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import langflow_answer  # noqa: E402

# The most that the ambassador takes of an answer unless it is told otherwise.
ANSWER_BYTES_MAX = 16 << 20
# How long the upstream keeps to a few behaviours, so that each is met by many calls at once and at full speed.
MOOD_SECONDS = 1.5
# A call that hangs is given up by the ambassador; whoever is still there after this is a fault of the suite.
HANG_SECONDS = 30.0


class Call(NamedTuple):
    """A run of a flow as LangFlow gets it."""

    question: str
    session: str
    flow: str
    is_streamed: bool

    def body(self) -> bytes:
        """The right answer."""
        return langflow_answer(answer_text(self.question), self.session, self.flow, self.question)

    def records(self) -> list[bytes]:
        """The right answer as the records of a stream."""
        said = {"sender": "User", "session_id": self.session, "text": self.question}
        return [
            record("add_message", said),
            record("token", {"chunk": answer_text(self.question)}),
            record("end", {"result": json.loads(self.body())}),
        ]


def answer_text(question: str) -> str:
    """What is right to answer, which no other question is answered with."""
    return f"answer to {question}"


def record(event: str, data: object) -> bytes:
    return json.dumps({"event": event, "data": data}).encode() + b"\n\n"


def head(*fields: bytes, status: bytes = b"200 OK", version: bytes = b"HTTP/1.1") -> bytes:
    return b"\r\n".join([version + b" " + status, b"content-type: application/json", *fields, b"", b""])


def sized(body: bytes, status: bytes = b"200 OK", *fields: bytes) -> bytes:
    """A well-formed answer with its length."""
    return head(b"content-length: %d" % len(body), *fields, status=status) + body


def chunk(piece: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)


def chunked(body: bytes, size: int = 100) -> bytes:
    """A well-formed answer in chunks."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return head(b"transfer-encoding: chunked") + b"".join(chunk(piece) for piece in pieces) + b"0\r\n\r\n"


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
)


def streamed(records: list[bytes]) -> bytes:
    return STREAM_HEAD + b"".join(chunk(piece) for piece in records) + b"0\r\n\r\n"


class Wire:
    """The upstream's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random_choice: random.Random) -> None:
        self._reader = reader
        self._writer = writer
        self._socket: socket.socket = writer.get_extra_info("socket")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.random = random_choice
        self.is_over = False

    async def call(self) -> Call:
        """Reads the next run of a flow."""
        while True:
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            if lines[0].startswith("POST "):
                break
            # A probe of its health, or a look at its flows: it has neither.
            await self.send(sized(b"{}", b"404 Not Found"))
        lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
        content = json.loads(await self._reader.readexactly(int(lengths[0])))
        path, _, query = lines[0].split(" ")[1].partition("?")
        flow = path.rsplit("/", 1)[-1]
        return Call(content["input_value"], content.get("session_id") or flow, flow, query == "stream=true")

    async def send(self, *pieces: bytes) -> None:
        """Sends pieces, each as a packet of its own as far as that can be had."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(0)

    async def pause(self, seconds: float = 0.002) -> None:
        """Waits for up to so long, often not at all: that is what races are made of."""
        wait = self.random.choice([0.0, 0.0, self.random.random() * seconds, seconds])
        if wait > 0:
            await asyncio.sleep(wait)

    async def gone(self) -> None:
        """Waits until the ambassador closes the connection, reading nothing else than its end."""
        end = asyncio.get_running_loop().time() + HANG_SECONDS
        while not self._writer.is_closing() and asyncio.get_running_loop().time() < end:
            if self._reader.at_eof():
                break
            await asyncio.sleep(0.05)
        self.fin()

    def fin(self) -> None:
        self.is_over = True
        self._writer.close()

    def rst(self) -> None:
        if self._writer.is_closing():
            return
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.is_over = True
        self._writer.transport.abort()

    def end(self) -> None:
        """FIN or RST."""
        self.random.choice([self.fin, self.rst])()


class Behaviour(NamedTuple):
    """One way to misbehave. Whatever it is, callers get what is right for them or an error of the ambassador's.

    `is_strange` says that well-formed JSON is answered which is not the right answer: it may be passed on but never stored.
    """

    name: str
    act: Callable[[Wire, Call], Awaitable[None]]
    is_strange: bool = False
    weight: float = 1.0


_table: list[Behaviour] = []


def behaviour(name: str, is_strange: bool = False, weight: float = 1.0) -> Callable:
    def add(act: Callable[[Wire, Call], Awaitable[None]]) -> Callable[[Wire, Call], Awaitable[None]]:
        _table.append(Behaviour(name, act, is_strange, weight))
        return act

    return add


def sends(name: str, make: Callable[[Call], bytes], is_strange: bool = False, weight: float = 1.0) -> None:
    """A behaviour that sends bytes and then keeps the connection, or ends it within 2 ms."""

    async def keep(wire: Wire, call: Call) -> None:
        await wire.send(make(call))

    async def end(wire: Wire, call: Call) -> None:
        await wire.send(make(call))
        await wire.pause()
        wire.end()

    _table.append(Behaviour(f"{name}, kept", keep, is_strange, weight))
    _table.append(Behaviour(f"{name}, ended", end, is_strange, weight))


# When to close.


@behaviour("right answer, kept", weight=6)
async def _right(wire: Wire, call: Call) -> None:
    await wire.send(streamed(call.records()) if call.is_streamed else sized(call.body()))


@behaviour("right answer, then FIN within 2 ms", weight=6)
async def _right_then_fin(wire: Wire, call: Call) -> None:
    await wire.send(streamed(call.records()) if call.is_streamed else sized(call.body()))
    await wire.pause()
    wire.fin()


@behaviour("right answer, then RST within 2 ms", weight=6)
async def _right_then_rst(wire: Wire, call: Call) -> None:
    await wire.send(streamed(call.records()) if call.is_streamed else sized(call.body()))
    await wire.pause()
    wire.rst()


@behaviour("ends before the head")
async def _no_answer(wire: Wire, call: Call) -> None:
    await wire.pause()
    wire.end()


@behaviour("ends anywhere in the answer", weight=3)
async def _cut(wire: Wire, call: Call) -> None:
    whole = streamed(call.records()) if call.is_streamed else wire.random.choice([sized, chunked])(call.body())
    await wire.send(whole[: wire.random.randrange(len(whole))])
    await wire.pause()
    wire.end()


@behaviour("answers 408 that nobody asked for, and ends")
async def _timeout_unasked(wire: Wire, call: Call) -> None:
    await wire.send(sized(call.body()))
    await wire.pause()
    await wire.send(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    wire.fin()


@behaviour("answers 400 at once, and ends")
async def _bad_request(wire: Wire, call: Call) -> None:
    await wire.send(sized(b'{"detail":"no"}', b"400 Bad Request", b"connection: close"))
    await wire.pause()
    wire.end()


# How to frame.

sends("chunked", lambda call: chunked(call.body()), weight=2)
sends("chunks of one byte", lambda call: chunked(call.body(), 1))
sends("length too long", lambda call: head(b"content-length: %d" % (len(call.body()) + 7)) + call.body())
sends("length twice the same", lambda call: head(*2 * [b"content-length: %d" % len(call.body())]) + call.body())
sends(
    "length twice, different",
    lambda call: head(b"content-length: %d" % len(call.body()), b"content-length: 3") + call.body(),
)
sends("length negative", lambda call: head(b"content-length: -1") + call.body())
sends("length beyond any number", lambda call: head(b"content-length: 99999999999999999999999") + call.body())
sends("length of 2^63-1", lambda call: head(b"content-length: 9223372036854775807") + call.body())
sends("length and chunks", lambda call: head(b"content-length: 5", b"transfer-encoding: chunked") + call.body())
sends("neither length nor chunks", lambda call: head() + call.body())
sends("chunk size is garbage", lambda call: head(b"transfer-encoding: chunked") + b"zz\r\n" + call.body())
sends("chunk size beyond any number", lambda call: head(b"transfer-encoding: chunked") + b"f" * 40 + b"\r\n" + call.body())
sends(
    "chunk longer than said",
    lambda call: head(b"transfer-encoding: chunked") + b"5\r\n" + call.body() + b"\r\n0\r\n\r\n",
)
sends(
    "chunk extensions and trailers",
    lambda call: head(b"transfer-encoding: chunked")
    + chunk(call.body(), b";name=value")
    + b"0\r\ntrailer: x\r\ncontent-length: 7\r\n\r\n",
)
sends(
    "chunk extension of 1 MiB",
    lambda call: head(b"transfer-encoding: chunked") + chunk(call.body(), b";" + b"e" * (1 << 20)) + b"0\r\n\r\n",
)
sends(
    "trailers of 1 MiB",
    lambda call: head(b"transfer-encoding: chunked") + chunk(call.body()) + b"0\r\n" + b"t: t\r\n" * 180_000 + b"\r\n",
)
sends("coding that nobody asked for", lambda call: head(b"transfer-encoding: gzip, chunked") + call.body())
sends(
    "HTTP/1.0",
    lambda call: head(b"content-length: %d" % len(call.body()), version=b"HTTP/1.0") + call.body(),
)
sends("HTTP/1.0 without length", lambda call: head(version=b"HTTP/1.0") + call.body())
sends("HTTP/2.0", lambda call: head(b"content-length: 2", version=b"HTTP/2.0") + b"{}")
sends("100 first", lambda call: b"HTTP/1.1 100 Continue\r\n\r\n" + sized(call.body()))
sends("103 first", lambda call: b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + sized(call.body()))
sends("1,000 times 100 first", lambda call: b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + sized(call.body()))
sends("101", lambda call: b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n" + call.body())
sends("204 with a body", lambda call: sized(call.body(), b"204 No Content"))
sends("304 with a body", lambda call: sized(call.body(), b"304 Not Modified"))
sends("206", lambda call: sized(call.body(), b"206 Partial Content"))
sends("a status of two digits", lambda call: sized(call.body(), b"20 OK"))
sends("a status of 999", lambda call: sized(call.body(), b"999 Strange"))
sends("stray CRLF before", lambda call: b"\r\n\r\n" + sized(call.body()))
sends("stray CRLF behind", lambda call: sized(call.body()) + b"\r\n")
sends("stray CRLF CRLF behind", lambda call: sized(call.body()) + b"\r\n\r\n")
sends("half an answer behind", lambda call: sized(call.body()) + b"HTTP/1.1 200 OK\r\ncontent-le")
sends("another answer behind", lambda call: sized(call.body()) + sized(b'{"another":"answer"}'))
sends("another answer behind chunks", lambda call: chunked(call.body()) + sized(b'{"another":"answer"}'))
sends("garbage behind", lambda call: sized(call.body()) + b"\x00\xff" * 50)
sends("garbage alone", lambda _: b"\x16\x03\x01\x02\x00\x01\x00" * 40)
sends("SSH", lambda _: b"SSH-2.0-OpenSSH_9.6\r\n")
sends("bare LF", lambda call: sized(call.body()).replace(b"\r\n", b"\n"))
sends("bare CR", lambda call: sized(call.body()).replace(b"\r\n", b"\r"))
sends("header of 1 MiB", lambda call: sized(call.body(), b"200 OK", b"x-big: " + b"b" * (1 << 20)))
sends("10,000 headers", lambda call: sized(call.body(), b"200 OK", *[b"x-%d: y" % n for n in range(10_000)]))
sends("status line of 1 MiB", lambda call: sized(call.body(), b"200 " + b"O" * (1 << 20)))
sends("NUL in a header", lambda call: sized(call.body(), b"200 OK", b"x: a\x00b"))
sends("folded header", lambda call: sized(call.body(), b"200 OK", b"x: a\r\n b"))
sends("header without name", lambda call: sized(call.body(), b"200 OK", b": a"))
sends("header without colon", lambda call: sized(call.body(), b"200 OK", b"nonsense"))
sends("header in Latin-1", lambda call: sized(call.body(), b"200 OK", b"x: \xe4\xff\xfe"))


@behaviour("answers before the request was read")
async def _early(wire: Wire, call: Call) -> None:
    # The next request on this connection, if there is one, has its answer before it is sent.
    await wire.send(sized(call.body()))
    await wire.pause(0.0005)
    await wire.send(b"HTTP/1.1 500 Too Early\r\ncontent-length: 2\r\n\r\n{}")
    wire.end()


@behaviour("split at every byte")
async def _split(wire: Wire, call: Call) -> None:
    whole = streamed(call.records()) if call.is_streamed else sized(call.body())
    await wire.send(*[whole[at : at + 1] for at in range(len(whole))])


@behaviour("split in two anywhere", weight=2)
async def _split_in_two(wire: Wire, call: Call) -> None:
    whole = streamed(call.records()) if call.is_streamed else wire.random.choice([sized, chunked])(call.body())
    at = wire.random.randrange(1, len(whole))
    await wire.send(whole[:at])
    await wire.pause()
    await wire.send(whole[at:])
    if wire.random.random() < 0.5:
        wire.end()


# What to send.


def strange(name: str, make: Callable[[Call], bytes], weight: float = 1.0) -> None:
    """A body that is framed well."""
    sends(name, lambda call: sized(make(call)), is_strange=True, weight=weight)


strange("another JSON", lambda _: b'{"hello":[1,2,{"a":null}]}')
strange("an array", lambda _: b"[]")
strange("a number", lambda _: b"1")
strange("null", lambda _: b"null")
strange("nothing", lambda _: b"")
strange("HTML", lambda _: b"<html>Bad Gateway</html>")
strange("JSON cut in the middle", lambda call: call.body()[:-20])
strange("JSON twice", lambda call: call.body() * 2)
strange("arrays 100,000 deep", lambda _: b"[" * 100_000)
strange("objects 100,000 deep", lambda _: b'{"outputs":' * 100_000 + b"1" + b"}" * 100_000)
strange("outputs 500 deep", lambda _: b'{"outputs":' + b"[" * 500 + b"]" * 500 + b"}")
strange("outputs 600 deep", lambda _: b'{"outputs":' + b"[" * 600 + b"]" * 600 + b"}")
strange("outputs that are empty", lambda _: b'{"session_id":"s","outputs":[]}')
strange("outputs that are numbers", lambda _: b'{"outputs":[1,{"outputs":[2,{"results":3}]}]}')
strange("outputs that are strings", lambda _: b'{"outputs":"x","session_id":7}')
strange("usage that is huge", lambda _: usage(b"9223372036854775807"))
strange("usage beyond any number", lambda _: usage(b"1" + b"0" * 400))
strange("usage with an exponent", lambda _: usage(b"1e400"))
strange("usage that is negative", lambda _: usage(b"-9223372036854775808"))
strange("usage that is a fraction", lambda _: usage(b"0.1e-9999999999"))
strange("usage that is NaN", lambda _: usage(b"NaN"))
strange("usage that is Infinity", lambda _: usage(b"-Infinity"))
strange("invalid UTF-8", lambda _: b'{"outputs":[],"a":"\xff\xfe\xc0\x80"}')
strange("half an emoji", lambda _: b'{"outputs":[],"a":"\\ud83d"}')
strange("NUL in a string", lambda _: b'{"outputs":[],"a":"\\u0000"}')
strange("a byte order mark", lambda call: b"\xef\xbb\xbf" + call.body())
strange("100,000 keys", lambda _: b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(100_000)) + b"}", weight=0.1)
strange("16 MiB and a byte", lambda _: b'{"a":"' + b"a" * (ANSWER_BYTES_MAX - 7) + b'"}', weight=0.03)
strange("16 MiB", lambda _: b'{"a":"' + b"a" * (ANSWER_BYTES_MAX - 8) + b'"}', weight=0.03)
sends("redirect", lambda _: sized(b"", b"307 Temporary Redirect", b"location: http://127.0.0.1:1/"))
sends("redirect to a file", lambda _: sized(b"", b"302 Found", b"location: file:///etc/passwd"))
sends("401", lambda _: sized(b'{"detail":"key"}', b"401 Unauthorized"))
sends("404", lambda _: sized(b'{"detail":"flow"}', b"404 Not Found"))
# With a wait that can be read the flow would be left alone, and all that follows with it.
sends("429", lambda _: sized(b"{}", b"429 Too Many Requests", b"retry-after: -99999999999999999999"))
sends("500", lambda _: sized(b'{"detail":{"code":1}}', b"500 Internal Server Error"))
sends("503", lambda _: sized(b"<html>", b"503 Service Unavailable", b"retry-after: -1"))
sends("cache control of nonsense", lambda call: sized(call.body(), b"200 OK", b"cache-control: max-age=99999999999999999999, =,;"))
_BOMB = gzip.compress(b"0" * (64 << 20))
sends("gzip bomb unasked", lambda _: sized(_BOMB, b"200 OK", b"content-encoding: gzip"), weight=0.5)
sends("gzip bomb without its name", lambda _: sized(_BOMB), weight=0.5)


def usage(number: bytes) -> bytes:
    """An answer without text whose usage is a number as it is written."""
    data = b'{"properties":{"usage":{"input_tokens":%s,"output_tokens":%s,"total_tokens":%s}}}' % (3 * (number,))
    return b'{"outputs":[{"outputs":[{"results":{"message":{"data":%s}}}]}]}' % data


def streams(name: str, make: Callable[[Call], bytes], weight: float = 1.0) -> None:
    """A stream, whatever was asked for."""

    async def act(wire: Wire, call: Call) -> None:
        await wire.send(make(call))
        if wire.random.random() < 0.5:
            await wire.pause()
            wire.end()

    _table.append(Behaviour(f"stream: {name}", act, True, weight))


streams("without end", lambda call: streamed(call.records()[:-1]))
streams("end alone", lambda call: streamed(call.records()[-1:]))
streams("end twice", lambda call: streamed([*call.records(), call.records()[-1]]))
streams("data behind end", lambda call: streamed([*call.records(), record("token", {"chunk": "more"})]))
streams("error, then end", lambda call: streamed([record("error", {"error": "x"}), call.records()[-1]]))
streams("half a record", lambda call: streamed([*call.records()[:-1], call.records()[-1][:-30]]))
streams("records split anywhere", lambda call: chunked_stream(b"".join(call.records()), 13))
streams("records that are no JSON", lambda call: streamed([b"{]\n\n", *call.records()]))
streams("records that are arrays", lambda call: streamed([b"[1]\n\n", b"1\n\n", b'""\n\n', *call.records()]))
streams("SSE framing", lambda call: streamed([b"event: end\ndata: " + piece for piece in call.records()]))
streams("half emojis", lambda call: streamed([b'{"event":"token","data":{"chunk":"\\ud83d"}}\n\n', *call.records()]))
streams("NaN", lambda call: streamed([b'{"event":"token","data":{"chunk":NaN}}\n\n', *call.records()]))
streams("a record of 16 MiB", lambda call: streamed([record("token", {"chunk": "a" * ANSWER_BYTES_MAX})]), weight=0.05)
streams("no line end for 1 MiB", lambda call: streamed([b"x" * (1 << 20)]))
streams("50,000 empty records", lambda call: streamed([b"\n\n" * 50_000, *call.records()]))
streams("neither length nor chunks", lambda call: STREAM_HEAD.replace(b"transfer-encoding: chunked\r\n", b"") + b"x\n\n")


def chunked_stream(body: bytes, size: int) -> bytes:
    return STREAM_HEAD + b"".join(chunk(body[at : at + size]) for at in range(0, len(body), size)) + b"0\r\n\r\n"


@behaviour("stream: keep-alive without end", is_strange=True, weight=0.5)
async def _endless(wire: Wire, call: Call) -> None:
    await wire.send(STREAM_HEAD, chunk(call.records()[0]))
    for _ in range(int(HANG_SECONDS / 0.05)):
        await wire.send(chunk(b"\n\n"))
        await asyncio.sleep(0.05)
    wire.end()


@behaviour("stream: tokens without end", is_strange=True, weight=0.2)
async def _flood(wire: Wire, call: Call) -> None:
    await wire.send(STREAM_HEAD)
    piece = chunk(b"".join(record("token", {"chunk": "a" * 1000}) for _ in range(50)))
    for _ in range(2 * ANSWER_BYTES_MAX // len(piece)):
        await wire.send(piece)
    wire.end()


# How slowly.


@behaviour("hangs before the head", weight=0.5)
async def _hang(wire: Wire, call: Call) -> None:
    await wire.gone()


@behaviour("hangs in the body", weight=0.5)
async def _hang_in_body(wire: Wire, call: Call) -> None:
    await wire.send(sized(call.body())[:-1])
    await wire.gone()


@behaviour("drips", weight=0.5)
async def _drip(wire: Wire, call: Call) -> None:
    for byte in sized(call.body()):
        await wire.send(bytes([byte]))
        await asyncio.sleep(0.01)


@behaviour("drips heads before the answer", weight=0.5)
async def _drip_informational(wire: Wire, call: Call) -> None:
    for _ in range(int(HANG_SECONDS / 0.01)):
        await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.01)
    wire.end()


behaviours: list[Behaviour] = _table


class HostileUpstream:
    """Listens, and answers each run of a flow by a behaviour that is chosen by chance."""

    def __init__(self, seed: int) -> None:
        self.port = 0
        # By question: how its runs were answered, in order.
        self.served: dict[str, list[Behaviour]] = {}
        self.calls = 0
        self._random = random.Random(seed)
        self._mood: list[Behaviour] = behaviours
        self._mood_ends = 0.0
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.StreamWriter, asyncio.Task] = {}

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Nobody listens any more, and all connections are reset."""
        self._server.close()
        for writer, task in self._connections.items():
            writer.transport.abort()
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()
        wire = Wire(reader, writer, self._random)
        try:
            if self._random.random() < 0.02:
                await self._misbehave_at_once(wire)
            while not wire.is_over:
                call = await wire.call()
                self.calls += 1
                chosen = self._choose()
                self.served.setdefault(call.question, []).append(chosen)
                await chosen.act(wire, call)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # The ambassador has closed the connection, as it should.
        except asyncio.CancelledError:
            pass  # The upstream is stopped: nothing is left to say.
        finally:
            self._connections.pop(writer, None)
            writer.close()

    def _choose(self) -> Behaviour:
        now = asyncio.get_running_loop().time()
        if now >= self._mood_ends:
            self._mood_ends = now + MOOD_SECONDS
            races = [behaviour for behaviour in behaviours if behaviour.name.startswith("right answer, then")]
            some = self._random.choices(behaviours, [behaviour.weight for behaviour in behaviours], k=4)
            self._mood = self._random.choice([behaviours, races, some])
        return self._random.choices(self._mood, [behaviour.weight for behaviour in self._mood])[0]

    async def _misbehave_at_once(self, wire: Wire) -> None:
        """What a connection may meet before it has sent anything."""
        choice = self._random.randrange(4)
        if choice == 0:
            wire.end()
        elif choice == 1:
            await wire.send(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n")
            wire.end()
        elif choice == 2:
            await wire.send(sized(b'{"another":"answer"}', b"500 Unasked"))
            wire.end()
        else:
            # Accepts, and never reads.
            await asyncio.sleep(HANG_SECONDS)
            wire.end()


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=7860)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = arguments.parse_args()
    upstream = HostileUpstream(options.seed)
    await upstream.start(options.port)
    print(f"listening on 127.0.0.1:{upstream.port}, {len(behaviours)} behaviours, seed {options.seed}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
