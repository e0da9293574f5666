# What waits for a coordinator: the daily mail and the page
digest-two = { $one } and { $other }
digest-line-mail = To { $to }: “{ $about }” ({ $reason })
digest-line-meeting = { $who }, { $when }
digest-line-hours = { $who }, { $minutes } minutes on { $day }
digest-line-held = A message about { $who }, received on { $day }
digest-title-mails = Emails that did not arrive
digest-line-consent = { $who } has not answered about { $pair } (deadline { $day })
digest-line-offer-declined = { $pair }: { $who } said no
digest-line-offer-lapsed = { $pair }: { $who } did not answer in time
digest-line-offer-ended = { $pair }: { $why }
digest-title-declined = Meetings that were declined and have no new time
digest-title-unanswered = Meetings without an answer
digest-title-consents = Offered pairs without an answer, due by tomorrow
digest-title-offers = Offered pairs that came to nothing, whose mentee still waits
digest-title-held = Messages that came in and wait for your look
digest-title-proposals = Proposed pairs to decide about
digest-title-silent = Pairs that have not met for a while and plan nothing
digest-title-hours = Hours to approve
digest-action-mails = Check the address, then send the email again
digest-action-declined = Write to both and help them find a time
digest-action-unanswered = Ask the person who has not answered
digest-action-consents = Call the person who has not answered
digest-action-offers = Choose another mentor, or run the matcher again
digest-action-held = Apply them or set them aside
digest-action-proposals = Approve or reject them
digest-action-silent = Ask both how it is going
digest-action-hours = Approve or reject them

# The page that stops the daily mail
digest-stop-title = Your daily email
digest-on = You get your daily email again
digest-off = You get no more daily email
digest-on-lead = Once a day we tell you what waits for you, when something does.
digest-off-lead = We do not send you the daily email. What waits for you is on its own page when you sign in.
digest-stop = Stop the daily email
digest-start = Send me the daily email again

# The page that says what waits
waiting-title = What waits for you
waiting-nothing = Nothing waits for you. Have a good day!
waiting-write = Write to them
waiting-decide = Decide
waiting-send-again = Send again
waiting-sent-again = The email is on its way again.
