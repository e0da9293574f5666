# Le nom d'une rencontre dans les agendas et les listes.
meeting-title = Mentorat avec { $other }
meeting-organizer = { $other } via { $platform }
meeting-answer-here = Pouvez-vous venir? Répondez ici : { $address }

# Problèmes
problem-meeting-time-taken = Ce moment n’est pas libre
    .detail = Rien n’a été réservé. Choisissez un autre moment dans la liste des disponibilités communes.
problem-meeting-cancelled = Cette rencontre a été annulée
    .detail = Réservez-en une nouvelle si vous souhaitez vous rencontrer.
problem-meeting-reported = Cette rencontre est passée
    .detail = Quelqu’un a déjà indiqué comment elle s’est déroulée.
problem-meeting-over = Cette rencontre est terminée
    .detail = On ne peut modifier une rencontre que jusqu’à sa fin.
problem-meeting-not-begun = Cette rencontre n’a pas commencé
    .detail = Indiquez comment elle s’est déroulée une fois qu’elle aura commencé.

# Erreurs de champ
field-whole-minute = Doit être une minute entière, sans secondes.
field-past = Ce moment est passé.
field-too-soon = C’est trop tôt : le préavis demandé ici est plus long.
field-too-far = C’est plus loin dans le temps que ce qui peut être réservé ici.
field-web-address = Doit être une adresse Web qui commence par https:// ou http://.

# Le moment d'une rencontre sur une page
meeting-weekday = { $number ->
    [1] lundi
    [2] mardi
    [3] mercredi
    [4] jeudi
    [5] vendredi
    [6] samedi
   *[7] dimanche
}
meeting-month = { $number ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
meeting-date = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
meeting-clock = { $whole ->
    [yes] { $hour } h
   *[no] { $hour } h { $minute }
}
meeting-when = { $date }, de { $start } à { $end } (heure locale : { $place }, { $abbreviation })
meeting-when-overnight = { $date }, de { $start } à { $end } le lendemain (heure locale : { $place }, { $abbreviation })
meeting-hours = de { $start } à { $end }
meeting-when-short = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month }, { $start }, heure locale : { $place }

# La page des boutons d'une invitation
answer-question = Serez-vous là?
answer-button = { $answer } : { $when }
answer-yes = Oui, je serai là
answer-maybe = Peut-être
answer-no = Non, je ne peux pas venir
answer-when = Quand
answer-with = Avec
answer-where = Où
answer-online = En ligne
answer-note = Un mot à ce sujet
answer-comment = Un mot pour accompagner votre réponse
answer-comment-hint = La personne que vous rencontrez et votre équipe de coordination peuvent le lire.
answer-other-accepted = sera là
answer-other-tentative = viendra peut-être
answer-other-declined = ne peut pas venir
answer-other-open = n’a pas encore répondu
answer-taken = Merci de votre réponse
answer-taken-accepted = Vous serez là.
answer-taken-tentative = Vous viendrez peut-être.
answer-taken-declined = Vous ne pouvez pas venir.
answer-next-accepted = Nous vous enverrons un rappel avant la rencontre.
answer-next-tentative = Dites-le-nous dès que vous le savez : rouvrez cette page depuis votre courriel.
answer-next-declined = Nous avons prévenu l’autre personne.
answer-has-moved = Votre rencontre est déplacée
answer-has-moved-lead = Nous avons écrit à { $name }. L’événement change tout seul dans vos agendas.
answer-offers = Voulez-vous trouver un autre moment?
answer-offers-lead = { $name } et vous êtes libres à ces moments :
answer-all-times = Voir tous les moments communs
answer-offers-none = Il n’y a aucun moment commun dans les quatre prochaines semaines. Votre équipe de coordination le voit et vous aidera.
answer-change = Vous changez d’avis?
answer-change-lead = Vous pouvez répondre de nouveau jusqu’à la fin de la rencontre.
answer-holds-accepted = Pour l’instant, vous avez indiqué que vous serez là.
answer-holds-tentative = Pour l’instant, vous avez indiqué que vous viendrez peut-être.
answer-holds-declined = Pour l’instant, vous avez indiqué que vous ne pouvez pas venir.
answer-moved = La rencontre a été déplacée
answer-moved-lead = Elle a changé de moment pendant que cette page était ouverte; votre réponse n’a donc pas été enregistrée. Veuillez regarder le nouveau moment.
answer-cancelled = Cette rencontre a été annulée
answer-cancelled-lead = Il n’y a plus rien à répondre.
answer-over = Cette rencontre est terminée
answer-over-lead = Il n’y a plus rien à répondre.

# La page qui arrête les rappels
reminders-title = Rappels avant les rencontres
reminders-on = Vous recevez de nouveau des rappels
reminders-off = Vous ne recevez plus de rappels
reminders-on-lead = Nous vous envoyons un court courriel avant chaque rencontre.
reminders-off-lead = Nous ne vous envoyons pas de courriel avant les rencontres. Les invitations, les changements et les annulations vous parviennent toujours.
reminders-stop = Arrêter les rappels
reminders-start = Recevoir de nouveau des rappels

