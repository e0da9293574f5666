# La page qui demande l’accord d’une personne avant le début d’un mentorat.
consent-question-mentor = Voulez-vous accompagner { $other }?
consent-question-mentee = Souhaitez-vous un mentorat avec { $other }?
consent-lead-mentor = Bonjour { $name }! Dans le programme { $programme }, nous pensons que vous pourriez bien aider { $other }. La décision vous appartient.
consent-lead-mentee = Bonjour { $name }! Dans le programme { $programme }, nous avons trouvé quelqu’un qui pourrait bien vous aider. La décision vous appartient.
consent-said-yes = Vous avez dit oui
consent-next-given = Merci! Nous attendons maintenant la réponse de { $other }. Après un oui de part et d’autre, un courriel fera les présentations.
consent-said-no = Vous avez dit non
consent-next-declined = Merci de nous l’avoir dit. { $other } n’apprend ni que cela vient de vous, ni pourquoi. Si c’était oui finalement, vous pouvez encore le dire, tant que la place est libre.
consent-thanks-no = Merci de nous l’avoir dit. Votre programme cherche une autre solution.
consent-began = Votre mentorat avec { $other } commence
consent-began-lead = C’est oui de part et d’autre. Un courriel qui fait les présentations est en route : choisissez un moment pour une première conversation. Si quelque chose ne va pas, écrivez à votre programme.
consent-late = Le délai de réponse est passé
consent-late-lead = La place est de nouveau libre, et votre programme cherche une autre solution. Si vous le souhaitez toujours, écrivez à votre programme.
consent-over = Cette question n’est plus ouverte
consent-over-lead = Quelque chose a changé entre-temps, et ce jumelage ne se fait pas. Vous n’y êtes pour rien. Votre programme vous donnera des nouvelles.
consent-name = Prénom
consent-profession = Profession
consent-aim = Profession visée
consent-languages = Langues
consent-city = Habite à
consent-programme = Programme
consent-reasons = Pourquoi nous pensons à ce jumelage
consent-private = Vous saurez comment joindre { $other } après un oui de part et d’autre. D’ici là, { $other } ne saura pas non plus comment vous joindre.
consent-change = Avez-vous changé d’avis?
consent-deadline = Merci de répondre avant le
consent-yes = Oui, j’aimerais rencontrer { $other }
consent-no = Non, pas cette fois
consent-reason = Voulez-vous nous dire pourquoi?
consent-reason-hint = Seule l’équipe de coordination le lit, jamais { $other }.

# Problèmes des accords et des offres.
problem-consent-not-asked = Ce n’est pas encore son tour
    .detail = L’autre personne est d’abord consultée.
problem-consent-deadline-passed = Le délai de réponse est passé
    .detail = La place est de nouveau libre. Adressez-vous à la coordination du programme si vous le souhaitez toujours.
problem-consent-mentorship-began = Le mentorat a commencé
    .detail = Les deux personnes ont dit oui, et les présentations sont faites. Pour y mettre fin, adressez-vous à la coordination du programme.
problem-consent-over = Cette question n’est plus ouverte
    .detail = L’offre a été retirée, ou quelque chose a changé entre-temps.
problem-consent-overtaken = Ce jumelage n’est plus possible
    .detail = { $why }. Rien n’a commencé.
problem-proposal-offered = Les deux personnes sont en train d’être consultées
    .detail = Attendez leurs réponses, ou retirez l’offre en la rejetant ou en la remplaçant.
problem-replacement-overtaken = Cette personne mentore ne peut plus être proposée
    .detail = { $why }.

# Le dossier des décisions, pour la personne concernée et pour la coordination.
record-approved = La coordination ({ $who }) a approuvé ce jumelage.
record-approved-offered = La coordination ({ $who }) a approuvé ce jumelage; les deux personnes ont ensuite été consultées.
record-rejected = La coordination ({ $who }) a écarté ce jumelage.
record-held = La coordination ({ $who }) a mis ce jumelage de côté pour plus tard.
record-released = La coordination ({ $who }) a repris ce jumelage.
record-replaced = La coordination ({ $who }) a proposé une autre personne mentore.
record-offered = Après un refus ou faute de réponse à temps, ce choix suivant a été offert selon les réglages du programme, sans nouvelle approbation.
record-consented-you = Vous avez dit oui.
record-declined-you = Vous avez dit non.
record-lapsed-you = Vous n’avez pas répondu à temps.
record-consented = { $person } a dit oui.
record-declined = { $person } a dit non.
record-lapsed = { $person } n’a pas répondu à temps.
record-ended = Ce jumelage ne s’est pas fait.
record-reason = Motif donné : { $reason }
record-override = La coordination a choisi autrement que ce que le calcul proposait.
record-grounds = Le calcul avait donné { $score } points sur 10 000 à ce jumelage. Ont le plus compté : { $parts }.
record-somebody = une personne qui n’a plus de compte
record-part = { $part } { $points } sur { $most }
record-part-profession = profession
record-part-language = langue
record-part-availability = temps commun
record-part-topics = sujets
record-part-licensing = permis d’exercice
record-part-place = lieu
record-part-wishes = souhaits
record-rights = C’est une personne qui a décidé, et non une machine seule. Vous pouvez demander à la coordination de votre programme de corriger ce sur quoi repose la décision, et d’entendre vos observations.

# Ce que l’on perd avec une personne mentore, et qui recruter.
match-loss-part = { $points } points de moins, surtout : { $part }
match-loss-only = { $points } points de moins : seule personne mentore possible ({ $occupation })
recruit-supply = { $kind } : { $mentees ->
    [0] aucune demande
    [one] une demande
   *[other] { $mentees } demandes
}, dont { $unmatched } sans mentorat; personnes mentores : { $mentors }, places : { $places }, places libres : { $left }.
recruit-one-more-matched = Une place de plus permettrait un jumelage de plus.
recruit-one-more-points = Une place de plus ajouterait { $points } points au total.
recruit-one-more-nothing = Une place de plus ne changerait rien pour l’instant.
recruit-none = Aucune personne mentore n’y répond encore.
match-told-recruit = Qui recruter ensuite :
match-told-saved = Enregistré comme calcul : { $run }
