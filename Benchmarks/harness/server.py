"""A server under measurement, and how it is asked."""

import base64
import hmac
import json
import os
import pathlib
import time

from support import Client

from . import configurations


class Server:
    """A server under measurement: its name, its port, its processes, and the token that it wants to see."""

    def __init__(self, name: str, port: int, pid: int, token: str | None = None) -> None:
        self.name = name
        self.port = port
        self.pid = pid
        self.token = token

    def pids(self) -> list[int]:
        """The process and those that descend from it."""
        found = [self.pid]
        for pid in found:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += map(int, children.read_text().split())
                except (FileNotFoundError, ProcessLookupError):
                    continue  # A thread that ended meanwhile.
        return found

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        ticks = 0
        for pid in self.pids():
            try:
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # nginx's cache loader, which ends a minute after its start with next to no time used.
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_mebibytes(self) -> float:
        """The memory that its processes hold, what they share counted for each."""
        pages = 0
        for pid in self.pids():
            pages += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def ask(server: Server, number: int) -> str:
    """Asks one of the questions of `questions.lua` and returns the answer's Cache-Status."""
    question = f"Question {number:07d}: how do I get a new password for my account in the shop?"
    headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    with Client(server.port) as client:
        return client.run_flow("faq_qa", question, **headers).headers.get("cache-status", "none")


def jwt() -> str:
    """A token of the benchmark's issuer that is good for a day."""

    def encoded(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).rstrip(b"=").decode()

    now = int(time.time())
    claims = {"iss": "benchmark", "aud": "ambassador", "sub": "load", "tenant": "acme", "iat": now, "exp": now + 86_400}
    claims["permissions"] = ["run"]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{encoded(hmac.digest(configurations.SECRET.encode(), signed.encode(), 'sha256'))}"