# La page qui déplace une rencontre
answer-another-time = Trouver un autre moment
times-title = Un autre moment pour votre rencontre
times-now = Pour l’instant
times-lead = Ces moments conviennent aux deux personnes; ils sont indiqués à l’heure locale ({ $place }).
times-move = Déplacer la rencontre à ce moment
times-ask = Proposer ce moment
times-move-offered = Déplacer : { $when }
times-ask-offered = Proposer : { $when }
times-note = Un mot pour accompagner votre choix
times-asks-lead = { $name } compte sur le moment actuel, alors nous posons d’abord la question : la rencontre reste telle quelle jusqu’à sa réponse.
times-moves-lead = La rencontre est déplacée tout de suite et chaque personne reçoit une mise à jour.
times-offered-title = Ce moment vous convient-il mieux?
times-offered = Nouveau moment
times-others = Autres moments
times-taken = Ce moment n’est plus libre
times-taken-lead = Rien n’a été modifié. Voici les prochains moments libres pour vous deux.
times-none = Il n’y a aucun moment commun dans les quatre prochaines semaines. Écrivez-vous; votre équipe de coordination le voit aussi et vous aidera.
times-back = Revenir à votre réponse

# Un autre moment que quelqu'un propose
counter-title = { $name } propose un autre moment
counter-lead = Votre rencontre reste telle quelle tant que vous n’avez pas dit oui.
counter-mine = Vous avez proposé un autre moment
counter-mine-lead = Nous avons posé la question à { $name }. La rencontre reste telle quelle jusqu’à sa réponse, que vous recevrez par courriel.
counter-proposed = Moment proposé
counter-note = Quelques mots à ce sujet
counter-answer = La réponse
counter-note-hint = Si vous dites non, ce mot est envoyé à la personne qui propose ce moment.
counter-accept = Oui, déplacer : { $when }
counter-decline = Non, garder { $when }
counter-withdraw = Retirer ma proposition
counter-accepted = Votre rencontre est déplacée
counter-accepted-lead = Vous avez convenu d’un autre moment. Une mise à jour change l’événement dans vos deux agendas.
counter-declined = Votre rencontre reste telle quelle
counter-declined-lead = Nous avons dit à { $name } que ce moment ne vous convient pas.
counter-declined-before = Cet autre moment n’a pas été retenu.
counter-withdrawn = Votre rencontre reste telle quelle
counter-withdrawn-lead = La proposition d’un autre moment a été retirée.
counter-gone = Cette proposition n’est plus d’actualité
counter-gone-lead = Quelque chose a changé depuis; il n’est plus possible d’en décider. Voici où en est votre rencontre.
counter-to-answer = Vers votre rencontre

problem-meeting-moved = La rencontre a été déplacée entre-temps
    .detail = Rien n’a été modifié. Regardez d’abord son nouveau moment.
problem-counter-closed = Cette proposition est déjà réglée
    .detail = Son état est maintenant : { $status }. Rien n’a été modifié.
problem-counter-own = La décision revient à l’autre personne
    .detail = Vous pouvez retirer votre propre proposition, et décider de celles des autres.
field-not-attending = Cette personne ne participe pas à la rencontre.
field-same-time = La rencontre est déjà prévue à ce moment.

# La page qui suspend la participation
pause-title = Suspendre ma participation
pause-lead = Vacances, examens, nouvel emploi : prenez le temps qu’il vous faut. Vous pouvez revenir quand vous voulez.
pause-on = Votre participation est suspendue
pause-ended = Bon retour parmi nous
pause-ended-lead = Votre pause est terminée. Il est de nouveau possible de planifier des rencontres avec vous.
pause-from-until = Du { $first } au { $last }.
pause-from = À partir du { $first }, jusqu’à ce que vous y mettiez fin.
pause-until = Jusqu’au { $last }.
pause-open = Jusqu’à ce que vous y mettiez fin.
pause-holds = Nous avons prévenu les personnes que vous deviez rencontrer pendant cette période et leur avons proposé des moments après celle-ci.
pause-what = Ce qui se passe pendant votre pause
pause-what-match = Aucun nouveau jumelage ne vous est proposé.
pause-what-meetings = Aucune rencontre ne peut être planifiée pendant cette période. Pour celles qui le sont déjà, nous répondons pour vous que vous ne pouvez pas venir et proposons d’autres moments après votre pause.
pause-what-mentorships = Votre travail avec { $names } reprend ensuite; rien n’est terminé.
pause-what-nobody = Rien n’est terminé.
pause-what-end = Vous pouvez mettre fin à la pause sur cette page quand vous voulez.
pause-coming = Vos prochaines rencontres
pause-declined = vous ne pouvez pas venir
pause-answer-again = Vous pouvez répondre de nouveau à chaque rencontre depuis son courriel.
pause-field-from = Premier jour
pause-field-until = Dernier jour
pause-field-until-hint = Laissez ce champ vide si vous ne le savez pas encore.
pause-start = Suspendre ma participation
pause-end = Mettre fin à la pause
field-pause-date = Écrivez la date sous la forme année-mois-jour : 2026-12-31.
