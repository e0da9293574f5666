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
