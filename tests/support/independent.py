"""Reads messages with Python's email, icalendar and vobject, and says as JSON what they understood.

usage: independent.py FILE...
"""
import email, email.policy, json, sys
import icalendar, vobject


def described(path):
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    parts = list(message.walk())
    calendars = [part for part in parts if part.get_content_type() in ("text/calendar", "application/ics")]
    out = {
        "subject": message["Subject"],
        "from": [message["From"].addresses[0].display_name, message["From"].addresses[0].addr_spec],
        "to": message["To"].addresses[0].addr_spec,
        "kinds": [part.get_content_type() for part in parts],
        "defects": [str(defect) for part in parts for defect in part.defects],
        "lines": max(len(line) for line in open(path, "rb").read().split(b"\r\n")),
    }
    if calendars:
        texts = [part.get_payload(decode=True) for part in calendars]
        out["copies_equal"] = texts[0] == texts[1]
        out["header_method"] = calendars[0].get_param("method")
        calendar = icalendar.Calendar.from_ical(texts[0])
        event = calendar.walk("VEVENT")[0]
        out["method"] = str(calendar["METHOD"])
        out["uid"] = str(event["UID"])
        out["summary"] = str(event["SUMMARY"])
        out["start"] = event.decoded("DTSTART").isoformat()
        out["organizer"] = [str(event["ORGANIZER"].params["CN"]), str(event["ORGANIZER"])]
        attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
        out["attendees"] = [[str(a), str(a.params["CN"]), str(a.params["PARTSTAT"]), str(a.params["RSVP"])] for a in attendees]
        other = vobject.readOne(texts[0].decode())
        out["vobject_summary"] = other.vevent.summary.value
        out["vobject_start"] = other.vevent.dtstart.value.isoformat()
    return out


print(json.dumps([described(path) for path in sys.argv[1:]]))
