problem-slug-taken = This short name is taken
    .detail = Another programme has it. Choose another one.
problem-programme-state = The programme cannot go there
    .detail = It is “{ $from }” and cannot become “{ $to }”. A programme is a draft, then open, then closed.
problem-programme-not-open = The programme is not open
    .detail = Open it first. A closed programme stays closed.
problem-programme-closed = The programme is closed
    .detail = A closed programme is kept as it is.
problem-already-enrolled = This person takes part already
    .detail = The person is enrolled on this side of the programme. Change that enrolment.
problem-participation-left = This person has left the programme
    .detail = Enrol the person again first.
problem-places-taken = More places are taken
    .detail = { $taken ->
        [one] One place is taken by an open mentorship.
       *[other] { $taken } places are taken by open mentorships.
    } The number of places cannot be lower.
problem-mentorships-open = A mentorship is still open
    .detail = { $open ->
        [one] End the open mentorship first.
       *[other] End the { $open } open mentorships first.
    }
problem-no-place-left = The mentor has no place left
    .detail = All places are taken. Choose another mentor, or give this one more places.
problem-mentee-taken = The mentee has a mentor already, or is being asked about one
    .detail = A mentee has one mentor at a time in a programme.
field-slug = Use 1 to 60 lower-case letters, digits and hyphens.
field-ends-before-start = The last day lies before the first.
field-zone = This is not a time zone of the IANA database, such as America/Toronto.
field-no-weight = At least one part must weigh more than zero.
field-consent-kind = Use 1 to 60 lower-case letters, digits and hyphens.
field-too-many-items = At most { $most }.
field-in-the-future = This lies in the future.
field-not-for-mentors = Only mentees wait.
