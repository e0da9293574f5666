# Le cadre de chaque page.
site-name = Passerelle
site-tagline = Le mentorat qui fait traverser la passerelle aux personnes nouvellement arrivées.
site-skip = Aller au contenu
site-menu = Menu principal
site-other-language = English
site-sign-out = Fermer la session

# Formulaires
form-optional = (facultatif)
form-faults = { $count ->
    [one] Un point est à revoir
   *[other] { $count } points sont à revoir
}

# Pages de problèmes
problem-page-home = Aller à la page d’accueil
problem-page-request = Numéro de demande : { $request }
problem-form-expired = Cette page est restée ouverte trop longtemps
    .detail = Rien n’a été enregistré. Ouvrez la page de nouveau et refaites votre réponse. Votre navigateur doit accepter les témoins (cookies) de ce site.
problem-form-elsewhere = Ce formulaire vient d’un autre site
    .detail = Rien n’a été enregistré. Ouvrez la page ici et refaites votre réponse.
