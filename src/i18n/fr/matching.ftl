# Raisons d’un jumelage.
match-profession-same = La profession exercée par la personne mentore est exactement celle qui est visée : { $occupation }.
match-profession-close = La profession de la personne mentore, { $occupation }, est proche de celle qui est visée, { $target }.
match-profession-related = La profession de la personne mentore, { $occupation }, est apparentée à celle qui est visée, { $target }.
match-profession-far = La profession de la personne mentore, { $occupation }, a peu en commun avec celle qui est visée, { $target }.
match-profession-none = La profession de la personne mentore, { $occupation }, relève d’un autre domaine que celle qui est visée, { $target }.
match-profession-unknown = Il n’y a pas de profession à comparer : l’un des deux dossiers n’en mentionne aucune.
match-profession-experience = L’expérience y est courte ou remonte à quelques années, ce qui compte un peu moins.
match-language-shared = Langue commune : { $language } (personne mentorée : { $mentee }; personne mentore : { $mentor }).
match-language-not-asked = Langue commune : { $language } (personne mentorée : { $mentee }; personne mentore : { $mentor }); une autre langue était demandée.
match-language-relative = Langues apparentées seulement : { $language } pour la personne mentorée, { $relative } pour la personne mentore.
match-language-none = Il n’y a pas de langue commune.
match-level-native = langue maternelle
match-time-common = Temps libre commun dans une semaine type : { $duration }, soit { $windows } (heure de la personne mentorée).
match-time-zones = À l’heure de la personne mentore : { $windows }.
match-time-least = Quand les changements d’heure ne tombent pas le même jour, il reste { $duration }.
match-time-none = Il n’y a pas de temps libre commun dans une semaine type.
match-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
match-minutes = { $count } minutes
match-more = et plus
match-window = { $day } de { $from } à { $to }
match-weekday-1 = lundi
match-weekday-2 = mardi
match-weekday-3 = mercredi
match-weekday-4 = jeudi
match-weekday-5 = vendredi
match-weekday-6 = samedi
match-weekday-7 = dimanche
match-topics-shared = Sujets demandés que la personne mentore propose : { $shared } sur { $asked } ({ $topics }).
match-topics-all = La personne mentore propose { $asked ->
    [one] le sujet demandé
   *[other] les { $asked } sujets demandés
} : { $topics }.
match-topics-none = La personne mentore ne propose aucun des sujets demandés.
match-topics-not-asked = Aucun sujet n’est demandé.
match-licence-same = La personne mentore a obtenu le permis d’exercice recherché, au même endroit.
match-licence-other = La personne mentore a obtenu le permis d’exercice recherché, ailleurs au pays.
match-licence-none = Aucun permis n’est en jeu, ou la personne mentore ne l’a pas obtenu.
match-place-city = Les deux vivent à { $city } et peuvent se voir en personne.
match-place-reach = Les deux peuvent se voir en personne : { $mentee } et { $mentor } sont proches.
match-place-province = Les rencontres se feraient à distance, dans la même province.
match-place-remote = Les rencontres se feraient à distance.
match-place-none = Il n’y a pas de façon commune de se rencontrer.
match-wishes-none = Aucun souhait pouvant compter n’est réalisé ici.
match-wishes-mentee = Comme la personne mentorée le souhaitait, la personne mentore est : { $wishes }.
match-wishes-mentor = Comme la personne mentore le souhaitait, la personne mentorée est : { $wishes }.

