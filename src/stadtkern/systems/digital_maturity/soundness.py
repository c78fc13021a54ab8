"""Whether a model can be used: everything it names is there, and lifting an answer never harms."""

from collections.abc import Iterator
from itertools import product
from math import prod

from django.utils.translation import gettext as _

from stadtkern.systems.digital_maturity import scoring
from stadtkern.systems.digital_maturity.definition import Criterion, Definition, Question, say

# So many combinations of answers of one criterion are tried through, no more.
MOST = 20_000


def problems(definition: Definition, probes: frozenset[str] = frozenset()) -> list[str]:
    """All faults in words; none: it is sound. `probes` are the names that exist."""
    found = [*_scale(definition), *_names(definition, probes)]
    # Only what names nothing unknown can be tried through.
    return found or [text for one in definition.criteria for text in _harmful(definition, one)]


def _scale(definition: Definition) -> Iterator[str]:
    numbers = [one.number for one in definition.levels]
    if len(numbers) < 2 or numbers != sorted(set(numbers)):
        yield _("The scale needs at least two levels, from the lowest to the highest, each once.")
    for name in ("conformity", "online", "transaction"):
        level = getattr(definition, name)
        if level is not None and level not in numbers:
            yield _("“%(name)s” names a level that the scale does not have.") % {"name": name}
    of_criteria = [one.number for one in definition.criteria]
    if len(of_criteria) != len(set(of_criteria)):
        yield _("Two criteria have the same number.")
    if not definition.title.get("de"):
        yield _("The model needs a German title.")


def _names(definition: Definition, probes: frozenset[str]) -> Iterator[str]:
    seen: set[str] = set()
    numbers = {one.number for one in definition.levels}
    for one in definition.criteria:
        where = {"criterion": one.number}
        if not one.title.get("de") or any(not q.text.get("de") for q in one.questions):
            yield _("Criterion %(criterion)d: a German text is missing.") % where
        if not one.rules:
            yield _("Criterion %(criterion)d has no rule, so it could never be scored.") % where
        if any(rule.level not in numbers for rule in one.rules):
            yield _("Criterion %(criterion)d: a rule names a level that does not exist.") % where
        yield from _questions(one, seen, probes)
        yield from _ways(one)


def _questions(one: Criterion, seen: set[str], probes: frozenset[str]) -> Iterator[str]:
    earlier: dict[str, Question] = {}
    for question in one.questions:
        where = {"question": question.id}
        if question.id in seen:
            yield _("The question “%(question)s” is there twice.") % where
        seen.add(question.id)
        values = [option.value for option in question.options]
        if len(values) < 2 or len(values) != len(set(values)):
            yield _("The question “%(question)s” needs at least two different answers.") % where
        if question.probe and probes and question.probe not in probes:
            yield _("The question “%(question)s” names a probe that does not exist.") % where
        if any(not _known(name, value, earlier) for way in question.show
               for name, value in way.items()):  # fmt: skip
            yield _("“%(question)s” depends on something that is not asked before.") % where
        earlier[question.id] = question


def _ways(one: Criterion) -> Iterator[str]:
    known = {question.id: question for question in one.questions}
    ways = [*one.unneeded, *(way for rule in one.rules for way in rule.when)]
    where = {"criterion": one.number}
    if any(not _known(name, value, known) for way in ways for name, value in way.items()):
        yield _("Criterion %(criterion)d: a rule names an answer that does not exist.") % where
    elif any(known[name].kind == "grade" for way in one.unneeded for name in way):
        yield _("Criterion %(criterion)d: whether it is needed must not hang on a grade.") % where


def _known(name: str, value: str, questions: dict[str, Question]) -> bool:
    return name in questions and value in {o.value for o in questions[name].options}


def _harmful(definition: Definition, one: Criterion) -> Iterator[str]:
    """Try every combination of answers, and each of them with one grade lifted by one."""
    sizes = [len(question.options) for question in one.questions]
    if prod(sizes) > MOST:
        yield _("Criterion %(criterion)d has too many questions to be checked.") % {
            "criterion": one.number
        }
        return
    values = [[option.value for option in question.options] for question in one.questions]
    levels = {chosen: scoring.verdict(definition, one, _said(one, chosen)).level
              for chosen in product(*values)}  # fmt: skip
    for chosen, level in levels.items():
        for at, question in enumerate(one.questions):
            rank = values[at].index(chosen[at])
            if question.kind != "grade" or rank + 1 == len(values[at]):
                continue
            better = levels[(*chosen[:at], values[at][rank + 1], *chosen[at + 1 :])]
            if level is not None and better is not None and better < level:
                said = {"criterion": one.number, "text": say(question.text)}
                text = _("Criterion %(criterion)d: a better answer to “%(text)s” lowers the level.")
                yield text % said
                return


def _said(one: Criterion, chosen: tuple[str, ...]) -> dict[str, str]:
    return {question.id: value for question, value in zip(one.questions, chosen, strict=True)}
