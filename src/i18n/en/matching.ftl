# Reasons of a pair.
match-profession-same = The mentor works in the very occupation that the mentee aims at: { $occupation }.
match-profession-close = The mentor’s occupation, { $occupation }, is close to the one aimed at, { $target }.
match-profession-related = The mentor’s occupation, { $occupation }, is related to the one aimed at, { $target }.
match-profession-far = The mentor’s occupation, { $occupation }, has little in common with the one aimed at, { $target }.
match-profession-none = The mentor’s occupation, { $occupation }, is another field than the one aimed at, { $target }.
match-profession-unknown = There is no occupation to compare: one of the two files names none.
match-profession-experience = The experience in it is short or some years ago, which counts a little less.
match-language-shared = They can speak { $language }: mentee { $mentee }, mentor { $mentor }.
match-language-not-asked = They can speak { $language } (mentee { $mentee }, mentor { $mentor }); the mentee asked for another language.
match-language-relative = The mentee speaks { $language }, the mentor { $relative }: related languages, a weak match.
match-language-none = They share no language.
match-level-native = mother tongue
match-time-common = Both are free for { $duration } in a typical week: { $windows } (mentee’s time).
match-time-zones = For the mentor that is { $windows }.
match-time-least = When clocks change on different dates, { $duration } remain.
match-time-none = They have no common time in a typical week.
match-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
match-minutes = { $count } minutes
match-more = and more
match-window = { $day } { $from } to { $to }
match-weekday-1 = Monday
match-weekday-2 = Tuesday
match-weekday-3 = Wednesday
match-weekday-4 = Thursday
match-weekday-5 = Friday
match-weekday-6 = Saturday
match-weekday-7 = Sunday
match-topics-shared = The mentor offers { $shared } of the { $asked } topics asked for: { $topics }.
match-topics-all = The mentor offers { $asked ->
    [one] the topic
   *[other] all { $asked } topics
} asked for: { $topics }.
match-topics-none = The mentor offers none of the topics asked for.
match-topics-not-asked = The mentee asked for no topic.
match-licence-same = The mentor has passed the licence that the mentee seeks, in the same jurisdiction.
match-licence-other = The mentor has passed the licence that the mentee seeks, in another jurisdiction.
match-licence-none = No licence is concerned, or the mentor has not passed it.
match-place-city = Both live in { $city } and can meet in person.
match-place-reach = They can meet in person: { $mentee } and { $mentor } are close.
match-place-province = They would meet at a distance, in the same province.
match-place-remote = They would meet at a distance.
match-place-none = They have no way of meeting in common.
match-wishes-none = No wish of either that may count holds here.
match-wishes-mentee = As the mentee wished, the mentor is: { $wishes }.
match-wishes-mentor = As the mentor wished, the mentee is: { $wishes }.

# Rules that exclude a pair.
match-rule-mentee-not-active = The mentee is not active
match-rule-mentee-no-consent = The mentee has not consented to be matched
match-rule-mentee-paused = The mentee is paused or away
match-rule-mentor-not-active = The mentor is not active
match-rule-mentor-no-consent = The mentor has not consented to be matched
match-rule-mentor-paused = The mentor is paused or away
match-rule-no-capacity = The mentor has no free place
match-rule-same-person = Both are the same person
match-rule-conflict-of-interest = A conflict of interest is declared
match-rule-matched-before = They were matched before
match-rule-banned = A coordinator has excluded the pair
match-rule-declined = One of the two declined the other
match-rule-way-of-meeting = No way of meeting in common
match-rule-language = No shared language at the least level
match-rule-insistence = Something that one of them insists on does not hold
match-rule-profession = The professions are too far apart for this programme
match-rule-overlap = Too little common time
match-rule-below-floor = The score is below the programme’s floor
match-change-mentee-consent = Ask the mentee for consent.
match-change-mentee-pause = Wait until the mentee is back.
match-change-mentor-consent = Ask the mentor for consent.
match-change-mentor-pause = Wait until the mentor is back.
match-change-capacity = Ask the mentor for one more place.
match-change-matched-before = Allow that people are matched again.
match-change-banned = Let the run reconsider rejected pairs.
match-change-way-of-meeting = Ask one of the two whether meeting at a distance, or in person, would do.
match-change-language = Lower the least level, or find a mentor who shares a language.
match-change-profession = Lower the least likeness of profession.
match-change-overlap = Ask for more hours of availability, or lower the least common time.
match-change-floor = Lower the floor.

