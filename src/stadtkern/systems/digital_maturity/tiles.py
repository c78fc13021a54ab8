"""The number on home page and dashboard: how many services go online."""

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Reading
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.digital_maturity import assessing, picture
from stadtkern.systems.digital_maturity import definition as documents


def online() -> Reading | None:
    """Services that meet the law, of all that were measured; None without a model."""
    model = assessing.current_model()
    definition = documents.read(model.definition) if model else None
    if model is None or definition is None or definition.conformity is None:
        return None
    rows = [one for one in picture.standings(model) if one.completed is not None]
    reached = sum((one.level or 0) >= definition.conformity for one in rows)
    trend = [float(held) for _at, _all, held in picture.history(model, definition.conformity)]
    days = [one.completed for one in rows if one.completed]
    return Reading(
        value=figure(reached), unit="", at=max(days, default=model.published),
        source=_("Assessments of the city by the OZG maturity model"), stale=False,
        detail=_("of %(count)s measured services") % {"count": figure(len(rows))},
        url=reverse("digital_maturity:home"), trend=tuple(trend),
    )  # fmt: skip
