problem-slug-taken = Ce nom court est déjà pris
    .detail = Un autre programme le porte. Choisissez-en un autre.
problem-programme-state = Ce changement d’état est impossible
    .detail = Le programme est « { $from } » et ne peut pas devenir « { $to } ». Un programme est d’abord en préparation, puis ouvert, puis fermé.
problem-programme-not-open = Le programme n’est pas ouvert
    .detail = Ouvrez-le d’abord. Un programme fermé reste fermé.
problem-programme-closed = Le programme est fermé
    .detail = Un programme fermé est conservé tel quel.
problem-already-enrolled = Cette personne participe déjà
    .detail = Elle est inscrite de ce côté du programme. Modifiez cette inscription.
problem-participation-left = Cette personne a quitté le programme
    .detail = Inscrivez-la d’abord de nouveau.
problem-places-taken = Davantage de places sont prises
    .detail = { $taken ->
        [one] Une place est prise par un mentorat en cours.
       *[other] { $taken } places sont prises par des mentorats en cours.
    } Le nombre de places ne peut pas être inférieur.
problem-mentorships-open = Un mentorat est encore en cours
    .detail = { $open ->
        [one] Mettez d’abord fin au mentorat en cours.
       *[other] Mettez d’abord fin aux { $open } mentorats en cours.
    }
problem-no-place-left = Toutes les places de mentorat sont prises
    .detail = Choisissez quelqu’un d’autre, ou augmentez le nombre de places.
problem-mentee-taken = Cette personne a déjà un mentorat en cours, ou une offre l’attend
    .detail = Un seul mentorat à la fois est possible par programme.
field-slug = Utilisez de 1 à 60 lettres minuscules, chiffres et traits d’union.
field-ends-before-start = Le dernier jour précède le premier.
field-zone = Ce n’est pas un fuseau horaire de la base de l’IANA, comme America/Toronto.
field-no-weight = Au moins un critère doit peser plus que zéro.
field-consent-kind = Utilisez de 1 à 60 lettres minuscules, chiffres et traits d’union.
field-too-many-items = Au plus { $most }.
field-in-the-future = Cette date est dans l’avenir.
field-not-for-mentors = L’attente ne concerne que les personnes mentorées.
