# Imports of people
import-finding = { $column }: { $sentence }
import-reason-column = Import reason
import-outcome-created = new
import-outcome-changed = changed
import-outcome-unchanged = the same
import-outcome-rejected = rejected
import-summary-planned = Dry run, nothing stored: { $rows ->
    [one] one row
   *[other] { $rows } rows
}; { $created } new, { $changed } changed, { $unchanged } the same, { $rejected } rejected.
import-summary-stored = Stored: { $rows ->
    [one] one row
   *[other] { $rows } rows
}; { $created } new, { $changed } changed, { $unchanged } the same, { $rejected } rejected, { $enrolled } enrolled.
import-summary-refused = Nothing was stored, because { $rejected } of { $rows } rows cannot be stored. Correct them, or leave them out with --skip-invalid.
import-unknown-columns = Columns that were not read: { $columns }
problem-import-file-empty = The file is empty
    .detail = There is no row in it.
problem-import-file-no-header = The file has no header
    .detail = One of the first ten rows must name at least two columns that we know, such as E-mail and First name.
problem-import-file-bad-workbook = The workbook cannot be read
    .detail = It is damaged, protected by a password, or no .xlsx file. Save it again, or as CSV.
problem-import-file-unsupported-format = This kind of file is not read
    .detail = Send a .csv or .xlsx file.
problem-import-file-row-too-long = A row is too long
    .detail = Row { $row } does not end. A quotation mark may be missing its partner.
problem-import-file-too-large = The file is too large
    .detail = Split it into several files.
problem-import-file-unreadable = The file cannot be opened
    .detail = { $file }: { $cause }
problem-import-duplicate-columns = A column stands in the file twice
    .detail = We cannot tell which to read: { $columns }. Remove one.
problem-import-no-file = There is no file in the form
    .detail = Send it in a part named file.

# Findings: import-reason-CODE
import-reason-missing = This is needed.
import-reason-too-long = “{ $value }” is too long: at most { $hint } characters.
import-reason-undecodable = “{ $value }” holds bytes that cannot be read. Save the file as UTF-8.
import-reason-sheet-error = The spreadsheet shows the error { $value } here.
import-reason-extra-cells = There are more cells than headers: “{ $value }”. A separator may be missing its quotes.
import-reason-unknown-role = “{ $value }” is no role. Write mentor or mentee.
import-reason-ambiguous-role = “{ $value }” can mean a mentor or, without its accent, a mentee. Write mentor or mentee.
import-reason-role-not-importable = “{ $value }” cannot be given by a file. Staff are invited by an administrator.
import-reason-not-a-name = “{ $value }” is not a name: it has no letter.
import-reason-not-an-email = “{ $value }” is not an email address.
import-reason-several-emails = “{ $value }” holds several addresses. Give one.
import-reason-not-a-phone = “{ $value }” is not a telephone number. Outside North America it starts with + and the country code.
import-reason-contact-language = “{ $value }” is not a language that messages are written in: English or French.
import-reason-unknown-province = “{ $value }” is not a Canadian province or territory.
import-reason-unknown-zone = “{ $value }” is not a time zone such as America/Toronto.
import-reason-unknown-occupation-code = “{ $value }” is not a code of NOC 2021.
import-reason-old-occupation-code = “{ $value }” has four digits, as in NOC 2016. Give the five digits of NOC 2021, or the job title in words.
import-reason-not-a-number = “{ $value }” is not a number.
import-reason-out-of-range = “{ $value }” is out of range: at most { $hint }.
import-reason-year-not-years = “{ $value }” looks like a calendar year. Give the number of years.
import-reason-unknown-licence-stage = “{ $value }” is not a stage of licensing that we know.
import-reason-unknown-language = “{ $value }” names no language that we know.
import-reason-unknown-level = “{ $value }” has a level that we do not know. Use A1 to C2, CLB 1 to 12, or native.
import-reason-levels-differ = “{ $value }” gives a second, different level for the language { $hint }.
import-reason-not-availability = “{ $value }” is neither a day nor an hour. Write for example Mon 18:00-21:00.
import-reason-hours-without-day = “{ $value }” has no day.
import-reason-day-without-hours = “{ $value }” has no hours.
import-reason-hour-alone = “{ $value }” is one hour alone: from when, until when?
import-reason-not-an-hour = “{ $value }” is not an hour of the day.
import-reason-ends-before-start = The hours that begin at “{ $value }” end before they begin. Write 9:00-17:00, or 9am-5pm.
import-reason-too-many-windows = There are too many hours in one week: at most { $hint } stretches.
import-reason-unknown-mode = “{ $value }” is not a way of meeting: remote, in person or either.
import-reason-not-a-date = “{ $value }” is not a date that we can read. Write it as 2026-03-04.
import-reason-ambiguous-date = “{ $value }” can mean two days: { $hint }. Write it as 2026-03-04.
import-reason-future-date = “{ $value }” lies in the future.
import-reason-duplicate-in-file = The same person stands in row { $hint } already.
import-reason-several-matches = Several people have these names and this telephone number. Add the email address.
import-reason-archived = This person is here and archived. Restore the person first.
import-reason-not-yours = This person is here and belongs to another programme. Ask an administrator.
import-reason-no-key = There is neither an email address nor a telephone number, so the person could not be recognised again.
import-reason-invalid = The record does not take this: { $hint }.
import-reason-unknown-column = The column “{ $value }” is not known; it was not read.
import-reason-name-split = “{ $value }” was split: { $hint }. Better give two columns.
import-reason-unknown-city = “{ $value }” is not in the list of places; it is kept as written.
import-reason-ambiguous-city = “{ $value }” is the name of several places; the time zone of { $hint } was taken.
import-reason-city-elsewhere = “{ $value }” lies in { $hint }, not in the province given.
import-reason-occupation-doubtful = “{ $value }” was coded as { $hint }, which is doubtful. Somebody should look.
import-reason-occupation-uncoded = “{ $value }” resembles no official job title. Somebody should choose a code.
import-reason-own-topic = “{ $value }” is not in the list of topics; it is kept as written.
import-reason-zone-assumed = No place tells the time zone; { $hint } was taken.
import-reason-not-for-this-role = “{ $value }” means nothing for this role and was left out.
