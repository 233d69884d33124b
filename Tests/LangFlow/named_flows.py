"""A flow is one by its id and its endpoint name, before and after the name moves to another flow, and after that is deleted."""

import json
import re

import langflow_sdk

from world import WATCH_SECONDS, Suite, World, ask_langflow, eventually, sessions_of, text_of
from support import Answer, Client

LLM_ID = "00000000-0000-4000-8000-000000000002"
FIRST = "00000000-0000-4000-8000-000000000031"
SECOND = "00000000-0000-4000-8000-000000000032"
ID_OF_ECHO = "00000000-0000-4000-8000-000000000001"
LITTLE_SECONDS = 2.0
HIT = r"ambassador; hit; ttl=\d+; detail=\w+"


def put(flow_id: str, endpoint_name: str, prompt: str) -> None:
    """Puts the llm flow under an id and a name, with a prompt of its own."""
    flow = ask_langflow("GET", f"/api/v1/flows/{LLM_ID}")
    text = json.dumps({key: flow[key] for key in ("name", "description", "data", "endpoint_name")})
    flow = json.loads(text.replace("You are a helpful assistant.", prompt))
    flow |= {"id": flow_id, "name": f"Flow {flow_id[-2:]}", "endpoint_name": endpoint_name}
    ask_langflow("PUT", f"/api/v1/flows/{flow_id}", json.dumps(flow).encode())


class NamedFlows(Suite):
    def setUp(self) -> None:
        self.client = Client(World.keyed.port)
        self.addCleanup(self.client.__exit__)

    def ask_named(self, name: str, question: str, status: int = 200) -> Answer:
        """Asks as LangFlow's clients do."""
        call = {"input_value": question, "input_type": "chat", "output_type": "chat", "tweaks": {}}
        headers = {"Content-Type": "application/json", "x-api-key": World.keys["acme"]}
        answer = self.client.call("POST", f"/api/v1/run/{name}", json.dumps(call).encode(), headers)
        self.assertEqual(answer.status, status, answer.body[:500])
        return answer

    def eventually_cached(self, name: str, question: str, pattern: str, what: str) -> Answer:
        def asked() -> Answer | None:
            answer = self.ask_named(name, question)
            return answer if re.fullmatch(pattern, answer.headers["cache-status"]) else None

        return eventually(asked, WATCH_SECONDS * 1.1 + LITTLE_SECONDS, what)

    def test_1_id_and_name_are_one_flow(self) -> None:
        put(FIRST, "named", "You are the first.")
        self.assert_cache(self.ask_named("named", "Who?"), "fwd=miss; stored")
        by_id = self.eventually_cached(FIRST, "Who?", HIT, "the id's answer is the name's")
        self.assertIn("You are the first.", text_of(by_id))
        self.assert_cache(self.ask_named(FIRST, "And who by id?"), "fwd=miss; stored")
        self.assert_cache(self.ask_named("named", "And who by id?"), r"hit; ttl=\d+; detail=\w+")
        # Of the flows that run one target, the one with its name is meant.
        self.assert_cache(self.ask_named(ID_OF_ECHO, "Echo by id"), "fwd=miss; stored")
        self.assert_cache(self.ask_named("echo", "Echo by id"), r"hit; ttl=\d+; detail=\w+")

    def test_2_the_name_is_given_to_another_flow(self) -> None:
        put(FIRST, "named-before", "You are the first.")
        put(SECOND, "named", "You are the second.")
        fresh = self.eventually_cached("named", "Who?", "ambassador; fwd=stale; stored", "old answers are stale")
        self.assertIn("You are the second.", text_of(fresh))
        self.assert_cache(self.ask_named(SECOND, "Who?"), r"hit; ttl=\d+; detail=\w+")
        # The flow that had the name is one that nobody has listed.
        for name in (FIRST, "named-before"):
            first = self.ask_named(name, "Who?")
            self.assert_cache(first, "fwd=bypass; detail=policy")
            self.assertIn("You are the first.", text_of(first))

    def test_3_the_flow_is_deleted(self) -> None:
        ask_langflow("DELETE", f"/api/v1/flows/{SECOND}")
        for name in ("named", SECOND):
            eventually(
                lambda: self.answer_of_deleted(name).status == 404,
                WATCH_SECONDS * 1.1 + LITTLE_SECONDS,
                "a deleted flow is asked for, and is not there",
            )
        World.keyed_proxy.cut()
        try:
            for name in ("named", SECOND):
                stale = self.ask_named(name, "Who?")
                self.assert_stale(stale)
                self.assertIn("You are the second.", text_of(stale))
        finally:
            World.keyed_proxy.connect()
        eventually(
            lambda: self.answer_of_deleted("named").status == 404, 90, "LangFlow is asked again after the outage"
        )

    def test_5_langflows_sdk_lists_the_flows_that_there_are(self) -> None:
        with langflow_sdk.Client(f"http://127.0.0.1:{World.keyed.port}", api_key=World.keys["acme"]) as client:
            for options in ({}, {"get_all": True}):
                flows = client.list_flows(**options)
                names = {flow.endpoint_name: str(flow.id) for flow in flows}
                self.assertEqual(names["echo"], ID_OF_ECHO)
                self.assertEqual(names["brief"], ID_OF_ECHO)
                self.assertEqual(names["named-before"], FIRST)
                self.assertNotIn("named", names)
                self.assertTrue(all(flow.data is None for flow in flows))
            self.assertEqual(len(client.list_flows(size=2)), 2)
        with langflow_sdk.Client(f"http://127.0.0.1:{World.keyed.port}", api_key="sk-nobodys") as stranger:
            with self.assertRaises(langflow_sdk.LangflowAuthError):
                stranger.list_flows()

    def answer_of_deleted(self, name: str) -> Answer:
        call = {"input_value": "Who?", "input_type": "chat", "output_type": "chat"}
        headers = {"Content-Type": "application/json", "x-api-key": World.keys["acme"]}
        return self.client.call("POST", f"/api/v1/run/{name}", json.dumps(call).encode(), headers)

    def test_4_the_log_has_one_flow_and_what_its_calls_cost(self) -> None:
        shown = World.keyed.command("audit", "query", "--flow", "named", "--limit", "1000", "--format", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        records = json.loads(shown.stdout)
        self.assertGreater(len(records), 8)
        self.assertLessEqual({"hit", "miss", "degraded", "rejected"}, {record["outcome"] for record in records})


class FirstTurns(Suite):
    """What a flow with a memory knows of a conversation whose first turn was asked before."""

    def setUp(self) -> None:
        self.client = Client(World.keyed.port)
        self.addCleanup(self.client.__exit__)

    def turn(self, flow: str, text: str, session: str | None = None) -> Answer:
        answer = self.client.run_flow(flow, text, session, X_API_Key=World.keys["acme"])
        self.assertEqual(answer.status, 200, answer.body[:500])
        return answer

    def second_turn(self, flow: str) -> str:
        self.turn(flow, "My name is Anna.")
        first = self.turn(flow, "My name is Anna.")
        session = set(sessions_of(first)).pop()
        return text_of(self.turn(flow, "What is my name?", session))

    def test_langflow_has_seen_first_turns_that_bypass_the_cache_alone(self) -> None:
        self.assertIn("My name is Anna.", self.second_turn("remembering"))
        self.assertNotIn("My name is Anna.", self.second_turn("forgetful"))
        lines = World.keyed.log.read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if "whose first turn was answered without LangFlow" in line]
        self.assertEqual(len(said), 1, said)
        self.assertIn("forgetful", said[0])
