# Agendas auxquels un logiciel s’abonne
feed-mine = { $platform } : mes rencontres
feed-programmes = { $platform } : mes programmes
feed-pair = { $mentor } et { $mentee }

# Heures prises d’après un agenda que la personne a déjà
problem-too-many-calendars = Cela fait assez d’agendas
    .detail = Vous pouvez avoir ici { $most } agendas au plus. Retirez-en un d’abord.
problem-calendar-exists = Cet agenda est déjà là
    .detail = Vous avez déjà ajouté cet agenda.
field-calendar-not-allowed = Ce n’est pas l’adresse d’un agenda que nous pouvons lire. Elle commence par https:// ou webcal:// et mène à un serveur public.
field-calendar-ours = C’est une de nos propres adresses. Nous connaissons vos rencontres ici sans elle.
field-calendar-unreachable = Personne ne répond à cette adresse.
field-calendar-refused = Le serveur ne donne pas cet agenda. Son adresse secrète a peut-être changé, ou le partage a été arrêté.
field-calendar-server-trouble = Le serveur de cet agenda a lui-même un problème.
field-calendar-redirects = L’adresse mène d’un endroit à l’autre sans fin.
field-calendar-too-slow = Le serveur de cet agenda n’a pas répondu à temps.
field-calendar-too-large = Cet agenda est trop grand pour nous.
field-calendar-none = Ce qui se trouve à cette adresse n’est pas un agenda.

# La page « Mon agenda »
calendar-title = Mon agenda
calendar-at = { $date }, { $start }
calendar-clock = Heure locale : { $place }.
calendar-done-withdrawn = L’adresse est retirée. Les logiciels d’agenda n’y trouvent plus rien.
calendar-done-added = Votre agenda est ajouté. Nous le consulterons de temps à autre.
calendar-done-checked = Nous venons de le consulter.
calendar-done-removed = L’agenda est retiré, et ce que nous en savions est oublié.
calendar-feed-mine = Voir mes rencontres dans mon agenda
calendar-feed-mine-lead = Votre logiciel d’agenda peut lire vos rencontres à une adresse secrète et les tenir à jour tout seul.
calendar-feed-programmes = Voir les rencontres de mes programmes dans mon agenda
calendar-feed-programmes-lead = Votre logiciel d’agenda peut lire à une adresse secrète qui se rencontre, et quand, dans les programmes que vous coordonnez.
calendar-feed-none = Vous n’avez pas encore d’adresse.
calendar-feed-get = Obtenir mon adresse
calendar-feed-made = Votre adresse date de : { $at }. Nous ne pouvons pas la montrer de nouveau.
calendar-feed-read = Dernière lecture : { $at }.
calendar-feed-unread = Aucun logiciel ne l’a encore lue.
calendar-feed-fresh = Voici votre adresse
calendar-feed-once = Copiez-la maintenant : elle n’est montrée qu’une fois. Gardez-la pour vous; quiconque l’a peut la lire.
calendar-feed-address = Adresse
calendar-feed-open = Ouvrir dans mon logiciel d’agenda
calendar-feed-how = Google Agenda : « Autres agendas », puis « À partir de l’URL ». Outlook : « Ajouter un calendrier », puis « S’abonner à partir du web ». Calendrier d’Apple : le bouton ci-dessus, ou « Fichier », puis « Nouvel abonnement à un calendrier ».
calendar-feed-renew = Obtenir une nouvelle adresse
calendar-feed-renew-hint = Avec une nouvelle adresse, l’ancienne ne fonctionne plus.
calendar-feed-withdraw = Retirer l’adresse
calendar-busy = Garder libres mes heures occupées
calendar-busy-lead = Donnez-nous l’adresse secrète d’un agenda que vous avez déjà : personne ne se verra proposer une heure où vous n’êtes pas libre. Nous ne gardons que vos heures occupées ou libres : ni titres, ni lieux, ni noms.
calendar-busy-read = Dernière lecture : { $at }; { $count ->
    [0] aucun événement
    [1] un événement
   *[other] { $count } événements
 }.
calendar-busy-last = Dernière lecture réussie : { $at }.
calendar-busy-not-understood = { $count ->
    [1] Un événement répété a une règle que nous ne comprenons pas : seule sa première date compte.
   *[other] { $count } événements répétés ont une règle que nous ne comprenons pas : seule leur première date compte.
 }
calendar-busy-with-days = Les événements d’une journée entière comptent comme occupés.
calendar-busy-without-days = Les événements d’une journée entière ne comptent pas.
calendar-busy-check = Consulter maintenant
calendar-busy-remove = Retirer
calendar-busy-add = Ajouter un agenda
calendar-busy-address = Adresse secrète de l’agenda
calendar-busy-where = Elle finit par .ics. Google Agenda : paramètres de l’agenda, « Adresse secrète au format iCal ». Outlook : « Calendriers partagés », « Publier un calendrier ». iCloud : « Partager le calendrier », « Calendrier public ».
calendar-busy-whole-days = Les événements d’une journée entière comptent comme occupés
