# Mails, for those who look after them; and the local mailbox of a demonstration.
problem-mail-not-dead = This email was not given up
    .detail = Only an email that was given up can be sent again. This one is on its way or has been sent.
problem-mail-forgotten = The words of this email are gone
    .detail = They are kept for some time only. Write to the person again.

mail-status-queued = Waiting
mail-status-sending = Being sent
mail-status-sent = Sent
mail-status-dead = Given up

mailbox-title = Mailbox
mailbox-lead = Everything that the platform wrote. It stays on this computer: nobody received it.
mailbox-search = Name, address or subject
mailbox-search-button = Search
mailbox-count = { $count ->
    [one] One email
   *[other] { $count } emails
}
mailbox-empty = No email here yet. Book a meeting or invite somebody, and look again in a few seconds.
mailbox-from = From
mailbox-to = To
mailbox-subject = Subject
mailbox-written = Written (UTC)
mailbox-status = Status
mailbox-calendar = Calendar
mailbox-back = Back to the mailbox
mailbox-as-page = As a page
mailbox-as-text = As text
mailbox-calendar-object = Calendar object ({ $method })
mailbox-headers = Headers
mailbox-raw = Save the whole message (.eml)

problem-inbound-settled = This message is not waiting
    .detail = Nothing was changed. Only a message that is held or quarantined can be applied or dismissed.
problem-inbound-nobody = This message belongs to no attendee
    .detail = It did not come with the reply address of an invitation. Correct the answer on the meeting itself.
problem-inbound-instance = The series has no such meeting
    .detail = The message names a meeting that the series does not have, so it cannot count for any. Correct the answer on the meeting itself.
problem-inbound-outdated = The meeting has changed since
    .detail = The answer is about a time that the meeting no longer has, or was decided otherwise.
problem-webhook-secret = Not allowed
    .detail = Send the configured secret, or a signature of the last five minutes.

# Why a message that came in is in its state, and what can be done
inbound-why-answered = The answer was taken.
inbound-why-repeated = It says what was known already; nobody was told again.
inbound-why-proposed = Another time was proposed; the other person was asked.
inbound-why-agreed = The other person had proposed the same time: the meeting has moved.
inbound-why-turned-down = Another time was proposed, and it cannot be; the person was told why.
inbound-why-refreshed = The calendar asked for the current state; it was sent.
inbound-why-confirmed = It came from another address, and the person confirmed it by the link in our email.
inbound-why-by-coordinator = A coordinator applied it.
inbound-why-outdated = It is about a time that the meeting no longer has. Nothing was changed.
inbound-why-superseded = A newer answer was there already. Nothing was changed.
inbound-why-meeting-cancelled = The meeting was cancelled before. Nothing was changed.
inbound-why-meeting-over = The meeting was over. Nothing was changed.
inbound-why-meeting-reported = Somebody had already said how the meeting went. Nothing was changed.
inbound-why-other-sender = It came from an address that is not the attendee’s. It counts when they confirm it by the link that we sent to their own address, or when you apply it.
inbound-why-other-attendee = The attendee to whom this invitation was sent is not in the answer. Apply it only if you know that it is theirs.
inbound-why-delegated = The person would like somebody else to go in their place. Nobody was added; please speak with them.
inbound-why-counter = The person proposes another time that we could not read. The meeting stays where it is; please speak with both.
inbound-why-instance = It is about one meeting of a series that we do not know. Apply it to answer for the meeting that is named here.
inbound-why-words = Somebody wrote to us in words instead of pressing a button. Read it, then apply the answer or dismiss it.
inbound-why-too-large = It is larger than one megabyte, or its calendar part than 256 kilobytes; only its headers were looked at.
inbound-why-too-many-events = Its calendar part holds more than 50 events.
inbound-why-too-many-attendees = Its calendar part holds more than 100 attendees.
inbound-why-too-deep = Its calendar part is nested too deeply.
inbound-why-too-slow = Reading it took too long.
inbound-why-unreadable = It is not an email that can be read.
inbound-why-several-senders = It names more than one sender, so that nobody can say who wrote it.
inbound-why-several-tokens = It is addressed to several people’s reply addresses at once.
inbound-why-parts-differ = Its calendar parts contradict each other.
inbound-why-incomplete = Its calendar part says too little: the method, the meeting or the attendee is missing.
inbound-why-no-token = It was not sent to the reply address of an invitation, so that nobody knows whose answer it is.
inbound-why-unknown-token = The reply address that it was sent to is not one of ours.
inbound-why-wrong-meeting = It is about another meeting than the one that its reply address belongs to.
inbound-why-future-revision = It answers a version of the meeting that does not exist.
inbound-why-forged = The sender’s own mail domain says that it is forged. Apply it only if the person tells you that it is theirs.
inbound-why-failed = We made a mistake with it. Nothing was changed; please tell those who run the service.
inbound-why-not-for-outsiders = It wanted to change, add or cancel a meeting. Only the platform does that.
inbound-why-no-answer = There is no answer in it.
inbound-why-automatic-reply = An automatic reply, such as out of office.
inbound-why-only-tnef = Only Outlook can read it (winmail.dat). The person was asked to answer by the link.
inbound-why-dismissed = A coordinator put it aside.
inbound-why-undeliverable = One of our emails could not be delivered. The address is marked until it is changed.
inbound-why-delayed = One of our emails is late on its way; the mail server keeps trying.
inbound-why-unknown-mail = A delivery report about an email that is not one of ours.

# The page on which an attendee confirms an answer from another address
confirm-answer-title = Is this your answer?
confirm-answer-lead = It came from an address that is not the one we have for you. Nothing has changed yet.
confirm-answer-button = Yes, this is my answer
confirm-answer-not-mine = If it is not yours, close this page: nothing changes.
confirm-answer-said = Answer
confirm-answer-from = It came from
confirm-answer-done = Thank you, your answer is taken
confirm-answer-done-lead = You can change it until the meeting, in the email of the invitation.
confirm-answer-over = This meeting takes no more answers
confirm-answer-moved = This answer does not count any more
confirm-answer-moved-lead = The meeting has changed since, or is over. Look at the newest email about it.
