problem-slug-taken = This short name is taken
    .detail = Another programme has it. Choose another one.
field-slug = Use 1 to 60 lower-case letters, digits and hyphens.
field-ends-before-start = The last day lies before the first.
field-zone = This is not a time zone of the IANA database, such as America/Toronto.
