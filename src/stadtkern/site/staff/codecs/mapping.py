"""The mapping editor: which field of a codec is which observed property, in which unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices import codecs
from stadtkern.kernel.devices import mapping as kept
from stadtkern.kernel.devices.ingest.directory import Rule
from stadtkern.kernel.devices.ingest.mapping import look
from stadtkern.kernel.devices.ingest.mapping import number as number_of
from stadtkern.kernel.devices.models import Profile, Uplink
from stadtkern.kernel.devices.sandbox import Decoded
from stadtkern.kernel.devices.vocabulary import Conversion, Proposal, conversion, propose, shown
from stadtkern.kernel.devices.vocabulary.units import UNITS
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.codecs import trial
from stadtkern.site.staff.codecs.mapping_form import Choice, LineForm, LineFormSet, choices
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field with its form, the values seen in it, and what the platform thinks of it."""

    form: LineForm
    samples: Sequence[Any]
    proposal: Proposal | None
    unit: str = ""

    @property
    def percent(self) -> int:
        """How sure the proposal is."""
        return round(self.proposal.confidence * 100) if self.proposal else 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the mapping makes of one message: value by column, and how many fields it leaves."""

    uplink: Uplink
    values: Sequence[float | None]
    problem: str


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, number: int) -> HttpResponse:
    """Change the mapping: see what it would give, then save it."""
    one = get_object_or_404(Profile, pk=number)
    known = choices(one)
    decoded = _decoded(one)
    found = _proposals(one, decoded)
    forms = _forms(request, one, known, found)
    wrong = request.method == "POST" and not forms.is_valid()
    if request.method == "POST" and not wrong and "save" in request.POST:
        if _saved(request, one, forms):
            return redirect("staff-profile", one.pk)
        wrong = True
    lines = _lines(forms, found, decoded)
    mapped = [line.form for line in lines if _property(line.form)]
    return page(
        request,
        "mapping",
        status=422 if wrong else 200,
        profile=one,
        forms=forms,
        mapped=[line for line in lines if _property(line.form)],
        unmapped=[line for line in lines if not _property(line.form)],
        known=sorted(known.values(), key=lambda c: c.title.casefold()),
        units=sorted(map(shown, UNITS)),
        heads=[known[_property(f)] for f in mapped if _property(f) in known],
        outcomes=[] if wrong else _outcomes(one, mapped, known, decoded),
        begun=one.version,
    )


def _saved(request: HttpRequest, profile: Profile, forms: Any) -> bool:
    lines = [form for form in forms if form.cleaned_data["property"]]
    begun = request.POST.get("version", "")
    try:
        count = kept.save(
            profile.pk,
            kept.Mapping(
                measures=[line.measure() for line in lines],
                observes=[line.observed() for line in lines],
                battery=_battery(profile, lines),
                begun=int(begun) if begun.isdigit() else 0,
            ),
            actor=person(request),
        )
    except kept.Outdated:
        messages.error(request, _("Somebody else has changed the profile meanwhile. Look again."))
        return False
    messages.success(request, _("The mapping is saved. New messages use it within seconds."))
    if count:
        text = _("Its devices have %(count)d new series of values.")
        messages.info(request, text % {"count": count})
    return True


def _battery(profile: Profile, lines: Sequence[LineForm]) -> str:
    """The field that fleet pages show as the battery, where the mapping names one."""
    paths = {form.cleaned_data["property"]: form.cleaned_data["path"] for form in lines}
    return paths.get("battery_level") or paths.get("battery_voltage") or profile.battery


def _decoded(profile: Profile) -> list[tuple[Uplink, Decoded]]:
    """The last real messages through the present codec."""
    uplinks = trial.newest(profile)
    codec = codecs.Codec.of(profile)
    return list(zip(uplinks, codecs.decode([trial.frame(u, codec) for u in uplinks]), strict=True))


def _proposals(profile: Profile, decoded: Sequence[tuple[Uplink, Decoded]]) -> dict[str, Proposal]:
    """Every field that examples or real messages have, with what it probably is."""
    examples = [
        (e["output"]["data"], (e.get("normalizedOutput") or {}).get("data"))
        for e in profile.examples
        if e.get("function", "decodeUplink") == "decodeUplink"
        and isinstance(e["output"].get("data"), dict)
    ]
    real = [(dict(one.data), one.normalized) for _uplink, one in decoded if not one.problem]
    both = [*real, *examples]
    found = propose(
        [data for data, _normal in both],
        [normal for _data, normal in both],
        about=profile.origin.get("sensors", ()),
    )
    return {one.field.path: one for one in found}


def _forms(
    request: HttpRequest,
    profile: Profile,
    known: Mapping[str, Choice],
    found: Mapping[str, Proposal],
) -> Any:
    said: dict[str, Any] = {"form_kwargs": {"known": known}, "prefix": "line"}
    if request.method == "POST":
        return LineFormSet(request.POST, **said)
    own = {o["slug"]: o for o in profile.observes}
    rows = [_present(m, own, known) for m in profile.measures]
    read = {measure["path"] for measure in profile.measures}
    taken = {measure["property"] for measure in profile.measures}
    for path, proposal in found.items():
        if path not in read:
            rows.append({"path": path, **_proposed(profile, proposal, known, taken)})
    return LineFormSet(initial=rows[:400], **said)


def _present(
    measure: Mapping[str, Any], own: Mapping[str, Any], known: Mapping[str, Choice]
) -> dict[str, Any]:
    slug = measure["property"]
    choice = known.get(slug)
    range_ = own.get(slug, {})
    unit = _unit(measure, choice)
    return {
        "path": measure["path"],
        "property": choice.title if choice else slug,
        "unit": unit,
        "factor": None if unit or measure["factor"] == 1 else measure["factor"],
        "offset": None if unit else measure["offset"] or None,
        "words": ", ".join(f"{word} = {n:g}" for word, n in measure["words"].items()),
        "low": _whole(range_.get("low", choice.observed.low if choice else None)),
        "high": _whole(range_.get("high", choice.observed.high if choice else None)),
    }


def _unit(measure: Mapping[str, Any], choice: Choice | None) -> str:
    """The unit whose conversion a line has, where there is one."""
    wanted = Conversion(factor=measure["factor"], offset=measure["offset"])
    if choice is None or measure["words"] or choice.ucum in ("", "1"):
        return ""
    units = (choice.ucum, *UNITS)
    return next((shown(unit) for unit in units if conversion(unit, choice.ucum) == wanted), "")


def _whole(number: float | None) -> float | None:
    """Without a zero behind the point."""
    return int(number) if number is not None and number == int(number) else number


def _proposed(
    profile: Profile, proposal: Proposal, known: Mapping[str, Choice], taken: set[str]
) -> dict[str, Any]:
    """A sure proposal fills the line of a profile that nobody has confirmed yet."""
    term = proposal.term
    if profile.confirmed or term is None or not proposal.sure or term.slug in taken:
        return {}
    if term.slug not in known:
        return {}
    taken.add(term.slug)
    return _present(proposal.measure(), {}, known)


def _lines(
    forms: Any, found: Mapping[str, Proposal], decoded: Sequence[tuple[Uplink, Decoded]]
) -> list[Line]:
    lines = []
    for form in forms:
        path = str(form["path"].value() or "")
        proposal = found.get(path)
        seen = [look(one.data, path) for _uplink, one in decoded if not one.problem]
        samples = [value for value in seen if value is not None][:1]
        lines.append(
            Line(
                form=form,
                samples=samples or (proposal.field.samples[:2] if proposal else ()),
                proposal=proposal if proposal and proposal.term else None,
                unit=_shown_unit(form),
            )
        )
    return lines


def _shown_unit(form: LineForm) -> str:
    choice = form.known.get(_property(form))
    return choice.observed.unit if choice and choice.observed.unit != "1" else ""


def _property(form: LineForm) -> str:
    """The slug that a line is mapped to, valid or only begun."""
    if form.is_bound:
        return str(
            getattr(form, "cleaned_data", {}).get("property") or form["property"].value() or ""
        )
    said = str(form.initial.get("property") or "")
    return next((slug for slug, c in form.known.items() if said in (slug, c.title)), said)


def _outcomes(
    profile: Profile,
    mapped: Sequence[LineForm],
    known: Mapping[str, Choice],
    decoded: Sequence[tuple[Uplink, Decoded]],
) -> list[Outcome]:
    """What the lines would give on the last real messages."""
    rules = [_rule(form) for form in mapped if _property(form) in known]
    return [
        Outcome(
            uplink=uplink,
            values=[number_of(look(one.data, rule.path), rule) for rule in rules],
            problem=one.problem or "",
        )
        for uplink, one in decoded[:SHOWN]
    ]


def _rule(form: LineForm) -> Rule:
    if form.is_bound:
        return Rule(**form.measure())
    # What the page shows first is read as if somebody had sent it.
    sent = LineForm(form.initial, known=form.known)
    sent.is_valid()
    return Rule(**sent.measure())
