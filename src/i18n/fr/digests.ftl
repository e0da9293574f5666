# Ce qui attend la coordination : le courriel quotidien et la page
digest-two = { $one } et { $other }
digest-line-mail = À { $to } : « { $about } » ({ $reason })
digest-line-meeting = { $who }, { $when }
digest-line-hours = { $who }, { $minutes } minutes le { $day }
digest-line-held = Un message au sujet de { $who }, reçu le { $day }
digest-line-consent = { $who } n’a pas répondu au sujet du jumelage de { $pair } (échéance : { $day })
digest-line-offer-declined = { $pair } : { $who } a dit non
digest-line-offer-lapsed = { $pair } : { $who } n’a pas répondu à temps
digest-line-offer-ended = { $pair } : { $why }
digest-title-mails = Courriels qui ne sont pas arrivés
digest-title-declined = Rencontres refusées sans nouveau moment
digest-title-unanswered = Rencontres sans réponse
digest-title-consents = Jumelages offerts sans réponse, à échéance d’ici demain
digest-title-offers = Jumelages offerts qui n’ont pas abouti et laissent quelqu’un en attente
digest-title-held = Messages reçus à examiner
digest-title-proposals = Jumelages proposés à décider
digest-title-silent = Duos qui ne se sont pas rencontrés depuis un moment et ne prévoient rien
digest-title-hours = Heures à approuver
digest-action-mails = Vérifier l’adresse, puis envoyer de nouveau
digest-action-declined = Écrire aux deux personnes et les aider à trouver un moment
digest-action-unanswered = Demander à la personne qui n’a pas répondu
digest-action-consents = Appeler la personne qui n’a pas répondu
digest-action-offers = Choisir une autre personne mentore ou relancer le jumelage
digest-action-held = Les appliquer ou les écarter
digest-action-proposals = Les approuver ou les refuser
digest-action-silent = Demander aux deux personnes comment cela se passe
digest-action-hours = Les approuver ou les refuser

# La page qui arrête le courriel quotidien
digest-stop-title = Votre courriel quotidien
digest-on = Vous recevez de nouveau le courriel quotidien
digest-off = Vous ne recevez plus le courriel quotidien
digest-on-lead = Une fois par jour, nous vous disons ce qui vous attend, s’il y a quelque chose.
digest-off-lead = Nous ne vous envoyons pas le courriel quotidien. Ce qui vous attend se trouve sur sa propre page quand vous êtes en session.
digest-stop = Arrêter le courriel quotidien
digest-start = Recevoir de nouveau le courriel quotidien

# La page qui dit ce qui attend
waiting-title = Ce qui vous attend
waiting-nothing = Rien ne vous attend. Bonne journée!
waiting-write = Leur écrire
waiting-decide = Décider
waiting-send-again = Envoyer de nouveau
waiting-sent-again = Le courriel est reparti.
