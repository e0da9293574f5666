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
problem-newer-run = There is a newer run by now
    .detail = Look at the newest run first, then start another if it is still needed.
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
problem-proposal-changed = Somebody has decided meanwhile
    .detail = The page shows what holds now. Look again, then decide if it is still needed.
problem-decided-too-quickly = This proposal had only just come
    .detail = It looks as if the button of the one before was pressed twice. Nothing was decided. Look at this pair, then decide.
problem-proposal-stale = This proposal has been overtaken
    .detail = Somebody left, a place was taken, or a newer run replaced it. Start a new run.
problem-proposal-overtaken = This proposal cannot be approved any more
    .detail = { $why }.
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
field-several-of-this-name = Several people have this name. Choose one of them.
field-too-many-of-this-name = Many people have this name. Write more of it, or the email address.
field-no-mentor-of-this-name = No mentor of this programme has this name.
field-no-mentee-of-this-name = No mentee of this programme who waits has this name.
field-other-mentor = Choose another mentor than the one proposed.

# What the command says.
match-told-people = { $mentees } mentees wait, { $mentors } mentors have { $places } free places.
match-told-matched = { $matched } pairs are proposed, with a mean score of { $mean } of 10,000.
match-told-left = For { $nobody } nobody is possible, for { $taken } the places serve all better with others, { $away } are away or have not consented.
match-told-pair = { $name }: { $score } points
match-told-proof = Proved: no other set of all { $pairs } possible pairs is better.
match-told-compared = { $changes ->
    [one] One mentee would have another mentor or none
   *[other] { $changes } mentees would have another mentor or none
}: { $won } more matched, { $lost } fewer, { $points } points in all.

# What a run is doing, at a terminal
match-stage-load = Reading the people
match-stage-scan = Looking at every pair
match-stage-assign = Giving places
match-stage-price = Pricing every pair
match-stage-check = Checking the proof
match-stage-store = Saving
match-told-changed = Both results start from the newest run, and both are proved.
match-told-afresh-no-run = Both were solved afresh and proved: there is no run to start from.
match-told-afresh-other-version = Both were solved afresh and proved: the newest run is of another version.
match-told-afresh-stable-objective = Both were solved afresh and proved: stable sets have no prices to start from.
match-told-afresh-settings-differ = Both were solved afresh and proved: the settings are not those of the newest run.
match-told-afresh-people-differ = Both were solved afresh and proved: somebody who was proposed has changed their file since the newest run.
match-told-afresh-too-many-changes = Both were solved afresh and proved: much has changed since the newest run.
match-told-afresh-not-proved = Both were solved afresh and proved: the prices of the newest run do not hold any more.

