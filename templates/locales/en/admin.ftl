# What the administrators' pages say. No HTML here. Words that other pages say too are in pages.ftl.

# Around every page
admin-rooms = Administration
admin-overview = Overview
admin-requests = Requests
admin-grants = Access
admin-users = People
admin-bundles = Bundles
admin-queue = Outbox
admin-letters = Letters
admin-keys = Keys
admin-audit = Audit
admin-purge = Purge
admin-search = Search people, bundles, access, requests and letters
admin-search-hint = Address, name or number
admin-search-button = Search

# Lists
admin-clock = Times by the clock of { $zone }.
admin-nothing = Nothing is here.
admin-show-all = Show all
admin-all-of-it = All of them
admin-first = From the beginning
admin-further = Further on
admin-back = Back
admin-more-than = more than { $number }
admin-only-of = Only what has to do with { $whose }.
admin-only-gave = Only what { $whose } gave.
admin-only-holds = Only what { $whose } holds by name.
admin-stale = past half of its time
admin-undeliverable = letter did not arrive
admin-ending = Ends within a week
admin-admins = Administrators
admin-admin = administrator
admin-external = external
admin-gone = gone
admin-here = here

# Columns and facts
admin-number = Number
admin-for-whom = For whom
admin-decides = Decides
admin-what = What
admin-state = State
admin-asked-at = Asked
admin-ends-at = Ended, or ends
admin-to-whom = To whom
admin-given-by = Given by
admin-since = Since
admin-until = Until
admin-name = Name
admin-owner = Whose it is
admin-level = Level
admin-letter = Letter
admin-reader = To
admin-tries = Tries
admin-about = About
admin-when = When
admin-app = App
admin-scopes = May do
admin-made = Made
admin-last-request = Last request
admin-happened = What happened
admin-who = By whom
admin-filed-by = Filed by
admin-asked-for = Asked for
admin-given = Given
admin-expires-at = Ends
admin-message = Message
admin-renews = Prolongs access
admin-limited-to = Limited to
admin-reshare = May be shared on
admin-yes = Yes
admin-comment = Comment
admin-address = Address
admin-username = Username
admin-language = Language and zone
admin-resources = Resources
admin-last-answer = Last answer
admin-message-id = Message-ID
admin-redeem-urls = Its links may lead to
admin-relationship = a relationship: everybody gives of their own
admin-less = less than was asked
admin-purged = purged
admin-apps-own = the app’s own
admin-no-scope = nothing
admin-never = none that is kept
admin-key-live = good
admin-request-number = Request #{ $number }
admin-grant-number = Access #{ $number }
admin-next-try = next try { $moment }
admin-mail-state = { $state ->
    [queued] letter waits
    [sent] letter sent
    [deferred] letter is tried again
   *[bounced] letter did not arrive
}
admin-letter-state = { $state ->
    [queued] waits
    [sent] sent
    [dead] given up
   *[cancelled] not needed any more
}

# The story
admin-story = The chain of consent
admin-line-letter = Letter: { $kind }
admin-line-to = to { $who }
admin-line-went = { $state ->
    [queued] It waits.
    [sent] It was sent.
    [dead] It was given up.
   *[cancelled] It was not needed any more.
}
admin-its-letters = Its letters
admin-came-of-it = What came of it
admin-came-from = The requests behind it
admin-shared-from = What it was shared on from
admin-shared-on = What was shared on from it
admin-by = by { $who }
admin-by-app = by the app { $app }
admin-by-through = by { $who } through { $app }
admin-by-house = by the house itself, or its operator
admin-the-app = the app { $app }
admin-through = { $who }, through { $app }
admin-the-house = the house itself, or its operator
admin-from = From { $peer }
admin-reason = With the words: { $reason }
admin-event = { $event ->
    [request-filed] Asked
    [request-approved] Approved
    [request-declined] Declined
    [request-withdrawn] Withdrawn
    [request-expired] Ended without an answer
    [request-cancelled] Cancelled
    [request-resent] Letter sent again
    [request-reminded] Reminded
    [letter-bounced] Letter did not arrive
    [letter-retried] Letter tried again
    [grant-made] Access given
    [grant-changed] Access changed
    [grant-prolonged] Access prolonged
    [grant-shortened] Prolonging undone
    [grant-superseded] Replaced by newer access
    [grant-revoked] Access taken back
    [grant-deleted] Access deleted
    [user-added] Person added
    [user-set] Person changed
    [user-renamed] Person renamed
    [user-address-changed] Address changed
    [user-username-changed] Username changed
    [user-password-set] Password set
    [user-removed] Person removed
    [identity-linked] Account of a provider linked
    [identity-unlinked] Account of a provider unlinked
    [session-ended] Session ended
    [sessions-ended] All sessions ended
    [asker-blocked] Person blocked
    [asker-unblocked] Block of a person lifted
    [app-blocked] App blocked
    [app-unblocked] Block of an app lifted
    [group-added] Group added
    [group-renamed] Group renamed
    [group-member-added] Added to a group
    [bundle-added] Bundle added
    [bundle-handed-over] Bundle handed over
    [bundle-renamed] Bundle renamed
    [bundle-removed] Bundle removed
    [resource-added] Resource added
    [key-added] Key made
    [key-revoked] Key taken back
    [purged] Purged
    [database-restored] Database restored
    [server-key-renewed] House’s key renewed
   *[other] { $word }
}

