-- Why a request was cancelled, as a code. `reason` keeps the English sentence beside it, which older programs read, and has the
-- approver's own words where there is no code.
ALTER TABLE requests ADD COLUMN reason_code TEXT;
-- What the mail server replied last: the code of RFC 5321 and the enhanced status code of RFC 3463, where it gave them. NULL in
-- rows of older programs, which have both at the beginning of `last_error`.
ALTER TABLE outbox ADD COLUMN reply_code INTEGER;
ALTER TABLE outbox ADD COLUMN enhanced_code TEXT;