# Règles qui excluent un jumelage.
match-rule-mentee-not-active = La personne mentorée n’est pas active
match-rule-mentee-no-consent = La personne mentorée n’a pas consenti au jumelage
match-rule-mentee-paused = La personne mentorée est en pause ou absente
match-rule-mentor-not-active = La personne mentore n’est pas active
match-rule-mentor-no-consent = La personne mentore n’a pas consenti au jumelage
match-rule-mentor-paused = La personne mentore est en pause ou absente
match-rule-no-capacity = La personne mentore n’a pas de place libre
match-rule-same-person = Il s’agit de la même personne
match-rule-conflict-of-interest = Un conflit d’intérêts est déclaré
match-rule-matched-before = Un mentorat a déjà eu lieu entre ces personnes
match-rule-banned = La coordination a exclu ce jumelage
match-rule-declined = L’une des deux personnes a décliné ce jumelage
match-rule-way-of-meeting = Pas de façon commune de se rencontrer
match-rule-language = Pas de langue commune au niveau minimal
match-rule-insistence = Une condition posée par l’une des deux personnes n’est pas remplie
match-rule-profession = Les professions sont trop éloignées pour ce programme
match-rule-overlap = Trop peu de temps libre commun
match-rule-below-floor = Le résultat est sous le seuil du programme
match-change-mentee-consent = Demandez le consentement de la personne mentorée.
match-change-mentee-pause = Attendez le retour de la personne mentorée.
match-change-mentor-consent = Demandez le consentement de la personne mentore.
match-change-mentor-pause = Attendez le retour de la personne mentore.
match-change-capacity = Demandez à la personne mentore une place de plus.
match-change-matched-before = Permettez de jumeler de nouveau les mêmes personnes.
match-change-banned = Permettez au calcul de reconsidérer les jumelages refusés.
match-change-way-of-meeting = Demandez à l’une des deux personnes si une rencontre à distance, ou en personne, conviendrait.
match-change-language = Abaissez le niveau minimal, ou trouvez une personne mentore qui parle une langue commune.
match-change-profession = Abaissez la proximité minimale des professions.
match-change-overlap = Demandez davantage de disponibilités, ou abaissez le temps commun minimal.
match-change-floor = Abaissez le seuil.

# Pourquoi pas, et pourquoi personne.
match-why-chosen = Ce jumelage a été proposé.
match-why-excluded = Ce jumelage n’est pas possible : { $rules }.
match-why-price = Faire plutôt ce jumelage coûterait { $points } points au total : { $changes }.
match-why-price-fewer = Faire plutôt ce jumelage laisserait { $fewer ->
    [one] une personne
   *[other] { $fewer } personnes
} de plus sans mentorat : { $changes }.
match-why-free = Faire plutôt ce jumelage ne coûterait rien : un autre ensemble est aussi bon ({ $changes }).
match-change-loses = { $mentee } n’aurait pas de mentorat
match-change-moves = { $mentee } passerait de { $before } à { $after }
match-change-gains = { $mentee } obtiendrait { $after }
match-nobody-matched = Un jumelage a été proposé à { $mentee }.
match-nobody-none = { $mentors ->
    [one] Aucune personne mentore n’est possible pour { $mentee }.
   *[other] Aucune des { $mentors } personnes mentores n’est possible pour { $mentee }.
}
match-nobody-taken = { $admissible ->
    [one] Une personne mentore est possible pour { $mentee }, mais ses places servent mieux l’ensemble auprès d’autres personnes.
   *[other] { $admissible } personnes mentores sont possibles pour { $mentee }, mais leurs places servent mieux l’ensemble auprès d’autres personnes.
}
match-nobody-removed = { $rule } : { $count } personnes mentores sur { $mentors }.
match-nobody-would-open = { $change } { $count ->
    [one] Une personne mentore deviendrait possible.
   *[other] { $count } personnes mentores deviendraient possibles.
}
match-nobody-nearest = Au plus près : { $mentor } ({ $rules }).

# Problèmes.
problem-run-in-progress = Un calcul de ce programme est en cours
    .detail = Attendez qu’il se termine avant d’en lancer un autre.
problem-newer-run = Il y a un calcul plus récent
    .detail = Regardez d’abord le dernier calcul, puis lancez-en un autre s’il le faut encore.
problem-run-cancelled = Le calcul a été annulé
    .detail = Rien n’a été enregistré.
problem-too-many-people = Trop de personnes participent
    .detail = Un calcul accepte au plus { $limit } personnes de chaque côté.
problem-person-twice = Une personne participe deux fois
    .detail = La même personne est là deux fois ({ $side }). Corrigez les inscriptions.
problem-run-not-explained = Ce calcul ne peut pas être expliqué
    .detail = Ses données ne sont plus là, ou il est encore en cours.
