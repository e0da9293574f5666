"""A calendar that knows nothing of ours: takes scheduling messages in the order of their sending and keeps to
RFC 5546 (sections 2.1.5, 3.2.2 and 3.2.5) when it says which events a person ends up with.

stdin: JSON list of people, each a list of calendar objects (text), the oldest first.
stdout: JSON list of people, each {"events": [...], "faults": [...]}; times are UTC.
"""
import io, json, re, sys
from datetime import datetime, timedelta, timezone

import icalendar
from dateutil import rrule, tz

UTC = timezone.utc


class Message:
    def __init__(self, text):
        flat = re.sub(r"\r\n[ \t]", "", text).replace("\r\n", "\n")
        self.zones = tz.tzical(io.StringIO(flat)) if "BEGIN:VTIMEZONE" in flat else None
        self.calendar = icalendar.Calendar.from_ical(text.encode())
        self.method = str(self.calendar["METHOD"])
        self.events = [Event(self, part) for part in self.calendar.walk("VEVENT")]

    def instant(self, value, params):
        """RFC 5545, 3.3.5: a skipped local time has the offset before the gap, an ambiguous one is the first."""
        name = params.get("TZID")
        if name is None:
            assert value.tzinfo is not None, "a floating time"
            return value.astimezone(UTC)
        zone = self.zones.get(name)
        return tz.resolve_imaginary(value.replace(tzinfo=zone)).astimezone(UTC)


class Event:
    def __init__(self, message, part):
        self.message, self.part = message, part
        self.uid = str(part["UID"])
        self.rank = (int(part.get("SEQUENCE", 0)), part["DTSTAMP"].dt)
        self.start = self.time("DTSTART")
        self.end = self.time("DTEND")
        self.id = self.time("RECURRENCE-ID") if "RECURRENCE-ID" in part else None

    def time(self, name):
        prop = self.part[name]
        return self.message.instant(prop.dt, prop.params)

    def shown(self, start):
        people = self.part.get("ATTENDEE", [])
        people = people if isinstance(people, list) else [people]
        return {
            "uid": self.uid,
            "start": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "end": (start + (self.end - self.start)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "summary": str(self.part.get("SUMMARY", "")),
            "answers": {str(one).lower().removeprefix("mailto:"): str(one.params["PARTSTAT"]) for one in people},
        }

    def starts(self):
        """Of a series: the starts that its rule gives, without exceptions."""
        rule = self.part.get("RRULE")
        if rule is None:
            return [self.start]
        first = self.part["DTSTART"]
        local = first.dt.replace(tzinfo=None)
        until = rule["UNTIL"][0] if "UNTIL" in rule else None
        assert until is None or until.tzinfo is not None, "UNTIL is not UTC"
        steps = rrule.rrule(rrule.WEEKLY, dtstart=local, interval=int(rule.get("INTERVAL", [1])[0]),
                            count=int(rule["COUNT"][0]) if "COUNT" in rule else 500)
        place = (lambda at: self.message.instant(at, first.params)) if first.params.get("TZID") else (
            lambda at: at.replace(tzinfo=UTC))
        gone = self.part.get("EXDATE", [])
        gone = gone if isinstance(gone, list) else [gone]
        gone = {self.message.instant(one.dt, many.params) for many in gone for one in many.dts}
        starts = [place(at) for at in steps]
        return [at for at in starts if (until is None or at <= until) and at not in gone]


class Person:
    def __init__(self):
        self.masters, self.instances, self.gone, self.faults, self.cancelled = {}, {}, {}, [], {}

    def take(self, message):
        for event in message.events:
            if event.uid != message.events[0].uid:
                self.faults.append("two UIDs in one message")
        if message.method == "REQUEST":
            self.request(message.events)
        elif message.method == "CANCEL":
            self.cancel(message.events)
        else:
            self.faults.append(f"method {message.method}")

    def request(self, events):
        masters = [event for event in events if event.id is None]
        if len(masters) > 1:
            self.faults.append("two events without RECURRENCE-ID")
        for master in masters:
            held = self.masters.get(master.uid)
            if held and master.rank < held.rank:
                self.faults.append(f"an older request after a newer one: {master.rank} < {held.rank}")
                return
            if master.uid in self.cancelled and master.rank <= self.cancelled[master.uid]:
                self.faults.append("a request for what was cancelled")
            # The whole is replaced (3.2.2.1): what the message does not mention is gone.
            self.masters[master.uid] = master
            self.instances = {key: one for key, one in self.instances.items() if key[0] != master.uid}
            self.gone = {key: rank for key, rank in self.gone.items() if key[0] != master.uid}
        for event in events:
            if event.id is None:
                continue
            key = (event.uid, event.id)
            master = self.masters.get(event.uid)
            held = self.instances.get(key)
            known = max([one for one in (held and held.rank, master and master.rank, self.gone.get(key)) if one],
                        default=(0, datetime.min.replace(tzinfo=UTC)))
            if event.rank < known:
                self.faults.append(f"an older instance after a newer one: {event.rank} < {known}")
                continue
            self.gone.pop(key, None)
            self.instances[key] = event

    def cancel(self, events):
        for event in events:
            master = self.masters.get(event.uid)
            if master is None:
                self.faults.append("a cancellation of what is not there")
                continue
            if str(event.part.get("STATUS")) != "CANCELLED":
                self.faults.append("a cancellation without STATUS")
            if event.rank[0] <= master.rank[0]:
                self.faults.append(f"a cancellation that does not raise SEQUENCE: {event.rank} after {master.rank}")
            if event.id is None:
                del self.masters[event.uid]
                self.cancelled[event.uid] = event.rank
                self.instances = {key: one for key, one in self.instances.items() if key[0] != event.uid}
            else:
                key = (event.uid, event.id)
                if key not in self.instances and event.id not in master.starts():
                    self.faults.append("a cancellation of an instance that is not there")
                self.instances.pop(key, None)
                self.gone[key] = event.rank

    def events(self):
        found = []
        for uid, master in self.masters.items():
            starts = master.starts()
            if len(set(starts)) != len(starts):
                self.faults.append("an instance twice")
            for start in starts:
                key = (uid, start)
                if key in self.gone:
                    continue
                override = self.instances.get(key)
                found.append(override.shown(override.start) if override else master.shown(start))
            for key in self.instances:
                if key[0] == uid and key[1] not in starts:
                    self.faults.append(f"a leftover at {key[1]}")
        for key in self.instances:
            if key[0] not in self.masters:
                self.faults.append(f"an instance without its series at {key[1]}")
        return sorted(found, key=lambda one: (one["start"], one["uid"]))


people = []
for texts in json.load(sys.stdin):
    person = Person()
    for text in texts:
        try:
            person.take(Message(text))
        except Exception as error:
            person.faults.append(repr(error))
    people.append({"events": person.events(), "faults": person.faults})
print(json.dumps(people))
