"""Common slots of a pair as one would write it in Python: dateutil for the weekly hours, zoneinfo for the clocks,
intervals in lists. Reads the same data as the benchmark from stdin and says how long each question took.

stdin: JSON {"people": [{"zone", "weekly": [[weekday, from, until]], "away": [[from, until]], "holidays": [...],
"busy": [[start, end]], "before", "notice", "daily"}], "now", "weeks": [...], "minutes", "step", "rounds"}
stdout: JSON [{"weeks", "seconds", "slots"}], the median of the rounds.
"""
import json, sys, time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil import rrule

UTC = timezone.utc
DAYS = [rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU]


def free(person, start, end):
    zone = ZoneInfo(person["zone"])
    first = start.astimezone(zone).date() - timedelta(days=2)
    last = end.astimezone(zone).date() + timedelta(days=2)
    midnight = datetime.combine(first, datetime.min.time())
    off = {date.fromisoformat(day) for day in person["holidays"]}
    away = [(datetime.fromisoformat(a).replace(tzinfo=zone).astimezone(UTC),
             datetime.fromisoformat(b).replace(tzinfo=zone).astimezone(UTC)) for a, b in person["away"]]
    spans = []
    for weekday, begins, ends in person["weekly"]:
        for day in rrule.rrule(rrule.WEEKLY, byweekday=DAYS[weekday], dtstart=midnight,
                               until=datetime.combine(last, datetime.min.time())):
            if day.date() in off:
                continue
            a = (day + timedelta(minutes=begins)).replace(tzinfo=zone).astimezone(UTC)
            b = (day + timedelta(minutes=ends)).replace(tzinfo=zone).astimezone(UTC)
            a, b = max(a, start), min(b, end)
            if a < b:
                spans.append((a, b))
    spans.sort()
    before = timedelta(minutes=person["before"])
    taken = sorted(away + [(a, b + before) for a, b in person["meetings"] if a < end and b + before > start])
    return subtract(spans, taken)


def subtract(spans, taken):
    out = []
    for a, b in spans:
        for c, d in taken:
            if d <= a:
                continue
            if c >= b:
                break
            if c > a:
                out.append((a, c))
            a = max(a, d)
            if a >= b:
                break
        if a < b:
            out.append((a, b))
    return out


def common(people, now, weeks, minutes, step):
    start = now + timedelta(hours=people[0]["notice"])
    end = now + timedelta(weeks=weeks)
    left, right = (free(person, start, end) for person in people)
    shared, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        a, b = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if a < b:
            shared.append((a, b))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    full = []
    for person in people:
        zone, counts = ZoneInfo(person["zone"]), {}
        for a, _ in person["meetings"]:
            day = a.astimezone(zone).date()
            counts[day] = counts.get(day, 0) + 1
        full.append((zone, {day for day, count in counts.items() if count >= person["daily"]}))
    zone = ZoneInfo(people[0]["zone"])
    length, stride, slots = timedelta(minutes=minutes), timedelta(minutes=step), []
    for a, b in shared:
        local = a.astimezone(zone)
        beyond = (local.hour * 60 + local.minute) % step
        at = a if not beyond and not local.second else a + timedelta(minutes=step - beyond)
        while at + length <= b:
            if all(at.astimezone(zone).date() not in days for zone, days in full):
                slots.append(at)
            at += stride
    return slots


asked = json.load(sys.stdin)
now = datetime.fromisoformat(asked["now"])
for person in asked["people"]:
    person["meetings"] = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in person["busy"]]
answers = []
for weeks in asked["weeks"]:
    times, slots = [], []
    for _ in range(asked["rounds"]):
        begun = time.perf_counter()
        slots = common(asked["people"], now, weeks, asked["minutes"], asked["step"])
        times.append(time.perf_counter() - begun)
    answers.append({"weeks": weeks, "seconds": sorted(times)[len(times) // 2],
                    "slots": [at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in slots]})
print(json.dumps(answers))
