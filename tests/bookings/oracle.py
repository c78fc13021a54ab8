"""What is free, asked minute by minute: slow, and written without looking at how slots are found."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Whose share of the capacity an audience uses.
SIDE = {"public": "public", "partner": "public", "phone": "phone", "internal": ""}
# North Rhine-Westphalia, as the Land publishes them, for the days that tests use.
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14),
            date(2026, 5, 25), date(2026, 6, 4), date(2026, 10, 3)}  # fmt: skip


def minutes_of(day, zone):
    """Every minute at which the wall clock shows this day, in UTC."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    found = []
    while at < datetime(day.year, day.month, day.day, tzinfo=UTC) + 2 * DAY:
        if at.astimezone(zone).date() == day:
            found.append(at)
        at += MINUTE
    return found


def opening(rule, day, zone):
    """The minutes of a day between the first at or after its beginning and the last before its end."""
    found = minutes_of(day, zone)
    walls = [at.astimezone(zone).time() for at in found]
    first = next((n for n, wall in enumerate(walls) if wall >= rule.begins), None)
    if rule.ends.hour == rule.ends.minute == 0:
        last = len(found) - 1
    else:
        last = max((n for n, wall in enumerate(walls) if wall < rule.ends), default=-1)
    return found[first : last + 1] if first is not None else []


def holds(rule, day, calendar):
    if day.isoweekday() not in rule.weekdays or day < rule.valid_from:
        return False
    if rule.valid_until and day > rule.valid_until:
        return False
    if day in HOLIDAYS and not calendar.on_holidays:
        return False
    nth = rule.week_of_month
    same = [date(day.year, day.month, n) for n in range(1, monthrange(day.year, day.month)[1] + 1)]
    same = [one for one in same if one.weekday() == day.weekday()]
    if nth == 5 and day != same[-1]:
        return False
    if nth and nth != 5 and (len(same) < nth or day != same[nth - 1]):
        return False
    week = rule.valid_from - rule.valid_from.weekday() * DAY
    weeks = 0
    while week + 7 * DAY <= day:
        week, weeks = week + 7 * DAY, weeks + 1
    return weeks % rule.every_weeks == 0


class Oracle:
    """A resource between two local days; everything is looked up for every minute."""

    def __init__(self, resource, first, last, zone, now):
        self.zone, self.now, self.days = zone, now, []
        while first <= last + 2 * DAY:
            self.days.append(first)
            first += DAY
        self.units = [u for u in resource.units.all() if u.active]
        calendar = resource.calendar
        self.spans = []
        for rule in calendar.rules.all():
            for day in self.days:
                if holds(rule, day, calendar) and (found := opening(rule, day, zone)):
                    self.spans.append((rule, found[0], found[-1] + MINUTE))
        self.closed, self.extra = [], []
        for one in calendar.closures.all():
            (self.extra if one.opens else self.closed).append(one)
        self.spans += [(one, one.during.lower, one.during.upper) for one in self.extra]
        self.absent = [(u.pk, a.during.lower, a.during.upper, a.only_outside)
                       for u in self.units for a in u.absences.all()]  # fmt: skip
        self.taken = [
            (o.unit_id, o.during.lower, o.during.upper, SIDE[o.booking.audience])
            for u in resource.units.all() for o in u.occupancies.select_related("booking")
            if o.booking.state in ("held", "booked", "arrived")
            and not (o.booking.state == "held" and o.booking.hold_until <= now)
        ]  # fmt: skip
        self.step = calendar.step_minutes

    def open_rules(self, at):
        if any(c.during.lower <= at < c.during.upper for c in self.closed):
            return []
        return [rule for rule, begins, ends in self.spans if begins <= at < ends]

    def of(self, rule):
        numbers = getattr(rule, "units", [])
        return [u for u in self.units if not numbers or u.number in numbers]

    def is_free(self, unit, at, public):
        if not any(unit in self.of(rule) for rule in self.open_rules(at)):
            return False
        if any(u == unit.pk and b <= at < e and (public or not only)
               for u, b, e, only in self.absent):  # fmt: skip
            return False
        return not any(u == unit.pk and b <= at < e for u, b, e, _side in self.taken)

    def room(self, at, side):
        most = 0
        for rule in self.open_rules(at):
            cap = min(len(self.of(rule)), rule.capacity if rule.capacity is not None else 99)
            share = getattr(rule, f"{side}_capacity") if side else None
            if share is not None:
                cap = min(cap, share)
            most += cap
        return most - sum(1 for _u, b, e, taker in self.taken
                          if b <= at < e and (not side or taker == side))  # fmt: skip

    def free(self, begins, minutes, skills, asking):
        """How many could come at this instant for so long."""
        span = [begins + n * MINUTE for n in range(minutes)]
        fit = [u for u in self.units if set(skills) <= set(u.skills)]
        units = sum(all(self.is_free(u, at, asking == "public") for at in span) for u in fit)
        if not units:
            return 0
        sides = ("", asking) if asking else ("",)
        return min(units, *(self.room(at, side) for at in span for side in sides))

    def starts(self, day):
        """The minutes of a day that lie on the grid of something that opens."""
        return [at for at in minutes_of(day, self.zone)
                if any(b <= at < e and (at - b) // MINUTE % self.step == 0
                       for _rule, b, e in self.spans)]  # fmt: skip
