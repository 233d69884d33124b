"""`watch_version`: what a flow answered before it was changed in LangFlow is stale, and still there in an outage."""

import json
import time

from world import WATCH_SECONDS, Suite, World, ask_langflow, eventually, text_of
from support import Answer, Client

ID = "00000000-0000-4000-8000-000000000021"
LLM_ID = "00000000-0000-4000-8000-000000000002"
LITTLE_SECONDS = 1.0


class ChangedFlows(Suite):
    def setUp(self) -> None:
        self.client = Client(World.keyed.port)
        self.addCleanup(self.client.__exit__)

    def ask_edited(self, question: str) -> Answer:
        answer = self.client.run_flow("edited", question, X_API_Key=World.keys["acme"])
        self.assertEqual(answer.status, 200, answer.body[:500])
        return answer

    def put(self, prompt: str) -> None:
        """Puts the llm flow under another id and name, with a prompt of its own."""
        flow = ask_langflow("GET", f"/api/v1/flows/{LLM_ID}")
        text = json.dumps({key: flow[key] for key in ("name", "description", "data", "endpoint_name")})
        flow = json.loads(text.replace("You are a helpful assistant.", prompt))
        flow |= {"id": ID, "name": "Edited", "endpoint_name": "edited"}
        ask_langflow("PUT", f"/api/v1/flows/{ID}", json.dumps(flow).encode())

    def wait_for_the_watch(self, after: int) -> None:
        def is_seen() -> bool:
            paths = [each.path for each in World.keyed_proxy.requests[after:] if each.answer]
            return any(path.endswith("/version-state") for path in paths)

        eventually(is_seen, 10, "LangFlow is asked for the flow's version")

    def test_a_changed_flow_is_asked_anew_and_its_old_answers_are_there_in_an_outage(self) -> None:
        self.put("You are the first.")
        asked, kept = "Who are you?", "Who were you?"
        for question in (asked, kept):
            self.assertIn("You are the first.", text_of(self.ask_edited(question)))
        # The version is known, and a hit stays a hit however often it is asked for.
        for _ in range(2):
            self.wait_for_the_watch(after=len(World.keyed_proxy.requests))
            self.assert_cache(self.ask_edited(asked), r"hit; ttl=\d+; detail=\w+")
        self.put("You are the second.")
        began = time.monotonic()
        fresh = eventually(
            lambda: (answer := self.ask_edited(asked)).headers["cache-status"].startswith("ambassador; fwd") and answer,
            WATCH_SECONDS * 1.1 + LITTLE_SECONDS,
            "a changed flow's answer is made anew",
        )
        print(f"\n       answered anew {time.monotonic() - began:.2f} s after the change ", end="", flush=True)
        self.assert_cache(fresh, "fwd=stale; stored")
        self.assertIn("You are the second.", text_of(fresh))
        self.assert_cache(self.ask_edited(asked), r"hit; ttl=\d+; detail=\w+")
        World.keyed_proxy.cut()
        try:
            stale = self.ask_edited(kept)
            self.assert_stale(stale)
            self.assertIn("You are the first.", text_of(stale))
        finally:
            World.keyed_proxy.connect()
        eventually(
            lambda: "x-ambassador-degraded" not in self.ask_edited(kept).headers, 90, "answers are LangFlow's again"
        )
        self.assertIn("You are the second.", text_of(self.ask_edited(kept)))
