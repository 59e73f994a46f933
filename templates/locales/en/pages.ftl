# What the pages say. No HTML here. $kind: `ask` (a request for the reader's data) or `invite` (an offer).
# Dates and lengths of time come filled in, from words.ftl. $thing comes with quotes where it is within a sentence.

# Words within sentences
pages-nameless = (no name)
# A relationship ("coach") is not an item of its own but a share in somebody's data.
pages-thing-yours = your data as { $name }
pages-thing-theirs = their data as { $name }
# A level that stands alone, in a table or as a choice.
level-label = { $level ->
    [view] View only
    [edit] View and change
   *[contribute] View, change, add and delete
}
state-pending = Waiting for reply
state-waits-for-you = Waiting for you
state-approved = Approved
state-declined = Declined
state-withdrawn = Withdrawn
state-expired = Expired
state-cancelled = Cancelled
state-failed = Not delivered
state-live = Has access
state-yours = You have access
state-later = Not started
state-off = Switched off
state-over = Ended
state-taken-back = Stopped

# Around every page
frame-skip = Skip to main content
frame-ways = Menu
frame-inbox = Inbox
frame-admin = Admin
frame-sign-out = Sign out
frame-signed-in = Signed in as { $name } ({ $address }).
frame-language = Language and time zone
language-heading = Language and time zone
language-what = Pages and emails use this language, and dates are shown in this time zone.
language-label = Language
language-zone = Time zone
language-button = Save
frame-foot = Nothing is shared without your approval. We never ask for your password by email.
to-inbox = Go to your inbox
to-own-inbox = Go to your own inbox
problems-heading = { $number ->
    [one] There is a problem
   *[other] There are problems
}
problems-title = Error: { $title }

# The first page
front-title = Share your data
front-heading = Share your data on your terms
front-lead = When someone wants to see your data, we email you first. You decide, and you can change your mind at any time.
front-letter = Got an email from us?
front-letter-do = Open its link to review the request. Nothing is shared until you approve it.
front-own = See who has access to your data

# Signing in
sign-in-heading = Sign in
sign-in-button = Sign in
sign-in-name = Email address or username
sign-in-name-missing = Enter your email address or username.
sign-in-code = Use a sign-in code
sign-in-code-what = We will email you a 6-digit code. It works for 10 minutes. You do not need a password.
sign-in-code-button = Email me a sign-in code
sign-in-password = Use your password
sign-in-password-label = Password
sign-in-wrong = Wrong email address, username or password. Try again, or use a sign-in code.
password-missing = Enter your password.
code-heading = Enter your sign-in code
code-to-address = We have emailed a 6-digit code to { $address }.
code-to-name = If “{ $name }” has an account, we have sent a 6-digit code to its email address.
code-label = 6-digit code
code-note = The email can take a minute to arrive. The code works for 10 minutes.
code-none = No email?
code-none-do = Check your spam folder, or send a new code. Older codes stop working.
code-again = Send a new code
code-other-way = Sign in another way
code-missing = Enter the 6-digit code from the email.
code-wrong = That code is incorrect or has expired. Use the code in our newest email. After 5 incorrect attempts or 10 minutes, send a new code.
code-wrong-left = { $left ->
    [one] That code is incorrect. You have 1 attempt left.
   *[other] That code is incorrect. You have { $left } attempts left.
}
code-dead = That code no longer works. It was used, is older than 10 minutes, or was entered incorrectly 5 times. Send a new code.

