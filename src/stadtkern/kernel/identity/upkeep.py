"""What was needed to sign in is forgotten when it is over."""

from datetime import timedelta
from typing import Final

from django.contrib.sessions.models import Session

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import CodeApp, MailLink, Mandate, SignIn, SpentAnswer, Trip

# The owner looks back so far; then a sign-in is nobody's business.
SIGN_INS: Final = timedelta(days=90)
ENDED_MANDATES: Final = timedelta(days=365)
HALF_DONE: Final = timedelta(days=7)


def forget() -> str:
    """Delete trips, links and spent answers that hold no more, old sign-ins and mandates."""
    now = clock.now()
    over = {
        "trips": Trip.objects.filter(until__lt=now - timedelta(hours=1)),
        "links": MailLink.objects.filter(until__lt=now),
        "answers": SpentAnswer.objects.filter(until__lt=now),
        "sign-ins": SignIn.objects.filter(begun__lt=now - SIGN_INS),
        "mandates": Mandate.objects.filter(state="ended", ended__lt=now - ENDED_MANDATES),
        "invitations": Mandate.objects.filter(state="invited", until__lt=now),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }  # fmt: skip
    gone = {name: rows.delete()[0] for name, rows in over.items()}
    gone["apps"] = (
        CodeApp.objects.filter(confirmed=None, step=0)
        .filter(account__last_login__lt=now - HALF_DONE)
        .delete()[0]
    )
    return ", ".join(f"{count} {name}" for name, count in gone.items() if count) or "nothing to do"