problem-proposal-decided = Cette proposition a déjà été tranchée
    .detail = Son état est « { $status } ». Une décision reste telle quelle.
problem-proposal-changed = Une décision a été prise entre-temps
    .detail = La page montre ce qui vaut maintenant. Regardez de nouveau, puis décidez s’il le faut encore.
problem-decided-too-quickly = Cette proposition venait d’arriver
    .detail = Le bouton de la précédente semble avoir été pressé deux fois. Rien n’a été décidé. Regardez ce jumelage, puis décidez.
problem-proposal-stale = Cette proposition est dépassée
    .detail = Quelqu’un est parti, une place a été prise, ou un calcul plus récent l’a remplacée. Lancez un nouveau calcul.
problem-proposal-overtaken = Cette proposition ne peut plus être approuvée
    .detail = { $why }.
problem-proposal-not-held = Cette proposition n’est pas mise de côté
    .detail = Seule une proposition mise de côté peut être remise en attente.
problem-proposal-exists = Ce jumelage est déjà proposé
    .detail = Le calcul contient une proposition pour ces deux personnes. Tranchez celle-là.
problem-replacement-breaks-rule = Ce jumelage enfreint une règle
    .detail = { $rules }. Envoyez un motif et « override » pour passer outre aux règles qui le permettent.
problem-replacement-impossible = Ce jumelage n’est pas possible
    .detail = { $rules }. On ne passe jamais outre à cette règle.
field-not-taking-part = L’une des deux personnes ne participe pas, ou n’attend plus.
field-pinned-and-banned = Ce jumelage est à la fois imposé et interdit.
field-pin-breaks-rule = Ce jumelage n’est pas possible : { $rule }.
field-pins-exceed-places = Places libres de la personne mentore : { $places }; jumelages imposés : { $pins }.
field-pinned-twice = Cette personne figure dans deux jumelages imposés.
field-only-for-drafts = D’autres places ne s’essaient que dans une ébauche. Modifiez plutôt l’inscription.
field-several-of-this-name = Plusieurs personnes portent ce nom. Choisissez l’une d’elles.
field-too-many-of-this-name = Beaucoup de personnes portent ce nom. Écrivez-en davantage, ou l’adresse courriel.
field-no-mentor-of-this-name = Aucune personne mentore de ce programme ne porte ce nom.
field-no-mentee-of-this-name = Aucune personne mentorée en attente dans ce programme ne porte ce nom.
field-other-mentor = Choisissez une autre personne mentore que celle qui est proposée.

# Ce que dit la commande.
match-told-people = Personnes en attente : { $mentees }. Personnes mentores : { $mentors }, places libres : { $places }.
match-told-matched = Jumelages proposés : { $matched }, résultat moyen : { $mean } sur 10 000.
match-told-left = Sans jumelage possible : { $nobody }. Places mieux employées ailleurs : { $taken }. En pause, absentes ou sans consentement : { $away }.
match-told-pair = { $name } : { $score } points
match-told-proof = Prouvé : parmi les { $pairs } jumelages possibles, aucun autre ensemble n’est meilleur.
match-told-compared = Changements : { $changes } (jumelages en plus : { $won }, en moins : { $lost }, points au total : { $points }).

# Ce que fait un calcul, au terminal
match-stage-load = Lecture des personnes
match-stage-scan = Examen de toutes les paires
match-stage-assign = Attribution des places
match-stage-price = Calcul du prix de toutes les paires
match-stage-check = Vérification de la preuve
match-stage-store = Enregistrement
match-told-changed = Les deux résultats partent du dernier calcul et sont prouvés.
match-told-afresh-no-run = Les deux résultats ont été calculés à neuf et sont prouvés : il n’y a pas de calcul d’où partir.
match-told-afresh-other-version = Les deux résultats ont été calculés à neuf et sont prouvés : le dernier calcul vient d’une autre version.
match-told-afresh-stable-objective = Les deux résultats ont été calculés à neuf et sont prouvés : un ensemble stable n’a pas de prix de départ.
match-told-afresh-settings-differ = Les deux résultats ont été calculés à neuf et sont prouvés : les réglages ne sont pas ceux du dernier calcul.
match-told-afresh-people-differ = Les deux résultats ont été calculés à neuf et sont prouvés : une personne proposée a modifié son dossier depuis le dernier calcul.
match-told-afresh-too-many-changes = Les deux résultats ont été calculés à neuf et sont prouvés : beaucoup de choses ont changé depuis le dernier calcul.
match-told-afresh-not-proved = Les deux résultats ont été calculés à neuf et sont prouvés : les prix du dernier calcul ne valent plus.

