"""Decide once more where the database undid a decision because it and another waited for each other."""

import stamina

from models.database import is_deadlock

# PostgreSQL has undone all of it, so that it is as if it had not been begun: what was said to WhatsApp before must
# still be written down, and whoever asks must not be told of a fault that was none.
after_deadlock = stamina.retry(on=is_deadlock, attempts=8, timeout=None, wait_initial=0.02, wait_max=0.5)
