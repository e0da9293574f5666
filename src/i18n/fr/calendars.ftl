# Agendas auxquels un logiciel s’abonne
feed-mine = { $platform } : mes rencontres
feed-programmes = { $platform } : mes programmes
feed-pair = { $mentor } et { $mentee }
