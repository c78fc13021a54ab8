"""Run a tournament: entrants, rounds, results of both sides or of a referee."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.esports.logic import elimination, swiss
from stadtkern.systems.esports.logic.swiss import Line, Played
from stadtkern.systems.esports.models import Entrant, Match, SignUp, Team, Tournament

MOST_POINTS = 999


class Refused(Exception):
    """Something cannot be done now; the message says why."""


def _locked(tournament: Tournament) -> Tournament:
    return Tournament.objects.select_for_update().select_related("meeting").get(pk=tournament.pk)


def who_can_play(tournament: Tournament) -> list[SignUp] | list[Team]:
    """Who is here; whole teams where at least one of them is."""
    rows = SignUp.objects.filter(meeting=tournament.meeting_id, erased=None)
    here = [one for one in rows.select_related("booking", "wish__offer", "team")
            if (seat := one.seat) is not None and seat.state == "arrived"]  # fmt: skip
    if not tournament.teams:
        return here
    return list({one.team_id: one.team for one in here if one.team}.values())


@transaction.atomic
def start(tournament: Tournament) -> Tournament:
    """Take everybody in who is here, in the order of signing up, and draw the first round."""
    one = _locked(tournament)
    if one.state != "draft":
        raise Refused(_("This tournament has begun."))
    if not one.entrants.exists():
        enter(one, who_can_play(one))
    count = one.entrants.count()
    if count < 2:
        raise Refused(_("A tournament needs two players who have checked in."))
    if one.mode == "elimination":
        _draw_bracket(one)
    else:
        one.rounds = min(one.rounds or swiss.rounds_for(count), 12)
    one.state = "running"
    one.save()
    if one.mode == "swiss":
        _next_swiss(one)
    else:
        one.now = 1
        one.save(update_fields=["now"])
    return one


def enter(tournament: Tournament, players: Sequence[SignUp | Team]) -> None:
    """Entrants in the order of their seeds."""
    Entrant.objects.bulk_create([
        Entrant(
            tournament=tournament, seed=seed,
            name=one.nickname if isinstance(one, SignUp) else one.name,
            signup=one if isinstance(one, SignUp) else None,
            team=one if isinstance(one, Team) else None,
        )
        for seed, one in enumerate(players, start=1)
    ])  # fmt: skip


def _draw_bracket(tournament: Tournament) -> None:
    """All matches of a knock-out: the first round with its players, byes done at once."""
    entrants = list(tournament.entrants.order_by("seed"))
    by_id = {one.pk: one for one in entrants}
    pairs = elimination.first_round([one.pk for one in entrants])
    rounds = elimination.rounds_for(len(entrants))
    for number, (a, b) in enumerate(pairs):
        Match.objects.create(tournament=tournament, round=1, number=number, a=by_id.get(a or 0),
                             b=by_id.get(b or 0))  # fmt: skip
    for turn in range(2, rounds + 1):
        Match.objects.bulk_create([
            Match(tournament=tournament, round=turn, number=number)
            for number in range(len(pairs) >> (turn - 1))
        ])  # fmt: skip
    for match in tournament.matches.filter(round=1, b=None):
        _finish(match, None, None, match.a, "bye")


def table(tournament: Tournament) -> list[tuple[Entrant, Line]]:
    """The table of a Swiss tournament, the first on top; who has left stays in it."""
    entrants = {one.pk: one for one in tournament.entrants.all()}
    done = [one for one in tournament.matches.all() if one.state == "done"]
    played = [Played(a=one.a_id or 0, b=one.b_id, winner=one.winner_id) for one in done]
    lines = swiss.table({pk: one.seed for pk, one in entrants.items()}, played)
    return [(entrants[line.player], line) for line in lines]


@transaction.atomic
def next_round(tournament: Tournament) -> Tournament:
    """Draw the next Swiss round, or end the tournament after the last."""
    one = _locked(tournament)
    if one.state != "running" or one.mode != "swiss":
        raise Refused(_("There is no round to draw."))
    if one.matches.exclude(state="done").exists():
        raise Refused(_("Matches of this round are still open."))
    if one.now >= (one.rounds or 1):
        _end(one)
    else:
        _next_swiss(one)
    return one


def _next_swiss(tournament: Tournament) -> None:
    lines = table(tournament)
    staying = [line for entrant, line in lines if not entrant.left]
    if len(staying) < 2:
        _end(tournament)
        return
    drawn = swiss.pair(staying)
    tournament.now += 1
    tournament.save(update_fields=["now"])
    Match.objects.bulk_create([
        Match(tournament=tournament, round=tournament.now, number=number, a_id=a, b_id=b)
        for number, (a, b) in enumerate(drawn.pairs)
    ])  # fmt: skip
    if drawn.bye is not None:
        bye = Match.objects.create(
            tournament=tournament, round=tournament.now, number=len(drawn.pairs), a_id=drawn.bye
        )
        _finish(bye, None, None, bye.a, "bye")


def _end(tournament: Tournament) -> None:
    tournament.state = "finished"
    tournament.save(update_fields=["state"])


def _locked_match(match: Match) -> Match:
    """The match with its tournament's turn, so that a round is not drawn meanwhile."""
    _locked(match.tournament)
    rows = Match.objects.select_related("tournament", "a", "b")
    return rows.select_for_update(of=("self",)).get(pk=match.pk)


