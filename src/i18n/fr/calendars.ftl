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