# Signing in at a provider ($name) that the operator has set up
elsewhere-heading = Use another account
elsewhere-or = Or use another account
elsewhere-button = Sign in with { $name }
elsewhere-what = You will come back to this page. We do not tell the other service about the request.
elsewhere-back = Back to all sign-in options
elsewhere-other-ways = Nothing was changed. Try again, or sign in another way.
elsewhere-down = { $name } is not responding
elsewhere-down-why = We asked { $name } to sign you in, but got no response in time.
elsewhere-down-do = Nothing was changed. Try again in a minute, or sign in another way.
elsewhere-odd = We could not sign you in
elsewhere-unusable-why = { $name } sent a response that we cannot use.
elsewhere-unusable-do = Nothing was changed. Sign in another way, and tell the people who run this site. They can find the reason in the log.
elsewhere-forged-why = We could not confirm that the response came from { $name } and was meant for you.
elsewhere-forged-do = Nothing was changed. Start again on the sign-in page. If it happens again, sign in another way and tell the people who run this site.
elsewhere-denied = { $name } did not sign you in
elsewhere-denied-why = You cancelled there, or your account cannot be used here.
elsewhere-stale = Start again
elsewhere-stale-why = This sign-in was started in another browser or window, took longer than 10 minutes, or was already used.
elsewhere-stale-do = Nothing was changed. Go back and press the button again.
elsewhere-unverified = { $name } has not confirmed your email address
elsewhere-unverified-why = We only accept an email address if { $name } has confirmed that it is yours.
elsewhere-unverified-do = Confirm your address there and try again, or use a sign-in code.
elsewhere-unknown = There is no account with your email address
elsewhere-unknown-why = Your address at { $name } is { $address }. No account here has that address.
elsewhere-unknown-do = If you came from one of our emails, use a sign-in code. We send it to the address that received the email.
elsewhere-linked = Your email address is linked to another account
elsewhere-linked-why = This email address is already linked to a different { $name } account.
elsewhere-linked-do = Sign in with that account. If you no longer have it, use a sign-in code and unlink it under “Active sessions”.

# Active sessions and linked accounts
sessions-heading = Active sessions
sessions-what = These browsers are signed in to your account. Sign out any you do not recognise.
sessions-here = Current browser
sessions-new = New since your last visit
remembered-heading = Remembered browsers
remembered-what = After you sign in with one of these browsers, you do not need a code to reply to requests. Signing out all other browsers removes all of them.
remembered-since = Remembered since: { $moment }
remembered-used = Last used: { $moment }
remembered-until = Remembered until: { $moment }
remembered-forget = Forget this browser
remembered-said-forgotten = We no longer remember that browser.
sessions-unknown = Unknown browser
sessions-since = Signed in: { $moment }
sessions-seen = Last used: { $moment }
sessions-from = IP address: { $address }
sessions-end = Sign out this browser
sessions-end-others = Sign out all other browsers
sessions-said-ended = You signed out that browser.
sessions-said-others = You signed out all other browsers.
identities-heading = Linked accounts
identities-what = You can sign in with these accounts. Unlink any you no longer use. Signing in with an account links it again.
identities-since = Linked: { $moment }
identities-seen = Last used: { $moment }
identities-unlink = Unlink account
identities-said-unlinked = You unlinked the account.

# Signing in to reply to an email
confirm-why = Before you reply to requests here, confirm that you can read email sent to { $address }. We will email you a 6-digit code.
confirm-send = Email me a code
confirm-button = Confirm
remember-label = Remember this browser for 90 days
remember-note = After you sign in here, you will not need a code to reply to requests. Do not choose this on a shared computer. We will email you about it.
fresh-code-to = This access includes deleting and has no end. To approve it, enter the 6-digit code that we have emailed to { $address }.
fresh-code-approve = Approve
changed-heading = Did you expect this change?
changed-what = { $what ->
    [address] The email address of your account was changed on { $moment }.
    [username] The username of your account was changed on { $moment }.
    [password] A new password was set for your account on { $moment }.
   *[provider] An account at a sign-in provider was linked to your account on { $moment }.
}
changed-until = It was not changed from your own sign-in. To protect your data, this account cannot reply to requests until { $moment }, unless you confirm the change.
changed-confirm = Confirm the change
changed-not-you = If you did not expect it, close this page and contact us.
changed-done = You confirmed the change
changed-done-what = Your account can reply to requests again.
changed-gone = This link no longer works
changed-gone-why = The change was confirmed already, the 7 days have passed, or there is a newer email about it.
trouble-why-changed = Someone else changed how you sign in or where we email you, so this account cannot reply to requests for 7 days. You can end that earlier: use the link that we emailed to the address you had before, or confirm with a code if your address is the same.
trouble-to-confirm = Confirm with a code
gate-heading = Confirm it’s you
gate-why = We emailed this link to { $address }. To protect your data, confirm that this is your address.
gate-code = Email me a sign-in code
gate-code-what = We will send a 6-digit code to the same address. You do not need a password.
gate-password = Or use your password
gate-password-label = Password
gate-password-wrong = Wrong password. Try again, or use a sign-in code.
gate-dead = This link no longer works
gate-dead-why = The address we sent it to has changed, or our database was restored from a backup. If the request is still open, we can email a new link to the current address.
gate-dead-fresh = Send a new link
gate-dead-sign-in = Sign in to view your requests
trust-heading = How to check that this is real
trust-address = Your browser’s address bar must show { $host }.
trust-inbox = Prefer not to use the link? Go to { $host } and sign in. The request is in your inbox.
trust-never = We never ask for passwords or money by email or phone. Nothing is shared until you approve it here.
wrong-heading = This link is for someone else
wrong-yours = You are signed in as
wrong-theirs = We sent the link to
wrong-theirs-gone = an address that is no longer in use here
wrong-why = Only that person can open this request. If both addresses are yours, switch account. We will keep the link.
wrong-switch = Switch account
wrong-forwarded = If someone forwarded the email to you, you do not need to do anything. Nothing has been shared.
no-link-heading = Open the link in our email
no-link-why = To reply to a request, use the link that we emailed you.
no-link-do = Open the link in your email again. For your security, we only keep it open for 15 minutes.
no-link-inbox = View requests for you
fresh-heading = Check your email
fresh-if = If the request is still open, we are emailing a new link to the person who decides.
fresh-often = We send at most one new link every 10 minutes, and 5 in total. Earlier links open the same request.
fresh-back = Back to the link you opened

