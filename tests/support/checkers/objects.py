"""Checks of calendar objects that programs which know nothing of ours make, and the five that none of them makes.

usage: objects.py FILE...   prints a JSON list with, for each file, its faults and what icalendar and vobject read.

The five (rule numbers of the calendar mail rules):
  length    O1  a line of more than 75 octets, or one folded inside a character or an escape
  comma     O4  a comma or semicolon in a TEXT value that is not escaped
  partstat  O2  a PARTSTAT that RFC 5545 does not know, or an ATTENDEE without one
  until     T2  an UNTIL that is not UTC while the start names a zone, or EXDATE and RECURRENCE-ID in another form
  zone      T2  a TZID without its VTIMEZONE, or a VTIMEZONE of another shape than one STANDARD and one DAYLIGHT
"""
import io, json, re, sys
import icalendar, vobject
from dateutil import rrule, tz
from datetime import timezone

TEXT = {"SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "TZNAME", "NAME", "X-WR-CALNAME"}
PARTSTAT = {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}


def unfolded(raw, faults):
    lines, out = raw.split(b"\r\n"), []
    if lines[-1] != b"":
        faults.append("length: the last line has no end")
    for line in lines[:-1]:
        if b"\n" in line or b"\r" in line:
            faults.append("length: a line break that is not CRLF")
        if len(line) > 75:
            faults.append(f"length: {len(line)} octets: {line[:40]!r}")
        try:
            line.decode()
        except UnicodeDecodeError:
            faults.append(f"length: cut inside a character: {line[-10:]!r}")
        if line[:1] in (b" ", b"\t"):
            slashes = len(out[-1]) - len(out[-1].rstrip(b"\\"))
            if slashes % 2:
                faults.append(f"length: cut inside an escape: {out[-1][-10:]!r}")
            out[-1] += line[1:]
        else:
            out.append(line)
    return [line.decode("utf-8", "replace") for line in out]


def parts(line):
    """Name, parameters as written, value: the first colon outside quotes ends the parameters."""
    quoted = False
    for at, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            head = line[:at]
            name, _, rest = head.partition(";")
            return name.upper(), rest, line[at + 1:]
    return line.upper(), "", ""


def five(raw):
    faults = []
    lines = [parts(line) for line in unfolded(raw, faults)]
    inside, named, defined, shape, forms = [], set(), set(), {}, {}
    event = None
    for name, params, value in lines:
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                event = {"DTSTART": None, "others": [], "until": None}
            if value in ("STANDARD", "DAYLIGHT"):
                shape[inside[-2]] = shape.get(inside[-2], []) + [value]
            continue
        if name == "END":
            if value == "VEVENT":
                start = event["DTSTART"]
                for what, form in event["others"]:
                    if start is not None and what == "EXDATE" and form != start:
                        faults.append(f"until: {what} is {form}, the start {start}")
                if event["until"] and start and start != "utc" and not event["until"].endswith("Z"):
                    faults.append(f"until: {event['until']} is not UTC")
                forms.setdefault("masters" if event["until"] is not None else "others", []).append(
                    (start, [form for what, form in event["others"] if what == "RECURRENCE-ID"]))
            if value == "VTIMEZONE":
                seen = shape.pop("VTIMEZONE", [])
                if seen.count("STANDARD") != 1 or seen.count("DAYLIGHT") > 1:
                    faults.append(f"zone: a VTIMEZONE with {seen}")
            inside.pop()
            continue
        zone = re.search(r"TZID=([^;:]+)", params)
        if zone and inside[-1] != "VTIMEZONE":
            named.add(zone.group(1))
        if name == "TZID":
            defined.add(value)
        if name in TEXT and re.search(r"(?<!\\)(?:\\\\)*[,;]", value):
            faults.append(f"comma: {name}:{value[:60]}")
        if name == "ATTENDEE":
            word = re.search(r"PARTSTAT=([^;:]+)", params)
            if not word or word.group(1) not in PARTSTAT:
                faults.append(f"partstat: {params}")
        if event is not None and inside[-1] == "VEVENT":
            form = zone.group(1) if zone else "utc" if value.endswith("Z") else "floating"
            if name == "DTSTART":
                event["DTSTART"] = form
            elif name in ("EXDATE", "RECURRENCE-ID"):
                event["others"].append((name, form))
            elif name == "RRULE":
                until = re.search(r"UNTIL=([^;]+)", value)
                event["until"] = until.group(1) if until else ""
    for start, _ in forms.get("masters", []):
        for _, ids in forms.get("others", []):
            faults += [f"until: RECURRENCE-ID is {form}, the series' start {start}" for form in ids if form != start]
    faults += [f"zone: {name} is not defined" for name in sorted(named - defined)]
    return faults


def instants(raw):
    """Every start of every series in the object, by dateutil on the object's own VTIMEZONE."""
    text = raw.decode()
    zones = tz.tzical(io.StringIO(re.sub(r"\r\n[ \t]", "", text).replace("\r\n", "\n"))) if "VTIMEZONE" in text else None
    calendar = icalendar.Calendar.from_ical(raw)
    found = []
    for event in calendar.walk("VEVENT"):
        if "RRULE" not in event:
            continue
        start = event["DTSTART"]
        name = start.params.get("TZID")
        zone = zones.get(name) if name else timezone.utc
        first = start.dt.replace(tzinfo=None)

        def instant(local):
            at = local.replace(tzinfo=zone)
            return tz.resolve_imaginary(at).astimezone(timezone.utc) if name else at
        rule = event["RRULE"]
        until = rule["UNTIL"][0] if "UNTIL" in rule else None
        steps = rrule.rrule(rrule.WEEKLY, dtstart=first, interval=int(rule.get("INTERVAL", [1])[0]),
                            count=int(rule["COUNT"][0]) if "COUNT" in rule else 400)
        gone = event.get("EXDATE", [])
        gone = {one.dt.replace(tzinfo=None) for many in (gone if isinstance(gone, list) else [gone]) for one in many.dts}
        starts = [local for local in steps if until is None or instant(local) <= until]
        found.append([instant(local).isoformat() for local in starts if local not in gone])
    return found


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    out = {"faults": five(raw), "starts": []}
    try:
        calendar = icalendar.Calendar.from_ical(raw)
        out["uids"] = [str(event["UID"]) for event in calendar.walk("VEVENT")]
        out["method"] = str(calendar.get("METHOD"))
        out["starts"] = instants(raw)
    except Exception as error:
        out["faults"].append(f"icalendar: {error!r}")
    try:
        other = vobject.readOne(raw.decode())
        out["vobject"] = [event.uid.value for event in other.vevent_list] if "vevent" in other.contents else []
        other.serialize()
    except Exception as error:
        out["faults"].append(f"vobject: {error!r}")
    return out


if __name__ == "__main__":
    print(json.dumps([read(path) for path in sys.argv[1:]]))
