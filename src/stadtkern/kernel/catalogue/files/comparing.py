"""A new version beside the current one: columns that came, went or changed, and the rows."""

import msgspec

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files.sheet import Column, Sheet
from stadtkern.kernel.catalogue.models import Version


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What differs. Programs that read the table break where `breaks`."""

    added: list[Field] = []
    removed: list[Field] = []
    kinds: list[tuple[Field, Field]] = []
    units: list[tuple[Field, Field]] = []
    rows_before: int = 0
    rows_after: int = 0
    same: bool = False

    @property
    def breaks(self) -> bool:
        """Whether a column is gone or means something else."""
        return bool(self.removed or self.kinds or self.units)

    @property
    def differs(self) -> bool:
        """Whether the columns differ at all."""
        return bool(self.added or self.breaks)

    @property
    def shrinks(self) -> bool:
        """Whether more than a tenth of the rows is gone."""
        return self.rows_after < 0.9 * self.rows_before


def compared(before: Version, after: Version) -> Change:
    """The difference between two versions of a table."""
    old = {one.slug: one for one in before.columns}
    new = {one.slug: one for one in after.columns}
    both = [(old[slug], new[slug]) for slug in old if slug in new]
    return Change(
        added=[one for slug, one in new.items() if slug not in old],
        removed=[one for slug, one in old.items() if slug not in new],
        kinds=[pair for pair in both if pair[0].kind != pair[1].kind],
        units=[pair for pair in both if pair[0].unit != pair[1].unit],
        rows_before=before.rows,
        rows_after=after.rows,
        same=(before.digest, before.fields) == (after.digest, after.fields),
    )


def adopt(sheet: Sheet, before: Sheet) -> None:
    """Take over what people corrected in the earlier version, where the headings are the same.

    A kind is kept where the new values can have it: every value is a text, and an integer is a
    number. Whatever else changed stays as found, and shows as a change.
    """
    known = {(one.raw, n): one for one, n in _numbered(before)}
    for one, n in _numbered(sheet):
        old = known.get((one.raw, n))
        if old is None:
            continue
        one.slug, one.title, one.title_en = old.slug, old.title, old.title_en
        one.unit, one.about, one.out = old.unit, old.about, old.out
        if old.kind == "text" or (old.kind, one.kind) == ("number", "integer"):
            one.kind = old.kind
    slugs = {one.slug for one in sheet.columns}
    if before.position.of == "" or {before.position.x, before.position.y} <= slugs | {""}:
        same = sheet.position.of == before.position.of
        sheet.position = before.position if same or not before.position.of else sheet.position
    sheet.title, sheet.slug = before.title, before.slug


def _numbered(sheet: Sheet) -> list[tuple[Column, int]]:
    """Columns with how often their heading came before."""
    seen: dict[str, int] = {}
    found: list[tuple[Column, int]] = []
    for one in sheet.columns:
        found.append((one, seen.get(one.raw, 0)))
        seen[one.raw] = seen.get(one.raw, 0) + 1
    return found
