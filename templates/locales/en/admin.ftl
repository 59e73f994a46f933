# What the administrators' pages say. No HTML here. Words that other pages say too are in pages.ftl.

# Around every page
admin-rooms = Administration
admin-overview = Overview
admin-requests = Requests
admin-grants = Access
admin-users = People
admin-bundles = Bundles
admin-queue = Outbox
admin-emails = Email previews
admin-keys = Keys
admin-audit = Audit log
admin-purge = Purge
admin-search = Search people, bundles, access, requests and emails
admin-search-hint = Address, name or number
admin-search-button = Search

# Lists
admin-nothing = There is nothing here.
admin-show-all = Show all
admin-all-of-it = All
admin-first = First page
admin-further = Next
admin-back = Back
admin-more-than = more than { $number }
admin-only-of = Only rows about { $whose }.
admin-only-gave = Only access that { $whose } gave.
admin-only-holds = Only access given directly to { $whose }.
admin-stale = Running late
admin-undeliverable = Email not delivered
admin-ending = Ends within a week
admin-admins = Administrators
admin-admin = Administrator
admin-external = External
admin-gone = Removed
admin-here = Active

# Columns and facts
admin-number = Number
admin-for-whom = Requested by
admin-decides = Decision by
admin-what = Data
admin-state = State
admin-asked-at = Sent
admin-ends-at = Closed or closes
admin-to-whom = Person with access
admin-given-by = Given by
admin-since = Since
admin-until = Until
admin-name = Name
admin-owner = Owner
admin-level = Permissions
admin-email = Email
admin-reader = To
admin-tries = Attempts
admin-about = About
admin-when = When
admin-app = App
admin-scopes = Scopes
admin-made = Created
admin-last-request = Last request
admin-happened = Event
admin-who = By
admin-filed-by = Sent by
admin-asked-for = Requested
admin-given = Approved
admin-expires-at = Closes
admin-message = Message
admin-renews = Extends access
admin-limited-to = Limited to
admin-reshare = Can be shared on
admin-yes = Yes
admin-comment = Comment
admin-address = Address
admin-username = Username
admin-language = Language and time zone
admin-resources = Resources
admin-last-answer = Last server reply
admin-message-id = Message-ID
admin-redeem-urls = Its links may lead to
admin-relationship = A relationship: opens each person’s own data
admin-less = Less than requested
admin-purged = Purged
admin-apps-own = The app’s own
admin-no-scope = None
admin-never = None on record
admin-key-live = Valid
admin-is-revoked = Revoked
admin-request-number = Request #{ $number }
admin-grant-number = Access #{ $number }
admin-next-try = Next attempt { $moment }
admin-mail-state = { $state ->
    [queued] Email queued
    [sent] Email sent
    [deferred] Email deferred
   *[bounced] Email not delivered
}
admin-email-state = { $state ->
    [queued] Queued
    [sent] Sent
    [dead] Failed
   *[cancelled] Cancelled
}

# History
admin-story = History
admin-line-email = Email: { $kind }
admin-line-to = to { $who }
admin-line-went = { $state ->
    [queued] Queued.
    [sent] Sent.
    [dead] Failed.
   *[cancelled] Cancelled: no longer needed.
}
admin-its-emails = Emails
admin-came-of-it = Resulting access
admin-came-from = Requests behind this access
admin-shared-from = Access it comes from
admin-shared-on = Access shared on from it
admin-by = by { $who }
admin-by-app = by the app { $app }
admin-by-through = by { $who } through { $app }
admin-by-house = by the system or its operator
admin-the-app = the app { $app }
admin-through = { $who }, through { $app }
admin-the-house = the system or its operator
admin-from = From { $peer }
admin-reason = Reason: { $reason }
admin-event = { $event ->
    [request-filed] Request sent
    [request-approved] Approved
    [request-declined] Declined
    [request-withdrawn] Withdrawn
    [request-expired] Expired
    [request-cancelled] Cancelled
    [request-resent] Email sent again
    [request-reminded] Reminder sent
    [letter-bounced] Email not delivered
    [letter-retried] Email retried
    [grant-made] Access given
    [grant-changed] Access changed
    [grant-prolonged] Access extended
    [grant-shortened] Extension undone
    [grant-superseded] Replaced by newer access
    [grant-revoked] Access revoked
    [grant-deleted] Access deleted
    [user-added] Person added
    [user-set] Person changed
    [user-renamed] Person renamed
    [user-address-changed] Address changed
    [user-username-changed] Username changed
    [user-password-set] Password set
    [user-removed] Person removed
    [identity-linked] Account linked
    [identity-unlinked] Account unlinked
    [browser-remembered] Browser remembered
    [browser-forgotten] Remembered browser removed
    [browser-copied] Copied browser cookie used, browser removed
    [user-change-confirmed] Account change confirmed
    [user-language-chosen] Language and time zone chosen
    [session-ended] Session ended
    [sessions-ended] All sessions ended
    [asker-blocked] Person blocked
    [asker-unblocked] Person unblocked
    [app-blocked] App blocked
    [app-unblocked] App unblocked
    [group-added] Group added
    [group-renamed] Group renamed
    [group-member-added] Added to group
    [bundle-added] Bundle added
    [bundle-handed-over] Bundle transferred
    [bundle-renamed] Bundle renamed
    [bundle-removed] Bundle removed
    [resource-added] Resource added
    [app-added] App created
    [app-changed] App changed
    [key-added] Key created
    [key-revoked] Key revoked
    [purged] Purged
    [database-restored] Database restored
    [server-key-renewed] Server key renewed
   *[other] { $word }
}

