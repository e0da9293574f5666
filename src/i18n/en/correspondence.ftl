# Mails, for those who look after them; and the local mailbox of a demonstration.
problem-mail-not-dead = This mail is not dead
    .detail = Only a mail that was given up can be sent again. This one is on its way or has been sent.
problem-mail-forgotten = The words of this mail are gone
    .detail = They are kept for some time only. Write to the person again.

mail-status-queued = Waiting
mail-status-sending = Being sent
mail-status-sent = Sent
mail-status-dead = Given up

mailbox-title = Mailbox
mailbox-lead = Everything that the platform wrote. It stays on this machine: nobody received it.
mailbox-search = Name, address or subject
mailbox-search-button = Search
mailbox-count = { $count ->
    [one] One mail
   *[other] { $count } mails
}
mailbox-empty = No mail here yet. Book a meeting or invite somebody, and look again in a few seconds.
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
