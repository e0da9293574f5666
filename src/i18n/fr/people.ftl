# Personnes : problèmes et champs
problem-email-taken = Une personne a déjà cette adresse courriel
    .detail = Chaque adresse appartient à une seule personne. Recherchez-la, ou laissez le champ vide.
problem-person-archived = Cette personne est archivée
    .detail = Rétablissez d’abord la personne.
problem-person-not-archived = Cette personne n’est pas archivée
    .detail = Il n’y a rien à rétablir.
problem-person-not-paused = Cette personne n’est pas en pause
    .detail = Il n’y a aucune pause à terminer.
problem-too-many-exceptions = Il y a trop d’exceptions
    .detail = Une personne peut en avoir { $most }. Retirez d’abord les anciennes.
problem-consent-unchanged = Ce consentement est déjà consigné
    .detail = La même réponse au même texte est en vigueur.
problem-conflict-declared = Ces deux personnes sont déjà tenues à l’écart l’une de l’autre
    .detail = Elles ne sont pas jumelées, quelle que soit celle pour qui la déclaration a été faite.

field-name = Un nom doit comporter au moins une lettre.
field-email = Ce n’est pas une adresse courriel.
field-several-emails = Indiquez une seule adresse courriel.
field-phone = Ce n’est pas un numéro de téléphone. Hors de l’Amérique du Nord, il commence par + et l’indicatif du pays.
field-country = Ce n’est pas le code à deux lettres d’un pays, comme CA.
field-province = Ce n’est pas une province ni un territoire du Canada, comme QC.
field-occupation = Ce n’est pas un groupe de base de la Classification nationale des professions 2021.
field-language = Ce n’est pas le code d’une langue, comme fr.
field-twice = Cet élément figure deux fois.
field-window = Indiquez un jour de 1 à 7 et deux heures différentes, au format HH:MM.
field-hour = Écrivez l’heure au format HH:MM.
field-not-a-coach = Ce compte n’est pas celui d’une personne qui accompagne.
field-oneself = Choisissez une autre personne.

# Sujets du mentorat
topic-job-search = Recherche d’emploi
topic-cv-and-letters = CV et lettres de présentation
topic-interviews = Entrevues d’embauche
topic-networking = Réseau professionnel
topic-licensing = Permis d’exercice
topic-workplace-culture = Culture du milieu de travail
topic-professional-language = Langue au travail
topic-business = Création d’entreprise
topic-career-change = Changement de carrière
topic-studies = Études et formation
topic-leadership = Direction et avancement
topic-settlement = Installation
topic-confidence = Confiance en soi
topic-digital-skills = Compétences numériques

# Souhaits : « la personne mentore est : … »
wish-woman = une femme
wish-man = un homme
wish-non-binary = une personne non binaire
wish-sexual-and-gender-diversity = une personne des communautés 2ELGBTQI+
wish-parent = un parent
wish-single-parent = un parent à la tête d’une famille monoparentale
wish-refugee-path = une personne arrivée à titre de réfugiée
wish-disability = une personne en situation de handicap
wish-own-business = une personne à la tête de sa propre entreprise
wish-changed-profession = une personne qui a changé de profession
wish-over-fifty = une personne de plus de cinquante ans
field-too-many = Il y en a trop : { $most } au plus.
