"""What becomes of LangFlow's run when its caller leaves; the message that a run stores at its end tells of it."""

import json
import urllib.parse
import uuid

from world import Stream, Suite, World, ask_langflow, eventually

START_SECONDS = 10
# The slow flow takes five.
END_SECONDS = 30


class AbandonedRuns(Suite):
    def test_a_run_is_cancelled_where_its_answer_would_not_be_kept(self) -> None:
        # The last one goes on to its end: when it is there, the others would have been there before.
        runs = [
            (flow, is_stream, self.call(flow, is_stream))
            for flow, is_stream in [("slow-live", True), ("slow-cancelled", True), ("slow-cancelled", False)]
        ]
        runs.append(("slow-live", False, self.call("slow-live", False)))
        for _, _, (question, _) in runs:
            eventually(lambda: "User" in self.senders(question), START_SECONDS, "LangFlow runs the flow")
        for _, is_stream, (_, stream) in runs:
            # With nothing unread the connection ends in order, as if the caller only had nothing more to say.
            if is_stream:
                stream.begin()
                stream.record()
            stream.leave()
        control, _ = runs[-1][2]
        eventually(lambda: "Machine" in self.senders(control), END_SECONDS, "a plain run goes on to its end")
        for flow, is_stream, (question, _) in runs[:-1]:
            with self.subTest(flow=flow, is_stream=is_stream):
                self.assertEqual(self.senders(question), ["User"])

    def call(self, flow: str, is_stream: bool) -> tuple[str, Stream]:
        question, trace = f"Who waits? {uuid.uuid4()}", uuid.uuid4().hex
        call = {"flow_id": flow, "input": question, "session_id": trace, "stream": is_stream}
        World.outcomes[trace] = (flow, "abandoned")
        return question, Stream(World.ambassador.port, "/run-flow", call, {"X-Trace-ID": trace})

    @staticmethod
    def senders(question: str) -> list[str]:
        """Who said something in the session of a question's run, as LangFlow has stored it."""
        asked = World.proxy.asking(question)
        if not asked:
            return []
        session = urllib.parse.quote(json.loads(asked[0].body)["session_id"])
        return [message["sender"] for message in ask_langflow("GET", f"/api/v1/monitor/messages?session_id={session}")]
