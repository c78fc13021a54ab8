"""Who may use the embedded broker: accounts of a password file, API keys, perhaps anybody."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from amqtt.contexts import BaseContext
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

from stadtkern.site.tree.api_keys import ApiKeys, digest_of
from stadtkern.site.tree.guests import Account, Guest, Ours, Program
from stadtkern.site.tree.passwords import password_line, password_matches, read_passwords

log = logging.getLogger(__name__)
# Checked for unknown users, so that the time of the answer does not tell who exists.
DECOY = password_line("nobody", "")


class Login(BaseAuthPlugin):  # type: ignore[misc]
    """Reads the file again when it has changed: a new account works at once."""

    @dataclass
    class Config:
        passwords: Path
        ingest: str
        ingest_user: str | None = None
        anonymous: bool = False
        keys: ApiKeys = field(default_factory=lambda: ApiKeys(""))

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._accounts: dict[str, str] = {}
        self._version = (0, 0)

    async def authenticate(self, *, session: Session) -> bool:
        """Also notes on the session who that is."""
        guest = await self._guest(session)
        if guest is None or not self._may_be(session, guest):
            return False
        session.guest = guest
        return True

    async def _guest(self, session: Session) -> Guest | None:
        user, password = session.username or "", session.password or ""
        if session.username is None:
            return Guest(identity="anybody") if self.config.anonymous else None
        self._refresh()
        coded = self._accounts.get(user)
        if password_matches(password, coded or DECOY) and coded is not None:
            ours = user == self.config.ingest_user
            return (Ours if ours else Account)(identity=f"account {user}")
        return await self._program(password)

    async def _program(self, password: str) -> Guest | None:
        """Whatever its name: as over HTTP, the password is the key."""
        digest = digest_of(password)
        try:
            found = await self.config.keys.valid([digest])
        except (psycopg.Error, TimeoutError):
            log.warning("An API key cannot be checked: the database does not answer.")
            return None
        if digest not in found:
            return None
        return Program(identity=f"key {digest}", digest=digest, writes=found[digest])

    def _may_be(self, session: Session, guest: Guest) -> bool:
        """Nobody takes over the session of another; ingest's word counts as a commit."""
        owner = self.config.ingest_user
        if session.client_id == self.config.ingest and owner is not None:
            return isinstance(guest, Ours)
        known = self.context.get_session(session.client_id)
        return known is None or getattr(known, "guest", guest).identity == guest.identity

    def _refresh(self) -> None:
        try:
            state = self.config.passwords.stat()
            version = (state.st_mtime_ns, state.st_ino)
            if version != self._version:
                self._accounts = read_passwords(self.config.passwords)
                self._version = version
        except OSError as error:
            log.error("The password file cannot be read (%s).", error.strerror)
