# Titres et détails des problèmes (RFC 9457). problem-CODE est le titre, .detail dit quoi faire.
problem-invalid = Certains champs sont à revoir
    .detail = Rien n’a été enregistré. Corrigez les champs indiqués et envoyez de nouveau.
problem-malformed-json = La demande n’est pas du JSON valide
    .detail = Le texte n’a pas pu être lu à la ligne { $line }, colonne { $column }.
problem-malformed-query = L’adresse contient un paramètre illisible
    .detail = Vérifiez les paramètres après le point d’interrogation.
problem-bad-cursor = Ce repère de page n’est pas valide
    .detail = Recommencez à la première page.
problem-bad-idempotency-key = La clé Idempotency-Key ne peut pas servir
    .detail = Envoyez un texte de 1 à 200 caractères visibles, nouveau pour chaque nouvelle demande.
problem-idempotency-in-progress = La même demande est en cours de traitement
    .detail = Attendez un instant, puis envoyez-la de nouveau avec la même clé.
problem-idempotency-reused = Cette clé Idempotency-Key a servi à une autre demande
    .detail = Envoyez une nouvelle clé pour une nouvelle demande.
problem-sign-in-needed = Veuillez ouvrir une session
    .detail = Un jeton d’accès valide est nécessaire.
problem-token-expired = Votre session a expiré
    .detail = Renouvelez votre jeton d’accès ou ouvrez une nouvelle session.
problem-token-invalid = Ce jeton d’accès n’est pas valide
    .detail = Ouvrez une nouvelle session.
problem-forbidden = Cette action ne vous est pas permise
    .detail = Votre rôle ne le permet pas. Au besoin, adressez-vous à la coordination.
problem-not-found = Introuvable
    .detail = Cela n’existe pas, ou vous n’y avez pas accès.
problem-method-not-allowed = Cela ne peut pas se faire ici
    .detail = L’adresse existe, mais pas pour cette méthode.
problem-stale = Quelqu’un a modifié ceci entre-temps
    .detail = Relisez la version actuelle et refaites votre modification.
problem-precondition-required = Indiquez la version que vous modifiez
    .detail = Envoyez dans l’en-tête If-Match l’ETag que vous avez lu.
problem-too-large = C’est trop volumineux
    .detail = La limite est ici de { $limit } octets.
problem-unsupported-media = Ce format n’est pas lu ici
    .detail = Envoyez le type de contenu indiqué dans la documentation.
problem-too-many-requests = Trop de demandes
    .detail = Attendez { $seconds ->
        [one] { $seconds } seconde
       *[other] { $seconds } secondes
    } et essayez de nouveau.
problem-busy = Le service est occupé
    .detail = Rien n’a été enregistré. Essayez de nouveau dans quelques secondes.
problem-storage-full = Il n’y a plus de place pour enregistrer
    .detail = Rien n’a été enregistré. L’équipe qui gère le service doit d’abord libérer de l’espace.
problem-internal = Une erreur est survenue de notre côté
    .detail = Rien n’a été enregistré. Si cela se reproduit, donnez-nous le numéro de demande { $request }.

field-required = Ce champ est nécessaire.
field-unknown = Ce champ n’est pas connu ici.
field-type = Le type n’est pas le bon : { $expected }.
field-too-long = { $most } caractères au plus.
field-too-short = { $least } caractères au moins.
field-out-of-range = La valeur doit se situer entre { $least } et { $most }.
field-not-an-id = Ce n’est pas un identifiant.
field-unknown-value = Cette valeur n’est pas connue. Possibles : { $allowed }.
field-not-found = Rien n’existe sous cet identifiant.
