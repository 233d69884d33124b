"""Streams: LangFlow's own framing, at once, stored, replayed; and what is left of them when LangFlow fails or is gone."""

import json
import time
import uuid

from world import (
    CHINESE,
    ENGLISH,
    FALLBACK,
    Suite,
    World,
    all_sessions,
    events_of,
    result_of,
    sessions_of,
    text_of,
)
from support import Client

FRESH = "Which streams stay?"
OLD = "Which streams grow old? 旧的"
INTERNALS = (b"Traceback", b"traceback", b"site-packages", b".py", b"127.0.0.1", b"langflow/")


class StreamsWhileLangFlowAnswers(Suite):
    def test_01_a_stream_is_langflows_own_and_its_replay_the_same_record_by_record(self) -> None:
        for flow in ("echo", "llm", "llm-stream"):
            for by_langflows_call, question in [(False, f"Stream: {ENGLISH}"), (True, f"Stream: {CHINESE}")]:
                with self.subTest(flow=flow, by_langflows_call=by_langflows_call):
                    before = len(World.proxy.requests)
                    miss = self.stream(flow, question, "miss", "session-of-anna", by_langflows_call)
                    hit = self.stream(flow, question, "hit", "session-of-bert", by_langflows_call)
                    (asked,) = World.proxy.requests[before:]
                    self.assertEqual(asked.path, f"/api/v1/run/{flow}?stream=true")
                    upstream_session = json.loads(asked.body)["session_id"].encode()
                    records = bytes(asked.answer).split(b"\n\n")
                    for answer, session in ((miss, b"session-of-anna"), (hit, b"session-of-bert")):
                        expected = [record.replace(upstream_session, session) for record in records]
                        self.assertEqual(answer.body.split(b"\n\n"), expected)
                        self.assertEqual(all_sessions(events_of(answer)), {session.decode()})
                    self.assert_is_complete(hit, question, has_tokens=flow != "echo")
                    self.assert_cache(miss, "fwd=miss")
                    self.assert_cache(hit, r"hit; ttl=3[56]\d\d; detail=(memory|store)")

    def assert_is_complete(self, answer: object, question: str, has_tokens: bool) -> None:
        events = events_of(answer)
        names = [event["event"] for event in events]
        self.assertEqual((names[0], names[-1]), ("add_message", "end"))
        self.assertNotIn("error", names)
        tokens = "".join(event["data"]["chunk"] for event in events if event["event"] == "token")
        text = text_of(result_of(events))
        self.assertIn(question, text)
        self.assertEqual(tokens, text if has_tokens else "")

    def test_02_the_first_record_comes_before_the_stream_ends_and_others_read_along(self) -> None:
        question = "Who is in a hurry?"
        World.proxy.flowing.clear()
        try:
            first = self.open_stream("llm-stream", question, "first")
            first.begin()
            first_record = json.loads(first.record())
            second = self.open_stream("llm-stream", question, "second", by_langflows_call=True)
            second.begin()
            second_record = json.loads(second.record())
            (asked,) = World.proxy.asking(question)
            self.assertEqual(asked.answer.count(b"\n\n"), 1, "LangFlow's stream is not held")
        finally:
            World.proxy.flowing.set()
        self.assertEqual((first_record["event"], second_record["event"]), ("add_message", "add_message"))
        answers = []
        for stream, outcome, session in [(first, "miss", "first"), (second, "collapsed", "second")]:
            answer, is_whole = stream.end()
            self.assertTrue(is_whole)
            answers.append(self.checked(answer, "llm-stream", outcome).body.replace(session.encode(), b"any"))
            self.assert_is_complete(answer, question, has_tokens=True)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(len(World.proxy.asking(question)), 1)

    def test_03_a_session_that_is_not_ascii_and_none_at_all(self) -> None:
        question = "Whose stream is this?"
        for outcome, session in [("miss", "会话-3"), ("hit", 'a "quoted" one'), ("hit", "会话-4")]:
            events = events_of(self.stream("echo", question, outcome, session))
            self.assertEqual(all_sessions(events), {session})
            self.assertEqual(set(sessions_of(result_of(events))), {session})
        ones_own = [all_sessions(events_of(self.stream("echo", question, "hit"))) for _ in range(2)]
        self.assertEqual([len(sessions) for sessions in ones_own], [1, 1])
        self.assertNotEqual(*ones_own)

    def test_04_a_session_keeps_its_conversation_over_streams_and_plain_calls(self) -> None:
        mine = f"mine-{uuid.uuid4()}"
        self.stream("memory", "my number is 0815", "bypass", mine)
        again = events_of(self.stream("memory", "what did I say?", "bypass", mine, by_langflows_call=True))
        self.assertIn("0815", text_of(result_of(again)))
        self.assertEqual(all_sessions(again), {mine})
        self.assertIn("0815", text_of(self.ask("memory", "and by a plain call?", "bypass", session=mine)))
        for other in (f"theirs-{uuid.uuid4()}", None):
            theirs = events_of(self.stream("memory", "what did I say?", "bypass", other))
            self.assertNotIn("0815", json.dumps(theirs))

    def test_05_a_failing_flow_tells_of_its_failure_without_internals_and_is_not_stored(self) -> None:
        for by_langflows_call in (False, True):
            before = len(World.proxy.requests)
            for _ in range(2):
                stream = self.open_stream("fails-streaming", "boom", "mine", by_langflows_call)
                stream.begin()
                answer, _ = stream.end()
                self.checked(answer, "fails-streaming", "failed")
                names = [event["event"] for event in events_of(answer)]
                self.assertIn("error", names)
                self.assertNotIn("end", names)
                self.assertIn(b"deliberate failure", answer.body)
                for internal in INTERNALS:
                    self.assertNotIn(internal, answer.body)
            asked = World.proxy.requests[before:]
            self.assertEqual(len(asked), 2)
            self.assertIn(b"Traceback", asked[0].answer, "LangFlow itself shows no traceback: then this shows nothing")

    def test_06_a_stream_that_is_cut_says_so_and_is_not_stored(self) -> None:
        question = "What is cut?"
        World.proxy.cuts_streams = True
        try:
            stream = self.open_stream("llm", question)
            stream.begin()
            answer, is_whole = stream.end()
        finally:
            World.proxy.cuts_streams = False
        self.checked(answer, "llm", "failed")
        self.assertFalse(is_whole)
        self.assertEqual([event["event"] for event in events_of(answer)], ["add_message", "error"])
        self.stream("llm", question, "miss")
        self.stream("llm", question, "hit")

    def test_07_plain_calls_and_streams_are_apart(self) -> None:
        question = "Are streams kept apart?"
        self.ask("echo", question, "miss")
        self.stream("echo", question, "miss")
        self.ask("echo", question, "hit")
        self.stream("echo", question, "hit")
        self.assertEqual(len(World.proxy.asking(question)), 2)

    def test_08_with_stream_reuse_each_answers_the_other(self) -> None:
        question = "A stream first?"
        streamed = events_of(self.stream("either", question, "miss", "anna"))
        plain = self.ask("either", question, "hit", session="bert")
        self.assertEqual(text_of(plain), text_of(result_of(streamed)))
        self.assertEqual(set(sessions_of(plain)), {"bert"})

        question = "A plain call first?"
        plain = self.ask("either", question, "miss", session="anna")
        streamed = events_of(self.stream("either", question, "hit", "bert"))
        self.assertEqual(text_of(result_of(streamed)), text_of(plain))
        self.assertEqual(all_sessions(streamed), {"bert"})
        self.assertEqual(streamed[-1]["event"], "end")

    def test_09_no_cache_asks_langflow_and_only_if_cached_does_not(self) -> None:
        question = "What may the caller ask of the cache?"
        call = {"flow_id": "echo", "input": question}
        only = self.client.post("/run-flow", call, Cache_Control="only-if-cached")
        self.checked(only, "echo", "refused", 504)
        self.assertEqual(World.proxy.asking(question), [])
        self.ask("echo", question, "miss")
        fresh = self.client.post("/run-flow", call, Cache_Control="no-cache")
        self.assert_cache(self.checked(fresh, "echo", "miss"), "fwd=request; stored")
        only = self.client.post("/run-flow", call, Cache_Control="only-if-cached")
        self.assert_cache(self.checked(only, "echo", "hit"), r"hit; ttl=\d+; detail=\w+")
        self.assertEqual(len(World.proxy.asking(question)), 2)

    def test_10_what_the_outage_needs(self) -> None:
        self.stream("echo", FRESH, "miss", "before")
        self.stream("brief", OLD, "miss", "before")


