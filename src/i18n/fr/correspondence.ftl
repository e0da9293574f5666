# Les courriels, pour qui s’en occupe ; et la boîte locale d’une démonstration.
problem-mail-not-dead = Ce courriel n’est pas abandonné
    .detail = Seul un courriel abandonné peut être renvoyé. Celui-ci est en route ou déjà envoyé.
problem-mail-forgotten = Le contenu de ce courriel n’existe plus
    .detail = Il n’est conservé que pendant un certain temps. Écrivez de nouveau à la personne.

mail-status-queued = En attente
mail-status-sending = En cours d’envoi
mail-status-sent = Envoyé
mail-status-dead = Abandonné

mailbox-title = Boîte aux lettres
mailbox-lead = Tout ce que la plateforme a écrit. Cela reste sur cette machine : personne ne l’a reçu.
mailbox-search = Nom, adresse ou objet
mailbox-search-button = Chercher
mailbox-count = { $count ->
    [one] Un courriel
   *[other] { $count } courriels
}
mailbox-empty = Aucun courriel pour l’instant. Réservez une rencontre ou invitez quelqu’un, puis revenez dans quelques secondes.
mailbox-from = De
mailbox-to = À
mailbox-subject = Objet
mailbox-written = Écrit (UTC)
mailbox-status = État
mailbox-calendar = Agenda
mailbox-back = Retour à la boîte aux lettres
mailbox-as-page = En page
mailbox-as-text = En texte
mailbox-calendar-object = Objet d’agenda ({ $method })
mailbox-headers = En-têtes
mailbox-raw = Enregistrer le message entier (.eml)
