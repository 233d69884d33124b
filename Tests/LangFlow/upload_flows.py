"""Waits for a LangFlow to become healthy, uploads the test flows under their own ids, and runs one of them once.

Usage: upload_flows.py PORT KEY FOLDER FAKE_LLM_PORT LANGFLOW_PID BOOT_SECONDS
"""

import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

FAKE_LLM_PORT_IN_FLOWS = "18081"


def wait_until_healthy(base: str, pid: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if urllib.request.urlopen(f"{base}/health", timeout=5).status == 200:
                return
        except OSError:
            pass
        try:
            os.kill(pid, 0)
        except OSError:
            sys.exit("LangFlow ended before it was healthy")
        time.sleep(0.5)
    sys.exit(f"LangFlow was not healthy within {seconds:.0f} s")


def call(base: str, key: str, method: str, path: str, body: bytes) -> bytes:
    headers = {"x-api-key": key, "content-type": "application/json"}
    request = urllib.request.Request(base + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read()[:300]!r}")


def main() -> None:
    port, key, folder, fake_llm_port, pid, seconds = sys.argv[1:]
    base = f"http://127.0.0.1:{port}"
    wait_until_healthy(base, int(pid), float(seconds))
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        text = file.read_text(encoding="utf-8")
        text = text.replace(f"127.0.0.1:{FAKE_LLM_PORT_IN_FLOWS}", f"127.0.0.1:{fake_llm_port}")
        # PUT under an id of our own is an upsert; POST would make a second flow named "echo-1".
        call(base, key, "PUT", f"/api/v1/flows/{json.loads(text)['id']}", text.encode())
    # The first run after a start takes seconds.
    for flow in ("echo", "llm"):
        answer = json.loads(call(base, key, "POST", f"/api/v1/run/{flow}", b'{"input_value":"warm-up"}'))
        if "warm-up" not in answer["outputs"][0]["outputs"][0]["outputs"]["message"]["message"]:
            sys.exit(f"the flow {flow} does not answer as it should")


main()
