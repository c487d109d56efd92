"""The keys by which a caller may say the same thing twice."""

from graph.faults import bad_input

LONGEST_KEY = 200


def idempotency_key(key: str | None) -> str | None:
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise bad_input(f"An idempotencyKey has 1 to {LONGEST_KEY} characters.")
    return key
