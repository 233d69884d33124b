"""What OpenAI's SDK sees, in more than the examples show; run by `run` with each major version, and without it by hand:

    BASE_URL=http://127.0.0.1:8080/v1 API_KEY=sk-... python with_openai.py

It prints a line of JSON for each thing that was looked at. Every event and chunk is checked against the SDK's own types.
"""

import asyncio
import json
import os
import sys
import traceback
import uuid

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

BASE_URL, API_KEY = os.environ["BASE_URL"], os.environ["API_KEY"]
EVENTS = [
    "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
    "response.output_text.delta", "response.output_text.done", "response.content_part.done",
    "response.output_item.done", "response.completed",
]
INTERNALS = ("Traceback", "site-packages", ".py", "127.0.0.1")
client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)


def question(of: str) -> str:
    return f"{of} {openai.__version__} {uuid.uuid4()}?"


def turns(*texts: str) -> list[dict]:
    """Messages of the user and the assistant in turn."""
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]


def data_of(raw: str) -> list[dict]:
    """The data of server-sent events, but for `[DONE]`."""
    lines = [line[6:] for line in raw.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def a_response_has_all_that_its_type_requires() -> None:
    asked = question("typed")
    for outcome in ("fwd=miss; stored", "hit; ttl="):
        raw = client.responses.with_raw_response.create(model="my-flow", input=asked)
        assert outcome in raw.headers["cache-status"], raw.headers["cache-status"]
        Response.model_validate_json(raw.text() if callable(raw.text) else raw.text)
        response = raw.parse()
        assert asked in response.output_text and response.usage.total_tokens > 0, response
        assert response.id.startswith("resp_") and response.model == "my-flow"


def every_event_has_all_that_its_type_requires() -> None:
    asked = question("events")
    for outcome in ("fwd=miss", "hit; ttl="):
        with client.responses.with_streaming_response.create(model="my-flow", input=asked, stream=True) as raw:
            assert outcome in raw.headers["cache-status"], raw.headers["cache-status"]
            events = data_of("".join(raw.iter_text()))
        for event in events:
            TypeAdapter(ResponseStreamEvent).validate_python(event)
        kinds = list(dict.fromkeys(event["type"] for event in events))
        assert kinds == EVENTS, kinds
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        assert sum(event["type"] == "response.output_text.delta" for event in events) > 3


def the_stream_helper_gives_the_final_response() -> None:
    asked = question("helper")
    with client.responses.stream(model="my-flow", input=asked) as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        final = stream.get_final_response()
    assert asked in text and final.output_text == text, (text, final.output_text)
    assert final.usage.total_tokens > 0


def a_flow_without_tokens_is_a_stream_too() -> None:
    asked = question("echo")
    with client.responses.stream(model="echo", input=asked) as stream:
        assert stream.get_final_response().output_text == asked
    chunks = client.chat.completions.create(model="echo", messages=turns(asked), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == asked


def asynchronously_the_same() -> None:
    async def ask() -> None:
        asked = question("async")
        async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY) as other:
            answers = await asyncio.gather(
                *(other.responses.create(model="my-flow", input=asked) for _ in range(5)),
            )
            assert len({answer.output_text for answer in answers}) == 1 and len({answer.id for answer in answers}) == 5
            async with other.responses.stream(model="my-flow", input=asked) as stream:
                assert (await stream.get_final_response()).output_text == answers[0].output_text
            chunks = [
                chunk
                async for chunk in await other.chat.completions.create(
                    model="my-flow", messages=turns(asked), stream=True
                )
            ]
            assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == answers[0].output_text

    asyncio.run(ask())


def a_list_of_messages_is_the_same_question() -> None:
    asked = question("list")
    client.responses.create(model="my-flow", input=asked)
    for content in (asked, [{"type": "input_text", "text": asked}]):
        raw = client.responses.with_raw_response.create(model="my-flow", input=[{"role": "user", "content": content}])
        assert "; hit;" in raw.headers["cache-status"], raw.headers["cache-status"]


def previous_response_id_goes_on_with_the_conversation() -> None:
    first = client.responses.create(model="memory", input="my number is 0815")
    second = client.responses.create(model="memory", input="what did I say?", previous_response_id=first.id)
    assert "0815" in second.output_text and second.previous_response_id == first.id and second.id != first.id
    with client.responses.stream(model="memory", input="and now?", previous_response_id=second.id) as stream:
        assert "0815" in stream.get_final_response().output_text
    assert "0815" not in client.responses.create(model="memory", input="and without?").output_text


def a_conversation_by_header_or_user_is_remembered() -> None:
    for named in ({"extra_headers": {"X-Session-ID": question("session")}}, {"user": question("user")}):
        client.chat.completions.create(model="memory", messages=turns("my number is 4711"), **named)
        answer = client.chat.completions.create(
            model="memory", messages=turns("my number is 4711", "noted", "what did I say?"), **named
        )
        assert "4711" in answer.choices[0].message.content, (named, answer)


def earlier_turns_without_a_session_are_never_answered_from_the_cache() -> None:
    asked = question("turns")
    client.chat.completions.create(model="my-flow", messages=turns(asked))
    for _ in range(2):
        raw = client.chat.completions.with_raw_response.create(model="my-flow", messages=turns("a", "b", asked))
        assert raw.headers["cache-status"] == "ambassador; fwd=bypass; detail=session", raw.headers["cache-status"]


def chat_completions_have_all_that_their_types_require() -> None:
    asked = question("chat")
    first = client.responses.create(model="my-flow", input=asked)
    raw = client.chat.completions.with_raw_response.create(model="my-flow", messages=turns(asked))
    assert "; hit;" in raw.headers["cache-status"], "both calls are one entry"
    ChatCompletion.model_validate_json(raw.text() if callable(raw.text) else raw.text)
    completion = raw.parse()
    assert completion.choices[0].message.content == first.output_text
    assert completion.usage.total_tokens == first.usage.total_tokens
    with client.chat.completions.with_streaming_response.create(
        model="my-flow", messages=turns(asked), stream=True, stream_options={"include_usage": True}
    ) as raw_stream:
        text = "".join(raw_stream.iter_text())
    chunks = [ChatCompletionChunk.model_validate(chunk) for chunk in data_of(text)]
    assert text.endswith("data: [DONE]\n\n")
    assert chunks[-1].usage.total_tokens == first.usage.total_tokens and not chunks[-1].choices
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == first.output_text


def errors_are_readable_and_the_sdks_own() -> None:
    def ask(model: str, **members: object) -> None:
        client.responses.create(model=model, input="hello", **members)

    def chat(model: str, **members: object) -> None:
        client.chat.completions.create(model=model, messages=turns("hello"), **members)

    for call in (ask, chat):
        for error, message, code, arguments in [
            (openai.NotFoundError, "There is no flow with this name", "model_not_found", {"model": "no-such-flow"}),
            (openai.InternalServerError, "deliberate failure", "upstream_failed", {"model": "fails"}),
            (openai.BadRequestError, "a flow brings its own", "invalid_field", {"model": "my-flow", "tools": [{"type": "function"}]}),
        ]:
            try:
                call(**arguments)
            except error as raised:
                assert message in raised.message and message in str(raised), raised.message
                assert raised.code == code, raised.code
                assert not any(internal in raised.message for internal in INTERNALS), raised.message
            else:
                raise AssertionError(f"{arguments} is not refused")
    stranger = openai.OpenAI(base_url=BASE_URL, api_key="sk-nobodys", max_retries=0)
    try:
        stranger.responses.create(model="my-flow", input="hello")
    except openai.AuthenticationError as raised:
        assert "valid credential" in raised.message and raised.code == "invalid_api_key", raised.message


def a_stream_that_fails_throws_with_its_message() -> None:
    for call in (
        lambda: list(client.responses.create(model="fails", input=question("boom"), stream=True)),
        lambda: list(client.chat.completions.create(model="fails", messages=turns(question("boom")), stream=True)),
    ):
        try:
            call()
        except openai.APIError as raised:
            assert "deliberate failure" in raised.message, raised.message
        else:
            raise AssertionError("a failing stream ends without an exception")


def it_asks_again_after_a_limit() -> None:
    patient = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=5)
    # The first one is stored; the others are hits, quicker after one another than the limit allows.
    taken = [
        patient.responses.with_raw_response.create(model="limited", input="again and again").retries_taken
        for _ in range(4)
    ]
    assert max(taken) > 0, taken


CHECKS = [
    a_response_has_all_that_its_type_requires,
    every_event_has_all_that_its_type_requires,
    the_stream_helper_gives_the_final_response,
    a_flow_without_tokens_is_a_stream_too,
    asynchronously_the_same,
    a_list_of_messages_is_the_same_question,
    previous_response_id_goes_on_with_the_conversation,
    a_conversation_by_header_or_user_is_remembered,
    earlier_turns_without_a_session_are_never_answered_from_the_cache,
    chat_completions_have_all_that_their_types_require,
    errors_are_readable_and_the_sdks_own,
    a_stream_that_fails_throws_with_its_message,
    it_asks_again_after_a_limit,
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
