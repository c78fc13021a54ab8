"""What the news are about."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

THEMES: Final[Mapping[str, Text]] = {
    "traffic": _("Roads and traffic"),
    "services": _("Town hall and services"),
    "family": _("School and family"),
    "building": _("Building and planning"),
    "green": _("Nature and environment"),
    "culture": _("Culture and sport"),
    "other": _("Other news"),
}
