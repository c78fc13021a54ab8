"""What whoever applies is written: that something happened, and where to read it. No content."""

from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.cases.journey import links
from stadtkern.kernel.cases.models import Case, CoSign
from stadtkern.kernel.post import letters

SUBJECTS: Final = {
    "sent": lambda: _("We have your application"),
    "not_paid": lambda: _("Your application was not paid"),
    "refused": lambda: _("Somebody did not sign your application"),
    "filed": lambda: _("Your application was made known in time"),
    "continue": lambda: _("Go on with your application"),
    "expires": lambda: _("Your application ends soon"),
    "expired": lambda: _("Your application has ended"),
    "withdrawn": lambda: _("You have withdrawn your application"),
    "co_sign": lambda: _("Please sign an application"),
    "code": lambda: _("Your code"),
    "news": lambda: _("There is news on your application"),
}


def write(case: Case, what: str, *, key: str = "", **said: Any) -> bool:
    """The mail `cases/mail/<what>.txt`, once by its key; False where nobody can be written to."""
    if not case.email or case.invented:
        return False
    with override(case.language):
        return _write(case.email, case, what, key or what, page=links.page(case), **said)


def ask_to_sign(row: CoSign, *, again: int = 0) -> bool:
    """To somebody else who has to sign; `again` numbers reminders."""
    case = row.case
    if case.invented:
        return False
    with override(case.language):
        key = f"co_sign:{row.pk}:{row.token[:8]}:{again}"
        return _write(row.email, case, "co_sign", key, page=links.sign_page(row), name=row.name)


def _write(to: str, case: Case, what: str, key: str, **said: Any) -> bool:
    title = case.version.form.title
    if case.language != "de":
        title = case.version.form.title_en or title
    told = {"case": case, "title": title, "city": registry.city().title, **said}
    return letters.write(
        key=f"case.{key}:{case.pk}", to=to, language=case.language, topic=f"case:{case.pk}",
        subject=f"{registry.city().title}: {SUBJECTS[what]()}",
        text=render_to_string(f"cases/mail/{what}.txt", told),
    )  # fmt: skip
