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
