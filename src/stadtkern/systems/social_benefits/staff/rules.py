"""What the finder knows, as staff check it: rules, what excludes what, where it comes from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.social_benefits.logic.benefits import book


@staff("social_benefits.see_figures")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All of it on one page, what nobody has confirmed yet marked."""
    known = book()
    by_slug = {one.slug: one for one in known.benefits}
    rows = [(one, [known.rules[name] for name in one.rules]) for one in known.benefits]
    return render(request, "social_benefits/staff/rules.html", {
        "rows": rows,
        "excludes": [(by_slug[one.winner], by_slug[one.loser], one) for one in known.excludes],
        "first": [(by_slug[one.before], by_slug[one.after], one) for one in known.first],
        "unchecked": sum(not one.checked for one in known.excludes)
            + sum(not one.checked for one in known.first),
    })  # fmt: skip
