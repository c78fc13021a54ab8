"""What stands in the audit log, in words: the deed, and a link to what it was done to."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, str | Promise] = {
    "login": _("Signed in"),
    "login.failed": _("Failed to sign in"),
    "logout": _("Signed out"),
    "account.change": _("Changed the own account"),
    "account.password": _("Changed the own password"),
    "account.end_sessions": _("Signed out everywhere else"),
    "people.create": _("Created an account"),
    "people.createadmin": _("Created an administrator"),
    "people.change": _("Changed an account"),
    "people.on": _("Switched an account on"),
    "people.off": _("Switched an account off"),
    "people.password": _("Set a new password"),
    "projects.create": _("Created a project"),
    "projects.change": _("Changed a project"),
    "things.project": _("Moved a thing between projects"),
    "things.share": _("Changed who sees a datastream"),
    "keys.create": _("Made an API key"),
    "keys.revoke": _("Revoked an API key"),
    "devices.create": _("Created a device"),
    "devices.change": _("Changed a device"),
    "devices.codec": _("Changed a codec"),
    "devices.redecode": _("Decoded messages again"),
    "jobs.run": _("Started a job"),
    "jobs.retry": _("Started a failed job again"),
    "job.failed": _("A job failed"),
    "admin.create": _("Created a row in the tables"),
    "admin.change": _("Changed a row in the tables"),
    "admin.delete": _("Deleted a row in the tables"),
}
KINDS: dict[str, tuple[str | Promise, str]] = {
    "people.account": (_("Account"), "staff-person"),
    "people.apikey": (_("API key"), ""),
    "things.project": (_("Project"), "staff-project"),
    "things.thing": (_("Thing"), "staff-thing"),
    "things.datastream": (_("Datastream"), ""),
    "devices.device": (_("Device"), "staff-device"),
    "devices.deviceprofile": (_("Device profile"), "staff-profile"),
    "job": (_("Job"), "staff-job"),
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a deed was done to; `url` is empty where no page shows it."""

    text: str
    url: str = ""


def title_of(verb: str) -> str | Promise:
    """The deed in words; a system's own verbs as they are."""
    return TITLES.get(verb, verb)


def target_of(label: str) -> Target:
    """`people.account:3` as `Account 3` with the page that shows it."""
    kind, _colon, number = label.partition(":")
    if kind == "login":
        return Target(text=number)
    if kind not in KINDS or not number.isdigit():
        return Target(text=label)
    title, page = KINDS[kind]
    return Target(text=f"{title} {number}", url=reverse(page, args=[int(number)]) if page else "")
