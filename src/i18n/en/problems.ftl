# Titles and details of problems (RFC 9457). problem-CODE is the title, .detail says what to do.
problem-invalid = Some fields need your attention
    .detail = Nothing was saved. Correct the fields listed and send it again.
problem-malformed-json = The request is not valid JSON
    .detail = The text could not be read at line { $line }, column { $column }.
problem-malformed-query = The address has a parameter that cannot be read
    .detail = Check the parameters after the question mark.
problem-bad-cursor = This page mark is not valid
    .detail = Start again from the first page.
problem-bad-idempotency-key = The Idempotency-Key cannot be used
    .detail = Send a text of 1 to 200 visible characters, new for each new request.
problem-idempotency-in-progress = The same request is being worked on
    .detail = Wait a moment and send it again with the same key.
problem-idempotency-answer-lost = This was done, but the answer is lost
    .detail = The server stopped right after doing it. Look at what is there now; for something new, use a new key.
problem-idempotency-reused = This Idempotency-Key was used for another request
    .detail = Send a new key for a new request.
problem-sign-in-needed = Please sign in
    .detail = This needs a valid access token.
problem-token-expired = Your session has expired
    .detail = Refresh your access token or sign in again.
problem-token-invalid = This access token is not valid
    .detail = Sign in again.
problem-forbidden = You may not do this
    .detail = Your role does not allow it. Ask a coordinator if you need it.
problem-not-found = Not found
    .detail = It does not exist, or it is not yours to see.
problem-method-not-allowed = This cannot be done here
    .detail = The address exists, but not for this method.
problem-stale = Someone changed this in the meantime
    .detail = Read it again and repeat your change.
problem-precondition-required = Say which version you change
    .detail = Send the ETag that you read in the If-Match header.
problem-too-large = This is too large
    .detail = At most { $limit } bytes are taken here.
problem-unsupported-media = This format is not read here
    .detail = Send the content type that the documentation names.
problem-too-many-requests = Too many requests
    .detail = Wait { $seconds ->
        [one] one second
       *[other] { $seconds } seconds
    } and try again.
problem-busy = The service is busy
    .detail = Nothing was saved. Try again in a few seconds.
problem-storage-full = There is no room left to save this
    .detail = Nothing was saved. The people who run the service have to make room first.
problem-internal = Something went wrong on our side
    .detail = Nothing was saved. If it happens again, tell us the request number { $request }.

# Field errors: field-CODE
field-required = This is needed.
field-unknown = This field is not known here.
field-type = This has the wrong type: { $expected }.
field-too-long = At most { $most } characters.
field-too-short = At least { $least } characters.
field-out-of-range = Must lie between { $least } and { $most }.
field-not-an-id = This is not an id.
field-unknown-value = This value is not known. Possible: { $allowed }.
field-not-found = Nothing is there under this id.
problem-unfit-value = A value cannot be kept
    .detail = It holds a character or a date that no record can hold. Correct it and send it again.
field-forbidden-character = It holds a character that cannot be kept (NUL).
field-year = The year must lie between { $least } and { $most }.
problem-body-too-slow = The request did not arrive in time
    .detail = Nothing came for a while. Send it again.
