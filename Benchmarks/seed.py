"""The design that the ambassador started from: Flask, requests and Redis, and nothing that it does not need.

Set `UPSTREAM` and `REDIS`; `python seed.py PORT` runs Flask's development server, `gunicorn seed:app` a real one.
"""

import hashlib
import json
import os
import sys

import redis
import requests
from flask import Flask, Response, request

TTL_SECONDS = 3600

app = Flask(__name__)
cache = redis.Redis.from_url(os.environ["REDIS"])
upstream = requests.Session()


@app.post("/run-flow")
def run_flow() -> tuple[Response, int] | Response:
    call = request.get_json()
    flow, question = call.get("flow_id"), call.get("input", "")
    if not flow:
        return Response('{"error": "Missing flow_id"}', mimetype="application/json"), 400
    key = "seed:" + hashlib.sha256(json.dumps([flow, question]).encode()).hexdigest()
    answer = cache.get(key)
    if answer is None:
        url = f"{os.environ['UPSTREAM']}/api/v1/run/{flow}"
        response = upstream.post(url, json={"input_value": question}, timeout=30)
        response.raise_for_status()
        answer = response.content
        cache.setex(key, TTL_SECONDS, answer)
    return Response(answer, mimetype="application/json")


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]))
