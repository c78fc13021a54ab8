"""The rows of the open data: every service with its level and those of its criteria."""

from collections.abc import Iterator
from typing import Any

from stadtkern.systems.digital_maturity import assessing, picture
from stadtkern.systems.digital_maturity import definition as documents

Row = dict[str, Any]


def service_rows() -> Iterator[Row]:
    """Every active service, also those that nobody has measured yet."""
    model = assessing.current_model()
    if model is None:
        return
    for one in picture.standings(model):
        yield {
            "service": one.slug, "title": one.title, "office": one.office or None,
            "yearly": one.yearly, "level": one.level,
            "model": f"{model.slug} {model.version}", "stale": one.stale,
            "measured_at": one.completed, "invented": one.invented,
        }  # fmt: skip


def criterion_rows() -> Iterator[Row]:
    """The level of each criterion of each measured service; none where it is not needed."""
    model = assessing.current_model()
    if model is None:
        return
    told = {one.number: one for one in documents.read(model.definition).criteria}
    for one in picture.standings(model):
        for number, level in one.scores.items():
            if number in told:
                yield {
                    "service": one.slug, "criterion": number,
                    "criterion_title": told[number].title.get("de", ""),
                    "official": told[number].official, "level": level,
                    "needed": level is not None,
                }  # fmt: skip
