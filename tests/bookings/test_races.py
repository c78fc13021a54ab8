"""Many at once, each with a connection of their own: nothing is sold twice, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bookings.conftest import local, make_office, want
from stadtkern.kernel.bookings import changes, reminders, slots, waiting
from stadtkern.kernel.bookings.errors import Refused, Taken
from stadtkern.kernel.bookings.models import Booking, Occupancy, Wish
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.testing import emptied

DAY = "2026-06-02"
pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds, most=16):
    """All deeds at once in threads; their answers, or why they were refused."""
    width = min(len(deeds), most)
    gate = Barrier(width)

    def one(number):
        try:
            if number < width:
                gate.wait(60)
            return deeds[number]()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(one, range(len(deeds))))


def test_of_many_after_the_same_slots_exactly_so_many_win(time):
    house = make_office(20)
    wanted = want(house, f"{DAY} 09:00")
    answers = together(*[lambda: changes.book(wanted, kind="test.visit")] * 80)
    won = [one for one in answers if isinstance(one, Booking)]
    assert len(won) == 20
    assert len([one for one in answers if isinstance(one, Taken)]) == 60
    units = Occupancy.objects.filter(live=True).values_list("unit", flat=True)
    assert len(units) == len(set(units)) == 20


def test_the_same_request_many_times_is_one_booking(time):
    house = make_office(5)
    wanted = want(house, f"{DAY} 09:00")
    deeds = [lambda: changes.hold(wanted, kind="test.visit", key="k", source="api")] * 12
    assert len({one.pk for one in together(*deeds)}) == 1
    assert Booking.objects.count() == 1


def test_the_same_key_for_different_days_is_still_one_booking(time):
    house = make_office(5)
    deeds = [
        lambda day=day: changes.hold(want(house, f"2026-06-{day:02} 09:00"), kind="test.visit",
                                     key="k", source="api")
        for day in (1, 2, 3, 5, 8, 9)
    ]  # fmt: skip
    assert len({one.pk for one in together(*deeds)}) == 1


def test_swaps_in_differing_order_wait_in_no_circle(time):
    first, second = make_office(1), make_office(1)
    made = [changes.book(want(one, f"{DAY} 09:00"), kind="test.visit") for one in (first, second)]
    free = [want(one, f"{DAY} 10:00") for one in (second, first)]
    for _again in range(5):
        back = [want(one, f"{DAY} 09:00") for one in (first, second)]
        answers = together(*(lambda n=n: changes.move(made[n], free[n]) for n in (0, 1)))
        assert all(isinstance(one, Booking) for one in answers)
        answers = together(*(lambda n=n, b=back: changes.move(made[n], b[n]) for n in (0, 1)))
        assert all(isinstance(one, Booking) for one in answers)


def test_one_freed_slot_is_offered_to_one_person(time):
    house = make_office(2, "tu", "09:00", "10:00")
    made = [changes.book(want(house, f"{DAY} 09:00", 60), kind="test.visit") for _n in range(2)]
    for name in "abcd":
        waiting.wish(kind="test.visit", resources=[house], minutes=60, person=Person(name=name),
                     earliest=local(f"{DAY} 00:00"), latest=local(f"{DAY} 23:00"))  # fmt: skip
    deeds = [lambda one=one: changes.cancel(one, by="person") for one in made] * 3
    together(*deeds, reminders.offer, reminders.offer, reminders.offer)
    assert Wish.objects.filter(state="offered").count() == 2
    assert {w.name for w in Wish.objects.filter(state="offered")} == {"a", "b"}
    assert Booking.objects.filter(state="held").count() == 2


def waits_for_earlier():
    """Somebody has 9:30 and is offered 9:00: the one booking, the wish, and its offer."""
    house = make_office(1, "tu", "09:00", "10:00")
    early = changes.book(want(house, f"{DAY} 09:00"), kind="test.visit")
    late = changes.book(want(house, f"{DAY} 09:30"), kind="test.visit")
    ada = waiting.wish(kind="test.visit", resources=[house], minutes=30, replaces=late,
                       person=Person(name="ada"), earliest=local(f"{DAY} 00:00"),
                       latest=local(f"{DAY} 23:00"))  # fmt: skip
    changes.cancel(early, by="person")
    return late, ada, Wish.objects.get(pk=ada.pk).offer


@pytest.mark.parametrize("gives_up", [False, True])
def test_an_earlier_slot_is_taken_once_whoever_presses_what(time, gives_up):
    """Accepted by link and confirmed as a hold; then also declined, and the old one cancelled."""
    late, ada, offer = waits_for_earlier()
    deeds = [lambda: waiting.accept(ada), lambda: changes.confirm(offer)] * 3
    if gives_up:
        deeds += [lambda: changes.cancel(late, by="person"), lambda: waiting.decline(ada)]
    together(*deeds)
    taken = Booking.objects.filter(state__in=("held", "booked"))
    assert taken.count() <= 1
    if not gives_up:
        assert [(one.pk, one.begins) for one in taken] == [(late.pk, local(f"{DAY} 09:00"))]


def test_two_workers_remind_once(time, monkeypatch):
    from stadtkern.kernel import registry
    from stadtkern.kernel.contract import BookingKind
    from stadtkern.kernel.post.models import Letter

    kind = BookingKind(slug="visit", title="Termin", remind_before=timedelta(days=1))
    monkeypatch.setattr(registry, "booking_kinds", lambda: {"test.visit": kind})
    house = make_office(3)
    for _n in range(3):
        changes.book(want(house, "2026-06-03 09:00"), kind="test.visit",
                     person=Person(email="ada@example.org"))  # fmt: skip
    time.on(days=1, hours=2)
    together(*[reminders.run] * 4)
    reminders.run()
    assert Letter.objects.count() == 3


class Town(RuleBasedStateMachine):
    """Anything may happen to two counters of a morning, two things at a time."""

    def __init__(self):
        super().__init__()
        emptied.empty()
        self.clock = TIME
        self.clock.at = START
        self.house = make_office(2, "tu", "09:00", "10:00", ahead_days=30)
        self.all = self.free()

    def free(self):
        day = local(DAY).date()
        return sum(s.free for s in slots.search([self.house], day, day, 15))

    def rows(self):
        return list(Booking.objects.order_by("pk"))

    def deed(self, what, who, start, length):
        wanted = want(self.house, f"{DAY} {9 + start // 4:02}:{start % 4 * 15:02}", length * 15)
        rows, wishes = self.rows(), list(Wish.objects.order_by("pk"))
        one = rows[who % len(rows)] if rows else None
        wish = wishes[who % len(wishes)] if wishes else None
        if what == "hold":
            return lambda: changes.hold(wanted, kind="test.visit", minutes=10)
        if what == "wish":
            given = {"earliest": local(f"{DAY} 09:00"), "latest": local(f"{DAY} 10:00")}
            old = one if one is not None and one.state == "booked" else None
            return lambda: waiting.wish(kind="test.visit", resources=[self.house], replaces=old,
                                        minutes=length * 15, person=Person(name="w"), **given)  # fmt: skip
        if what == "job":
            return reminders.run
        if what in ("accept", "decline", "withdraw"):
            return (lambda: getattr(waiting, what)(wish)) if wish else reminders.run
        if one is None:
            return reminders.run
        return {
            "confirm": lambda: changes.confirm(one),
            "extend": lambda: changes.extend(one, 10),
            "cancel": lambda: changes.cancel(one, by="person"),
            "move": lambda: changes.move(one, wanted),
            "prolong": lambda: changes.prolong(one, one.begins + timedelta(minutes=length * 15)),
        }[what]

    deeds = st.tuples(
        st.sampled_from(["hold", "hold", "confirm", "extend", "cancel", "move", "prolong", "wish",
                         "accept", "decline", "withdraw", "job"]),
        st.integers(0, 9), st.integers(0, 3), st.integers(1, 4),
    )  # fmt: skip

    @rule(first=deeds, second=deeds, third=deeds)
    def at_once(self, first, second, third):
        together(*(self.deed(*one) for one in (first, second, third)))

    @rule(minutes=st.sampled_from([1, 6, 11]))
    def time_goes_on(self, minutes):
        self.clock.on(minutes=minutes)

    @rule()
    def an_offer_runs_out(self):
        self.clock.on(hours=2, minutes=1)

    @invariant()
    def nothing_is_sold_twice(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from bookings_occupancy a join bookings_occupancy b"
                " on a.unit_id = b.unit_id and a.id < b.id and a.during && b.during"
                " where a.live and b.live"
            )
            assert cursor.fetchone() == (0,)

    @invariant()
    def nothing_is_lost(self):
        now = self.clock.at
        rows = Booking.objects.taking(now)
        taken = sum(
            one.quantity * ((one.ends - one.begins) // timedelta(minutes=15)) for one in rows
        )
        assert self.free() == self.all - taken

    @invariant()
    def nobody_has_an_earlier_slot_beside_the_old_one(self):
        for one in Booking.objects.filter(source="waiting list", state="booked"):
            wish = Wish.objects.select_related("replaces").get(pk=int(one.key.split(":")[1]))
            old = wish.replaces
            assert old is None or old.pk == one.pk or old.state not in ("held", "booked")

    @invariant()
    def offers_are_holds(self):
        for one in Wish.objects.filter(state="offered").select_related("offer"):
            assert one.offer.state == "held", one.offer.state
            assert one.offer.source == "waiting list"

    def teardown(self):
        """In the end everything can be given back."""
        for one in self.rows():
            if one.state in ("held", "booked"):
                changes.cancel(one, by="person")
        for one in Wish.objects.filter(state__in=("waiting", "offered")):
            waiting.withdraw(one)
        for one in self.rows():
            if one.state in ("held", "booked"):
                changes.cancel(one, by="person")
        assert self.free() == self.all
        emptied.empty()


START = local("2026-05-28 08:00").astimezone(UTC)
TIME = None


def test_whatever_races_nothing_is_oversold_and_nothing_lost(time):
    global TIME
    TIME = time
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Town,
        settings=settings(
            max_examples=6, stateful_step_count=12, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
