"""A server that speaks enough of OpenAI's chat completions for the `llm` flows; its answers are always the same.

Usage: fake_openai.py PORT
"""

import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Between two pieces of a streamed answer.
PIECE_SECONDS = 0.02


def text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or [] if isinstance(part, dict))


def completion(query: dict) -> dict:
    messages = query.get("messages", [])
    last = text_of(messages[-1].get("content")) if messages else ""
    answer = f"FAKE-ANSWER to [{last[:200]}] in five small token pieces."
    input_tokens = sum(len(text_of(message.get("content")).split()) + 4 for message in messages)
    output_tokens = len(answer.split())
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": query.get("model", "fake-1"),
        "choices": [{"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": input_tokens,
            "completion_tokens": output_tokens,
            "total_tokens": input_tokens + output_tokens,
        },
    }


def pieces(whole: dict, query: dict) -> list[dict]:
    """A completion as a stream of chunks, a word each; the last but one says why it ends."""
    head = {**whole, "object": "chat.completion.chunk", "usage": None}
    words = re.findall(r"\S+\s*", whole["choices"][0]["message"]["content"])
    deltas = [{"role": "assistant", "content": ""}, *({"content": word} for word in words)]
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if (query.get("stream_options") or {}).get("include_usage"):
        chunks.append({**head, "choices": [], "usage": whole["usage"]})
    return chunks


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, value: dict) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, chunks: list[dict]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")
            time.sleep(PIECE_SECONDS)
        self.wfile.write(b"data: [DONE]\n\n")

    def do_GET(self) -> None:
        model = {"id": "fake-1", "object": "model", "created": 0, "owned_by": "fake"}
        self.answer(200, {"object": "list", "data": [model]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/v1/chat/completions"):
            query = json.loads(body)
            if query.get("stream"):
                self.stream(pieces(completion(query), query))
            else:
                self.answer(200, completion(query))
        else:
            self.answer(404, {"error": {"message": "not found", "type": "invalid_request_error"}})


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
