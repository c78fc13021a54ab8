"""How well waiting is foretold: simulated days whose truth is known, three ways of foretelling.

    python -m benchmarks.waiting [days]

Days are played with simpy, a program of others, by rules that are written down again here: four
counters, appointments with no-shows who come early or late, walk-ins, visits of differing length,
counters that pause. At each arrival three estimates are asked for:

- ours, which knows past days' durations and no-shows, who is here, and who has an appointment;
- the formula of ZMS as its source has it: planned minutes for each person ahead over the number of
  counters, 1.0 of it at most and 0.8 at least, less a person for each counter;
- the mean of past waits at this hour.
"""

import random
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean, quantiles

import simpy

from stadtkern.systems.appointments.logic.waiting import Counter, Visitor, spans

COUNTERS = 4
OPENS, CLOSES = 0, 300
# Planned minutes, and the mean and spread of what it really takes.
SERVICES = {"card": (10, 8.5, 0.45), "passport": (15, 13.0, 0.4), "move": (12, 15.0, 0.6)}
WALK_INS = (0.27, 0.25, 0.22, 0.18, 0.12)
NO_SHOW = 0.12
TRAINING = 40


@dataclass
class Person:
    """One visitor of a day; all times in minutes from opening."""

    service: str
    comes: float
    due: float
    priority: int
    took: float
    called: float | None = None
    done: float | None = None


@dataclass
class Office:
    """The office as the oracle runs it."""

    env: simpy.Environment
    line: list[Person] = field(default_factory=list)
    serving: dict[int, Person] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    bell: simpy.Event | None = None

    def pick(self) -> Person | None:
        """Due ones by priority, due time, arrival; early ones only if nobody else is there."""
        if not self.line:
            return None
        now = self.env.now
        best = min(self.line, key=lambda p: (p.due > now + 2, p.priority, p.due, p.comes))
        self.line.remove(best)
        return best


def draw(service: str, pace: float, rng: random.Random) -> float:
    """What a visit really takes."""
    _planned, mean, spread = SERVICES[service]
    return max(1.0, pace * mean * rng.lognormvariate(-(spread**2) / 2, spread))


def people_of(rng: random.Random) -> tuple[list[Person], list[float]]:
    """A day's visitors in the order of coming, and when appointments were made for."""
    pace = rng.gauss(1.0, 0.08)
    people, slots = [], []
    for slot in range(5, CLOSES - 20, 8):
        slots.append(float(slot))
        if rng.random() < NO_SHOW:
            continue
        comes = max(0.0, slot - 6 + rng.gauss(0, 4))
        late = comes > slot + 15
        service = rng.choice(list(SERVICES))
        people.append(Person(service, comes, comes if late else slot, 3 if late else 2,
                             draw(service, pace, rng)))  # fmt: skip
    for hour, rate in enumerate(WALK_INS):
        at = 60.0 * hour + rng.expovariate(rate)
        while at < 60.0 * (hour + 1) and at < CLOSES - 40:
            service = rng.choice(list(SERVICES))
            people.append(Person(service, at, at, 3, draw(service, pace, rng)))
            at += rng.expovariate(rate)
    return sorted(people, key=lambda p: p.comes), slots


def play(rng: random.Random, ask=None) -> list[Person]:
    """One day; `ask(office, person, slots, came)` is called at each arrival."""
    env = simpy.Environment()
    office = Office(env, bell=env.event())
    people, slots = people_of(rng)

    def counter(number: int):
        while True:
            if number == 3 and 120 <= env.now < 135:  # a break that nobody announced
                office.paused.add(number)
                yield env.timeout(135 - env.now)
                office.paused.discard(number)
            person = office.pick()
            if person is None:
                yield office.bell
                continue
            person.called = env.now
            office.serving[number] = person
            yield env.timeout(person.took)
            person.done = env.now
            del office.serving[number]

    def arrivals():
        came = set()
        for person in people:
            yield env.timeout(person.comes - env.now)
            came.add(person.due)
            office.line.append(person)
            if ask:
                ask(office, person, slots, came)
            office.bell.succeed()
            office.bell = env.event()

    for number in range(COUNTERS):
        env.process(counter(number))
    env.process(arrivals())
    env.run(until=CLOSES + 400)
    return people


