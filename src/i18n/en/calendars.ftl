# Calendars that programs subscribe to
feed-mine = { $platform }: my meetings
feed-programmes = { $platform }: my programmes
feed-pair = { $mentor } and { $mentee }