# Deciding. $right is a verb, $thing has quotes unless it is a relationship ($of), $how_long is "until …" or "for …".
review-heading = { $kind ->
    [invite] { $asker } offers you access
   *[ask] { $asker } wants access to your data
}
review-lead = { $of ->
    [relationship] { $asker } wants to { $right } { $thing }, { $how_long }
   *[data] { $asker } wants to { $right } your { $thing } { $how_long }
}
review-offer = { $of ->
    [relationship] { $asker } invites you to { $right } { $thing }, { $how_long }
   *[data] { $asker } invites you to { $right } { $thing } { $how_long }
}
review-whole-message = Show the whole message
review-includes = Includes
review-more-parts = Show { $number } more parts
review-details = Details
review-risks = Check before you approve
risk-delete = Can delete.
risk-delete-what = { $asker } could change and delete your data.
risk-open = No end date.
risk-open-what = Access lasts until you stop sharing.
risk-everything = Everything.
risk-everything-what = This covers all of { $thing } and anything added to it later.
risk-all-data = This covers all your data.
risk-new = First request.
risk-new-what = { $asker } has not asked you before.
review-known = About { $asker }
known-since = { $how ->
    [address] Known here by email address only, since { $day }
   *[account] Has an account here since { $day }
}
known-never = Has not asked you before
known-before = { $number ->
    [one] Asked you once before: { $outcomes }
   *[other] Asked you { $number } times before: { $outcomes }
}
known-approved = { $number } approved
known-declined = { $number } declined
known-unanswered = { $number } without a reply
known-withdrawn = { $number } withdrawn or cancelled
known-no-access = Has no access to your data now
known-access = Has access now:
known-more-access = Show { $number } more
access-until = { access-to }, { $how_long }
review-who = { $kind ->
    [invite] Offered by
   *[ask] Requested by
}
review-filed-by = Sent by
review-through = App
review-owner = Owner
review-what = Data
review-access = Permissions
review-how-long = How long
review-held-until = at most until { $moment }, when their own access ends
review-answer-by = Reply by
review-writes = Message from { $asker }:
review-answer = Your decision
review-approve = { $kind ->
    [invite] Accept
   *[ask] Approve
}
review-decline = Decline
review-undo = { $kind ->
    [invite] You can give up the access at any time. If you do nothing, the offer expires on { $day }.
   *[ask] You can stop sharing at any time. If you do nothing, the request expires on { $day }.
}
review-less = { $kind ->
    [invite] Accept less access
   *[ask] Limit access
}
review-less-button = { $kind ->
    [invite] Accept with these limits
   *[ask] Approve with these limits
}
review-level = Permissions
review-ends = How long
review-ends-asked = { $kind ->
    [invite] As offered
   *[ask] As requested
}
review-ends-day = For 1 day
review-ends-week = For 7 days
review-ends-month = For 30 days
review-ends-quarter = For 90 days
review-ends-year = For 365 days
review-ends-date = Until a date
review-last-day = Last day
review-parts = Which parts
review-word = Decline with a reason
review-reason = Reason
review-reason-note = { $asker } will see it.
review-word-button = Decline with this reason
review-problem-level = Select the requested permissions, or fewer.
review-problem-date = Enter the last day, for example 2027-03-31.
review-problem-date-over = The last day has passed. Enter today or a later day.
review-problem-date-late = The requested end is { $day }. Enter that day or an earlier one.
review-problem-end-passed = The requested end has passed. You can only decline this request.
review-problem-none = Select at least one part. To share nothing, decline.
review-problem-foreign = One of these parts was not requested. Reload the page and choose again.
review-problem-reason-long = Enter at most { $most } characters.
review-problem-reason-odd = The text contains characters that we cannot accept. Enter plain text.

