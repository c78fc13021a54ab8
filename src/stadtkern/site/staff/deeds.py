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
    "quality.create": _("Created a check"),
    "quality.change": _("Changed a check"),
    "quality.remove": _("Removed a check"),
    "quality.mark": _("Marked values"),
    "quality.unmark": _("Took a mark back"),
    "quality.again": _("Checked values again"),
    "keys.create": _("Made an API key"),
    "keys.revoke": _("Revoked an API key"),
    "devices.create": _("Created a device"),
    "devices.words": _("Changed labels or note of a device"),
    "devices.filter": _("Shared a filter of the list of devices"),
    "devices.export": _("Saved the list of devices as a file"),
    "devices.many.labels": _("Changed labels of many devices"),
    "devices.many.profile": _("Changed the profile of many devices"),
    "devices.many.network": _("Changed the network of many devices"),
    "devices.many.resting": _("Let many devices rest, or woke them"),
    "devices.many.undo": _("Took a change to many devices back"),
    "devices.change": _("Changed a device"),
    "devices.codec": _("Changed a codec"),
    "devices.codec_release": _("Let a paused codec run again"),
    "devices.mapping": _("Changed what a profile measures"),
    "devices.profile_create": _("Made a device profile"),
    "devices.profile_change": _("Changed a device profile"),
    "profiles.import": _("Imported device profiles"),
    "devices.redecode": _("Decoded messages again"),
    "devices.redecode.stop": _("Stopped messages being decoded again"),
    "devices.redecode.undo": _("Undid messages decoded again"),
    "devices.move": _("Moved a device"),
    "devices.replace": _("Replaced a device"),
    "devices.import": _("Imported a list of devices"),
    "gateways.change": _("Changed a gateway"),
    "downlinks.send": _("Sent a downlink"),
    "downlinks.cancel": _("Cancelled a downlink"),
    "networks.create": _("Connected a network"),
    "networks.change": _("Changed a network"),
    "networks.on": _("Switched a network on"),
    "networks.off": _("Switched a network off"),
    "networks.token": _("Made a new token for a network"),
    "alerts.acknowledged": _("Took an alert on"),
    "alerts.snoozed": _("Put an alert off"),
    "alerts.assigned": _("Gave an alert to somebody"),
    "alerts.resolved": _("Closed an alert by hand"),
    "alerts.comment": _("Commented an alert"),
    "alerts.incident": _("Took an incident on"),
    "alerts.rule_create": _("Created a rule"),
    "alerts.rule_change": _("Changed a rule"),
    "alerts.rule_switch": _("Switched a rule on or off"),
    "alerts.maintenance": _("Noted maintenance"),
    "alerts.maintenance_end": _("Ended maintenance"),
    "alerts.webhook": _("Changed a webhook"),
    "alerts.again": _("Sent a message again"),
    "boards.create": _("Made a board"),
    "boards.change": _("Changed a board"),
    "boards.restore": _("Brought a version of a board back"),
    "boards.publish": _("Published a board"),
    "boards.unpublish": _("Took a board off the site"),
    "boards.order": _("Changed the order of boards"),
    "boards.remove": _("Removed a board"),
    "effects.create": _("Recorded a measure"),
    "effects.change": _("Changed a measure"),
    "effects.choose": _("Chose the series of a measure"),
    "effects.preregister": _("Laid the analysis of a measure down"),
    "effects.run": _("Had a measure analysed"),
    "effects.repeat": _("Had an analysis calculated again"),
    "effects.publish": _("Published the effect of a measure"),
    "effects.withdraw": _("Withdrew the effect of a measure"),
    "effects.show": _("Showed a measure to the public"),
    "effects.hide": _("Hid a measure from the public"),
    "harvest.create": _("Added a catalogue to harvest"),
    "harvest.change": _("Changed a catalogue to harvest"),
    "harvest.begin": _("Began a harvest"),
    "datasets.harvested": _("Harvested a catalogue"),
    "datasets.create": _("Began a dataset from a file"),
    "datasets.add_file": _("Added a file to a dataset"),
    "datasets.correct": _("Corrected how a file is read"),
    "datasets.take": _("Took tables over into a dataset"),
    "datasets.discard": _("Threw an upload away"),
    "datasets.describe": _("Described a dataset"),
    "datasets.confirm_people": _("Said why data about people may be public"),
    "datasets.publish": _("Published a dataset"),
    "datasets.withdraw": _("Withdrew a dataset"),
    "datasets.restore": _("Restored a version of a dataset"),
    "datasets.delete": _("Deleted a draft of a dataset"),
    "letters.sent": _("Sent a letter about data"),
    "letters.answered": _("Answered a letter about data"),
    "jobs.run": _("Started a job"),
    "jobs.retry": _("Started a failed job again"),
    "job.failed": _("A job failed"),
    "statistics.create": _("Made a statistical table"),
    "statistics.change": _("Changed a statistical table"),
    "statistics.parts": _("Corrected parts and wholes of a statistical table"),
    "statistics.upload": _("Uploaded a file of statistics"),
    "statistics.forget": _("Dropped a file of statistics"),
    "statistics.import": _("Imported a file of statistics"),
    "statistics.publish": _("Published an edition of statistics"),
    "statistics.withdraw": _("Withdrew an edition of statistics"),
    "statistics.discard": _("Deleted a draft of statistics"),
    "admin.create": _("Created a row in the tables"),
    "admin.change": _("Changed a row in the tables"),
    "admin.delete": _("Deleted a row in the tables"),
}
KINDS: dict[str, tuple[str | Promise, str]] = {
    "people.account": (_("Account"), "staff-person"),
    "people.apikey": (_("API key"), ""),
    "things.project": (_("Project"), "staff-project"),
    "things.thing": (_("Thing"), "staff-thing"),
    "things.datastream": (_("Datastream"), "staff-quality-stream"),
    "things.check": (_("Check"), "staff-check"),
    "devices.device": (_("Device"), "staff-device"),
    "devices.fleetchange": (_("Change to many devices"), ""),
    "devices.profile": (_("Device profile"), "staff-profile"),
    "devices.repositoryimport": (_("Import of device profiles"), "staff-import"),
    "devices.gateway": (_("Gateway"), "staff-gateway"),
    "devices.downlink": (_("Downlink"), "staff-downlink"),
    "devices.network": (_("Network"), "staff-network"),
    "devices.redecoding": (_("Run"), "staff-decode-run"),
    "devices.deviceimport": (_("Device list"), "staff-device-new-list"),
    "alerts.alert": (_("Alert"), "staff-alert"),
    "alerts.incident": (_("Incident"), "staff-incident"),
    "alerts.rule": (_("Rule"), "staff-rule"),
    "boards.board": (_("Board"), "staff-board"),
    "effects.intervention": (_("Measure"), "staff-effects-one"),
    "open_data.letter": (_("Letter about data"), "open_data-staff:letter"),
    "statistics.table": (_("Statistical table"), ""),
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