class StreamsAfterLangFlowIsKilled(Suite):
    def test_1_a_fresh_stream_is_replayed_and_an_old_one_is_stale(self) -> None:
        fresh = self.stream("echo", FRESH, "hit", "after")
        self.assertEqual(text_of(result_of(events_of(fresh))), FRESH)
        self.assertEqual(all_sessions(events_of(fresh)), {"after"})
        for by_langflows_call in (False, True):
            stale = self.stream("brief", OLD, "degraded", "after", by_langflows_call)
            self.assert_stale(stale)
            self.assertEqual(all_sessions(events_of(stale)), {"after"})
            self.assertEqual(text_of(result_of(events_of(stale))), OLD)

    def test_2_what_was_never_asked_gets_the_fallback_as_a_stream_or_a_503(self) -> None:
        fallback = self.stream("brief", "never streamed", "degraded", "after")
        self.assertEqual(fallback.headers["x-ambassador-degraded"], "fallback")
        events = events_of(fallback)
        self.assertEqual(events[-1]["event"], "end")
        self.assertEqual(text_of(result_of(events)), FALLBACK)
        stream = self.open_stream("echo", "never streamed")
        stream.begin()
        answer, _ = stream.end()
        self.checked(answer, "echo", "failed", 503)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        self.assertIn("retry-after", answer.headers)

    def test_3_after_a_restart_of_the_ambassador_the_same(self) -> None:
        self.assertEqual(World.ambassador.stop(), 0)
        World.ambassador.start()
        self.client = Client(World.ambassador.port)
        fresh = self.stream("echo", FRESH, "hit", "later")
        self.assert_cache(fresh, r"hit; ttl=\d+; detail=store")
        self.assertEqual(text_of(result_of(events_of(fresh))), FRESH)
        stale = self.stream("brief", OLD, "degraded", "later")
        self.assert_stale(stale)
        self.assertEqual(text_of(result_of(events_of(stale))), OLD)
        self.assertEqual(all_sessions(events_of(stale)), {"later"})
        time.sleep(0.2)  # The audit log is `batched`: what was recorded 50 ms ago is on disk.