# Pages.
match-moment = { $date }, { $time } (heure locale : { $place })
match-fit = { $percent } %
match-told-same = Rien ne changerait pour personne.
match-told-proof-stable = Prouvé sur les { $pairs } jumelages possibles : aucune personne mentorée et aucune personne mentore ne se préféreraient l’une l’autre.
match-page-title = Jumelage
match-page-lead = Un calcul prend en compte toutes les personnes en attente et propose les jumelages les meilleurs pour l’ensemble. Personne n’en est informé avant votre décision.
match-page-no-programme = Vous ne coordonnez aucun programme.
match-page-not-open = fermé ou pas encore ouvert
match-page-run-of = Calcul du { $at }
match-page-to-decide = { $count ->
    [0] Aucune proposition n’attend votre décision.
    [one] Une proposition attend votre décision.
   *[other] { $count } propositions attendent votre décision.
}
match-page-no-run = Il n’y a pas encore de calcul.
match-page-what-if = Simuler…
match-page-all-runs = Tous les calculs
match-page-replaces = { $count ->
    [one] Un nouveau calcul remplace la proposition qui attend une décision.
   *[other] Un nouveau calcul remplace les { $count } propositions qui attendent une décision.
}
match-page-start = Lancer un calcul
match-page-matched = Personnes mentorées en attente : { $mentees }. Avec une proposition : { $matched }.
match-page-mean = Affinité moyenne : { $fit }.
match-page-runs-title = Calculs : { $programme }
match-page-running = Ce calcul est en cours. Revenez dans un instant.
match-page-earlier = Calculs précédents
match-page-run-title = Calcul : { $programme }
match-page-done = Le calcul est enregistré, avec ses propositions.
match-page-newer = Il y a un calcul plus récent. Celui-ci reste tel quel.
match-page-newer-link = Voir le dernier calcul
match-page-objective = Ce que « meilleur » veut dire ici :
match-page-held-dropped = { $count ->
    [one] Un jumelage mis de côté est devenu impossible.
   *[other] { $count } jumelages mis de côté sont devenus impossibles.
}
match-page-figure-matched = Avec une proposition
match-page-figure-nobody = Sans jumelage possible
match-page-figure-taken = Places mieux employées ailleurs
match-page-figure-away = En pause, absentes ou sans consentement
match-page-figure-mentors = Personnes mentores
match-page-figure-places = Places libres
match-page-figure-mean = Affinité moyenne
match-page-figure-points = Points au total
match-page-proposals = Propositions
match-page-no-proposal = Ce calcul ne propose aucun jumelage.
match-page-with = et
match-page-fit = Affinité : { $fit }
match-page-why = Pourquoi ce jumelage
match-page-part = { $part } : { $points } sur { $most }
match-page-what-if-not = Et si on excluait ce jumelage?
match-page-more-proposals = Autres propositions
match-page-waiting = Qui attend encore
match-page-nobody-waits = Toutes les personnes qui peuvent être jumelées ont une proposition.
match-page-waits = { $days ->
    [0] depuis aujourd’hui
    [one] depuis { $days } jour
   *[other] depuis { $days } jours
}
match-page-why-nobody = Pourquoi, et ce qu’il faudrait changer
match-page-more-waiting = Autres personnes en attente
match-page-fairness = Était-ce équitable?
match-page-fairness-lead = La même part dans chaque groupe voudrait dire la même chance. Dans un petit groupe, la part varie déjà par hasard.
match-page-group = Groupe
match-page-group-mentees = Personnes mentorées
match-page-group-matched = Avec une proposition
match-page-group-share = Part
match-page-group-unknown = non précisé
match-page-by-language = Par langue maternelle
match-page-by-region = Par province
match-page-by-waiting = Par temps d’attente
match-page-days = { $from } à { $to } jours
match-page-days-more = { $from } jours et plus
match-page-recruit = Qui recruter ensuite
match-page-recruit-none = Pour le moment, une personne mentore de plus ne changerait rien.
match-status-proposed = attend une décision
match-status-held = mise de côté
match-status-offered = les deux personnes sont consultées
match-status-approved = approuvée
match-status-rejected = rejetée
match-status-replaced = remplacée
match-status-declined = refusée par l’une des deux personnes
match-status-lapsed = sans réponse à temps
match-status-stale = dépassée
match-objective-coverage = Le plus de jumelages possible, puis le meilleur total
match-objective-total = Le meilleur total
match-objective-stable = Ensemble stable : aucune personne mentorée et aucune personne mentore ne se préféreraient l’une l’autre
match-whatif-title = Simulation : { $programme }
match-whatif-lead = Essayez d’autres poids, d’autres règles ou d’autres jumelages. Vous voyez ce qui changerait avant d’enregistrer quoi que ce soit.
match-whatif-not-open = Ce programme n’est pas ouvert : rien ne peut être essayé ni enregistré.
match-whatif-difference = Ce qui changerait
match-whatif-table = En chiffres
match-whatif-figure = Indicateur
match-whatif-before = Réglages actuels
match-whatif-after = Avec vos changements
match-whatif-change = Écart
match-whatif-who = Pour qui cela changerait
match-whatif-was = Réglages actuels : { $mentor }, affinité { $fit }
match-whatif-would-be = Avec vos changements : { $mentor }, affinité { $fit }
match-whatif-keep = Imposer ce jumelage
match-whatif-without = Exclure ce jumelage
match-whatif-others = { $count ->
    [one] Un autre changement
   *[other] { $count } autres changements
}
match-whatif-more = { $count ->
    [one] Un autre changement n’est pas montré ici.
   *[other] { $count } autres changements ne sont pas montrés ici.
}
match-whatif-save-title = L’enregistrer?
match-whatif-only-draft = D’autres places peuvent seulement être essayées. Pour enregistrer, modifiez les places de la personne mentore dans le programme, puis lancez un calcul.
match-whatif-save-lead = Ceci enregistre ce que vous venez de comparer, dans un nouveau calcul. Les réglages du programme ne changent pas.
match-whatif-save = Enregistrer ce calcul
match-whatif-weights = Ce qui compte, et combien
match-whatif-weights-lead = Seules les proportions comptent.
match-whatif-share = … du total
match-whatif-as-set = Réglage du programme : { $value }.
match-whatif-people = Jumelages et places
match-whatif-people-lead = Imposez un jumelage, excluez-en un autre ou donnez d’autres places à une personne mentore.
match-whatif-pins = Imposés
match-whatif-bans = Exclus
match-whatif-places = Autres places
match-whatif-places-of = Places libres : { $mentor }
match-whatif-pair = { $mentee } et { $mentor }
match-whatif-somebody = une personne qui ne participe plus
match-whatif-drop = Retirer
match-whatif-add-more = Ajouter un jumelage ou des places
match-whatif-kind = Quoi ajouter
match-whatif-kind-pin = Imposer un jumelage
match-whatif-kind-ban = Exclure un jumelage
match-whatif-kind-places = Donner d’autres places à une personne mentore
match-whatif-mentor = Personne mentore
match-whatif-mentee = Personne mentorée
match-whatif-name-hint = Un nom, une partie du nom ou l’adresse courriel.
match-whatif-mentee-hint = Pour un jumelage seulement.
match-whatif-number = Places libres
match-whatif-number-hint = Pour d’autres places seulement : de 0 à 20.
match-whatif-which = De qui s’agit-il?
match-whatif-add = Ajouter et comparer
match-whatif-rules = Règles
match-whatif-rules-show = Montrer les règles
match-whatif-compare = Comparer
match-whatif-reset = Revenir aux réglages du programme
match-whatif-nothing-saved = Comparer n’enregistre rien.
match-setting-objective = Ce que « meilleur » veut dire
match-setting-weights-profession = Profession
match-setting-weights-language = Langue
match-setting-weights-availability = Temps libre commun
match-setting-weights-topics = Sujets
match-setting-weights-licensing = Permis d’exercice
match-setting-weights-place = Lieu et façon de se rencontrer
match-setting-weights-wishes = Souhaits
match-setting-least-language-level = Niveau minimal de la langue commune
match-setting-least-language-level-hint = De 0 à 12 : B1 vaut 5, B2 vaut 7, C1 vaut 9.
match-setting-least-overlap-minutes = Temps libre commun minimal par semaine, en minutes
match-setting-short-weeks-allowed = Semaines où il peut y en avoir moins
match-setting-short-weeks-allowed-hint = Les changements d’heure ne tombent pas partout le même jour.
match-setting-least-profession-permille = Proximité minimale des professions
match-setting-least-profession-permille-hint = 0 : aucune règle; 1 000 : exactement la même.
match-setting-waiting-scale = Points ajoutés pour l’attente
match-setting-waiting-scale-hint = De 0 à 10 000; s’ajoute à l’affinité.
match-setting-floor = Affinité minimale d’un jumelage
match-setting-floor-hint = De 0 à 10 000; seulement si le meilleur total compte.
match-setting-allow-matched-before = Des personnes déjà jumelées peuvent l’être de nouveau
match-setting-reconsider-rejected = Reprendre en compte les jumelages rejetés
match-proposal-title = { $mentee } et { $mentor }
match-proposal-done = { $mentee } et { $mentor } : { $status }.
match-proposal-see = Voir
match-proposal-aims = Profession visée
match-proposal-works = Profession exercée
match-proposal-languages = Langues
match-proposal-city = Habite à
match-proposal-now = En ce moment
match-proposal-places = Places libres : { $free }
match-proposal-waits = En attente de mentorat
match-proposal-waits-no-more = En mentorat, ou consultation en cours
match-proposal-decide = Votre décision
match-proposal-approve-asks = Si vous approuvez, on demande d’abord aux deux personnes si elles sont d’accord. Une place leur est gardée entre-temps.
match-proposal-approve-begins = Si vous approuvez, le mentorat commence, et un courriel présente les deux personnes l’une à l’autre.
match-proposal-take-back = Les deux personnes sont consultées en ce moment. Si vous rejetez ou remplacez ce jumelage, l’offre est retirée, et on le leur dit avec égards.
match-proposal-reason = Raison
match-proposal-reason-hint = Nécessaire pour rejeter. Les deux personnes peuvent demander à la lire.
match-verdict-approve = Approuver
match-verdict-release = Reprendre
match-verdict-hold = Mettre de côté
match-verdict-reject = Rejeter
match-verdict-replace = Proposer à la place
match-proposal-other-mentors = Autres personnes mentores pour { $mentee }
match-proposal-other-mentees = Autres personnes mentorées pour { $mentor }
match-proposal-costs-fewer = Au moins une personne resterait sans mentorat.
match-proposal-costs-nothing = Les autres n’y perdraient peut-être rien.
match-proposal-costs = L’ensemble y perdrait au moins { $points } points.
match-proposal-history = Ce qui a été décidé
match-proposal-said = { $at } : { $said }
match-proposal-next = Proposition suivante
match-page-held-stays = Ce qui est mis de côté reste.
match-page-all-proposals = Toutes
match-page-open-proposals = En attente d’une décision
match-whatif-measure = L’affinité et les points des deux côtés sont comptés avec vos poids et vos règles.
match-whatif-dropped = Mis de côté, et plus possible avec vos changements :
match-whatif-changed = Vous avez changé quelque chose. Comparez de nouveau avant d’enregistrer.
match-proposal-newer-run = Un calcul plus récent l’a remplacée
match-proposal-mind-changed = Une personne qui avait dit non a finalement dit oui
