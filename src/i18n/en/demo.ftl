# What `passerelle demo` prints.
demo-ready = Passerelle is ready. Its data is in { $folder }; --fresh starts over.
demo-look =
    
      { $url }             sign in, and look around
      { $url }/mailbox     every email that it sent, with its buttons
      { $url }/api/docs    the API
    
demo-sign-in = Sign in as one of these; the password is { $password }
demo-stop = Ctrl-C stops it.
demo-role-administrator = administrator
demo-role-coordinator = coordinator
demo-role-coach = coach
demo-role-mentor = mentor
demo-role-mentee = mentee
