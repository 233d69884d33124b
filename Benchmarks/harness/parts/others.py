"""Hits of what one would take otherwise: LiteLLM's proxy, and a small ambassador in Flask."""

import json
import secrets
import subprocess
import sys
import venv

from support import REPOSITORY, Client, free_port

from .. import configurations
from ..failure import Failure
from ..load import Questions, Run, wrk
from ..rounds import noise, take_turns
from ..server import Server
from ..stage import BENCHMARKS, Stage
from .common import EVERYTHING, NGINX, Options, Outcome, Part, named, table
from .hits import HEAD, rows

ENVIRONMENT = REPOSITORY / ".venv-benchmark"
LITELLM = "LiteLLM proxy, Redis cache, chat call"
# So few that the slowest has answered each once before it is measured.
KEYS = 50
FIRST_SECONDS = 5.0


def measure(options: Options) -> Outcome:
    install()
    outcome = Outcome()
    with Stage() as stage:
        servers = [
            stage.ambassador(EVERYTHING, everything=True),
            stage.nginx(NGINX),
            _litellm(stage),
            _flask(stage, "Flask + requests + Redis, gunicorn", is_gunicorn=True),
            _flask(stage, "Flask + requests + Redis, development server", is_gunicorn=False),
        ]

        def ask(server: Server, seconds: float = options.seconds) -> Run:
            return wrk(stage, server, Questions(KEYS, call="chat" if server.name == LITELLM else "flow"), 64, seconds)

        for server in servers:
            ask(server, FIRST_SECONDS)
        results = take_turns(servers, options.rounds, ask)
        stage.check_hits(servers, KEYS)
        _check_litellm(servers[2])
    outcome.races["others"] = results
    outcome.noise += noise(results)
    return outcome


def install() -> None:
    """Makes the virtual environment with what `requirements.txt` pins, where it is not there yet."""
    # Its commands have its path in them, so that a repository which was moved needs another.
    wanted = f"# {ENVIRONMENT}\n" + (BENCHMARKS / "requirements.txt").read_text()
    installed = ENVIRONMENT / "installed.txt"
    if installed.exists() and installed.read_text() == wanted:
        return
    print(f"installing into {ENVIRONMENT.name} ...", file=sys.stderr, flush=True)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    command = [str(ENVIRONMENT / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--requirement", str(BENCHMARKS / "requirements.txt")], check=True, stdin=subprocess.DEVNULL)
    installed.write_text(wanted)


def _litellm(stage: Stage) -> Server:
    port = free_port()
    file = stage.folder / "litellm.yaml"
    key = f"sk-{secrets.token_hex(32)}"
    file.write_text(configurations.LITELLM.format(upstream=stage.upstream.port, redis=stage.redis().port, key=key))
    command = [ENVIRONMENT / "bin/litellm", "--config", file, "--host", "127.0.0.1", "--port", port, "--num_workers", 1]
    # Its price list is in the package; it need not be fetched.
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "NO_PROXY": "*"}
    return stage.start(LITELLM, command, port, token=key, environment=environment)


def _check_litellm(server: Server) -> None:
    question = "Question 0000001: how do I get a new password for my account in the shop?"
    body = json.dumps({"model": "faq_qa", "messages": [{"role": "user", "content": question}]}).encode()
    with Client(server.port) as client:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.token}"}
        answer = client.call("POST", "/chat/completions", body, headers)
    if answer.status != 200 or "x-litellm-cache-key" not in answer.headers:
        raise Failure(f"{server.name}: what was measured were no hits: {answer.status} {answer.headers}")


def _flask(stage: Stage, name: str, is_gunicorn: bool) -> Server:
    port = free_port()
    command: list[object] = [ENVIRONMENT / "bin/python", BENCHMARKS / "seed.py", port]
    if is_gunicorn:
        command = [ENVIRONMENT / "bin/gunicorn", "--chdir", BENCHMARKS, "--bind", f"127.0.0.1:{port}"]
        command += ["--worker-class", "gthread", "--threads", "16", "seed:app"]
    environment = {"UPSTREAM": f"http://127.0.0.1:{stage.upstream.port}", "REDIS": stage.redis().url}
    environment |= {"NO_PROXY": "*", "PYTHONDONTWRITEBYTECODE": "1"}
    return stage.start(name, command, port, environment=environment)


def report(outcome: Outcome) -> list[str]:
    results = outcome.races["others"]
    return [
        f"Hits of others, 64 connections, {KEYS} questions. LiteLLM answers a chat call from its Redis cache; the small ambassador in "
        "Flask (`Benchmarks/seed.py`) has its answers in the same Redis, whose time is not counted here.",
        "",
        *table(HEAD, *rows(results, named(results, NGINX), None)),
    ]


PART = Part("others", "hits of LiteLLM's proxy and of a small ambassador in Flask", measure, report)
