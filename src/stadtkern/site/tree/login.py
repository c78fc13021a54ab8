"""Who may use the embedded broker: the accounts of a password file, nobody else."""

import logging
from dataclasses import dataclass
from pathlib import Path

from amqtt.contexts import BaseContext
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

from stadtkern.site.tree.passwords import password_line, password_matches, read_passwords

log = logging.getLogger(__name__)
# Checked for unknown users, so that the time of the answer does not tell who exists.
DECOY = password_line("nobody", "")


class PasswordFileLogin(BaseAuthPlugin):  # type: ignore[misc]
    """Reads the file again when it has changed: a new account works at once."""

    @dataclass
    class Config:
        passwords: Path
        ingest: str
        ingest_user: str | None = None

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._accounts: dict[str, str] = {}
        self._version = (0, 0)

    async def authenticate(self, *, session: Session) -> bool:
        self._refresh()
        coded = self._accounts.get(session.username or "")
        known = password_matches(session.password or "", coded or DECOY) and coded is not None
        return known and self._may_be(session)

    def _may_be(self, session: Session) -> bool:
        """Only ingest's account may be ingest: that client's word counts as a commit."""
        owner = self.config.ingest_user
        is_ingest = session.client_id == self.config.ingest
        return not is_ingest or owner is None or bool(session.username == owner)

    def _refresh(self) -> None:
        try:
            state = self.config.passwords.stat()
            version = (state.st_mtime_ns, state.st_ino)
            if version != self._version:
                self._accounts = read_passwords(self.config.passwords)
                self._version = version
        except OSError as error:
            log.error("The password file cannot be read (%s).", error.strerror)
