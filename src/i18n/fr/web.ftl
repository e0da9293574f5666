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
problem-page-request = Numéro de demande : { $request }
problem-form-expired = Cette page est restée ouverte trop longtemps
    .detail = Rien n’a été enregistré. Ouvrez la page de nouveau et refaites votre réponse. Votre navigateur doit accepter les témoins (cookies) de ce site.
problem-form-elsewhere = Ce formulaire vient d’un autre site
    .detail = Rien n’a été enregistré. Ouvrez la page ici et refaites votre réponse.

# La page d’accueil
home-welcome-title = Un mentorat qui mène quelque part
home-welcome-lead = Passerelle réunit des personnes nouvellement arrivées et des personnes mentores de leur profession, et les aide à se voir régulièrement.
home-sign-in = Ouvrir une session
home-card-match = Un bon jumelage
home-card-match-text = La profession, les langues, le temps et le lieu décident, et chaque personne concernée en connaît les raisons.
home-card-meet = Des rencontres qui ont lieu
home-card-meet-text = Les invitations arrivent dans votre propre agenda. Un bouton suffit pour dire oui, peut-être ou non.
home-card-hours = Des heures qui comptent
home-card-hours-text = Après une rencontre, un clic suffit pour la consigner.
home-no-account = Vous n’avez pas encore de compte? La personne qui coordonne votre programme vous invite par courriel.
home-api = Documentation de l’API

# La documentation de l’API
docs-title = L’API de Passerelle
docs-lead = Tout ce que font les pages, un logiciel peut le faire aussi. Version { $version }.
docs-document = Le document OpenAPI
docs-no-script = La liste des opérations nécessite JavaScript. Le document OpenAPI ci-dessus contient la même chose.

# La page d’accueil d’une personne en session; on compte jusqu’à 100
home-start-title = La suite
home-proposals = Propositions
home-proposals-count = { $count ->
    [0] Aucune proposition n’attend de décision.
    [1] Une proposition attend une décision.
    [100] 100 propositions ou plus attendent une décision.
   *[other] { $count } propositions attendent une décision.
}
home-matching = Voir le jumelage
home-mentorships = Mentorats
home-mentorships-count = { $count ->
    [0] Aucun mentorat n’est en cours.
    [1] Un mentorat est en cours.
    [100] 100 mentorats ou plus sont en cours.
   *[other] { $count } mentorats sont en cours.
}
home-mails = Courriels
home-mails-count = { $count ->
    [0] Tous les courriels sont arrivés.
    [1] Un courriel n’a pas pu être livré.
    [100] 100 courriels ou plus n’ont pas pu être livrés.
   *[other] { $count } courriels n’ont pas pu être livrés.
}
home-meetings = Prochaines rencontres
home-meetings-none = Aucune rencontre n’est réservée.
home-account = Votre compte
home-mailbox = Les courriels de cette démonstration
