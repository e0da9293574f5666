# Ce que dit `passerelle demo`.
demo-ready = Passerelle est prête. Ses données sont dans { $folder }; --fresh recommence à neuf.
demo-look =
    
      { $url }             ouvrir une session et regarder
      { $url }/mailbox     tous les courriels envoyés, avec leurs boutons
      { $url }/api/docs    l’API
    
demo-sign-in = Ouvrez une session avec l’un de ces comptes; le mot de passe est { $password }
demo-stop = Ctrl-C pour arrêter.
demo-role-administrator = administration
demo-role-coordinator = coordination
demo-role-coach = accompagnement
demo-role-mentor = personne mentore
demo-role-mentee = personne mentorée
