"""May I call? A typed client for Maycall, with subscriptions that resume by themselves."""

from .api import *  # noqa: F403 all types of the API are this package's types
from .client import Maycall
from .faults import CursorLostError, FaultError, MaycallError, ThrottledError, UnauthenticatedError, UnreachableError

__all__ = [
    "CursorLostError",
    "FaultError",
    "Maycall",
    "MaycallError",
    "ThrottledError",
    "UnauthenticatedError",
    "UnreachableError",
]
