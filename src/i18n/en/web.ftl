# The frame of every page.
site-name = Passerelle
site-tagline = Mentoring that crosses the bridge with newcomers.
site-skip = Skip to the content
site-menu = Main menu
site-other-language = Français
site-sign-out = Sign out

# Forms
form-optional = (optional)
form-faults = { $count ->
    [one] One thing needs your attention
   *[other] { $count } things need your attention
}

# Pages of problems
problem-page-home = Go to the start page
problem-page-request = Request number: { $request }
problem-form-expired = This page was open for too long
    .detail = Nothing was saved. Open the page again and repeat your answer. Your browser has to accept cookies from this site.
problem-form-elsewhere = This form was sent from another site
    .detail = Nothing was saved. Open the page here and repeat your answer.

# The start page
home-welcome-title = Mentoring that leads somewhere
home-welcome-lead = Passerelle brings newcomers and mentors of their own occupation together, and helps them keep meeting.
home-sign-in = Sign in
home-card-match = A good match
home-card-match-text = Occupation, languages, time and place decide, and the reasons are told to everyone concerned.
home-card-meet = Meetings that happen
home-card-meet-text = Invitations arrive in your own calendar. One button says yes, maybe or no.
home-card-hours = Hours that count
home-card-hours-text = One click after a meeting is enough to log it.
home-no-account = You have no account yet? Your programme’s coordinator invites you by email.
home-api = Documentation of the API

# The documentation of the API
docs-title = The API of Passerelle
docs-lead = Everything that the pages do can be done by a program. Version { $version }.
docs-document = The OpenAPI document
docs-no-script = The list of operations needs JavaScript. The OpenAPI document above holds the same.

# The start page of somebody signed in; things are counted up to 100
home-start-title = What comes next
home-proposals = Proposals
home-proposals-count = { $count ->
    [0] No proposal waits for a decision.
    [1] One proposal waits for a decision.
    [100] 100 proposals or more wait for a decision.
   *[other] { $count } proposals wait for a decision.
}
home-matching = To the matching
home-mentorships = Mentorships
home-mentorships-count = { $count ->
    [0] No mentorship is under way.
    [1] One mentorship is under way.
    [100] 100 mentorships or more are under way.
   *[other] { $count } mentorships are under way.
}
home-mails = Emails
home-mails-count = { $count ->
    [0] Every email has arrived.
    [1] One email could not be delivered.
    [100] 100 emails or more could not be delivered.
   *[other] { $count } emails could not be delivered.
}
home-meetings = Next meetings
home-meetings-none = No meeting is booked.
home-account = Your account
home-mailbox = The emails of this demonstration
