"""A proxy before LangFlow that records every request and can be cut, so that a test sees what really arrives there."""

import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

# LangFlow's uvicorn closes a connection that is idle for 5 s.
IDLE_SECONDS = 5
NOT_PASSED_ON = {"connection", "transfer-encoding", "date", "server"}


class Recorded(NamedTuple):
    """A request as LangFlow got it; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class RecordingProxy:
    def __init__(self, port: int, langflow_port: int) -> None:
        self.port = port
        self.langflow_port = langflow_port
        self.requests: list[Recorded] = []
        self._server: _Server | None = None

    def connect(self) -> None:
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def cut(self) -> None:
        """From now on a connection to LangFlow is refused; those that are open are closed."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.close_connections()
            self._server = None

    def asking(self, text: str) -> list[Recorded]:
        """The requests whose body holds the text."""
        return [request for request in self.requests if text.encode() in request.body]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, proxy: RecordingProxy) -> None:
        self.proxy = proxy
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", proxy.port), _Handler)

    def process_request(self, request: socket.socket, client_address: object) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def close_connections(self) -> None:
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # Closed before.


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        proxy.requests.append(Recorded(self.command, self.path, headers, body))
        connection = http.client.HTTPConnection("127.0.0.1", proxy.langflow_port, timeout=120)
        try:
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            content = response.read()
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() not in NOT_PASSED_ON | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # LangFlow has gone: so does the connection.
        finally:
            connection.close()

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on
