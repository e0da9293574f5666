# Problems of accounts and sessions
problem-sign-in-refused = The address or the password is not right
    .detail = Check both and try again, or ask for a new password.
problem-session-ended = Your session has ended
    .detail = Sign in again.
problem-password-link-used = This link cannot be used any more
    .detail = It works once and for a limited time. Ask for a new one.
problem-account-exists = There is an account with this address already
    .detail = Give that account the role instead.
problem-person-has-account = This person has an account already
    .detail = Give that account the role instead.
problem-grant-exists = The account holds this role already
    .detail = Nothing was changed.
problem-account-in-use = This account is in use
    .detail = Its owner can ask for a new password on the sign-in page.
problem-account-oneself = You cannot disable your own account
    .detail = Ask another administrator or coordinator.
problem-last-administrator = This is the last administrator
    .detail = Make somebody else administrator first: without one, nobody can manage the accounts.

# Fields
field-email-address = This is not an email address, such as amelie@example.org.
field-password-like-email = The password is too close to the email address.
field-password-common = This password is easily guessed. Try a few unrelated words.
field-password-wrong = This is not your current password.
field-password-differs = The two passwords are not the same.
field-grant-everywhere = This role holds everywhere: leave the programme out.
field-role-needs-person = Only an account of a person of the programmes can hold this role.

# Roles
role-administrator = Administrator
role-coordinator = Coordinator
role-coach = Coach
role-mentor = Mentor
role-mentee = Mentee

# Pages
access-menu-waiting = Waiting for you
access-menu-matching = Matching
access-menu-calendar = My calendar
access-menu-account = My account
access-sign-in = Sign in
access-sign-in-mails = You can answer invitations straight from your email, without signing in.
access-email = Email address
access-password = Password
access-new-password = New password
access-password-again = The new password again
access-current-password = Current password
access-password-hint = At least { $least } characters. A few unrelated words work well; capitals and symbols are not needed.
access-forgotten-link = I have forgotten my password, or never chose one
access-forgotten = A new password
access-forgotten-lead = Write the email address that you use here. We will send you a link to choose a password.
access-forgotten-send = Send me a link
access-forgotten-sent = Check your email
access-forgotten-sent-detail = If an account has this address, a link is on its way. It works once, for { $hours ->
    [one] one hour
   *[other] { $hours } hours
}.
access-forgotten-nothing-came = Nothing came? Look in your junk mail, check the spelling of the address, or write to your coordinator.
access-set-password = Choose a password
access-set-password-for = For the account
access-set-password-button = Save the password
access-link-used = This link does not work any more
access-link-used-lead = A link works once and for a limited time. You can have a new one.
access-account = My account
access-account-name = Name
access-account-roles = Roles
access-change-password = Change the password
access-change-password-lead = Your other devices are signed out when you change it.
access-everywhere = Sign out everywhere
access-everywhere-lead = Ends every session on every device, this one too.
access-done-signed-out = You have signed out.
access-done-password-set = Your password is saved. You can sign in with it.
access-done-password-changed = Your password is changed. Your other devices are signed out.
