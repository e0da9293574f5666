problem-slug-taken = Ce nom court est déjà pris
    .detail = Un autre programme le porte. Choisissez-en un autre.
field-slug = Utilisez de 1 à 60 lettres minuscules, chiffres et traits d’union.
field-ends-before-start = Le dernier jour précède le premier.
field-zone = Ce n’est pas un fuseau horaire de la base de l’IANA, comme America/Toronto.