# Pages.
match-moment = { $date }, { $time } ({ $place } time)
match-fit = { $percent }%
match-told-same = Nothing would change for anybody.
match-told-proof-stable = Proved over all { $pairs } possible pairs: no mentee and mentor would both rather have each other.
match-page-title = Matching
match-page-lead = A run looks at everybody who waits and proposes the pairs that are best for all together. Nobody hears of it before you have decided.
match-page-no-programme = You coordinate no programme.
match-page-not-open = not open
match-page-run-of = Run of { $at }
match-page-to-decide = { $count ->
    [0] No proposal waits for your decision.
    [one] One proposal waits for your decision.
   *[other] { $count } proposals wait for your decision.
}
match-page-no-run = There is no run yet.
match-page-what-if = What if…
match-page-all-runs = All runs
match-page-replaces = { $count ->
    [one] A new run replaces the proposal that waits for a decision.
   *[other] A new run replaces the { $count } proposals that wait for a decision.
}
match-page-start = Start a run
match-page-matched = { $matched } of the { $mentees } mentees who wait have a proposed mentor.
match-page-mean = Mean fit: { $fit }.
match-page-runs-title = Runs: { $programme }
match-page-running = This run is being computed. Come back in a moment.
match-page-earlier = Earlier runs
match-page-run-title = Run: { $programme }
match-page-done = The run is saved, with its proposals.
match-page-newer = There is a newer run. This one stays as it was.
match-page-newer-link = See the newest run
match-page-objective = What “best” means here:
match-page-held-dropped = { $count ->
    [one] One pair that was put aside has become impossible.
   *[other] { $count } pairs that were put aside have become impossible.
}
match-page-figure-matched = With a proposed mentor
match-page-figure-nobody = No mentor possible
match-page-figure-taken = Places serve all better with others
match-page-figure-away = Paused, away or without consent
match-page-figure-mentors = Mentors
match-page-figure-places = Free places
match-page-figure-mean = Mean fit
match-page-figure-points = Points in all
match-page-proposals = Proposals
match-page-no-proposal = This run proposes no pair.
match-page-with = with
match-page-fit = Fit: { $fit }
match-page-why = Why this pair
match-page-part = { $part }: { $points } of { $most }
match-page-what-if-not = What if we leave this pair out?
match-page-more-proposals = More proposals
match-page-waiting = Who still waits
match-page-nobody-waits = Everybody who can be matched has a proposal.
match-page-waits = { $days ->
    [0] since today
    [one] for one day
   *[other] for { $days } days
}
match-page-why-nobody = Why, and what would have to change
match-page-more-waiting = More people who wait
match-page-fairness = Was it fair?
match-page-fairness-lead = The same share in every group would be the same chance. Small groups vary by chance alone.
match-page-group = Group
match-page-group-mentees = Mentees
match-page-group-matched = With a proposal
match-page-group-share = Share
match-page-group-unknown = not given
match-page-by-language = By mother tongue
match-page-by-region = By province
match-page-by-waiting = By waiting time
match-page-days = { $from } to { $to } days
match-page-days-more = { $from } days and more
match-page-recruit = Whom to recruit next
match-page-recruit-none = One more mentor of any kind would change nothing now.
match-status-proposed = waits for a decision
match-status-held = put aside
match-status-offered = the two are being asked
match-status-approved = approved
match-status-rejected = rejected
match-status-replaced = replaced
match-status-declined = one of the two said no
match-status-lapsed = no answer in time
match-status-stale = overtaken
match-objective-coverage = As many mentees as possible get a mentor, then the best total
match-objective-total = The best total
match-objective-stable = Stable: no mentee and mentor would both rather have each other
match-whatif-title = What if: { $programme }
match-whatif-lead = Try other weights, other rules or other pairs. You see who would change before anything is saved.
match-whatif-not-open = This programme is not open: nothing can be tried or saved.
match-whatif-difference = What would change
match-whatif-table = In figures
match-whatif-figure = Figure
match-whatif-before = Current settings
match-whatif-after = With your changes
match-whatif-change = Difference
match-whatif-who = Who would change
match-whatif-was = Current settings: { $mentor }, fit { $fit }
match-whatif-would-be = With your changes: { $mentor }, fit { $fit }
match-whatif-keep = Insist on this pair
match-whatif-without = Exclude this pair
match-whatif-others = { $count ->
    [one] One more
   *[other] { $count } more
}
match-whatif-more = { $count ->
    [one] One more change is not shown here.
   *[other] { $count } more changes are not shown here.
}
match-whatif-save-title = Save it?
match-whatif-only-draft = Other places can only be tried. To save, change the mentor’s places in the programme, then start a run.
match-whatif-save-lead = This saves what you have compared above, as a new run. The programme’s own settings stay as they are.
match-whatif-save = Save as a run
match-whatif-weights = What counts how much
match-whatif-weights-lead = Only the proportions matter.
match-whatif-share = … of the total
match-whatif-as-set = The programme has { $value }.
match-whatif-people = Pairs and places
match-whatif-people-lead = Insist on a pair, exclude one, or give a mentor other places.
match-whatif-pins = Insisted on
match-whatif-bans = Excluded
match-whatif-places = Other places
match-whatif-places-of = Free places of { $mentor }
match-whatif-pair = { $mentee } with { $mentor }
match-whatif-somebody = somebody who does not take part any more
match-whatif-drop = Take out
match-whatif-add-more = Add a pair or places
match-whatif-kind = What to add
match-whatif-kind-pin = Insist on a pair
match-whatif-kind-ban = Exclude a pair
match-whatif-kind-places = Give a mentor other places
match-whatif-mentor = Mentor
match-whatif-mentee = Mentee
match-whatif-name-hint = A name or part of it, or the email address.
match-whatif-mentee-hint = For a pair only.
match-whatif-number = Free places
match-whatif-number-hint = For other places only: 0 to 20.
match-whatif-which = Who is meant?
match-whatif-add = Add and compare
match-whatif-rules = Rules
match-whatif-rules-show = Show the rules
match-whatif-compare = Compare
match-whatif-reset = Back to the programme’s settings
match-whatif-nothing-saved = Comparing saves nothing.
match-setting-objective = What “best” means
match-setting-weights-profession = Profession
match-setting-weights-language = Language
match-setting-weights-availability = Common time
match-setting-weights-topics = Topics
match-setting-weights-licensing = Licence
match-setting-weights-place = Place and way of meeting
match-setting-weights-wishes = Wishes
match-setting-least-language-level = Least level of the shared language
match-setting-least-language-level-hint = 0 to 12: B1 is 5, B2 is 7, C1 is 9.
match-setting-least-overlap-minutes = Least common time in a week, in minutes
match-setting-short-weeks-allowed = Weeks that may have less
match-setting-short-weeks-allowed-hint = Clocks change on different dates.
match-setting-least-profession-permille = How close professions must be
match-setting-least-profession-permille-hint = 0 for no rule, 1,000 for the very same.
match-setting-waiting-scale = Extra points for waiting
match-setting-waiting-scale-hint = 0 to 10,000; counts beside the fit.
match-setting-floor = Least fit worth a match
match-setting-floor-hint = 0 to 10,000; only where the best total counts.
match-setting-allow-matched-before = People who were matched before may be matched again
match-setting-reconsider-rejected = Consider pairs again that were rejected
match-proposal-title = { $mentee } with { $mentor }
match-proposal-done = { $mentee } with { $mentor }: { $status }.
match-proposal-see = See it
match-proposal-aims = Aims at
match-proposal-works = Has worked as
match-proposal-languages = Languages
match-proposal-city = Lives in
match-proposal-now = Now
match-proposal-places = { $free ->
    [0] No free place
    [one] One free place
   *[other] { $free } free places
}
match-proposal-waits = Waits for a mentor
match-proposal-waits-no-more = Has a mentor, or is asked about one
match-proposal-decide = Your decision
match-proposal-approve-asks = If you approve, the two are asked whether they agree. A place of each is kept meanwhile.
match-proposal-approve-begins = If you approve, the mentorship begins, and a mail introduces the two to each other.
match-proposal-take-back = The two are being asked. If you reject or replace the pair now, the offer is taken back, and they are told kindly.
match-proposal-reason = Reason
match-proposal-reason-hint = Needed to reject. The two may ask to read it.
match-verdict-approve = Approve
match-verdict-release = Take up again
match-verdict-hold = Put aside
match-verdict-reject = Reject
match-verdict-replace = Propose instead
match-proposal-other-mentors = Other mentors for { $mentee }
match-proposal-other-mentees = Other mentees for { $mentor }
match-proposal-costs-fewer = It would leave at least one mentee without a mentor.
match-proposal-costs-nothing = It might cost the others nothing.
match-proposal-costs = It would cost at least { $points } points in all.
match-proposal-history = What was decided
match-proposal-said = { $at }: { $said }
match-proposal-next = Next proposal
match-page-held-stays = What is put aside stays.
match-page-all-proposals = All
match-page-open-proposals = Waiting for a decision
match-whatif-measure = Fit and points of both sides are counted with your weights and rules.
match-whatif-dropped = Put aside, and no longer possible with your changes:
match-whatif-changed = You have changed something. Compare again before you save.
match-proposal-newer-run = A newer run has replaced it
match-proposal-mind-changed = Somebody who had said no has said yes after all
