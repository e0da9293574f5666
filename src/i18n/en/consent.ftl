# The page on which a mentor or a mentee is asked before a mentorship begins.
consent-question-mentor = Would you like to mentor { $other }?
consent-question-mentee = Would you like { $other } as your mentor?
consent-lead-mentor = Hello { $name }! In the programme { $programme } we think that you could help { $other } well. You decide.
consent-lead-mentee = Hello { $name }! In the programme { $programme } we have found somebody who could help you well. You decide.
consent-said-yes = You said yes
consent-next-given = Thank you! We are now waiting for { $other }. When you have both said yes, you get an email that introduces you to each other.
consent-said-no = You said no
consent-next-declined = Thank you for telling us. { $other } will not learn that it was you, nor why. If you change your mind, you can still say yes, as long as the place is free.
consent-thanks-no = Thank you for telling us. Your programme looks for another way.
consent-began = Your mentorship with { $other } begins
consent-began-lead = You have both said yes. An email that introduces you to each other is on its way; choose a time for a first conversation. If something is not right, write to your programme.
consent-late = The time to answer has passed
consent-late-lead = The place is free again, and your programme looks for another way. If you would still like to, write to your programme.
consent-over = This question is no longer open
consent-over-lead = Something has changed in the meantime, so this match will not go ahead. It has nothing to do with you. Your programme will be in touch.
consent-name = First name
consent-profession = Profession
consent-aim = Would like to work as
consent-languages = Languages
consent-city = Lives in
consent-programme = Programme
consent-reasons = Why we suggest this match
consent-private = You will learn how to reach { $other } when you have both said yes. Until then, { $other } will not learn how to reach you either.
consent-change = Have you changed your mind?
consent-deadline = Please answer before
consent-yes = Yes, I would like to meet { $other }
consent-no = No, not this time
consent-reason = Would you tell us why?
consent-reason-hint = Your coordinator reads it. { $other } never does.

# Problems of consents and offers.
problem-consent-not-asked = It is not their turn yet
    .detail = The other side is asked first.
problem-consent-deadline-passed = The time to answer has passed
    .detail = The place is free again. Ask the programme’s coordinator if you would still like to.
problem-consent-mentorship-began = The mentorship has begun
    .detail = Both have said yes, and both were introduced. To end it, ask the programme’s coordinator.
problem-consent-over = This question is no longer open
    .detail = The offer was taken back, or something has changed meanwhile.
problem-consent-overtaken = This match is not possible any more
    .detail = { $why }. Nothing has begun.
problem-proposal-offered = The two are being asked
    .detail = Wait for their answers, or take the offer back by rejecting or replacing it.
problem-replacement-overtaken = This mentor cannot be proposed any more
    .detail = { $why }.

# The record of decisions, for the person whom they concern and for coordinators.
record-approved = A coordinator, { $who }, approved this match.
record-approved-offered = A coordinator, { $who }, approved this match; then the two were asked.
record-rejected = A coordinator, { $who }, decided against this match.
record-held = A coordinator, { $who }, put this match aside for later.
record-released = A coordinator, { $who }, took this match up again.
record-replaced = A coordinator, { $who }, proposed another mentor instead.
record-offered = After a no, or no answer in time, this next choice was offered by the programme’s settings, without another approval.
record-consented-you = You said yes.
record-declined-you = You said no.
record-lapsed-you = You did not answer in time.
record-consented = { $person } said yes.
record-declined = { $person } said no.
record-lapsed = { $person } did not answer in time.
record-ended = This match did not come about.
record-reason = Reason given: { $reason }
record-override = The coordinator chose otherwise than the computation proposed.
record-grounds = The computation had given the pair { $score } of 10,000 points. Most counted: { $parts }.
record-somebody = somebody who has no account any more
record-part = { $part } { $points } of { $most }
record-part-profession = profession
record-part-language = language
record-part-availability = common time
record-part-topics = topics
record-part-licensing = licence
record-part-place = place
record-part-wishes = wishes
record-rights = A person decided, not a machine alone. You may ask your programme’s coordinator to correct what the decision rests on, and to hear what you have to say about it.

# What somebody loses with a mentor, and whom to recruit.
match-loss-part = { $points } points less, most in { $part }
match-loss-only = { $points } points less: the only mentor possible for them in { $occupation }
recruit-supply = { $kind }: { $mentees ->
    [one] one mentee wants it
   *[other] { $mentees } mentees want it
}, { $unmatched } without a mentor; { $mentors ->
    [one] one mentor has it
   *[other] { $mentors } mentors have it
}, with { $places ->
    [one] one place
   *[other] { $places } places
}, of which { $left } are left.
recruit-one-more-matched = One more place there would let one more mentee be matched.
recruit-one-more-points = One more place there would add { $points } points in all.
recruit-one-more-nothing = One more place there would change nothing now.
recruit-none = No mentor has it: whoever joins with it would be the first.
match-told-recruit = Whom to recruit next:
match-told-saved = Saved as a run: { $run }