# Acts
admin-cancel = Cancel
admin-cancel-what = The request ends without an answer. Who asked and who would have decided are told by mail.
admin-cancel-button = Cancel the request
admin-resend = Send the letter again
admin-resend-what = Who decides gets another letter with a link of its own; the earlier ones stay good.
admin-resend-button = Send it again
admin-revoke = Take back
admin-revoke-what = The access ends at once, and so does every one that was shared on from it.
admin-revoke-button = Take the access back
admin-retry = Try again now
admin-retry-what = The letter goes once more at once. What it says is judged anew as it goes.
admin-retry-button = Try again
admin-retry-all = Try all that were given up again
admin-retry-all-what = Every letter that was given up is queued once more. Those that nobody needs any more are cancelled as their turn comes.
admin-would-retry = Letters that were given up
admin-retry-all-button = Try { $number } again
admin-cancel-all = Cancel all that it asked
admin-cancel-all-what = Every request that { $app } filed and nobody answered is cancelled. Those concerned are told by mail. Access that was given stays.
admin-would-cancel = Requests that would be cancelled
admin-cancel-all-button = Cancel { $number }
admin-revoke-held = Take back all that they hold
admin-revoke-held-what = All access that { $who } holds by name ends at once, and with it what was shared on from it. What they see through a group stays.
admin-revoke-given = Take back all that they gave
admin-revoke-given-what = All access that { $who } gave ends at once, and with it what was shared on from it.
admin-would-revoke = Access that would end
admin-revoke-all-button = Take { $number } back
admin-key-revoke = Take the key back
admin-key-revoke-what = { $app } can do nothing with this key any more. What it asked and nobody answered is cancelled; access that was given stays.
admin-key-revoke-button = Take the key back
admin-said-cancelled = The request was cancelled.
admin-said-resent = Another letter is on its way.
admin-said-revoked = The access was taken back.
admin-said-retried = The letter is tried again.
admin-said-not-retried = The letter was sent, or is not needed any more.
admin-said-key-revoked = The key was taken back.

# Long work
admin-work-revoke = Taking access back
admin-work-done = Done. There is nothing left to do.
admin-work-goes-on = It goes on. You can leave this page.
admin-work-left = It stopped before its end. Nothing is lost: it goes on from where it is.
admin-look-again = See how far it is now
admin-go-on = Go on
admin-of = { $done } of { $total }
admin-removed = Rows removed
admin-checked = Lines checked
admin-cancelled = Requests cancelled
admin-revoked = Access taken back
admin-queued-again = Letters queued again
admin-started = Started
admin-last-step = Last step
admin-verify = Check the audit
admin-verify-what = Every line is checked against the one before it, as the command audit verify does. That takes a while where there are many.
admin-verify-button = Check it
admin-audit-holds = The audit is whole: no line was changed, none is missing.
admin-audit-broken = The audit was changed from outside: chain { $chain }, line { $row }.
admin-purge-what = What ended long enough ago is removed: requests with their letters and tokens, sessions, codes, kept answers. Never a live token, access, or the audit.
admin-purge-days = What ended so many days ago, or longer
admin-purge-days-odd = Enter a whole number of days from 0 to { $most }.
admin-purge-count = Only count
admin-would-go = What would go
admin-purge-nothing = Nothing is over for so long.
admin-purge-button = Remove it
admin-tokens = Tokens
admin-sessions = Sessions and access tokens
admin-codes = Sign-in codes
admin-answers = Kept answers

# Search
admin-search-heading = Search
admin-search-what = Enter a number, an address, the beginning of a name, or the link of something.
admin-search-for = What was found for “{ $text }”.
admin-search-nothing = Nothing was found. Names are found by how they begin, with capitals as they are written.

# The overview
admin-tile-waiting = Waiting for an answer
admin-tile-stale = Past half of their time
admin-tile-undeliverable = Letter did not arrive
admin-tile-dead = Letters given up
admin-tile-ending = Access that ends within a week
admin-most = The highest bar: { $number }
admin-first-of-them = The first of them
admin-by-day = Requests, day by day
admin-by-day-said = Bars for each day: how many were asked, and how many ended and how. The same numbers are in the table below.
admin-span = How long back
admin-days = { $number } days
admin-day = Day
admin-chart-since = Only the newest changes are counted: all since { $moment }.
admin-asked = asked
admin-ended-otherwise = ended otherwise
admin-as-table = The numbers as a table
admin-times = How long decisions take
admin-within-minutes = up to 10 minutes
admin-within-hour = up to 1 hour
admin-within-six-hours = up to 6 hours
admin-within-day = up to 1 day
admin-within-three-days = up to 3 days
admin-within-longer = longer
admin-outcomes = How letters went
admin-house = The house
admin-mail = Mail
admin-mail-goes = leaves
admin-mail-paused = stands still until { $moment }
admin-letters-wait = Letters that wait
admin-over = Over, and may be purged
admin-unswept = Over, and not written down yet
admin-version = Version
admin-schema = Schema
admin-epoch = Epoch
admin-holds = What they hold
admin-gave = What they gave
