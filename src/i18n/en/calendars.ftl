# Calendars that programs subscribe to
feed-mine = { $platform }: my meetings
feed-programmes = { $platform }: my programmes
feed-pair = { $mentor } and { $mentee }

# Busy times from a calendar that somebody already has
problem-too-many-calendars = That is enough calendars
    .detail = You can have at most { $most } calendars here. Remove one first.
problem-calendar-exists = This calendar is here already
    .detail = You have added this calendar before.
field-calendar-not-allowed = This is not the address of a calendar that we can read. It begins with https:// or webcal:// and leads to a public server.
field-calendar-ours = This is an address of our own. We know your meetings here without it.
field-calendar-unreachable = Nobody answers at this address.
field-calendar-refused = The server does not give this calendar out. Its secret address may have changed, or sharing it was stopped.
field-calendar-server-trouble = The server of this calendar has trouble of its own.
field-calendar-redirects = The address leads from one place to the next without end.
field-calendar-too-slow = The server of this calendar did not answer in time.
field-calendar-too-large = This calendar is too large for us.
field-calendar-none = What is at this address is not a calendar.

# The page "My calendar"
calendar-title = My calendar
calendar-at = { $date }, { $start }
calendar-clock = Times are shown in { $place } time.
calendar-done-withdrawn = The address is withdrawn. Calendar programs find nothing there any more.
calendar-done-added = Your calendar is added. We will look at it now and again.
calendar-done-checked = We have looked at it just now.
calendar-done-removed = The calendar is removed, and what we knew of it is forgotten.
calendar-feed-mine = See my meetings in my calendar
calendar-feed-mine-lead = Your calendar program can read your meetings from a secret address and keep them up to date by itself.
calendar-feed-programmes = See my programmes’ meetings in my calendar
calendar-feed-programmes-lead = Your calendar program can read from a secret address who meets when in the programmes that you coordinate.
calendar-feed-none = You have no address yet.
calendar-feed-get = Get my address
calendar-feed-made = Your address was made on { $at }. We cannot show it again.
calendar-feed-read = It was last read on { $at }.
calendar-feed-unread = No program has read it yet.
calendar-feed-fresh = Here is your address
calendar-feed-once = Copy it now: it is shown this once. Keep it to yourself; whoever has it can read it.
calendar-feed-address = Address
calendar-feed-open = Open in my calendar program
calendar-feed-how = Google Calendar: “Other calendars”, then “From URL”. Outlook: “Add calendar”, then “Subscribe from web”. Apple Calendar: the button above, or “File”, then “New Calendar Subscription”.
calendar-feed-renew = Get a new address
calendar-feed-renew-hint = With a new address the old one stops working.
calendar-feed-withdraw = Withdraw the address
calendar-busy = Keep my busy hours free of meetings
calendar-busy-lead = Give us the secret address of a calendar that you already have, and nobody is offered an hour at which you are busy. We keep only when you are busy or free: no titles, no places, no names.
calendar-busy-read = Last read on { $at }: { $count ->
    [one] one entry
   *[other] { $count } entries
 }.
calendar-busy-last = It could last be read on { $at }.
calendar-busy-not-understood = { $count ->
    [one] One repeated entry has a rule that we do not understand: only its first time counts.
   *[other] { $count } repeated entries have rules that we do not understand: only their first time counts.
 }
calendar-busy-with-days = Entries of whole days count as busy.
calendar-busy-without-days = Entries of whole days do not count.
calendar-busy-check = Look at it now
calendar-busy-remove = Remove it
calendar-busy-add = Add a calendar
calendar-busy-address = Secret address of the calendar
calendar-busy-where = It ends in .ics. Google Calendar: the calendar’s settings, “Secret address in iCal format”. Outlook: “Shared calendars”, “Publish a calendar”. iCloud: “Share calendar”, “Public calendar”.
calendar-busy-whole-days = Entries of whole days count as busy
