"""The register from a table, with a look at what it would change."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_reuse import register
from stadtkern.systems.service_reuse.register import NotReadable, Plan
from stadtkern.systems.service_reuse.staff.answer import page, person


class TableForm(forms.Form):
    """A table, and whether it is only tried."""

    file = forms.FileField(
        label=gettext_lazy("Table (CSV)"),
        help_text=gettext_lazy("As the register is exported: with semicolons, in UTF-8."),
    )
    keep = forms.BooleanField(
        label=gettext_lazy("Take it in. Without this, the table is only checked."), required=False
    )


@staff("service_reuse.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Sent, a table is checked and, where that is wanted, taken in."""
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "import", form=form, columns=register.COLUMNS,
                    status=422 if form.errors else 200)  # fmt: skip
    try:
        found = register.plan(form.cleaned_data["file"].read(register.LARGEST + 1))
    except NotReadable as problem:
        form.add_error("file", str(problem))
        return page(request, "import", form=form, columns=register.COLUMNS, status=422)
    if form.cleaned_data["keep"] and not found.problems:
        return _taken(request, found)
    return page(request, "import", form=TableForm(), found=found, columns=register.COLUMNS,
                status=422 if found.problems else 200)  # fmt: skip


def _taken(request: HttpRequest, found: Plan) -> HttpResponse:
    made, changed = register.take(found, actor=person(request))
    said = _("%(made)d services of others are new, %(changed)d were changed.")
    messages.success(request, said % {"made": made, "changed": changed})
    return redirect("service_reuse-staff:register")
