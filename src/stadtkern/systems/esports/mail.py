"""E-mails to players and to their guardians."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.post import letters
from stadtkern.kernel.post.address import link
from stadtkern.systems.esports.models import SignUp


def ask_guardian(signup: SignUp, token: str) -> None:
    """The link with which a guardian agrees or not; with the caller's transaction."""
    language = _language(signup)
    with override(language):
        page = link("esports:guardian", token, language=language)
        _write(signup, "guardian", signup.guardian_email, _("Your child would like to play"), page)


def welcome(signup: SignUp) -> None:
    """What happens next, and the link to one's own page."""
    language, to = _language(signup), _address(signup)
    if to:
        with override(language):
            page = link("esports:mine", own_token(signup), language=language)
            _write(signup, "welcome", to, _("Your sign-up"), page)


def cancelled(signup: SignUp) -> None:
    """The meeting does not take place."""
    language, to = _language(signup), _address(signup)
    if to:
        with override(language):
            page = link("esports:home", language=language)
            _write(signup, "cancelled", to, _("The meeting is cancelled"), page)


def own_token(signup: SignUp) -> str:
    """The secret of a player's own page."""
    if signup.booking is not None:
        return links.token(signup.booking, "manage")
    assert signup.wish is not None
    return links.wish_token(signup.wish, "manage")


def words(booking: Booking) -> list[str]:
    """More lines for the kernel's reminder."""
    signup = SignUp.objects.select_related("meeting__place").filter(booking=booking).first()
    if signup is None:
        return []
    told = [_("Nickname: %(name)s") % {"name": signup.nickname}]
    if signup.lacks_consent:
        told.append(_("Your parents have not agreed yet. Please ask them to open their mail."))
    return told


def _address(signup: SignUp) -> str:
    told = signup.booking or signup.wish
    return told.email if told else ""


def _language(signup: SignUp) -> str:
    told = signup.booking or signup.wish
    return told.language if told else "de"


def _write(signup: SignUp, what: str, to: str, subject: str, page: str) -> None:
    city = registry.city().title
    given = {"one": signup, "meeting": signup.meeting, "city": city, "link": page}
    about = f"booking:{signup.booking_id}" if signup.booking_id else f"esports:{signup.pk}"
    letters.write(
        key=f"esports:{signup.public_id}:{what}", to=to, subject=f"{city}: {subject}",
        text=render_to_string(f"esports/mail_{what}.txt", given), language=_language(signup),
        topic=about, until=signup.meeting.ends,
    )  # fmt: skip
