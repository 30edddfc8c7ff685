"""Packets of GDB's Remote Serial Protocol on a TCP connection (GDB manual, E.1 Overview)."""

import select
import socket

INTERRUPT = b"\x03"  # Ctrl-C in GDB, no packet


class Connection:
    """One GDB. `receive` gives packets without their frame; ConnectionError when it has left."""

    def __init__(self, peer: socket.socket) -> None:
        self._socket = peer
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting = b""
        self.acknowledges = True  # until GDB asks for no acknowledgement

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ready(self, seconds: float) -> bool:
        """Whether something comes within so much wall time."""
        return bool(self._waiting or select.select([self._socket], [], [], seconds)[0])

    def receive(self) -> bytes:
        """The next packet, or INTERRUPT."""
        while True:
            self._waiting = self._waiting.lstrip(b"+-")
            if self._waiting.startswith(INTERRUPT):
                self._waiting = self._waiting[1:]
                return INTERRUPT
            start = self._waiting.find(b"$")
            end = self._waiting.find(b"#", start)
            if 0 <= start < end and len(self._waiting) >= end + 3:
                packet = self._waiting[start + 1 : end]
                wanted = self._waiting[end + 1 : end + 3]
                self._waiting = self._waiting[end + 3 :]
                if b"%02x" % (sum(packet) & 0xFF) != wanted.lower():
                    self._socket.sendall(b"-")
                    continue
                if self.acknowledges:
                    self._socket.sendall(b"+")
                return _unescaped(packet)
            data = self._socket.recv(4096)
            if not data:
                raise ConnectionError("GDB has left")
            self._waiting += data

    def send(self, text: str | bytes) -> None:
        """Send a packet."""
        data = _escaped(text.encode() if isinstance(text, str) else text)
        self._socket.sendall(b"$%b#%02x" % (data, sum(data) & 0xFF))


def _escaped(data: bytes) -> bytes:
    for byte in b"}", b"#", b"$", b"*":
        data = data.replace(byte, bytes((0x7D, byte[0] ^ 0x20)))
    return data


def _unescaped(data: bytes) -> bytes:
    first, *rest = data.split(b"}")
    return first + b"".join(bytes((one[0] ^ 0x20,)) + one[1:] for one in rest if one)
