"""A door before the ambassador that passes bytes on and counts the connections that come through it."""

import socket
import threading

PIECE_BYTES = 65_536


class Door:
    def __init__(self, port: int) -> None:
        """Opens the door to a port of this host."""
        self._inside = port
        self.connections = 0
        # The first bytes of each connection.
        self.heads: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                outside, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            inside = socket.create_connection(("127.0.0.1", self._inside))
            threading.Thread(target=self._pass_on, args=(outside, inside, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(inside, outside, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_head: bool) -> None:
        try:
            while piece := source.recv(PIECE_BYTES):
                if is_head:
                    self.heads.append(piece)
                    is_head = False
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()
