# What calendars and lists call a meeting.
meeting-title = Mentoring with { $other }
meeting-organizer = { $other } via { $platform }
meeting-answer-here = Can you come? Answer here: { $address }

# Problems
problem-meeting-time-taken = This time is not free
    .detail = Nothing was booked. Choose another time from the list of common times.
problem-meeting-cancelled = This meeting was cancelled
    .detail = Book a new one if you want to meet.
problem-meeting-reported = This meeting is behind you
    .detail = Somebody has already said how it went.
problem-meeting-over = This meeting is over
    .detail = A meeting can only be changed until it ends.
problem-meeting-not-begun = This meeting has not begun
    .detail = Say how it went once it has begun.

# Field errors
field-whole-minute = Must be a whole minute, without seconds.
field-past = This time is past.
field-too-soon = This is sooner than meetings can be booked here.
field-too-far = This is further ahead than meetings can be booked here.
field-web-address = Must be a web address that begins with https:// or http://.

# A meeting's time on a page
meeting-weekday = { $number ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
meeting-month = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
meeting-date = { $weekday } { $day } { $month } { $year }
meeting-clock = { $hour }:{ $minute }
meeting-when = { $date }, { $start } to { $end } ({ $place } time, { $abbreviation })
meeting-when-overnight = { $date }, { $start } to { $end } the next day ({ $place } time, { $abbreviation })
meeting-hours = { $start } to { $end }
meeting-when-short = { $weekday } { $day } { $month }, { $start }, { $place } time

# The page behind the buttons of an invitation
answer-question = Will you be there?
answer-button = { $answer }: { $when }
answer-yes = Yes, I will be there
answer-maybe = Maybe
answer-no = No, I cannot come
answer-when = When
answer-with = With
answer-where = Where
answer-online = Online
answer-note = A word about it
answer-comment = A word to go with your answer
answer-comment-hint = Whoever you meet and your coordinator can read it.
answer-other-accepted = will be there
answer-other-tentative = may come
answer-other-declined = cannot come
answer-other-open = has not answered yet
answer-taken = Thank you for your answer
answer-taken-accepted = You will be there.
answer-taken-tentative = You may come.
answer-taken-declined = You cannot come.
answer-next-accepted = We send you a reminder before the meeting.
answer-next-tentative = Tell us when you know: open this page again from your email.
answer-next-declined = We have told the other person.
answer-has-moved = Your meeting has a new time
answer-has-moved-lead = We have written to { $name }. The entry in your calendars changes by itself.
answer-offers = Shall we find another time?
answer-offers-lead = You and { $name } are both free at these times:
answer-all-times = Show all common times
answer-offers-none = There is no common time in the next four weeks. Your coordinator sees it and will help.
answer-change = Changed your mind?
answer-change-lead = You can answer again until the meeting ends.
answer-holds-accepted = So far you said that you will be there.
answer-holds-tentative = So far you said that you may come.
answer-holds-declined = So far you said that you cannot come.
answer-moved = The meeting has a new time
answer-moved-lead = It moved while this page was open, so your answer was not saved. Please look at the time again.
answer-cancelled = This meeting was cancelled
answer-cancelled-lead = There is nothing to answer any more.
answer-over = This meeting is over
answer-over-lead = There is nothing to answer any more.

# The page that stops reminders
reminders-title = Reminders before meetings
reminders-on = You get reminders again
reminders-off = You get no more reminders
reminders-on-lead = We send you a short email before each meeting.
reminders-off-lead = We do not send you emails before meetings. Invitations, changes and cancellations still reach you.
reminders-stop = Stop reminders
reminders-start = Send me reminders again

# The page that moves a meeting
answer-another-time = Find another time
times-title = Another time for your meeting
times-now = So far
times-lead = At these times you are both free. They are shown in { $place } time.
times-move = Move the meeting to this time
times-ask = Ask about this time
times-move-offered = Move it to { $when }
times-ask-offered = Ask about { $when }
times-note = A word to go with it
times-asks-lead = { $name } counts on the time so far, so we ask first: the meeting stays as it is until they say yes.
times-moves-lead = The meeting moves at once, and everybody gets an update.
times-offered-title = Is this a better time?
times-offered = New time
times-others = Other times
times-taken = This time is not free any more
times-taken-lead = Nothing was changed. Here are the next times at which you are both free.
times-none = There is no common time in the next four weeks. Write to each other; your coordinator sees it too and will help.
times-back = Back to your answer

# Another time that somebody proposes
counter-title = { $name } proposes another time
counter-lead = Your meeting stays as it is until you say yes.
counter-mine = You proposed another time
counter-mine-lead = We have asked { $name }. The meeting stays as it is until they say yes; you will get an email.
counter-proposed = Proposed
counter-note = A word about it
counter-answer = The answer
counter-note-hint = Goes to whoever proposed this time, if you say no.
counter-accept = Yes, move it: { $when }
counter-decline = No, keep { $when }
counter-withdraw = Take my proposal back
counter-accepted = Your meeting has a new time
counter-accepted-lead = You agreed on another time. You both get an update that changes the entry in your calendars.
counter-declined = Your meeting stays as it is
counter-declined-lead = We have told { $name } that this time does not work for you.
counter-declined-before = This other time was not agreed on.
counter-withdrawn = Your meeting stays as it is
counter-withdrawn-lead = The proposal of another time was taken back.
counter-gone = This proposal is out of date
counter-gone-lead = Something has changed since, so it can no longer be decided. This is how your meeting stands now.
counter-to-answer = To your meeting

problem-meeting-moved = The meeting has been moved in the meantime
    .detail = Nothing was changed. Look at its new time first.
problem-counter-closed = This proposal is decided
    .detail = It is { $status } now. Nothing was changed.
problem-counter-own = It is for the other side to decide
    .detail = You can take your own proposal back, and decide about those of others.
field-not-attending = This person is not in the meeting.
field-same-time = The meeting is at this time already.

# The page that pauses one's participation
pause-title = Pause my participation
pause-lead = Holidays, exams, a new job: take the time you need. You can come back at any time.
pause-on = Your participation is paused
pause-ended = Welcome back
pause-ended-lead = Your pause has ended. Meetings can be booked with you again.
pause-from-until = From { $first } to { $last }.
pause-from = From { $first }, until you end it.
pause-until = Until { $last }.
pause-open = Until you end it.
pause-holds = We have told the people you were to meet in this time, and offered them times after it.
pause-what = What happens while you pause
pause-what-match = Nobody new is matched with you.
pause-what-meetings = No meeting can be booked in this time. To those that are booked already we answer for you that you cannot come, and offer other times after your pause.
pause-what-mentorships = Your work with { $names } goes on after it; nothing is ended.
pause-what-nobody = Nothing is ended.
pause-what-end = You can end the pause on this page whenever you like.
pause-coming = Your next meetings
pause-declined = you cannot come
pause-answer-again = You can answer each meeting again from its email.
pause-field-from = First day
pause-field-until = Last day
pause-field-until-hint = Leave it empty if you do not know yet.
pause-start = Pause my participation
pause-end = End the pause
field-pause-date = Write the date as year-month-day: 2026-12-31.
