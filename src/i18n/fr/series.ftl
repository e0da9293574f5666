# Comment une série se répète, dans les courriels et les agendas
meeting-repeats = { $every ->
    [1] Toutes les semaines
   *[other] Toutes les { $every } semaines
 } à { $start } (heure locale : { $place }) : { $count ->
    [1] une rencontre
   *[other] { $count } rencontres
 }, la dernière le { $last }.
meeting-repeats-without = Sauf { $dates }.
meeting-repeats-without-date = le { $date }
meeting-repeats-moved = Au lieu du { $was } : { $now }.
meeting-repeats-cancelled = { $count ->
    [1] Cette seule rencontre de la série.
   *[other] { $count } rencontres de la série : celle-ci et les suivantes, jusqu’au { $last }.
 }
meeting-repeats-elsewhere = À partir de celle-ci, les rencontres de la série ont lieu à d’autres moments : voyez l’invitation qui accompagne ce courriel.

# Problèmes
problem-series-times-taken = Les rencontres de la série ne peuvent pas toutes avoir lieu
    .detail = Rien n’a été réservé. Choisissez un autre moment, ou demandez d’omettre ces rencontres.

# Erreurs de champ
field-instance-too-soon = { $date } : trop tôt, le préavis demandé ici est plus long.
field-instance-too-far = { $date } : à plus d’un an d’ici.
field-instance-outside-hours = { $date } : quelqu’un n’est pas disponible.
field-instance-taken = { $date } : quelqu’un a une autre rencontre à ce moment, ou trop près.
field-instance-day-full = { $date } : la personne mentore a déjà le plus de rencontres possible ce jour-là.
field-instance-week-full = { $date } : la personne mentore a déjà le plus de rencontres possible cette semaine-là.
field-count-or-until = Indiquez soit le nombre de rencontres, soit la dernière date.
field-too-many-meetings = Il y a plus de { $most } rencontres jusqu’à cette date.

# La page derrière les boutons d’une invitation
answer-series-all = { $count ->
    [1] la date à venir
   *[other] les { $count } dates
 }
answer-series-whole = { $count ->
    [1] Ces rencontres se répètent; il reste une date à venir.
   *[other] Ces rencontres se répètent. Votre réponse vaut pour les { $count } dates à venir.
 }
answer-series-this = Ces rencontres se répètent. Ici, votre réponse vaut pour cette seule date : { $when }.
answer-series-dates = Dates
answer-series-clock = Heure locale : { $place }.
answer-series-date = { $date }, { $hours }
answer-series-more = { $count ->
    [1] et une autre, le { $until }
   *[other] et { $count } autres jusqu’au { $until }
 }
answer-series-off = n’a pas lieu
answer-series-was = au lieu de : { $was }
answer-series-reworded = avec un lieu ou des précisions à part
answer-series-own-accepted = votre réponse : j’y serai
answer-series-own-tentative = votre réponse : peut-être
answer-series-own-declined = votre réponse : je ne peux pas venir
answer-series-keeps = Les dates auxquelles vous avez répondu une à une gardent leur réponse.
answer-series-taken-all = { $count ->
    [1] Cela vaut pour la date à venir.
   *[other] Cela vaut pour les { $count } dates à venir.
 }
answer-series-taken-this = Cela vaut pour une seule date : { $when }.
answer-series-one = Pour répondre à une seule date, ou lui trouver un autre moment, choisissez cette date ci-dessus.
answer-series-others = Toutes les dates à venir
answer-series-to-all = { $count ->
    [1] Répondre pour toute la série
   *[other] Répondre pour les { $count } dates à la fois
 }
