"""Two kept clients, with nothing changed but the base URL: LangFlow's Python SDK, and OpenAI's on `/api/v1/responses`.

They call the ambassador that asks for keys; the key that each is given is the caller's own.
"""

import langflow_sdk
import openai

from world import ENGLISH, FALLBACK, KEY, TENANTS, Suite, World, all_sessions, events_of, result_of, text_of
from support import Client

FRESH = "Which answers stay with an SDK?"
OLD = "Which answers grow old with an SDK?"
INTERNALS = ("Traceback", "traceback", "site-packages", ".py", "127.0.0.1")


def openai_client(key: str) -> openai.OpenAI:
    # Without it the SDK asks again by itself, and a test could not count.
    return openai.OpenAI(base_url=f"http://127.0.0.1:{World.keyed.port}/api/v1", api_key=key, max_retries=0)


def langflow_client(key: str) -> langflow_sdk.Client:
    return langflow_sdk.Client(f"http://127.0.0.1:{World.keyed.port}", api_key=key)


def streamed_text(client: openai.OpenAI, **call: object) -> tuple[str, list]:
    """The text of a stream's pieces, and all its events."""
    events = list(client.responses.create(stream=True, **call))
    return "".join(event.delta for event in events if event.type == "response.output_text.delta"), events


class SDKSuite(Suite):
    def setUp(self) -> None:
        self.openai = openai_client(World.keys["acme"])
        self.langflow = langflow_client(World.keys["acme"])
        self.addCleanup(self.openai.close)
        self.addCleanup(self.langflow.close)

    def assert_no_internals(self, text: str) -> None:
        for internal in INTERNALS:
            self.assertNotIn(internal, text)


class WithOpenAIsSDK(SDKSuite):
    def test_1_a_response_is_a_miss_then_a_hit(self) -> None:
        for flow in ("echo", "llm"):
            with self.subTest(flow=flow):
                question = f"OpenAI: {ENGLISH} {flow}"
                miss = self.openai.responses.create(model=flow, input=question)
                raw = self.openai.responses.with_raw_response.create(model=flow, input=question)
                hit = raw.parse()
                self.assertIn("ambassador; hit; ttl=", raw.headers["cache-status"])
                self.assertIn(question, miss.output_text)
                self.assertEqual(hit.output_text, miss.output_text)
                self.assertEqual((miss.status, miss.model, miss.error), ("completed", flow, None))
                self.assertNotEqual(hit.id, miss.id)
                if flow == "llm":
                    self.assertGreater(miss.usage.total_tokens, 0)
                    self.assertEqual(hit.usage, miss.usage)
                self.assertEqual(len(World.keyed_proxy.asking(question)), 1)

    def test_2_the_same_question_by_langflows_call_is_the_same_entry(self) -> None:
        question = "OpenAI or LangFlow?"
        response = self.openai.responses.create(model="llm", input=question)
        self.assertEqual(self.langflow.run("llm", question).first_text_output(), response.output_text)
        self.assertEqual(len(World.keyed_proxy.asking(question)), 1)

    def test_3_a_stream_and_its_replay(self) -> None:
        # LangFlow's own call loses the text of a flow without tokens; here it is one piece.
        for flow in ("llm-stream", "llm", "echo"):
            with self.subTest(flow=flow):
                question = f"OpenAI: a stream of {flow}?"
                text, events = streamed_text(self.openai, model=flow, input=question)
                self.assertIn(question, text)
                self.assertEqual(events[-1].type, "response.completed")
                self.assertEqual(events[-1].response.status, "completed")
                again, replayed = streamed_text(self.openai, model=flow, input=question)
                self.assertEqual(again, text)
                self.assertEqual(len(replayed), len(events))
                self.assertEqual(len(World.keyed_proxy.asking(question)), 1)

    def test_4_a_stream_begins_before_it_ends(self) -> None:
        question = "OpenAI: who is in a hurry?"
        World.keyed_proxy.flowing.clear()
        try:
            stream = self.openai.responses.create(model="llm-stream", input=question, stream=True)
            first = next(iter(stream))
            (asked,) = World.keyed_proxy.asking(question)
            self.assertEqual(asked.answer.count(b"\n\n"), 1, "LangFlow's stream is not held")
        finally:
            World.keyed_proxy.flowing.set()
        self.assertEqual(first.type, "response.created")
        self.assertEqual(list(stream)[-1].type, "response.completed")

    def test_5_previous_response_id_goes_on_with_the_conversation(self) -> None:
        first = self.openai.responses.create(model="memory", input="my number is 0815")
        second = self.openai.responses.create(
            model="memory", input="what did I say?", previous_response_id=first.id
        )
        self.assertIn("0815", second.output_text)
        self.assertEqual(second.previous_response_id, first.id)
        self.assertNotEqual(second.id, first.id)
        text, _ = streamed_text(
            self.openai, model="memory", input="and by a stream?", previous_response_id=first.id
        )
        self.assertIn("0815", text)
        self.assertNotIn("0815", self.openai.responses.create(model="memory", input="and now?").output_text)
        # Another tenant that has learned of the id is in a session of its own.
        with openai_client(World.keys["globex"]) as other:
            theirs = other.responses.create(model="memory", input="what was said?", previous_response_id=first.id)
        self.assertNotIn("0815", theirs.output_text)

    def test_6_errors_are_the_sdks_own(self) -> None:
        with self.assertRaises(openai.NotFoundError) as unknown:
            self.openai.responses.create(model="no-such-flow", input="hello")
        self.assertEqual(unknown.exception.status_code, 404)
        with self.assertRaises(openai.InternalServerError) as failing:
            self.openai.responses.create(model="fails", input="boom")
        self.assertIn("deliberate failure", str(failing.exception))
        self.assert_no_internals(str(failing.exception))
        with self.assertRaises(openai.BadRequestError):
            self.openai.responses.create(model="echo", input="hello", instructions="Be brief.")
        with self.assertRaises(openai.BadRequestError):
            self.openai.responses.create(model="echo", input="hello", tools=[{"type": "web_search"}])
        with openai_client("sk-nobodys") as stranger, self.assertRaises(openai.AuthenticationError):
            stranger.responses.create(model="echo", input="hello")

    def test_7_a_failing_stream_ends_with_the_failure(self) -> None:
        with self.assertRaises(openai.APIError) as failing:
            list(self.openai.responses.create(model="fails", input="boom by stream", stream=True))
        self.assertIn("deliberate failure", failing.exception.message)
        self.assert_no_internals(failing.exception.message)

    def test_8_what_the_outage_needs(self) -> None:
        for question, flow in ((FRESH, "echo"), (OLD, "brief")):
            self.openai.responses.create(model=flow, input=question)
            streamed_text(self.openai, model=flow, input=question)


