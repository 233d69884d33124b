"""Hits that are not in memory: from Redis beside a bare GET of the same size, and from the store."""

import csv
import statistics
import subprocess
import sys

from support import Redis

from ..load import Questions, Run, fill, redis_get, wrk
from ..machine import on_cores
from ..rounds import noise, take_turns
from ..server import Server
from ..stage import Stage
from .common import WARM_UP_SECONDS, Options, Outcome, Part, milliseconds, named, table

# So many that next to none of them are among what the least of memories keeps.
KEYS = 50_000
MEMORY = "1MiB"
IN_MEMORY = "ambassador, hit in memory"
REDIS = "ambassador, hit in Redis"
STORE = "ambassador, hit in the store"
GET = "bare GET"
BARE_REDIS = "bare C that asks Redis"
REDIS_BENCHMARK = "redis-benchmark, bare GET"
KEY = "benchmark"
CONNECTIONS = (1, 64)


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        redis = stage.redis()
        servers = [
            stage.ambassador(REDIS, everything=True, memory=MEMORY, redis=True),
            Server(GET, redis.port, redis.process.pid),
            Server(REDIS_BENCHMARK, redis.port, redis.process.pid),
            stage.bare(BARE_REDIS, slots=1 << (2 * KEYS).bit_length(), redis_key=KEY),
            stage.ambassador(STORE, everything=True, memory=MEMORY),
            stage.ambassador(IN_MEMORY, everything=True),
        ]
        _set_value(stage, redis)
        for server, detail in ((servers[0], "redis"), (servers[4], "store"), (servers[5], "memory")):
            rate = fill(stage, server, KEYS)
            print(f"filled {server.name}: {rate:.0f}/s", file=sys.stderr, flush=True)
            # What is not in memory is there for the next who asks, so that each question is asked once.
            stage.check_hits([server], KEYS, detail, asked=200, elsewhere_max=20)
        for connections in CONNECTIONS:

            def ask(server: Server, seconds: float = options.seconds, connections: int = connections) -> Run:
                if server.name == GET:
                    return redis_get(stage, server, KEY, connections, seconds)
                if server.name == REDIS_BENCHMARK:
                    return _redis_benchmark(stage, server, connections, seconds)
                return wrk(stage, server, Questions(KEYS, "assembled"), connections, seconds)

            for server in servers:
                ask(server, WARM_UP_SECONDS)
            results = take_turns(servers, options.rounds, ask, f"{connections}: ")
            outcome.races[str(connections)] = results
            outcome.noise += noise(results, "p50", GET)
        outcome.figures["answer_bytes"] = stage.answer_bytes
    return outcome


def _set_value(stage: Stage, redis: Redis) -> None:
    command = ["redis-cli", "-p", str(redis.port), "-x", "SET", KEY]
    with (stage.folder / "answer").open("rb") as answer:
        subprocess.run(command, stdin=answer, capture_output=True, check=True)


def _redis_benchmark(stage: Stage, server: Server, connections: int, seconds: float) -> Run:
    """GETs of values as large as an answer, without pipelining; its times are in steps of 8 us."""
    # A round trip takes some 50 us at least, and a core answers some 60,000 in a second.
    requests = int(min(20_000 * connections, 60_000) * seconds)
    command = ["redis-benchmark", "-p", str(server.port), "-c", str(connections), "-d", str(stage.answer_bytes), "--csv"]
    before = server.cpu_seconds()
    with on_cores(stage.cores.server):
        # The value first, and then what is measured.
        subprocess.run([*command, "-n", "1", "-t", "set"], capture_output=True, check=True)
        ended = subprocess.run([*command, "-n", str(requests), "-t", "get"], capture_output=True, text=True, check=True)
    line = next(csv.DictReader(ended.stdout[ended.stdout.index('"test"') :].splitlines()))
    cpu = (server.cpu_seconds() - before) * 1e6 / requests
    return Run(float(line["rps"]), float(line["p50_latency_ms"]) * 1000, float(line["p99_latency_ms"]) * 1000, cpu)


def report(outcome: Outcome) -> list[str]:
    rows = []
    for connections, results in outcome.races.items():
        get, memory = named(results, GET), named(results, IN_MEMORY)
        for each in results:
            more = [a.p50 - b.p50 for a, b in zip(each.runs, memory.runs, strict=True)]
            shares = [part / run.p50 for part, run in zip(more, get.runs, strict=True)]
            rows.append(
                [
                    connections,
                    each.name,
                    f"{each.median('rate'):,.0f}",
                    f"{milliseconds(each.median('p50'), 3)} / {milliseconds(each.median('p99'), 3)}",
                    f"{each.ratio(get, 'p50'):.2f}" if each.name in (REDIS, BARE_REDIS) else "",
                    f"{statistics.median(shares):.2f}" if each.name == REDIS else "",
                    f"{each.median('cpu'):.1f}" if each.name.startswith(("ambassador", "bare C")) else "",
                ]
            )
    head = ["connections", "", "a second", "p50 / p99 ms", "p50 of a bare GET's", "more than in memory, of it", "CPU µs a hit"]
    return [
        f"Hits that are not in memory: {KEYS:,} questions drawn uniformly, answers of {outcome.figures['answer_bytes'] / 1024:.1f} KiB, "
        f"and {MEMORY} of memory but where all are in memory. Redis shares a core with the load; the bare GET is of a value of the same "
        "size, without pipelining, by the project's own load; redis-benchmark tells times in steps of 8 µs. Bare C that asks Redis gets one "
        "and the same key for every request, all of a turn's in one write.",
        "",
        *table(head, *rows),
    ]


PART = Part("tiers", "hits in Redis beside a bare GET, and hits in the store", measure, report)
