"""What runs while a part is measured: started, pinned to cores, checked, ended."""

import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Self

from support import Ambassador, Redis, free_port, kill_and_reap, langflow_answer, wait_for_listener

from . import configurations
from .failure import Failure
from .machine import Cores, on_cores
from .server import Server, ask, jwt

BENCHMARKS = pathlib.Path(__file__).resolve().parents[1]
# An answer of nginx's `return` stands in its configuration, where a string may not be much longer.
INLINE_MAX = 3000
# nginx's `sendfile` makes a hit of 1 KiB dearer by a third, and one of 256 KiB cheaper by half.
SENDFILE_OFF_MAX_KIB = 16
START_SECONDS = 120


class Stage:
    """Everything that one part of the benchmark runs, on folders of its own; all of it ends with the part."""

    def __init__(self, cores: Cores | None = None, answer_kib: int = 1) -> None:
        """Makes the folders; the fake LangFlow, whose answers are about as large as `answer_kib` says, starts on entering."""
        self.cores = cores or Cores.apart()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ambassador-benchmark-"))
        self.memory = pathlib.Path(tempfile.mkdtemp(prefix="ambassador-benchmark-", dir="/dev/shm"))
        self._processes: list[subprocess.Popen] = []
        self._ambassadors: dict[int, Ambassador] = {}
        self._redis: Redis | None = None
        self._answer_kib = answer_kib
        self.answer_bytes = 0

    def __enter__(self) -> Self:
        try:
            self.upstream = self._start_upstream(self._answer_kib)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for ambassador in self._ambassadors.values():
            ambassador.kill()
        if self._redis is not None:
            self._redis.kill()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                kill_and_reap(process)
        shutil.rmtree(self.folder)
        shutil.rmtree(self.memory)

    def start(
        self,
        name: str,
        command: Sequence[object],
        port: int,
        cores: frozenset[int] | None = None,
        token: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Server:
        """Starts a process and waits until it listens."""
        log = self.folder / f"{_file_name(name)}.log"
        with on_cores(cores or self.cores.server), log.open("ab") as output:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
            )
        self._processes.append(process)
        end = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < end:
            try:
                wait_for_listener(port, 0.5)
                return Server(name, port, process.pid, token)
            except RuntimeError:
                continue
        raise Failure(f"{name} did not start:\n{log.read_text(errors='replace')[-4000:]}")

    def ambassador(
        self,
        name: str,
        everything: bool = False,
        threads: int = 1,
        log: str = "off",
        durability: str = "batched",
        memory: str = "1GiB",
        redis: bool = False,
        store_size_max: str | None = None,
    ) -> Server:
        """Starts an ambassador; `everything` is a JWT that is verified and a tenant's limit that is counted."""
        settings = configurations.AMBASSADOR.format(
            threads=threads,
            upstream=self.upstream.port,
            log=log,
            durability=durability,
            memory=memory,
            redis=f", redis: '{self.redis().url}'" if redis else "",
            more=configurations.IDENTITY_AND_LIMIT if everything else "",
        )
        ambassador = Ambassador(self.folder, settings, f"ambassador-{len(self._ambassadors)}", store_size_max)
        self._ambassadors[ambassador.port] = ambassador
        with on_cores(self.cores.server):
            ambassador.start()
        return Server(name, ambassador.port, pid_of(ambassador), jwt() if everything else None)

    def nginx(
        self,
        name: str,
        log: str = configurations.NGINX_BUFFERED_LOG,
        is_caching: bool = True,
        workers: int = 1,
        zone: str = "32m",
    ) -> Server:
        """Starts an nginx that caches POST in a memory file system, set up as well as it can be for that."""
        return self._start_nginx(
            name,
            configurations.NGINX_PROXY,
            self.cores.server,
            log=log,
            caching=configurations.NGINX_CACHING if is_caching else "",
            upstream=self.upstream.port,
            workers=workers,
            zone=zone,
            sendfile="on" if self._answer_kib > SENDFILE_OFF_MAX_KIB else "off",
        )

    def bare(self, name: str, slots: int = 1 << 14, audit: str | None = None, redis_key: str | None = None) -> Server:
        """Starts the bare C server, which shows what a core can do.

        With `audit`, `batched` or `strict`, it writes rows of the audit log too, and with `redis_key` it gets its answers from there.
        """
        port = free_port()
        more: list[object] = []
        if audit:
            more += ["--audit", self._audit_file(name)] + (["--strict"] if audit == "strict" else [])
        if redis_key:
            more += ["--redis", self.redis().port, "--key", redis_key]
        command = [self.compiled("limit.c", libraries=("sqlite3",)), port, self.folder / "answer", "--slots", slots]
        return self.start(name, [*command, *more], port)

    def redis(self) -> Redis:
        """The part's Redis, on the cores of the load."""
        if self._redis is None:
            with on_cores(self.cores.load):
                self._redis = Redis(self.folder)
        return self._redis

    def compiled(self, source: str, *flags: str, libraries: Sequence[str] = ()) -> pathlib.Path:
        """Compiles a C file of this folder and returns the path of the result."""
        compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
        if compiler is None:
            raise Failure("no C compiler is there: run `scripts/install-dependencies benchmark`")
        binary = self.folder / pathlib.Path(source).stem
        if not binary.exists():
            linked = [f"-l{library}" for library in libraries]
            subprocess.run([compiler, "-O2", *flags, "-o", binary, BENCHMARKS / source, *linked], check=True)
        return binary

    def check_hits(
        self, servers: list[Server], questions: int, detail: str = "memory", asked: int = 2, elsewhere_max: int = 0
    ) -> None:
        """Ends the run where more of an ambassador's answers came from elsewhere, or nginx has not cached each once."""
        for server in servers:
            if server.port in self._ambassadors:
                numbers = range(1, questions + 1, max(1, (questions - 1) // (asked - 1)))
                answers = [ask(server, number) for number in numbers]
                elsewhere = [each for each in answers if "; hit;" not in each or f"detail={detail}" not in each]
                if len(elsewhere) > elsewhere_max:
                    raise Failure(f"{server.name}: {len(elsewhere)} of {len(answers)} were no hits in {detail}: {elsewhere[0]}")
            entries = self.memory / _file_name(server.name) / "entries"
            if entries.exists():
                count = sum(len(files) for _, _, files in os.walk(entries))
                if count != questions:
                    raise Failure(f"{server.name} has cached {count} answers rather than {questions}")

    def file_mebibytes(self, server: Server) -> float:
        """The memory that an nginx's cached files take."""
        command = ["du", "--summarize", "--block-size=1K", str(self.memory / _file_name(server.name))]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0]) / 1024

    def _audit_file(self, name: str) -> pathlib.Path:
        """A database with the ambassador's own tables for its records, set up as its own is."""
        file = self.folder / f"{_file_name(name)}.db"
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.executescript("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL")
            for migration in ("0002_create_audit", "0008_shorten_trace_runs"):
                database.executescript((BENCHMARKS.parent / f"migrations/{migration}.sql").read_text())
        return file

    def _start_upstream(self, answer_kib: int) -> Server:
        question = "how do I get a new password for my account in the shop?"
        # The text stands at five places of the answer, which is 1.4 KB without any.
        padding = " And so on." * ((answer_kib - 1) * 1024 // 5 // len(" And so on."))
        session = "00000000-0000-4000-8000-000000000001"
        answer = langflow_answer(f"An answer to: {question}{padding}", session, "faq_qa", question)
        chat = _chat_answer(f"An answer to: {question}")
        for each in (answer, chat):
            if b"'" in each or b"$" in each:
                raise ValueError("nginx would read more than text into the answer")
        (self.folder / "answer").write_bytes(answer)
        self.answer_bytes = len(answer)
        # What stands inside a quoted string of nginx's own syntax has its backslashes doubled. A long answer comes from a file.
        quoted = answer.decode().replace("\\", "\\\\")
        is_inline = len(quoted) <= INLINE_MAX
        return self._start_nginx(
            "upstream",
            configurations.NGINX_UPSTREAM,
            self.cores.load,
            answering=f"return 200 '{quoted}';" if is_inline else "error_page 405 =200 /answer; return 405;",
            files=f"location = /v1/chat/completions {{ return 200 '{chat.decode()}'; }} location = /answer {{ }}",
            workers=1,
        )

    def _start_nginx(self, name: str, configuration: str, cores: frozenset[int], **values: object) -> Server:
        folder, cache, port = self.folder / _file_name(name), self.memory / _file_name(name), free_port()
        folder.mkdir()
        cache.mkdir()
        user = "user root;" if os.getuid() == 0 else ""
        values = {key: str(value).replace("{folder}", str(folder)) for key, value in values.items()}
        file = folder / "nginx.conf"
        file.write_text(configuration.format(folder=folder, cache=cache, port=port, user=user, **values))
        return self.start(name, ["nginx", "-p", folder, "-e", folder / "error.log", "-c", file], port, cores)


def pid_of(ambassador: Ambassador) -> int:
    """The process of an ambassador that has been started."""
    if ambassador.process is None:
        raise RuntimeError("the ambassador was not started")
    return ambassador.process.pid


def _chat_answer(text: str) -> bytes:
    message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 20, "completion_tokens": 20, "total_tokens": 40}
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "faq_qa", "choices": [message]}
    return json.dumps({**answer, "usage": usage}).encode()


def _file_name(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())