# Blocking
block-decline = Decline and block
block-summary = Block { $who }
block-what = { $who } will not be able to send you requests until you unblock them. If they try, they see that you do not accept their requests. Access they already have does not change.
block-declines = This also declines the request.
block-button = Block { $who }
block-button-app = Block the app { $app }
block-is = You blocked { $who }.
block-lift = Unblock { $who }
blocked-heading = Blocked people and apps
blocked-what = These people and apps cannot send you requests. If they try, they see that you do not accept their requests.
blocked-none = You have not blocked anyone.
blocked-since = Blocked on { $day }
blocked-lift = Unblock { $who }

# What happened to a request
told-who = { $kind ->
    [invite] Offered by
   *[ask] Requested by
}
told-thing = Data
told-access = Permissions
told-ends = How long
told-only = Only these parts
told-parts = { $some } of { $all } parts
told-asked = { $kind ->
    [invite] Offered
   *[ask] Requested
}
told-given = { $kind ->
    [invite] Accepted
   *[ask] Approved
}
told-all-parts = All { $number } parts
told-parts-label = Parts
told-approved = { $ends ->
    [open] { $kind ->
        [invite] You can now { do-with } { $thing }
       *[ask] { $who } can now { do-with } { $thing }
    }
   *[day] { $kind ->
        [invite] You can now { do-with } { $thing } until { $day }
       *[ask] { $who } can now { do-with } { $thing } until { $day }
    }
}
told-approved-next = { $kind ->
    [invite] We have emailed { $who }. You can give up the access at any time.
   *[ask] We have emailed { $who }. You can stop sharing at any time.
}
told-undo = { $kind ->
    [invite] Give up access
   *[ask] Stop sharing
}
told-yes = { $kind ->
    [invite] You accepted this offer
   *[ask] You approved this request
}
told-yes-over = The access has ended.
told-revoked = { $kind ->
    [invite] You no longer have access
   *[ask] { $who } no longer has access
}
told-revoked-what = { $kind ->
    [invite] You could { do-with } { $thing } until { $moment }.
   *[ask] { $who } could { do-with } { $thing } until { $moment }.
}
told-revoked-next = { $kind ->
    [invite] If you need access again, { $who } can send a new offer.
   *[ask] If { $who } needs access again, they can send a new request.
}
told-ended = { $kind ->
    [invite] Your access has ended
   *[ask] { $who } no longer has access
}
told-ended-what = { $kind ->
    [invite] You could { do-with } { $thing } until { $day }.
   *[ask] { $who } could { do-with } { $thing } until { $day }.
}
told-declined = You declined
told-declined-blocked = You declined and blocked { $who }
told-declined-what = { $kind ->
    [invite] { $who } invited you to { do-with } { $thing }. Nothing was shared.
   *[ask] { $who } wanted to { do-with } { $thing }. Nothing was shared.
}
told-declined-until = { $kind ->
    [invite] Changed your mind? You can accept this until { $moment }.
   *[ask] Changed your mind? You can approve this until { $moment }.
}
told-declined-again = { $kind ->
    [invite] { $who } can make this offer again from { $day }.
   *[ask] { $who } can send this request again from { $day }.
}
told-approve = { $kind ->
    [invite] Accept instead
   *[ask] Approve instead
}
told-quote = Your reason:
told-withdrawn = No reply needed
told-withdrawn-what = { $kind ->
    [invite] { $who } withdrew the offer before you replied. Nothing was shared.
   *[ask] { $who } withdrew the request before you replied. Nothing was shared.
}
told-expired = { $kind ->
    [invite] This offer has expired
   *[ask] This request has expired
}
told-expired-what = You did not reply by { $moment }, so nothing was shared.
told-ask-again = { $kind ->
    [invite] If you still want this access, ask { $who } to send a new offer. We will then email you a new link.
   *[ask] If you still want to share this, ask { $who } to send a new request. We will then email you a new link.
}
told-next = { $count ->
    [one] One more request is waiting for you.
   *[other] { $count } more requests are waiting for you.
}
told-asked-again = There is a newer request for the same data, and it is waiting for your reply. Use the link in our newest email, or get a new link here.
told-cancelled = { $kind ->
    [invite] This offer was cancelled
   *[ask] This request was cancelled
}
told-why-asker-gone = The person who would get access no longer has an account here.
told-why-decider-gone = The person who decides no longer has an account here.
told-why-not-owner = The person who made the offer no longer owns the data.
told-why-owner-now = The person who would get access now owns the data.
told-why-gone = The data was removed.
told-why-app = The app that sent it is no longer allowed to send requests.
told-why-admin = An administrator cancelled it.
told-nothing-shared = Nothing was shared. You do not need to do anything.
told-failed = We could not deliver our email
told-failed-what = The mail server did not accept our email, so the request ended without a reply. Nothing was shared.
told-pending = This request is waiting for your reply
told-other-decides = Someone else now decides
told-other-decides-what = The data has a new owner. We have emailed them about this request. You do not need to do anything.
told-other-decided = Someone else has decided
told-other-decided-what = The data has a new owner, who replied to this request. You do not need to do anything.
told-earlier-address = We sent this link to your old email address
told-earlier-address-what = Links only work for your current address. If the request is still open, we can email you a new link.
told-restored = This link no longer works
told-restored-what = Our database was restored from a backup, and earlier links no longer work. If the request is still open, we can email you a new link.
told-over = This request is closed
told-fresh = Email me a new link

