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
mailbox-lead = Tout ce que la plateforme a écrit. Cela reste sur cet ordinateur : personne ne l’a reçu.
mailbox-search = Nom, adresse ou objet
mailbox-search-button = Chercher
mailbox-count = { $count ->
    [0] Aucun courriel
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

problem-inbound-settled = Ce message n’est pas en attente
    .detail = Rien n’a changé. Seul un message retenu ou mis en quarantaine peut être appliqué ou écarté.
problem-inbound-nobody = Ce message n’appartient à aucune personne invitée
    .detail = Il n’est pas venu par l’adresse de réponse d’une invitation. Corrigez la réponse sur la rencontre elle-même.
problem-inbound-instance = La série n’a pas cette rencontre
    .detail = Le message nomme une rencontre que la série n’a pas; il ne peut donc compter pour aucune. Corrigez la réponse sur la rencontre elle-même.
problem-inbound-outdated = La rencontre a changé depuis
    .detail = La réponse concerne un moment que la rencontre n’a plus, ou une autre décision a été prise.
problem-webhook-secret = Non autorisé
    .detail = Envoyez le secret configuré, ou une signature des cinq dernières minutes.

# Pourquoi un message reçu est dans son état, et ce qu’on peut faire
inbound-why-answered = La réponse a été enregistrée.
inbound-why-repeated = Ce message répète ce qui était déjà connu; personne n’a été prévenu de nouveau.
inbound-why-proposed = Un autre moment est proposé; l’autre personne a reçu la question.
inbound-why-agreed = L’autre personne avait proposé le même moment : la rencontre est déplacée.
inbound-why-turned-down = Un autre moment est proposé, mais il n’est pas possible; la personne sait pourquoi.
inbound-why-refreshed = L’agenda a demandé l’état actuel; il a été envoyé.
inbound-why-confirmed = La réponse est venue d’une autre adresse et la personne l’a confirmée par le lien de notre courriel.
inbound-why-by-coordinator = La coordination l’a appliqué.
inbound-why-outdated = Ce message concerne un moment que la rencontre n’a plus. Rien n’a changé.
inbound-why-superseded = Une réponse plus récente était déjà là. Rien n’a changé.
inbound-why-meeting-cancelled = La rencontre était déjà annulée. Rien n’a changé.
inbound-why-meeting-over = La rencontre était terminée. Rien n’a changé.
inbound-why-meeting-reported = Le déroulement de la rencontre était déjà noté. Rien n’a changé.
inbound-why-other-sender = Le message vient d’une adresse qui n’est pas celle de la personne invitée. Il comptera si elle le confirme par le lien envoyé à sa propre adresse, ou si vous l’appliquez.
inbound-why-other-attendee = La personne à qui cette invitation a été envoyée ne figure pas dans la réponse. Ne l’appliquez que si vous savez qu’elle vient d’elle.
inbound-why-delegated = La personne souhaite que quelqu’un d’autre la remplace. Personne n’a été ajouté; veuillez lui en parler.
inbound-why-counter = La personne propose un autre moment que nous n’avons pas pu lire. La rencontre reste où elle est; veuillez en parler avec les deux personnes.
inbound-why-instance = Le message concerne une rencontre d’une série que nous ne connaissons pas. Appliquez-le pour répondre à la rencontre nommée ici.
inbound-why-words = Quelqu’un nous a écrit au lieu d’utiliser un bouton. Lisez le message, puis appliquez la réponse ou écartez-le.
inbound-why-too-large = Le message dépasse un mégaoctet, ou sa partie d’agenda 256 kilo-octets; seuls ses en-têtes ont été lus.
inbound-why-too-many-events = Sa partie d’agenda contient plus de 50 événements.
inbound-why-too-many-attendees = Sa partie d’agenda contient plus de 100 personnes invitées.
inbound-why-too-deep = Sa partie d’agenda est imbriquée trop profondément.
inbound-why-too-slow = Sa lecture a pris trop de temps.
inbound-why-unreadable = Ce n’est pas un courriel lisible.
inbound-why-several-senders = Le message nomme plus d’une personne à l’envoi; nul ne peut dire qui l’a écrit.
inbound-why-several-tokens = Le message s’adresse à plusieurs adresses de réponse à la fois.
inbound-why-parts-differ = Ses parties d’agenda se contredisent.
inbound-why-incomplete = Sa partie d’agenda est incomplète : il manque la méthode, la rencontre ou la personne invitée.
inbound-why-no-token = Le message n’a pas été envoyé à l’adresse de réponse d’une invitation; on ne sait pas de qui est cette réponse.
inbound-why-unknown-token = L’adresse de réponse utilisée n’est pas une des nôtres.
inbound-why-wrong-meeting = Le message concerne une autre rencontre que celle de son adresse de réponse.
inbound-why-future-revision = Le message répond à une version de la rencontre qui n’existe pas.
inbound-why-forged = Le domaine de l’adresse d’envoi indique que le message est falsifié. Ne l’appliquez que si la personne vous dit qu’il vient d’elle.
inbound-why-failed = Une erreur de notre part s’est produite. Rien n’a changé; veuillez prévenir l’équipe technique.
inbound-why-not-for-outsiders = Le message voulait modifier, ajouter ou annuler une rencontre. Seule la plateforme le peut.
inbound-why-no-answer = Il ne contient pas de réponse.
inbound-why-automatic-reply = Une réponse automatique, par exemple une absence du bureau.
inbound-why-only-tnef = Seul Outlook peut le lire (winmail.dat). La personne est invitée à répondre par le lien.
inbound-why-dismissed = La coordination l’a écarté.
inbound-why-undeliverable = Un de nos courriels n’a pas pu être remis. L’adresse est marquée jusqu’à ce qu’elle soit changée.
inbound-why-delayed = Un de nos courriels est en retard; le serveur de courriel essaie encore.
inbound-why-unknown-mail = Un rapport de remise sur un courriel qui n’est pas des nôtres.

# La page où une personne confirme une réponse venue d’une autre adresse
confirm-answer-title = Est-ce votre réponse?
confirm-answer-lead = Elle vient d’une adresse qui n’est pas celle que nous avons pour vous. Rien n’a encore changé.
confirm-answer-button = Oui, c’est ma réponse
confirm-answer-not-mine = Si ce n’est pas la vôtre, fermez cette page : rien ne change.
confirm-answer-said = Réponse
confirm-answer-from = Elle vient de
confirm-answer-done = Merci, votre réponse est enregistrée
confirm-answer-done-lead = Vous pouvez la changer jusqu’à la rencontre, depuis le courriel d’invitation.
confirm-answer-over = Cette rencontre ne prend plus de réponse
confirm-answer-moved = Cette réponse ne compte plus
confirm-answer-moved-lead = La rencontre a changé depuis, ou elle est terminée. Consultez le dernier courriel à son sujet.
