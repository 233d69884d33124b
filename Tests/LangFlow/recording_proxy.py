"""A proxy before LangFlow that records every request and answer and can be cut, so that tests see what passes there.

Answers pass as they come. Streams can be held after their first record, or cut there.
"""

import http.client
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

# LangFlow's uvicorn closes a connection that is idle for 5 s.
IDLE_SECONDS = 5
# However a test goes on, LangFlow's run must end some time.
HOLD_SECONDS_MAX = 30
PIECE_BYTES = 65_536
NOT_PASSED_ON = {"connection", "transfer-encoding", "date", "server"}


class Recorded(NamedTuple):
    """A request as LangFlow got it, and what it answered so far; the names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    answer: bytearray


class RecordingProxy:
    def __init__(self, port: int, langflow_port: int) -> None:
        self.port = port
        self.langflow_port = langflow_port
        self.requests: list[Recorded] = []
        # Cleared: a stream stops after its first record until this is set.
        self.flowing = threading.Event()
        self.flowing.set()
        # Whether a stream ends after its first record, without its last chunk.
        self.cuts_streams = False
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
            _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
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
        recorded = Recorded(self.command, self.path, headers, body, bytearray())
        proxy.requests.append(recorded)
        langflow = http.client.HTTPConnection("127.0.0.1", proxy.langflow_port, timeout=120)
        answered = threading.Event()
        try:
            langflow.request(self.command, self.path, body, headers)
            threading.Thread(target=self._follow_caller, args=(langflow.sock, answered), daemon=True).start()
            self._pass_back(langflow.getresponse(), recorded)
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # One of both has gone: so does the connection to the other.
        finally:
            answered.set()
            langflow.close()

    def _follow_caller(self, langflow: socket.socket, answered: threading.Event) -> None:
        """Leaves LangFlow when the caller leaves, also while neither of them says anything."""
        while not answered.is_set():
            try:
                if select.select([self.connection], [], [], 0.05)[0]:
                    # Nobody sends a second request before the first one's answer.
                    _shut_down(langflow)
                    return
            except (OSError, ValueError):
                return  # Closed by the one who answers.

    def _pass_back(self, response: http.client.HTTPResponse, recorded: Recorded) -> None:
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in NOT_PASSED_ON:
                self.send_header(name, value)
        if response.chunked:
            self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        while piece := response.read1(PIECE_BYTES):
            recorded.answer.extend(piece)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if response.chunked else piece)
            if response.chunked and b"\n\n" in recorded.answer:
                self._pause()
        if response.chunked:
            self.wfile.write(b"0\r\n\r\n")
        elif response.length:
            raise ConnectionAbortedError

    def _pause(self) -> None:
        if self.server.proxy.cuts_streams:
            raise ConnectionAbortedError
        self.server.proxy.flowing.wait(HOLD_SECONDS_MAX)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on
