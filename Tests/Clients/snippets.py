"""The examples of docs/clients.md: taken from the document, pointed at a running ambassador, and run as they are."""

import pathlib
import re
import shutil
import subprocess
from typing import NamedTuple

import environments

DOCUMENT = environments.HERE.parents[1] / "docs/clients.md"
RUN_SECONDS = 120
BLOCK = re.compile(r"<!-- client: ([^;>]+?)(; no stream)? -->\n```(\w+)\n(.*?)\n```\n", re.DOTALL)
# What the examples name, each of which must be there.
ADDRESS, FLOW, QUESTION, KEY = "127.0.0.1:8080", "my-flow", "Hello", "sk-the-callers-key"


class Snippet(NamedTuple):
    """An example: whose it is, whether it reads a stream, and its program."""

    client: str
    has_stream: bool
    language: str
    code: str

    @property
    def environments(self) -> list[str]:
        """The virtual environments that have the client of a Python program."""
        package = self.client.split(",")[0]
        holders = [
            name
            for name, packages in environments.requirements().items()
            if any(line.startswith(f"{package}==") for line in packages)
        ]
        return holders or ["current"]

    def program(self, address: str, flow: str, question: str, key: str) -> str:
        """The example with another address, flow, question and key than the document's."""
        code = self.code
        for written, meant in ((ADDRESS, address), (FLOW, flow), (QUESTION, question), (KEY, key)):
            if written not in code:
                raise AssertionError(f"the example of {self.client} does not name {written}")
            code = code.replace(written, meant)
        return code


def snippets() -> list[Snippet]:
    """All examples of the document; every block of a program is one."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = [Snippet(client, not without, language, code) for client, without, language, code in BLOCK.findall(text)]
    blocks = len(re.findall(r"^```\w+$", text, re.MULTILINE))
    if len(found) != blocks or not found:
        raise AssertionError(f"{blocks} blocks in {DOCUMENT.name}, {len(found)} of them with a client before it")
    return found


def missing(snippet: Snippet) -> str | None:
    """The program that the example needs and that is not here."""
    needed = {"python": None, "js": "node", "java": "java", "sh": "curl"}[snippet.language]
    return needed if needed and not shutil.which(needed) else None


def run(snippet: Snippet, environment: str, program: str, folder: pathlib.Path) -> subprocess.CompletedProcess:
    """Runs an example to its end; a Python program in one of its environments."""
    file = folder / {"python": "ask.py", "js": "ask.mjs", "java": "Ask.java", "sh": "ask.sh"}[snippet.language]
    file.write_text(program, encoding="utf-8")
    interpreter = {
        "python": environments.python(environment),
        "js": "node",
        "java": "java",
        "sh": "bash",
    }[snippet.language]
    return subprocess.run(
        [interpreter, file],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=RUN_SECONDS,
        check=False,
    )
