"""What LangChain's ChatOpenAI sees in a conversation; run by `run`, which sets BASE_URL and API_KEY.

It prints a line of JSON for each thing that was looked at.
"""

import json
import os
import sys
import traceback
import uuid

import openai
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI


def chat(flow: str, **options: object) -> ChatOpenAI:
    # Without it the SDK asks again by itself after an error.
    return ChatOpenAI(
        base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"], model=flow, max_retries=0, **options
    )


def a_conversation_goes_on_by_the_last_response() -> None:
    model = chat("memory", use_responses_api=True, use_previous_response_id=True)
    said = [HumanMessage("my number is 0815")]
    said += [model.invoke(said), HumanMessage("what did I say?")]
    second = model.invoke(said)
    assert "0815" in second.text and second.id != said[1].id, second


def a_conversation_goes_on_by_its_user() -> None:
    for options in ({"use_responses_api": True}, {}):
        model = chat("memory", model_kwargs={"user": str(uuid.uuid4())}, **options)
        said = [HumanMessage("my number is 4711")]
        said += [model.invoke(said), HumanMessage("what did I say?")]
        assert "4711" in model.invoke(said).text, options


def a_stream_gives_pieces_and_what_was_used() -> None:
    for options in ({"use_responses_api": True}, {"stream_usage": True}):
        asked = f"pieces {uuid.uuid4()}"
        for _ in range(2):
            pieces = list(chat("my-flow", **options).stream(asked))
            whole = pieces[0]
            for piece in pieces[1:]:
                whole += piece
            assert asked in whole.text and sum(bool(piece.text) for piece in pieces) > 3, pieces
            assert whole.usage_metadata["total_tokens"] > 0, whole


def what_a_flow_cannot_follow_is_said() -> None:
    for options in ({"use_responses_api": True}, {}):
        try:
            chat("my-flow", **options).invoke([SystemMessage("Answer in French."), HumanMessage("Hello")])
        except openai.BadRequestError as raised:
            assert "a flow brings its own prompt" in raised.message, raised.message
        else:
            raise AssertionError("instructions are dropped")


def a_failing_flow_is_an_error_by_stream_too() -> None:
    for options in ({"use_responses_api": True}, {}):
        for ask in (lambda model: model.invoke("boom"), lambda model: list(model.stream("boom"))):
            try:
                ask(chat("fails", **options))
            except openai.APIError as raised:
                assert "deliberate failure" in raised.message, raised.message
            else:
                raise AssertionError("a failing flow is no error")


def turns_without_a_session_go_past_the_cache() -> None:
    asked = f"turns {uuid.uuid4()}"
    model = chat("my-flow", include_response_headers=True)
    model.invoke(asked)
    answer = model.invoke([HumanMessage("a"), AIMessage("b"), HumanMessage(asked)])
    status = answer.response_metadata["headers"]["cache-status"]
    assert status == "ambassador; fwd=bypass; detail=session", status


CHECKS = [
    a_conversation_goes_on_by_the_last_response,
    a_conversation_goes_on_by_its_user,
    a_stream_gives_pieces_and_what_was_used,
    what_a_flow_cannot_follow_is_said,
    a_failing_flow_is_an_error_by_stream_too,
    turns_without_a_session_go_past_the_cache,
]


def main() -> int:
    failed = 0
    for check in CHECKS:
        fault = None
        try:
            check()
        except Exception:
            fault = traceback.format_exc(limit=-3)
            failed += 1
        print(json.dumps({"what": check.__name__.replace("_", " "), "fault": fault}), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
