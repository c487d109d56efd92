"""The key that secrets are sealed with: from the environment, or one made here for whoever only tries Maycall."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from models.sealed import Seal, keys_in, new_key

from .settings import Settings, SettingsError

KEPT_KEY = "encryption.key"


def seal_of(settings: Settings, folder: Path) -> Seal:
    """Give what seals and opens secrets. With the sandbox on and no key set, the key is one kept in `folder`."""
    if settings.encryption_key or not settings.sandbox:
        return Seal(keys_in(settings.encryption_key))
    return Seal([_kept_key(folder / KEPT_KEY)])


def _kept_key(file: Path) -> bytes:
    """Read the key from the file, made where there is none: whole at once, for the owner alone, and never again."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent) as made:  # which only its owner may read
            made.write(f"{new_key()}\n")
            made.flush()
            os.fsync(made.fileno())
            with suppress(FileExistsError):  # another process was faster, and its key is everybody's
                os.link(made.name, file)
    try:
        [key] = keys_in(file.read_text())
    except ValueError as error:
        raise SettingsError(
            f"The file {file} is to hold the key that secrets are sealed with, and does not. Put it back, or set"
            " MAYCALL_ENCRYPTION_KEY."
        ) from error
    return key
