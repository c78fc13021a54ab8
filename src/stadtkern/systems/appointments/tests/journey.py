"""The way a citizen takes, over HTTP, as a browser without script would."""

import re
from datetime import timedelta

from django.core import signing

PERSON = {"name": "Erika Muster", "email": "erika@example.org"}


def choose(client, slot, query="s=ausweis"):
    """Reserve a time; the address of the details."""
    answer = client.post(f"/termine/zeiten/?{query}", {"slot": slot, "form": "abc"})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def slots(client, query="s=ausweis"):
    """The values of the times that the page offers."""
    page = client.get(f"/termine/zeiten/?{query}").content.decode()
    return re.findall(r'name="slot" value="([^"]+)"', page)


def fill_in(client, where, **said):
    """Send the details, as somebody does who took a minute."""
    stamp = signing.TimestampSigner(salt="stadtkern.form").sign("form")
    return client.post(where, {**PERSON, "stamp": stamp, **said})


def book(client, slot, query="s=ausweis", **said):
    """All of it; the page of the appointment."""
    where = choose(client, slot, query)
    summary = fill_in(client, where, **said)
    assert summary.status_code == 302, summary.content.decode()
    return client.post(summary.url)


def minutes(number):
    """So many minutes."""
    return timedelta(minutes=number)
