"""What can be wrong with a record, in sentences that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault. `where` is the title of the file or API; `detail` the value, or a shape's words.

    What must be put right keeps a record from conforming; the others are advice.
    """

    code: str
    where: str = ""
    detail: str = ""
    must: bool = True

    @property
    def sentence(self) -> str:
        """For the clerk, in the reader's language."""
        said = str(SENTENCES.get(self.code, SENTENCES["other"])) % {"detail": self.detail}
        return f"{self.where}: {said}" if self.where else said

    def kept(self) -> list[str | bool]:
        """For the database."""
        return [self.code, self.where, self.detail, self.must]


def again(kept: list[list[str | bool]]) -> list[Problem]:
    """From the database."""
    return [
        Problem(code=str(code), where=str(where), detail=str(detail), must=bool(must))
        for code, where, detail, must in kept
    ]


SENTENCES: Final[Mapping[str, str | Promise]] = {
    "title": _("The dataset has no title. Give it one that says what is in it."),
    "description": _("There is no description. Say in two or three sentences what is in it."),
    "publisher": _("Nobody is named as publisher. Choose who publishes the data."),
    "contact": _("There is no mail address or page to ask at. Give one."),
    "keyword": _("There is no keyword. Give at least one, so that the data is found."),
    "theme": _("There is no theme. Choose at least one."),
    "theme_unknown": _("The theme “%(detail)s” is not on the European list. Choose another."),
    "rhythm": _("It does not say how often the data is renewed. Choose a rhythm."),
    "rhythm_unknown": _("The rhythm “%(detail)s” is not on the European list. Choose another."),
    "place": _("It does not say which area the data covers."),
    "period": _("It does not say which period the data covers."),
    "distribution": _("There is nothing to download and no interface. Add a file or an address."),
    "access": _("There is no address to get it at. Give one."),
    "licence": _("There is no licence. Choose one."),
    "licence_unknown": _("The licence “%(detail)s” is not on the German list. Choose one that is."),
    "licence_closed": _("The licence does not allow everybody to reuse the data."),
    "credit": _("The licence asks for a credit. Write down how the source is to be named."),
    "format": _("It does not say what format it is in. Choose one."),
    "format_unknown": _("The format “%(detail)s” is not on the European list. Choose another."),
    "format_closed": _("The format belongs to one vendor. Offer an open one beside it."),
    "format_machine": _("A program cannot read the format. Offer a table or spatial data."),
    "media": _("It does not say the media type."),
    "hvd_bulk": _("High-value data needs a file with all of it. Add one in an open format."),
    "hvd_api": _("High-value data needs an interface for programs. Publish it as a table."),
    "hvd": _("What high-value data has to state is not complete: %(detail)s"),
    "contributor": _("The city has no ID at GovData yet, or it is not in its settings."),
    "size": _("It does not say how large the file is."),
    "rights": _("It does not say more about the rights than the licence."),
    "download": _("There is no address to take the file from without a detour."),
    "date": _("It does not say when it was published and last changed."),
    "check": _("The check against the published shapes did not come to its end: %(detail)s"),
    "other": _("The record breaks a rule of DCAT-AP.de: %(detail)s"),
}