# The inbox
inbox-lists = Inbox lists
inbox-states = Filter
inbox-pages = Pages
inbox-newer = Newer
inbox-older = Older
inbox-export = Download this list:
inbox-blocked = Blocked people and apps
inbox-of-you = Requests for you
inbox-by-you = Your requests
inbox-given = People with access
inbox-held = Your access
inbox-waiting = Open
inbox-answered = Closed
inbox-live = Current
inbox-ended = Ended
inbox-all = All
inbox-of-you-none-open = No requests are waiting for you.
inbox-of-you-none = There are no requests for you here.
inbox-by-you-none-open = You have no open requests.
inbox-by-you-none = You have no requests here.
inbox-given-none-open = Nobody has access to your data.
inbox-given-none = There is nothing here.
inbox-held-none-open = You do not have access to anyone else’s data.
inbox-held-none = There is nothing here.
inbox-asks = { $kind ->
    [invite] You are invited to { do-with } { $thing }
   *[ask] { $who } wants to { do-with } { $thing }
}
# The same after it was closed.
inbox-asked-before = { $kind ->
    [invite] You were invited to { do-with } { $thing }
   *[ask] { $who } wanted to { do-with } { $thing }
}
inbox-asked-whom = { $kind ->
    [invite] You invited { $who } to { do-with } { $thing }
   *[ask] You asked { $who } to let you { do-with } { $thing }
}
inbox-asked = Sent on { $asked }
inbox-asked-answered = Sent on { $asked }, answered on { $answered }
inbox-asked-over = Sent on { $asked }, closed on { $ended }
inbox-answer-by = Reply by { $moment }
inbox-answer-until = Open until { $moment }
inbox-review = { $kind ->
    [invite] Review the offer
   *[ask] Review the request from { $who }
}
inbox-link = Get a new link
inbox-link-what = { $kind ->
    [invite] You can also open the link in our email. If you no longer have that email, we can send you a new link.
   *[ask] You can also open the link in our email. If you no longer have that email, we can send you a new link.
}
inbox-link-button = Email me a new link
inbox-link-later = { $kind ->
    [invite] You can also open the link in our email. You can get a new link from { $moment }.
   *[ask] You can also open the link in our email. You can get a new link from { $moment }.
}
inbox-link-no-more = { $kind ->
    [invite] You can also open the link in one of our emails. We cannot send more emails for this offer.
   *[ask] You can also open the link in one of our emails. We cannot send more emails for this request.
}
inbox-still-yes = { $kind ->
    [invite] Changed your mind? You can accept this until { $moment }.
   *[ask] Changed your mind? You can approve this until { $moment }.
}
inbox-decline = Decline
inbox-decline-what = Nothing is shared. We will let them know.
inbox-decline-button = { $kind ->
    [invite] Decline offer
   *[ask] Decline request
}
inbox-offerer = The person who made the offer
inbox-reason = Reason (optional)
inbox-block = Block
inbox-block-what = They will not be able to send you requests until you unblock them. Any open request from them is declined. Access they already have does not change.
inbox-block-app = Block the app
inbox-block-app-what = The app that sent this will not be able to send you requests on behalf of anyone until you unblock it. If this request is open, it is declined.
inbox-block-app-button = Block the app
mail-queued = We are sending our email to them.
mail-sent = Their mail server accepted our email.
mail-deferred = Their mail server asked us to wait. We will keep trying.
mail-bounced = We could not deliver our email. Check the address, then try again.
inbox-resend = Send the email again
inbox-resend-what = They get another email with a new link. Earlier links still work.
inbox-resend-button = Send email again
inbox-withdraw = Withdraw
inbox-withdraw-what = { $kind ->
    [invite] We will let them know that you have withdrawn the offer. You can send it again later.
   *[ask] We will let them know that you have withdrawn the request. You can send it again later.
}
inbox-withdraw-button = { $kind ->
    [invite] Withdraw offer
   *[ask] Withdraw request
}
inbox-again = Send again
inbox-again-what = { $kind ->
    [invite] This sends the same offer with the same message. They get a new email.
   *[ask] This sends the same request with the same message. They get a new email.
}
inbox-again-button = { $kind ->
    [invite] Send offer again
   *[ask] Send request again
}
inbox-again-from = { $kind ->
    [invite] You can send this offer again from { $moment }.
   *[ask] You can send this request again from { $moment }.
}
inbox-gave = { $state ->
    [past] { $who } could { do-with } { $thing }
   *[now] { $who } can { do-with } { $thing }
}
inbox-holds = { $state ->
    [past] { $who } let you { do-with } { $thing }
   *[now] { $who } lets you { do-with } { $thing }
}
inbox-group = The group { $name }
inbox-public-link = Anyone with the public link
inbox-signed-in = Anyone who is signed in
inbox-guests = Anyone who is not signed in
inbox-everyone = Everyone
inbox-and-more = { $first } and { $more } more
inbox-since = Since { $from }, { how-long-open }
inbox-since-until = Since { $from }, until { $moment }
inbox-since-to = Since { $from }, stopped on { $moment }
inbox-only = Only these parts: { $parts }
inbox-shared-on = Shared by { $who }.
inbox-through-group = You have this access through the group { $name }. Only the person who shared the data, or its owner, can stop it.
inbox-take-back = Stop sharing
inbox-take-back-what = They lose access immediately, and so does anyone they shared it with. To get access again, they need your approval.
inbox-take-back-button = Stop sharing
inbox-give-up = Give up access
inbox-give-up-what = You lose access immediately. To get it back, you need to send a new request.
inbox-give-up-button = Give up access
said-link = We are emailing you a new link.
said-declined = You declined. Nothing was shared.
said-withdrawn = Withdrawn. We will let them know.
said-withdrawn-undo = Undo: send it again
said-resent = We are sending the email again.
said-again = Sent again. We are emailing them.
said-taken-back = You stopped sharing.
said-given-up = You gave up the access.
said-blocked = Blocked. They can no longer send you requests.
said-blocked-undo = Undo: unblock
said-lifted = Unblocked. They can send you requests again.

