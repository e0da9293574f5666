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
answer-series-all = { $count ->
    [one] the one date to come
   *[other] all { $count } dates
 }
answer-series-whole = { $count ->
    [one] These meetings repeat; one date is to come.
   *[other] These meetings repeat. Your answer counts for all { $count } dates to come.
 }
answer-series-this = These meetings repeat. Your answer here counts for this date only: { $when }.
answer-series-dates = Dates
answer-series-clock = Shown in { $place } time.
answer-series-date = { $date }, { $hours }
answer-series-more = { $count ->
    [one] and one more, on { $until }
   *[other] and { $count } more until { $until }
 }
answer-series-off = does not take place
answer-series-was = instead of { $was }
answer-series-reworded = with a place or words of its own
answer-series-own-accepted = you said: I will be there
answer-series-own-tentative = you said: maybe
answer-series-own-declined = you said: I cannot come
answer-series-keeps = Dates that you answered by themselves keep their answer.
answer-series-taken-all = { $count ->
    [one] This counts for the one date to come.
   *[other] This counts for all { $count } dates to come.
 }
answer-series-taken-this = This counts for one date only: { $when }.
answer-series-one = To answer for one date only, or to find another time for it, choose that date above.
answer-series-others = All dates to come
answer-series-to-all = { $count ->
    [one] Answer for the whole series
   *[other] Answer for all { $count } dates at once
 }
