# People: problems and fields
problem-email-taken = Someone with this email address is already here
    .detail = Every address belongs to one person. Search for it, or leave it out.
problem-person-archived = This person is archived
    .detail = Restore the person first.
problem-person-not-archived = This person is not archived
    .detail = There is nothing to restore.
problem-person-not-paused = This person is not paused
    .detail = There is no pause to end.
problem-too-many-exceptions = There are too many exceptions
    .detail = A person can have { $most }. Remove old ones first.
problem-consent-unchanged = This consent is already recorded
    .detail = The same answer to the same text is in force.
problem-conflict-declared = These two people are already kept apart
    .detail = They are not matched, whoever of the two it was declared for.

field-name = A name needs at least one letter.
field-email = This is not an email address.
field-several-emails = Give one email address only.
field-phone = This is not a telephone number. Outside North America it starts with + and the country code.
field-country = This is not the two-letter code of a country, such as CA.
field-province = This is not a Canadian province or territory, such as QC.
field-occupation = This is not a unit group of the National Occupational Classification 2021.
field-language = This is not the code of a language, such as fr.
field-twice = This is listed twice.
field-window = Give a weekday from 1 to 7, and two different times written HH:MM.
field-hour = Write the time as HH:MM.
field-not-a-coach = This account is not a coach’s.
field-oneself = Choose another person.

# Topics of mentoring
topic-job-search = Finding work
topic-cv-and-letters = CV and cover letters
topic-interviews = Job interviews
topic-networking = Professional network
topic-licensing = Licence to practise
topic-workplace-culture = Workplace culture
topic-professional-language = Language at work
topic-business = Starting a business
topic-career-change = Changing careers
topic-studies = Studies and training
topic-leadership = Leading and advancing
topic-settlement = Settling in
topic-confidence = Confidence
topic-digital-skills = Digital skills

# Wishes: “the mentor is: …”
wish-woman = a woman
wish-man = a man
wish-non-binary = a non-binary person
wish-sexual-and-gender-diversity = a person of the 2SLGBTQI+ communities
wish-parent = a parent
wish-single-parent = a single parent
wish-refugee-path = someone who came as a refugee
wish-disability = a person with a disability
wish-own-business = someone with a business of their own
wish-changed-profession = someone who changed professions
wish-over-fifty = over fifty
field-too-many = These are too many: at most { $most }.
