"""Which of several ingest processes serves a network: whoever holds its advisory lock."""

import psycopg
from django.db import OperationalError, connection

LOCK = 0x53544E45  # the first half of each lock's key; the second is the network's id
OWN = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")


class Turns:
    """A database session of its own: its locks are freed when it ends, however it ends.

    Django's connections come from a pool, and a lock would go back into it with its connection.
    """

    def __init__(self) -> None:
        self._session: psycopg.Connection[tuple[object, ...]] | None = None
        self._held: set[int] = set()

    def take(self, numbers: list[int]) -> set[int]:
        """Those of these networks that are ours; others' are asked for again each time.

        Raises django.db.OperationalError: the database is away, and so are all our turns.
        """
        try:
            session = self._open()
            session.execute("select 1")
            for number in set(numbers) - self._held:
                asked = session.execute("select pg_try_advisory_lock(%s, %s)", [LOCK, number])
                if asked.fetchone() == (True,):
                    self._held.add(number)
        except psycopg.Error as error:
            self.close()
            raise OperationalError(str(error)) from None
        return self._held & set(numbers)

    def _open(self) -> "psycopg.Connection[tuple[object, ...]]":
        if self._session is None:
            wanted = connection.get_connection_params()
            given = {name: wanted[name] for name in OWN if name in wanted}
            self._session = psycopg.connect(
                **given, autocommit=True, application_name="stadtkern turns"
            )
        return self._session

    def close(self) -> None:
        """Free all of them."""
        if self._session is not None:
            self._session.close()
        self._session, self._held = None, set()
