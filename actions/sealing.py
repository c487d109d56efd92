"""All that is sealed, looked at at once: which keys it takes, whether it opens, and sealed again with a new one."""

from dataclasses import dataclass

from sqlalchemy import update

from models import sealed
from models.database import Session
from models.sealed import Seal, SealedRow, SealError

from .resources import Resources


@dataclass(slots=True)
class Resealed:
    """How many secrets there are, and what was done with them."""

    secrets: int = 0
    again: int = 0
    cleared: int = 0


async def missing_keys(resources: Resources) -> list[str]:
    """List the names of the keys with which something is sealed and that we do not have."""
    async with resources.database.reading() as session:
        names = await sealed.key_names(session)
    return sorted(name for name in names if not resources.seal.knows(name))


async def lost(resources: Resources) -> list[str]:
    """Open every secret, and say in a sentence each what keeps those closed that do not open."""
    sentences = []
    for table, columns in sealed.columns():
        rows: list[SealedRow] = []
        while True:
            async with resources.database.reading() as session:
                rows = await sealed.next_rows(session, table, columns, rows[-1] if rows else None)
            for secret in (secret for row in rows for secret in row.secrets):
                try:
                    resources.seal.check(secret)
                except SealError as error:
                    sentences.append(str(error))
            if not rows:
                break
    return sentences


async def seal_again(resources: Resources, *, clear_lost: bool) -> Resealed:
    """Seal every secret with the first key, a hundred rows in a transaction; throw away what is lost, if told so.

    SealError for the first that no key opens, otherwise. It may be stopped and begun again, and servers may serve
    meanwhile, if they have both keys.
    """
    done = Resealed()
    for table, columns in sealed.columns():
        rows: list[SealedRow] = []
        while True:
            async with resources.database.writing() as session:
                rows = await sealed.next_rows(session, table, columns, rows[-1] if rows else None, locked=True)
                for row in rows:
                    await _seal_row(session, resources.seal, row, done, clear_lost=clear_lost)
            if not rows:
                break
    return done


async def _seal_row(session: Session, seal: Seal, row: SealedRow, done: Resealed, *, clear_lost: bool) -> None:
    changed: dict[str, sealed.Sealed | None] = {}
    for secret in row.secrets:
        done.secrets += 1
        try:
            again = seal.again(secret)
        except SealError:
            if not clear_lost:
                raise
            changed[secret.column] = None
            done.cleared += 1
        else:
            if again != secret.kept:
                changed[secret.column] = again
                done.again += 1
    if changed:
        own = (row.table.c.workspace_id == row.workspace_id) & (row.table.c.id == row.id)
        await session.exec(update(row.table).where(own).values(changed))