# Actions
admin-cancel = Cancel
admin-cancel-what = This closes the request without a decision. We email the requester and the approver.
admin-cancel-button = Cancel the request
admin-resend = Send the email again
admin-resend-what = The approver gets another email with a new link. Earlier links still work.
admin-resend-button = Send email again
admin-revoke = Revoke
admin-revoke-what = This access ends immediately, and so does all access shared on from it.
admin-revoke-button = Revoke access
admin-retry = Retry
admin-retry-what = Sends the email now, with current details.
admin-retry-button = Retry email
admin-retry-all = Retry all failed emails
admin-retry-all-what = Queues every failed email again. Emails that are no longer needed are cancelled.
admin-would-retry = Failed emails
admin-retry-all-button = Retry emails ({ $number })
admin-cancel-all = Close all requests from this app
admin-cancel-all-what = This closes every open request from { $app }. We email everyone concerned. Existing access does not change.
admin-would-cancel = Requests to close
admin-cancel-all-button = Close requests ({ $number })
admin-revoke-held = Revoke all their access
admin-revoke-held-what = All access given directly to { $who } ends immediately, and so does all access shared on from it. Access through groups does not change.
admin-revoke-given = Revoke all access they gave
admin-revoke-given-what = All access that { $who } gave ends immediately, and so does all access shared on from it.
admin-would-revoke = Access to revoke
admin-revoke-all-button = Revoke access ({ $number })
admin-key-revoke = Revoke key
admin-key-revoke-what = { $app } can no longer use this key. Its open requests are cancelled. Existing access does not change.
admin-key-revoke-button = Revoke key
admin-said-cancelled = The request is cancelled.
admin-said-resent = We are sending another email.
admin-said-revoked = The access is revoked.
admin-said-retried = We are sending the email again.
admin-said-not-retried = This email was already sent, or is no longer needed.
admin-said-key-revoked = The key is revoked.

# Long work
admin-work-revoke = Revoking access
admin-work-done = Done.
admin-work-goes-on = This is still running. You can leave this page.
admin-work-left = This stopped before the end. Nothing is lost, and you can continue.
admin-look-again = Refresh progress
admin-go-on = Continue
admin-of = { $done } of { $total }
admin-removed = Records deleted
admin-checked = Entries checked
admin-cancelled = Requests closed
admin-revoked = Access revoked
admin-queued-again = Emails queued again
admin-started = Started
admin-last-step = Last step
admin-verify = Verify the audit log
admin-verify-what = Checks each entry against the one before it, like the command “audit verify”. This can take a while for a long log.
admin-verify-button = Verify audit log
admin-audit-holds = The audit log is intact. No entry was changed and none is missing.
admin-audit-broken = The audit log was changed from outside: chain { $chain }, entry { $row }.
admin-purge-what = Deletes requests that closed long ago, with their emails and links. Also deletes old sessions, sign-in codes and stored responses. Current access and the audit log stay.
admin-purge-days = Closed at least this many days ago
admin-purge-days-odd = Enter a whole number of days from 0 to { $most }.
admin-purge-count = Preview
admin-would-go = Records to delete
admin-purge-nothing = There is nothing this old to delete.
admin-purge-button = Delete these records
admin-tokens = Links
admin-sessions = Sessions and access tokens
admin-codes = Sign-in codes
admin-answers = Stored responses

# Search
admin-search-heading = Search
admin-search-what = Enter a number, an address, the start of a name, or the link of a resource.
admin-search-for = Results for “{ $text }”
admin-search-nothing = No results for “{ $text }”. Enter the start of a name. Capital letters must match.

# The overview
admin-tile-waiting = Open requests
admin-tile-stale = Running late
admin-tile-undeliverable = Email not delivered
admin-tile-dead = Failed emails
admin-tile-ending = Access that ends within a week
admin-most = Top of the scale: { $number }
admin-first-of-them = Oldest first
admin-by-day = Requests by day
admin-by-day-said = A bar chart of requests for each day: how many were sent, and how many were closed and how. The table below has the same numbers.
admin-span = Period
admin-days = { $number } days
admin-day = Day
admin-chart-since = Only recent changes are counted, from { $moment }.
admin-asked = Sent
admin-ended-otherwise = Closed otherwise
admin-as-table = Show as a table
admin-times = Time to decide
admin-within-minutes = Up to 10 minutes
admin-within-hour = Up to 1 hour
admin-within-six-hours = Up to 6 hours
admin-within-day = Up to 1 day
admin-within-three-days = Up to 3 days
admin-within-longer = Longer
admin-outcomes = Email delivery
admin-house = System
admin-mail = Email
admin-mail-goes = Sending
admin-mail-paused = Paused until { $moment }
admin-emails-wait = Queued emails
admin-over = Closed, ready to purge
admin-unswept = Expired, not yet closed
admin-version = Version
admin-schema = Schema
admin-epoch = Epoch
admin-holds = Their access
admin-gave = Access they gave