# Why not, and why nobody.
match-why-chosen = This pair was proposed.
match-why-excluded = This pair is not possible: { $rules }.
match-why-price = Pairing them instead would cost { $points } points in all: { $changes }.
match-why-price-fewer = Pairing them instead would leave { $fewer ->
    [one] one mentee
   *[other] { $fewer } mentees
} more without a mentor: { $changes }.
match-why-free = Pairing them instead would cost nothing: another set is equally good ({ $changes }).
match-change-loses = { $mentee } would have no mentor
match-change-moves = { $mentee } would go from { $before } to { $after }
match-change-gains = { $mentee } would get { $after }
match-nobody-matched = { $mentee } was proposed to a mentor.
match-nobody-none = { $mentors ->
    [0] There is no mentor to choose from for { $mentee }.
    [one] The only mentor is not possible for { $mentee }.
   *[other] None of the { $mentors } mentors is possible for { $mentee }.
}
match-nobody-taken = { $admissible ->
    [one] One mentor is possible for { $mentee }, whose places serve all better with others.
   *[other] { $admissible } mentors are possible for { $mentee }, but their places serve all better with others.
}
match-nobody-removed = { $rule }: { $count } of { $mentors } mentors.
match-nobody-would-open = { $change } Then { $count ->
    [one] one mentor
   *[other] { $count } mentors
} would become possible.
match-nobody-nearest = Nearest: { $mentor } ({ $rules }).

# Problems.
problem-run-in-progress = A run of this programme is in progress
    .detail = Wait for it to finish, then start another.
problem-run-cancelled = The run was cancelled
    .detail = Nothing was saved.
problem-too-many-people = Too many people take part
    .detail = A run takes at most { $limit } people on each side.
problem-person-twice = Somebody takes part twice
    .detail = The same person is there twice as { $side }. Correct the enrolments.
problem-run-not-explained = This run cannot be explained
    .detail = Its people and its outcome are not there any more, or it is still in progress.
problem-proposal-decided = This proposal is decided already
    .detail = It is “{ $status }”. A decision stays as it is.
problem-proposal-stale = This proposal has been overtaken
    .detail = Somebody left, a place was taken, or a newer run replaced it. Start a new run.
problem-proposal-overtaken = This proposal cannot be approved any more
    .detail = { $why }
problem-proposal-not-held = This proposal is not put aside
    .detail = Only a proposal that was put aside can be taken up again.
problem-proposal-exists = This pair is proposed already
    .detail = The run has a proposal for these two. Decide that one.
problem-replacement-breaks-rule = This pair breaks a rule
    .detail = { $rules }. Send a reason and “override” to go against rules that may be gone against.
problem-replacement-impossible = This pair is not possible
    .detail = { $rules }. This rule is never gone against.
field-not-taking-part = One of the two does not take part, or is no longer waiting.
field-pinned-and-banned = This pair is both insisted on and forbidden.
field-pin-breaks-rule = This pair is not possible: { $rule }.
field-pins-exceed-places = The mentor has { $places ->
    [one] one free place
   *[other] { $places } free places
} and { $pins } pairs insisted on.
field-pinned-twice = This mentee is insisted on twice.
field-only-for-drafts = Other places can be tried in a draft only. Change the enrolment instead.
field-other-mentor = Choose another mentor than the one proposed.

# What the command says.
match-told-people = { $mentees } mentees wait, { $mentors } mentors have { $places } free places.
match-told-matched = { $matched } pairs are proposed, with a mean score of { $mean } of 10,000.
match-told-left = For { $nobody } nobody is possible, for { $taken } the places serve all better with others, { $away } are away or have not consented.
match-told-pair = { $name }: { $score } points
match-told-proof = Proved: no other set of all { $pairs } possible pairs is better.
match-told-compared = { $changes } mentees would have another mentor or none: { $won } more matched, { $lost } fewer, { $points } points in all.

# What a run is doing, at a terminal
match-stage-load = Reading the people
match-stage-scan = Looking at every pair
match-stage-assign = Giving places
match-stage-price = Pricing every pair
match-stage-check = Checking the proof
match-stage-store = Saving
match-told-changed = Both were found from the prices of the newest run, and proved.
match-told-afresh-no-run = Both were solved afresh and proved: there is no run to start from.
match-told-afresh-other-version = Both were solved afresh and proved: the newest run is of another version.
match-told-afresh-stable-objective = Both were solved afresh and proved: stable sets have no prices to start from.
match-told-afresh-settings-differ = Both were solved afresh and proved: the settings are not those of the newest run.
match-told-afresh-people-differ = Both were solved afresh and proved: somebody who was proposed has changed their file since the newest run.
match-told-afresh-too-many-changes = Both were solved afresh and proved: much has changed since the newest run.
match-told-afresh-not-proved = Both were solved afresh and proved: the prices of the newest run do not hold any more.
