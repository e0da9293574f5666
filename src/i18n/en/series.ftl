# How a series repeats, in mails and calendar entries
meeting-repeats = { $every ->
    [one] Every week
   *[other] Every { $every } weeks
 } at { $start } ({ $place } time): { $count ->
    [one] one meeting
   *[other] { $count } meetings
 }, the last on { $last }.
meeting-repeats-without = Not on { $dates }.
meeting-repeats-without-date = { $date }
meeting-repeats-moved = Instead of { $was }: { $now }.
meeting-repeats-cancelled = { $count ->
    [one] This one meeting of the series.
   *[other] { $count } meetings of the series: this one and those after it, until { $last }.
 }
meeting-repeats-elsewhere = From this one on, the meetings of the series are at other times: see the invitation that comes with this email.

# Problems
problem-series-times-taken = Not every meeting of the series can take place
    .detail = Nothing was booked. Choose another time, or ask to leave these meetings out.

# Field errors
field-instance-too-soon = { $date }: sooner than meetings can be booked here.
field-instance-too-far = { $date }: more than a year ahead.
field-instance-outside-hours = { $date }: somebody is not available.
field-instance-taken = { $date }: somebody has another meeting at that time, or too near to it.
field-instance-day-full = { $date }: the mentor has as many meetings that day as can be.
field-instance-week-full = { $date }: the mentor has as many meetings that week as can be.
field-count-or-until = Say either how many meetings there are, or the last date.
field-too-many-meetings = There are more than { $most } meetings until that date.

# The page behind the buttons of an invitation
answer-scope = Which meetings?
answer-scope-all = All meetings of the series that you have not answered one by one
answer-scope-this = Only this one
