# Problèmes de comptes et de sessions
problem-sign-in-refused = L’adresse ou le mot de passe ne convient pas
    .detail = Vérifiez les deux et essayez de nouveau, ou demandez un nouveau mot de passe.
problem-session-ended = Votre session est terminée
    .detail = Ouvrez une nouvelle session.
problem-password-link-used = Ce lien ne peut plus servir
    .detail = Il fonctionne une seule fois, pendant un temps limité. Demandez-en un nouveau.
problem-account-exists = Un compte a déjà cette adresse
    .detail = Donnez plutôt le rôle à ce compte.
problem-person-has-account = Cette personne a déjà un compte
    .detail = Donnez plutôt le rôle à ce compte.
problem-grant-exists = Le compte a déjà ce rôle
    .detail = Rien n’a été modifié.
problem-account-in-use = Ce compte est utilisé
    .detail = Un nouveau mot de passe peut être demandé à la page d’ouverture de session.
problem-account-oneself = Vous ne pouvez pas désactiver votre propre compte
    .detail = Adressez-vous à une autre personne de l’administration ou de la coordination.
problem-last-administrator = C’est le dernier compte d’administration
    .detail = Donnez d’abord ce rôle à une autre personne : sans lui, personne ne peut gérer les comptes.

# Champs
field-email-address = Ce n’est pas une adresse courriel, comme amelie@example.org.
field-password-like-email = Le mot de passe ressemble trop à l’adresse courriel.
field-password-common = Ce mot de passe se devine facilement. Essayez quelques mots sans rapport entre eux.
field-password-wrong = Ce n’est pas votre mot de passe actuel.
field-password-differs = Les deux mots de passe ne sont pas les mêmes.
field-grant-everywhere = Ce rôle vaut partout : n’indiquez pas de programme.
field-role-needs-person = Seul le compte d’une personne des programmes peut avoir ce rôle.

# Rôles
role-administrator = Administration
role-coordinator = Coordination
role-coach = Accompagnement
role-mentor = Personne mentore
role-mentee = Personne mentorée

# Pages
access-menu-waiting = En attente
access-menu-matching = Jumelage
access-menu-calendar = Mon agenda
access-menu-account = Mon compte
access-sign-in = Ouvrir une session
access-sign-in-mails = Vous pouvez répondre aux invitations directement depuis vos courriels, sans ouvrir de session.
access-email = Adresse courriel
access-password = Mot de passe
access-new-password = Nouveau mot de passe
access-password-again = Le nouveau mot de passe, une deuxième fois
access-current-password = Mot de passe actuel
access-password-hint = Au moins { $least } caractères. Quelques mots sans rapport entre eux conviennent bien; majuscules et symboles ne sont pas nécessaires.
access-forgotten-link = J’ai oublié mon mot de passe, ou je n’en ai jamais choisi
access-forgotten = Un nouveau mot de passe
access-forgotten-lead = Écrivez l’adresse courriel que vous utilisez ici. Nous vous enverrons un lien pour choisir un mot de passe.
access-forgotten-send = Recevoir un lien
access-forgotten-sent = Regardez vos courriels
access-forgotten-sent-detail = Si un compte a cette adresse, un lien est en route. Il fonctionne une seule fois, pendant { $hours ->
    [one] { $hours } heure
   *[other] { $hours } heures
}.
access-forgotten-nothing-came = Rien n’est arrivé? Regardez dans les courriels indésirables, vérifiez l’orthographe de l’adresse, ou écrivez à la coordination.
access-set-password = Choisir un mot de passe
access-set-password-for = Pour le compte
access-set-password-button = Enregistrer le mot de passe
access-link-used = Ce lien ne fonctionne plus
access-link-used-lead = Un lien fonctionne une seule fois, pendant un temps limité. Vous pouvez en recevoir un nouveau.
access-account = Mon compte
access-account-name = Nom
access-account-roles = Rôles
access-change-password = Changer le mot de passe
access-change-password-lead = Vos autres appareils seront déconnectés.
access-everywhere = Fermer toutes les sessions
access-everywhere-lead = Met fin à toutes vos sessions sur tous vos appareils, y compris celui-ci.
access-done-signed-out = Votre session est fermée.
access-done-password-set = Votre mot de passe est enregistré. Vous pouvez ouvrir une session.
access-done-password-changed = Votre mot de passe est changé. Vos autres appareils sont déconnectés.
