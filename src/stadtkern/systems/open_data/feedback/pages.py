"""Staff read letters about data, answer them, and release wishes and uses."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.feedback import mail
from stadtkern.systems.open_data.models import Letter

PER_PAGE = 50
FACTS = ("state", "public", "answer", "title", "text")
ORDERS = {"age": "created", "-age": "-created", "support": "supports", "-support": "-supports"}


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The city's answer: state, words, what is public; the text may be shortened for that."""

    class Meta:
        model = Letter
        fields = ("title", "text", "state", "answer", "dataset", "public")
        labels = {
            "title": gettext_lazy("Title"), "text": gettext_lazy("Text"),
            "state": gettext_lazy("State"), "answer": gettext_lazy("Our answer"),
            "dataset": gettext_lazy("Dataset"), "public": gettext_lazy("Everybody may see it"),
        }  # fmt: skip
        help_texts = {
            "title": gettext_lazy("Take out what should not be public, names above all."),
            "answer": gettext_lazy("Goes to the person by e-mail, and stands on the page."),
            "dataset": gettext_lazy("Of an error, where it is; of a wish, what was published."),
        }
        widgets = {
            "text": forms.Textarea({"rows": 6}), "answer": forms.Textarea({"rows": 5}),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.instance.kind
        self.fields["state"] = forms.ChoiceField(
            label=_("State"), choices=list(logic.WORDS[kind].items())
        )
        chosen = self.fields["dataset"]
        chosen.queryset = Dataset.objects.filter(  # type: ignore[attr-defined]
            Q(state=Dataset.PUBLISHED) | Q(pk=self.instance.dataset_id)
        ).order_by("title")
        if kind == Letter.REPORT:
            del self.fields["public"]
        if kind == Letter.SHOWCASE:
            del self.fields["dataset"]

    def clean(self) -> dict[str, Any]:
        """A refusal has a reason, a granted wish a dataset."""
        said = super().clean() or {}
        if said.get("state") == Letter.REFUSED and not said.get("answer"):
            self.add_error("answer", ValidationError(_("Please write why it is not possible.")))
        granted = self.instance.kind == Letter.WISH and said.get("state") == Letter.DONE
        if granted and not said.get("dataset"):
            self.add_error("dataset", ValidationError(_("Please choose what was published.")))
        return said


@staff("open_data.answer")
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The inbox: filtered and sorted as the address says."""
    rows = filtered(request)
    sort = request.GET.get("sort", "")
    rows = rows.order_by(ORDERS.get(sort, "-created"), "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = Letter.objects.waiting().values_list("kind").annotate(n=Count("id")).order_by("kind")
    return render(request, "open_data/feedback/letters.html", {
        "page": page,
        "rows": [(one, logic.KINDS[one.kind], logic.WORDS[one.kind].get(one.state, one.state),
                  logic.SIGNS[one.state]) for one in page],
        "kinds": list(logic.KINDS.items()),
        "states": [("new", _("new")), *list(logic.WORDS[Letter.WISH].items())[1:]],
        "waiting": [(kind, logic.KINDS[kind], n) for kind, n in waiting],
        "sort": sort,
    })  # fmt: skip


def filtered(request: HttpRequest) -> Any:
    """Letters of a kind, in a state, with these words."""
    rows = Letter.objects.select_related("dataset")
    if (kind := request.GET.get("kind", "")) in logic.KINDS:
        rows = rows.filter(kind=kind)
    if (state := request.GET.get("state", "")) in logic.SIGNS:
        rows = rows.filter(state=state)
    if q := request.GET.get("q", "").replace("\x00", "").strip()[:100]:
        rows = rows.filter(Q(title__icontains=q) | Q(text__icontains=q))
    return rows


@staff("open_data.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """One letter: read, answer, release."""
    one = get_object_or_404(Letter.objects.select_related("dataset", "resource"), pk=number)
    before = {name: getattr(one, name) for name in FACTS}
    form = AnswerForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        if _changed(request, form, before):
            messages.success(request, _("Saved; the person will be told."))
        else:
            messages.success(request, _("Saved."))
        return redirect("open_data-staff:letters")
    response = render(request, "open_data/feedback/letter.html", {
        "letter": Letter.objects.select_related("dataset", "resource").get(pk=number),
        "form": form, "kind": logic.KINDS[one.kind],
        "supporters": one.supports, "mail": mail.is_set_up(),
    }, status=422 if form.errors else 200)  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


def _changed(request: HttpRequest, form: AnswerForm, before: dict[str, Any]) -> bool:
    """Store it, with the deed; whether the person hears of it by e-mail."""
    with transaction.atomic():
        one: Letter = form.save(commit=False)
        one.changed = clock.now()
        one.save()
        deed = {name: value for name in FACTS if (value := getattr(one, name)) != before[name]}
        record(request.user, "letters.answered", one, kind=one.kind, **_short(deed))
        told = bool({"state", "answer"} & deed.keys()) and bool(one.email)
        if told:
            mail.tell_soon(one)
    return told


def _short(deed: dict[str, Any]) -> dict[str, Any]:
    """The audit log keeps what staff decided; of texts only that they changed."""
    return {
        name: value if name in ("state", "public", "answer") else "changed"
        for name, value in deed.items()
    }
