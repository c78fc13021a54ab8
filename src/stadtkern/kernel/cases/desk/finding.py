"""Finds cases by answers that lie sealed: a keyed digest of each answer that the form names."""

from stadtkern.kernel.cases.digest import digest, plain
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.forms.values import compared
from stadtkern.kernel.cases.models import Case, SearchKey


def note(case: Case, definition: Definition) -> None:
    """Keep the keys of a case as its answers are now."""
    fields, answers = definition.fields(), case.answers
    texts = {plain(compared(fields[name], answers.get(name))) for name in definition.search}
    SearchKey.objects.filter(case=case).delete()
    SearchKey.objects.bulk_create(SearchKey(case=case, digest=digest(one)) for one in texts if one)