class WithLangFlowsSDK(SDKSuite):
    def test_1_a_run_is_a_miss_then_a_hit(self) -> None:
        for flow in ("echo", "llm"):
            with self.subTest(flow=flow):
                question = f"LangFlow's SDK: {ENGLISH} {flow}"
                miss = self.langflow.run(flow, question)
                hit = self.langflow.run(flow, question)
                self.assertTrue(miss.is_completed() and hit.is_completed())
                self.assertIn(question, miss.first_text_output())
                self.assertEqual(hit.first_text_output(), miss.first_text_output())
                self.assertNotEqual(hit.session_id, miss.session_id)
                self.assertEqual(len(World.keyed_proxy.asking(question)), 1)

    def test_2_its_stream_yields_what_it_yields_before_langflow_itself(self) -> None:
        # It asks for a stream in a way that LangFlow 1.13 answers with a plain answer, from which it reads nothing.
        direct = langflow_sdk.Client(f"http://127.0.0.1:{World.langflow_port}", api_key=KEY)
        with direct:
            self.assertEqual(list(direct.stream("echo", "a stream?")), [])
        self.assertEqual(list(self.langflow.stream("echo", "a stream?")), [])

    def test_3_errors_are_the_sdks_own(self) -> None:
        with self.assertRaises(langflow_sdk.LangflowNotFoundError):
            self.langflow.run("no-such-flow", "hello")
        with self.assertRaises(langflow_sdk.LangflowHTTPError) as failing:
            self.langflow.run("fails", "boom")
        self.assertEqual(failing.exception.status_code, 500)
        self.assertIn("deliberate failure", str(failing.exception))
        self.assert_no_internals(str(failing.exception))
        with langflow_client("sk-nobodys") as stranger, self.assertRaises(langflow_sdk.LangflowAuthError):
            stranger.run("echo", "hello")


class TenantsApart(SDKSuite):
    def test_a_session_of_one_tenant_is_not_anothers(self) -> None:
        for is_stream in (False, True):
            with self.subTest(is_stream=is_stream):
                for tenant in TENANTS:
                    self.say(tenant, f"the secret of {tenant}", is_stream)
                for tenant, other in (TENANTS, TENANTS[::-1]):
                    heard = self.say(tenant, "what did I say?", is_stream)
                    self.assertIn(f"the secret of {tenant}", heard)
                    self.assertNotIn(f"the secret of {other}", heard)

    def say(self, tenant: str, text: str, is_stream: bool) -> str:
        session = f"the same name, {is_stream}"
        call = {"flow_id": "memory", "input": text, "session_id": session, "stream": is_stream}
        with Client(World.keyed.port) as client:
            answer = client.post("/run-flow", call, X_API_Key=World.keys[tenant])
        self.assertEqual(answer.status, 200, answer.body[:500])
        if not is_stream:
            return text_of(answer)
        events = events_of(answer)
        self.assertEqual(all_sessions(events), {session})
        return text_of(result_of(events))


class SDKsAfterLangFlowIsKilled(SDKSuite):
    def test_1_answers_are_there_fresh_stale_or_the_fallback(self) -> None:
        for flow, question, expected, degraded in [
            ("echo", FRESH, FRESH, None),
            ("brief", OLD, OLD, "stale"),
            ("brief", "never asked by an SDK", FALLBACK, "fallback"),
        ]:
            with self.subTest(flow=flow, question=question):
                raw = self.openai.responses.with_raw_response.create(model=flow, input=question)
                self.assertEqual(raw.headers.get("x-ambassador-degraded"), degraded)
                self.assertEqual(raw.parse().output_text, expected)
                text, events = streamed_text(self.openai, model=flow, input=question)
                self.assertEqual(text, expected)
                self.assertEqual(events[-1].type, "response.completed")
                self.assertEqual(self.langflow.run(flow, question).first_text_output(), expected)

    def test_2_where_there_is_none_the_error_is_the_sdks_own(self) -> None:
        for is_stream in (False, True):
            with self.assertRaises(openai.InternalServerError) as failure:
                self.openai.responses.create(model="echo", input="never asked by an SDK", stream=is_stream)
            self.assertEqual(failure.exception.status_code, 503)
        with self.assertRaises(langflow_sdk.LangflowHTTPError) as failure:
            self.langflow.run("echo", "never asked by an SDK")
        self.assertEqual(failure.exception.status_code, 503)