# The captured emails
mailbox-heading = Mailbox
mailbox-why = Emails are kept here instead of being sent, because mail.transport is “capture”. Only this computer can open this page.
mailbox-nothing = There are no emails yet. Send a request, then reload this page.
mailbox-from = From
mailbox-to = To
mailbox-received = Received
mailbox-html = View as HTML
mailbox-text = Plain text

# When something cannot be done
trouble-unchanged = Nothing was changed.
trouble-link = This link does not work
trouble-link-why = The link is incomplete, or it is not one of ours. Some email apps split long links.
trouble-link-do = Open the link in the email again, or copy the whole address into your browser.
no-cookie-heading = Your browser did not keep our cookie
no-cookie-link = This browser did not send back the cookie that the next step needs. Private windows, privacy settings, extensions and the browsers inside email apps can block cookies.
no-cookie-link-do = Nothing was changed. Allow cookies for { $host }, or open the link from the email in another browser.
no-cookie-code = This browser did not send back the cookie that tells us who requested the code. Private windows, privacy settings, extensions and the browsers inside email apps can block cookies.
no-cookie-code-do = The code in the email works only in the browser that requested it. Allow cookies for { $host } and request a new code, or sign in with another browser.
no-cookie-form = This browser did not send our cookie with the form, so we cannot tell that the form is yours.
no-cookie-form-do = Nothing was changed. Allow cookies for { $host }, open the page again and send the form again.
no-cookie-elsewhere = You came back from { $name }, but this browser did not send back the cookie that we set before.
no-cookie-elsewhere-do = Nothing was changed. Allow cookies for { $host } and sign in again.
other-name = This site has a different address
other-name-why = You opened this site at another address. Forms only work at its own address.
other-name-do = Nothing was changed. Go to { $url } and try again.
other-name-open = Open { $url }
trouble-forged = This form has expired
trouble-forged-why = You have signed in or out since you opened it, or it was not sent from one of our pages.
trouble-forged-do = Nothing was changed. Go back, reload the page and try again. Your browser must accept cookies from this site.
trouble-form = We could not read this form
trouble-form-do = Nothing was changed. Go back and try again.
trouble-filter = This list does not have that filter
trouble-filter-do = The address contains an unknown filter, or the same filter twice. Open the list again and choose a filter there.
trouble-big = This text is too long
trouble-big-do = Nothing was changed. Go back, shorten the text and try again.
trouble-nothing = Page not found
trouble-nothing-why = The address is wrong, or the page has been removed.
trouble-forbidden = You cannot do this
trouble-invalid = Something in this form is not valid
trouble-invalid-why = Go back, reload the page and try again.
trouble-end-over = The requested end has passed. Send a new request with a later end.
trouble-pending = A request for this is already open
trouble-pending-why = The open request has different permissions or parts, or a different end date or message.
trouble-pending-do = Wait for a reply, or withdraw that request and send a new one.
trouble-wait = Try again later
trouble-again = Try again after { $moment }.
trouble-again-in = Try again in { $length }.
trouble-many-any = You have done this too often.
trouble-many-letters = We cannot send more emails for this request.
trouble-many-soon = We send this email at most once every 10 minutes.
trouble-many-declined = This was declined before.
trouble-many-theirs = This person has been sent too many emails.
trouble-many-from-you = You have sent this person too many requests.
trouble-many-domain = We have sent too many emails to their email provider.
trouble-many-yours = You have sent too many requests.
trouble-many-tries = There were too many attempts.
trouble-many-network = There were too many attempts from your network.
trouble-busy = We could not save this
trouble-busy-why = The site is busy.
trouble-busy-do = Try again in a minute.
trouble-broken = Sorry, something went wrong
trouble-broken-do = Try again. If it happens again, tell the people who run this site.
trouble-why-not-yours = You do not have permission to do this.
trouble-why-asker-only = Only the person who sent the request can do this.
trouble-why-decider-only = Only the person who decides can do this.
trouble-why-asker-over = The person who sent this request is no longer allowed to ask for this access, so you cannot approve the request. You can decline it or let it expire.
trouble-why-offer-over = The person who made this offer is no longer allowed to share this data.
trouble-why-offer-less = The person who made this offer no longer has that much access.
trouble-why-group = You have this access through a group. Only the person who shared the data, or its owner, can stop it.
trouble-why-blocked = They do not accept requests from you.
trouble-to-front = Go to the home page
trouble-to-request = Back to the request
trouble-to-inbox = Go to your inbox
trouble-to-admin = Go to the overview
trouble-to-sign-in = Back to sign in
trouble-to-sessions = Back to active sessions

# Asking to keep access that ends
renew-heading = Keep your access
renew-said = We have asked { $decider }. We will email you when there is a reply.
renew-what = { $state ->
    [past] You could { do-with } { $thing } until { $ends }.
   *[now] You can { do-with } { $thing } until { $ends }.
}
renew-asked = You asked to keep this access. There is no reply yet.
renew-again = { $decider } declined before. You can ask again from { $from }.
renew-decides = { $decider } decides whether you can keep this access { $how_long }.
renew-message = Message to { $decider } (optional)
renew-button = Ask to keep access
