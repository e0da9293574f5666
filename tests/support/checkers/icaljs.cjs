// What ical.js (Thunderbird's reader) makes of calendar objects, as JSON: for each file its events with their
// times as instants, and the starts of a series as ical.js expands it. usage: icaljs.cjs MODULES FILE...
const fs = require("fs");
const path = require("path");
const [modules, ...files] = process.argv.slice(2);

function read(ICAL, file) {
  const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(file, "utf8")));
  ICAL.TimezoneService.reset?.();
  const zones = {};
  for (const part of calendar.getAllSubcomponents("vtimezone")) {
    const zone = new ICAL.Timezone(part);
    zones[zone.tzid] = zone;
    ICAL.TimezoneService.register(zone);
  }
  const instant = (time) => new Date(time.toUnixTime() * 1000).toISOString();
  const events = calendar.getAllSubcomponents("vevent").map((part) => {
    const event = new ICAL.Event(part, { strictExceptions: false });
    const starts = [];
    if (event.isRecurring()) {
      const steps = event.iterator();
      for (let next = steps.next(); next && starts.length < 400; next = steps.next()) starts.push(instant(next));
    }
    return {
      uid: event.uid,
      summary: event.summary,
      start: instant(event.startDate),
      end: instant(event.endDate),
      sequence: event.sequence,
      recurrence: event.recurrenceId ? instant(event.recurrenceId) : null,
      organizer: event.organizer,
      attendees: event.attendees.map((one) => [one.getFirstValue(), one.getParameter("cn"), one.getParameter("partstat")]),
      starts,
    };
  });
  return { method: calendar.getFirstPropertyValue("method"), events };
}

(async () => {
  const root = path.resolve(modules, "ical.js");
  const about = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const entry = about.exports?.["."]?.import ?? about.exports?.import ?? about.module ?? about.main;
  const file = typeof entry === "string" ? entry : entry.default;
  const loaded = await import("file://" + path.join(root, file));
  const ICAL = loaded.default ?? loaded;
  console.log(JSON.stringify(files.map((one) => {
    try { return read(ICAL, one); } catch (error) { return { error: String(error) }; }
  })));
})();
