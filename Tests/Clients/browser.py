"""A web page in a headless Chromium that calls the ambassador with the header fields that applications' libraries add."""

import http.server
import json
import pathlib
import shutil
import subprocess
import threading

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_SECONDS = 120
PAGE = """<!doctype html><meta charset="utf-8"><title>client</title><script>
(async () => {
  const seen = {};
  const headers = {
    'Content-Type': 'application/json', 'X-API-Key': THE_KEY, 'X-Requested-With': 'XMLHttpRequest', 'Idempotency-Key': 'k-1',
    'traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'X-Stainless-Lang': 'js',
    'X-Stainless-Retry-Count': '0', 'OpenAI-Organization': 'o', 'OpenAI-Project': 'p',
  };
  const ask = async (name, call) => {
    try {
      const answer = await fetch(THE_ADDRESS + '/run-flow', {method: 'POST', headers, body: JSON.stringify(call)});
      seen[name] = {status: answer.status, cache: answer.headers.get('cache-status'), text: await answer.text()};
    } catch (error) { seen[name] = {error: String(error)}; }
  };
  const call = {flow_id: 'my-flow', input: THE_QUESTION};
  await ask('plain', call);
  await ask('again', call);
  await ask('stream', {...call, stream: true});
  await ask('refused', {...call, flow_id: 'no-such-flow'});
  await fetch('/seen', {method: 'POST', body: JSON.stringify(seen)});
})();
</script>"""


def browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class Page:
    """The page on a port of its own, and what it reports of its calls."""

    def __init__(self, port: int) -> None:
        self.content = b""
        self.seen: dict[str, dict] = {}
        self.reported = threading.Event()
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(page.content if self.path == "/" else b"")

            def do_POST(self) -> None:
                page.seen = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(b"")
                page.reported.set()

            def answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.address = f"http://127.0.0.1:{port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()

    def open(self, ambassador: str, key: str, question: str, profile: pathlib.Path) -> dict[str, dict]:
        """Opens the page in the browser; what it saw of each call."""
        content = PAGE
        for name, value in (("THE_ADDRESS", f"http://{ambassador}"), ("THE_KEY", key), ("THE_QUESTION", question)):
            content = content.replace(name, json.dumps(value))
        self.content = content.encode()
        process = subprocess.Popen(
            [
                browser(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", f"--user-data-dir={profile}", self.address,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            if not self.reported.wait(BROWSER_SECONDS):
                raise RuntimeError(f"the page reported nothing within {BROWSER_SECONDS} s")
            return self.seen
        finally:
            process.kill()
            process.wait()