@transaction.atomic
def report(match: Match, entrant: Entrant, score_a: int, score_b: int) -> Match:
    """What one side says; when both say the same it counts, else a referee is asked."""
    one = _locked_match(match)
    if one.state == "done" or one.a_id is None or one.b_id is None:
        raise Refused(_("There is no result to report."))
    _check(one, score_a, score_b)
    if entrant.pk not in (one.a_id, one.b_id):
        raise Refused(_("Only the two sides report a result."))
    said = [score_a, score_b]
    if entrant.pk == one.a_id:
        one.said_a = said
    else:
        one.said_b = said
    if one.said_a == one.said_b:
        _finish(one, score_a, score_b, _winner(one, score_a, score_b), "played")
        return one
    one.state = "disputed" if one.said_a and one.said_b else "claimed"
    one.changed = clock.now()
    one.save()
    return one


@transaction.atomic
def decide(match: Match, score_a: int, score_b: int) -> Match:
    """A referee's word counts at once, also instead of an earlier result."""
    one = _open_again(_locked_match(match))
    _check(one, score_a, score_b)
    _finish(one, score_a, score_b, _winner(one, score_a, score_b), "played")
    return one


@transaction.atomic
def walkover(match: Match, winner: Entrant) -> Match:
    """One side did not come; the other wins without a score."""
    one = _open_again(_locked_match(match))
    if winner.pk not in (one.a_id, one.b_id):
        raise Refused(_("Only one of the two sides can win."))
    _finish(one, None, None, winner, "walkover")
    return one


@transaction.atomic
def leave(entrant: Entrant) -> None:
    """Somebody goes home: the open match is lost, and no later one is drawn."""
    tournament = _locked(entrant.tournament)
    Entrant.objects.filter(pk=entrant.pk).update(left=True)
    rows = tournament.matches.exclude(state="done").select_related("a", "b")
    for match in rows:
        if entrant.pk in (match.a_id, match.b_id) and match.a and match.b:
            _finish(match, None, None, match.b if match.a_id == entrant.pk else match.a, "walkover")


def _open_again(match: Match) -> Match:
    """A result can be corrected as long as nothing was built upon it."""
    if match.a_id is None or match.b_id is None:
        raise Refused(_("The players of this match are not known yet."))
    if match.state != "done":
        return match
    if match.tournament.mode == "swiss":
        if match.round < match.tournament.now:
            raise Refused(_("The next round has been drawn with this result."))
    elif (after := _after(match)) is not None and after.state != "open":
        raise Refused(_("The next match has begun with this result."))
    return match


def _check(match: Match, score_a: int, score_b: int) -> None:
    if not (0 <= score_a <= MOST_POINTS and 0 <= score_b <= MOST_POINTS):
        raise Refused(_("Please enter points from 0 to 999."))
    if score_a == score_b and match.tournament.mode == "elimination":
        raise Refused(_("In a knock-out somebody has to win. Please play on."))


def _winner(match: Match, score_a: int, score_b: int) -> Entrant | None:
    return match.a if score_a > score_b else match.b if score_b > score_a else None


def _finish(
    match: Match, score_a: int | None, score_b: int | None, winner: Entrant | None, how: str
) -> None:
    match.score_a, match.score_b, match.winner, match.how = score_a, score_b, winner, how
    match.state, match.changed = "done", clock.now()
    match.save()
    if match.tournament.mode == "elimination":
        _advance(match)


def _after(match: Match) -> Match | None:
    """Where the winner goes on."""
    rows = Match.objects.select_related("tournament", "a", "b")
    where = {"round": match.round + 1, "number": match.number // 2}
    return rows.filter(tournament=match.tournament_id, **where).first()


def _advance(match: Match) -> None:
    after = _after(match)
    if after is None:
        _end(match.tournament)
        return
    if match.number % 2 == 0:
        after.a = match.winner
    else:
        after.b = match.winner
    after.save()
    both = after.a and after.b
    if both and (after.a.left or after.b.left):  # type: ignore[union-attr]
        _finish(after, None, None, after.b if after.a.left else after.a, "walkover")  # type: ignore[union-attr]
    rounds = match.tournament.matches.exclude(state="done").values_list("round", flat=True)
    Tournament.objects.filter(pk=match.tournament_id).update(now=min(rounds, default=match.round))
