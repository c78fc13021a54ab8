"""Sends letters that are due: claimed before, so that two workers send none twice."""

import time
from datetime import timedelta
from email.mime.text import MIMEText

from django.core.mail import EmailMessage
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.post import sms
from stadtkern.kernel.post.models import Letter
from stadtkern.kernel.post.transport import NotSent, hand_over, message_id

# Who claims a letter has so long to send it; then somebody else may.
LEASE = timedelta(minutes=5)
# Of one run, in seconds: the next minute goes on.
BUDGET = 45.0
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# With the pauses above: about a day.
MOST_TRIES = 12
KEPT = timedelta(days=90)


def run() -> str:
    """Send what is due; failures wait longer each time, and are given up after about a day."""
    begun, sent, failed = time.monotonic(), 0, 0
    while time.monotonic() - begun < BUDGET and (letter := _claim()):
        ok = _sent(letter)
        sent, failed = sent + ok, failed + (not ok)
    Letter.objects.filter(created__lt=clock.now() - KEPT).exclude(state="waiting").delete()
    return f"{sent} letters sent, {failed} not"


def send(number: int) -> str:
    """Send one letter, if it is still due."""
    letter = _claim(number)
    if letter is None:
        return "nothing to send"
    return "sent" if _sent(letter) else letter.problem


def _claim(number: int | None = None) -> Letter | None:
    """A letter that is ours for a while; what is too late is put aside."""
    now = clock.now()
    with transaction.atomic():
        Letter.objects.filter(state="waiting", until__lte=now).update(
            state="late", text="", files=[]
        )
        rows = Letter.objects.due().order_by("due")
        rows = rows if number is None else rows.filter(pk=number)
        letter = rows.select_for_update(skip_locked=True).first()
        if letter is None:
            return None
        letter.due, letter.tries = now + LEASE, letter.tries + 1
        letter.save(update_fields=["due", "tries"])
    return letter


def _sent(letter: Letter) -> bool:
    try:
        if letter.channel == "sms":
            sms.send(letter.address, letter.text)
        else:
            hand_over(_mail(letter))
    except NotSent as problem:
        return _not(letter, str(problem)[:300])
    letter.state, letter.sent, letter.problem = "sent", clock.now(), ""
    letter.save(update_fields=["state", "sent", "problem"])
    return True


def _not(letter: Letter, problem: str) -> bool:
    letter.problem = problem
    if letter.tries >= MOST_TRIES:
        letter.state = "failed"
    else:
        letter.due = clock.now() + min(FIRST_PAUSE * 2 ** (letter.tries - 1), LONGEST_PAUSE)
    letter.save(update_fields=["state", "due", "problem"])
    return False


def _mail(letter: Letter) -> EmailMessage:
    message = EmailMessage(
        subject=letter.subject,
        body=letter.text,
        to=[letter.address],
        headers={"Message-ID": message_id(letter.key), "Auto-Submitted": "auto-generated"},
    )
    for one in letter.files:
        main, _slash, rest = one["type"].partition("/")
        kind, *parameters = (part.strip() for part in rest.split(";"))
        part = MIMEText(one["text"], kind, "utf-8")
        for parameter in parameters:
            name, _is, value = parameter.partition("=")
            if name.lower() != "charset":
                part.set_param(name, value)
        part.set_type(f"{main}/{kind}", requote=True)
        part.add_header("Content-Disposition", "attachment", filename=one["name"])
        message.attach(part)
    return message