def ours(office: Office, person: Person, slots, came, past):
    """The situation as the system sees it."""
    now = office.env.now
    open_ones = [n for n in range(COUNTERS) if n not in office.paused]
    counters = [
        Counter(busy=now - one.called, took=past[one.service])
        if (one := office.serving.get(n)) else Counter()
        for n in open_ones
    ]  # fmt: skip
    visitors = [
        Visitor(took=past[p.service], priority=p.priority, due=p.due - now, arrived=p.comes - now,
                key=n + 1, number=n)
        for n, p in enumerate(office.line)
    ]  # fmt: skip
    everything = [one for values in past.values() for one in values]
    chance = 1 - NO_SHOW
    for slot in slots:
        if slot not in came and now - 15 < slot < now + 180:
            visitors.append(Visitor(took=everything, priority=2, due=slot - now,
                                    comes=max(0.5, slot - now - 6),
                                    chance=chance if slot > now else chance / 3))  # fmt: skip
    return spans(counters, visitors, seed=int(now))[office.line.index(person) + 1]


def zms(office: Office, person: Person, *_rest):
    """As `QueueList` counts: low and high in minutes."""
    planned = fmean(one[0] for one in SERVICES.values())
    counters = COUNTERS - len(office.paused)
    order = sorted(office.line, key=lambda p: (p.priority, p.due, p.comes))
    ahead = order.index(person)
    slot = planned / counters
    return max(0.0, (ahead - counters) * slot * 0.8), ahead * slot


@dataclass
class Score:
    """Errors and spans of one way."""

    errors: list[float] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def add(self, truth: float, low: float, middle: float, high: float) -> None:
        """One person; a minute of rounding is no error of a span."""
        self.errors.append(abs(truth - middle))
        self.inside.append(low - 0.5 <= truth <= high + 0.5)
        self.widths.append(high - low)

    def row(self, name: str) -> str:
        """A line of the table."""
        return (f"{name:<28} {fmean(self.errors):>10.2f} {100 * fmean(self.inside):>12.1f} "
                f"{fmean(self.widths):>10.1f}")  # fmt: skip


def main(days: int = 60) -> None:
    """Print the table."""
    past, waits = defaultdict(list), defaultdict(list)
    for day in range(TRAINING):
        for person in play(random.Random(1000 + day)):
            past[person.service].append(person.took)
            waits[int(person.comes // 60)].append(person.called - person.comes)
    thinned = {name: sorted(values)[:: max(1, len(values) // 300)] for name, values in past.items()}
    told = []
    for day in range(days):

        def ask(office, person, slots, came):
            told.append((person, ours(office, person, slots, came, thinned), zms(office, person)))

        play(random.Random(day), ask)
    scores = [Score() for _way in range(4)]
    for person, span, (low, high) in told:
        truth = person.called - person.comes
        scores[0].add(truth, span.low90, span.middle, span.high90)
        scores[1].add(truth, span.low50, span.middle, span.high50)
        scores[2].add(truth, low, (low + high) / 2, high)
        hour = waits[int(person.comes // 60)]
        cuts = quantiles(hour, n=20)
        scores[3].add(truth, cuts[0], fmean(hour), cuts[-1])
    print(f"{len(told)} visitors of {days} days, mean wait "
          f"{fmean(p.called - p.comes for p, *_rest in told):.1f} min")  # fmt: skip
    print(f"{'':<28} {'error min':>10} {'in span %':>12} {'width min':>10}")
    names = ("ours, 90 % span", "ours, 50 % span", "ZMS formula", "mean of the hour, 90 %")
    for name, score in zip(names, scores, strict=True):
        print(score.row(name))


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:2]))
