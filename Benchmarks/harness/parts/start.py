"""What an ambassador on its defaults takes of memory, and how soon it is ready."""

import contextlib
import hashlib
import http.client
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Iterator

from support import Ambassador, ambassador_binary

from ..server import Server
from ..stage import Stage, pid_of
from .common import Options, Outcome, Part, table

IDLE_SECONDS = 10
STORE_BYTES = 2**30
# Of a row in the file, with its lines in the indexes; about.
ROW_BYTES = 1740
INSERT = """
INSERT INTO entries (
    key, stored_at, expires_at, size, tenant, target, scope, input_hash, checksum, upstream_us, session_offsets, text, input, body
) VALUES (
    :key, :now, :now + 86400000, :size, 'default', 'faq_qa', substr(:digest, 1, 16), :digest, :digest, 1000, x'', x'', :question, :body
)
"""
READY_SECONDS = 20
POLL_SECONDS = 0.0005


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        outcome.figures["idle_mib"] = _idle(stage)
        ambassador = Ambassador(stage.folder, f"upstream: {{url: 'http://127.0.0.1:{stage.upstream.port}'}}", "start", "4GiB")
        outcome.figures["empty_ms"] = [_until_ready(ambassador) for _ in range(options.rounds + 1)][1:]
        _fill(ambassador.store, (stage.folder / "answer").read_bytes())
        outcome.figures["store_bytes"] = ambassador.store.stat().st_size
        # The first start after a change from outside is one of its own: it looks what is there.
        _until_ready(ambassador)
        outcome.figures["warm_ms"] = [_until_ready(ambassador) for _ in range(options.rounds)]
        outcome.figures["cold_ms"] = [_until_ready(ambassador, is_cold=True) for _ in range(options.rounds)]
    return outcome


def _idle(stage: Stage) -> float:
    """The resident MiB of an ambassador that has been left alone for a while since its start."""
    ambassador = Ambassador(stage.folder, "", "idle")
    ambassador.start()
    try:
        time.sleep(IDLE_SECONDS)
        return Server("idle", ambassador.port, pid_of(ambassador)).resident_mebibytes()
    finally:
        ambassador.kill()


def _until_ready(ambassador: Ambassador, is_cold: bool = False) -> float:
    """Milliseconds from before the process is made until `/readyz` answers 200."""
    if is_cold:
        for file in (pathlib.Path(ambassador_binary()), *ambassador.folder.glob(f"{ambassador.store.name}*")):
            _forget(file)
    command = [ambassador_binary(), "serve", "--config", str(ambassador.config)]
    with ambassador.log.open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ambassador.folder)
        ambassador.process = process
        with _ended(ambassador):
            while not _is_ready(ambassador.port):
                if process.poll() is not None or time.perf_counter() - began > READY_SECONDS:
                    raise RuntimeError(f"the ambassador did not become ready:\n{ambassador.tail()}")
                time.sleep(POLL_SECONDS)
            return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def _ended(ambassador: Ambassador) -> Iterator[None]:
    try:
        yield
        ambassador.stop()
    finally:
        ambassador.kill()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _forget(file: pathlib.Path) -> None:
    """Takes a file out of the page cache, as far as nobody else has it mapped."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _fill(store: pathlib.Path, body: bytes) -> None:
    """Puts answers into the file of an ambassador that does not run, until it has the size that is wanted."""
    now = int(time.time() * 1000)
    numbers = random.Random(1)

    def rows() -> Iterator[dict[str, object]]:
        for number in range(STORE_BYTES // ROW_BYTES):
            question = f"Question {number:07d}: how do I get a new password for my account in the shop?".encode()
            fixed = {"now": now, "size": ROW_BYTES, "body": body}
            digest = hashlib.sha256(question).digest()
            yield {"key": numbers.getrandbits(63), "digest": digest, "question": question, **fixed}

    connection = sqlite3.connect(store, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.executemany(INSERT, rows())
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def middle(outcome: Outcome, key: str) -> float:
    """The median over the starts of one kind, in milliseconds."""
    return statistics.median(outcome.figures[key])


def report(outcome: Outcome) -> list[str]:
    figures = outcome.figures
    size = figures["store_bytes"] / 1e9
    rows = [
        [name, f"{middle(outcome, key):.0f}", f"{max(figures[key]):.0f}"]
        for name, key in (
            ("an empty store", "empty_ms"),
            (f"a store of {size:.2f} GB, in the page cache", "warm_ms"),
            (f"a store of {size:.2f} GB, it and the binary read from disk", "cold_ms"),
        )
    ]
    return [
        f"An ambassador on its defaults holds {figures['idle_mib']:.0f} MiB of memory {IDLE_SECONDS} s after its start. From the start "
        "of the process to the first 200 of `/readyz`:",
        "",
        *table(["with", "median ms", "longest ms"], *rows),
    ]


PART = Part("start", "memory of an idle ambassador, and the time from start to ready with a 1 GB store", measure, report)
