# What the pages say. No HTML here. $kind: `ask` (somebody asks for something of the decider's) or `invite` (somebody offers).
# Dates and lengths of time come filled in, from words.ftl.

# Words within sentences
pages-level = { level }
pages-verb = { level }
pages-explained = { level-explained }
pages-nameless = (without a name)
# A relationship ("coach") is not a thing of its own but a share in somebody's data.
pages-thing-yours = your data, as { $name }
pages-thing-theirs = their data, as { $name }
state-pending = waiting
state-waits-for-you = waits for you
state-approved = approved
state-declined = declined
state-withdrawn = withdrawn
state-expired = expired
state-cancelled = cancelled
state-failed = not delivered
state-live = has access
state-yours = yours
state-later = not yet
state-off = switched off
state-over = ended
state-taken-back = taken back

# Around every page
frame-skip = Skip to the content
frame-ways = Your pages
frame-inbox = Inbox
frame-admin = Admin
frame-sign-out = Sign out
frame-signed-in = Signed in as { $name } ({ $address }).
frame-foot = Access is given by the person whose it is, and by nobody else. We never ask for your password by mail.
to-inbox = Go to your inbox
to-own-inbox = Go to your own inbox
problems-heading = { $number ->
    [one] There is a problem
   *[other] There are problems
}
problems-title = Problem: { $title }

# The first page
front-title = Asking for access
front-heading = Access, with a yes from the right person
front-lead = Somebody asks for access to data. The person whose data it is gets a letter, looks, and says yes or no. Access that was given can be taken back at any time.
front-letter = You have got a letter
front-letter-do = Open the link in it. Nothing happens until you press a button.
front-own = You want to see what you gave, hold or asked for

# Signing in
sign-in-heading = Sign in
sign-in-button = Sign in
sign-in-name = Mail address or username
sign-in-name-missing = Enter your mail address or username.
sign-in-code = With a code by mail
sign-in-code-what = We mail you six digits, good for ten minutes. You need no password for this.
sign-in-code-button = Mail me a code
sign-in-password = With your password
sign-in-password-label = Password
sign-in-wrong = That name and password do not go together. Check both, or sign in with a code by mail.
password-missing = Enter your password.
code-heading = Enter your code
code-to-address = We have mailed a six-digit code to { $address }.
code-to-name = If we know “{ $name }”, we have mailed a six-digit code to the address we have.
code-label = Six digits from the letter
code-note = The letter may take a minute to arrive. The code is good for ten minutes.
code-none = No letter?
code-none-do = Look into the folder for unwanted mail. If it is not there either, ask for another code; only the newest is good.
code-again = Mail me another code
code-other-way = Sign in another way
code-missing = Enter the six digits from the letter.
code-wrong = That code is not right, or no longer good. Use the newest letter; after five wrong tries, or ten minutes, ask for a new code.
code-wrong-left = { $left ->
    [one] That code is not right. You have one try left; check the newest letter.
   *[other] That code is not right. You have { $left } tries left; check the newest letter.
}
code-dead = That code is no longer good: it is used, older than ten minutes, or was wrong five times. Ask for another one below.

# Signing in at a provider ($name) that the operator has set up
elsewhere-heading = With an account you have elsewhere
elsewhere-or = Or with an account you have elsewhere
elsewhere-button = Sign in with { $name }
elsewhere-what = You come back to this page. What your letter is about is not told there.
elsewhere-back = Back to all ways of signing in
elsewhere-other-ways = Nothing was changed. You can try again, or sign in another way.
elsewhere-down = { $name } does not answer
elsewhere-down-why = We asked { $name } to sign you in and got no answer in time.
elsewhere-down-do = Nothing was changed. Try again in a minute, or sign in another way.
elsewhere-odd = You could not be signed in
elsewhere-unusable-why = { $name } answered something that we cannot use.
elsewhere-unusable-do = Nothing was changed. Sign in another way, and tell whoever runs this site: the reason is in the log.
elsewhere-forged-why = We could not make sure that the answer came from { $name } and was meant for you, so we did not believe it.
elsewhere-forged-do = Nothing was changed. Begin again on the sign-in page. If it happens again, sign in another way, and tell whoever runs this site.
elsewhere-denied = { $name } did not sign you in
elsewhere-denied-why = Either you turned back there, or your account may not be used here.
elsewhere-stale = Please begin again
elsewhere-stale-why = This sign-in was begun in another browser or window, took longer than ten minutes, or was used already.
elsewhere-stale-do = Nothing was changed. Go back and press the button again.
elsewhere-unverified = { $name } has not confirmed your address
elsewhere-unverified-why = We know people by their mail address, and take one only if { $name } has confirmed that it is yours.
elsewhere-unverified-do = Confirm your address there and try again, or sign in with a code by mail.
elsewhere-unknown = Nobody here has your address
elsewhere-unknown-why = At { $name } you are { $address }, and that address is not known here.
elsewhere-unknown-do = If a letter of ours brought you here, sign in with a code that we mail to the address it went to.
elsewhere-linked = Your account here goes with another one
elsewhere-linked-why = Whoever has your address here signed in with another account at { $name } before.
elsewhere-linked-do = Use that account. If it is gone, sign in with a code by mail, and undo the link under “Where you are signed in”.

# Where somebody is signed in
sessions-heading = Where you are signed in
sessions-what = Each of these browsers is signed in as you. End what you do not know, or no longer use: it is out at once.
sessions-here = this browser
sessions-unknown = A browser that does not say its name
sessions-since = Signed in on { $moment }
sessions-seen = Last used on { $moment }
sessions-from = From the address { $address }
sessions-end = Sign out there
sessions-end-others = Sign out everywhere else
sessions-said-ended = That browser is signed out.
sessions-said-others = All other browsers are signed out.
identities-heading = Accounts elsewhere
identities-what = With these you can sign in here. Undo a link that is no longer yours; the next sign-in there links it anew, by your address.
identities-since = Linked on { $moment }
identities-seen = Last used on { $moment }
identities-unlink = Undo the link
identities-said-unlinked = The link is undone.

# Signing in to answer a letter
gate-heading = Sign in to answer
gate-why = Your link was mailed to { $address }. Before we show what it is about, show us that you are that person. Nothing has happened yet.
gate-code = Mail me a six-digit code
gate-code-what = It goes to the same address. You need no password.
gate-password = Or with your password
gate-password-label = Your password here
gate-password-wrong = That password is not right. Check it, or have a code mailed to you.
gate-dead = This link no longer works
gate-dead-why = The address that it was mailed to has changed since, or the database was restored from a backup. If the request still waits for an answer, we can mail a fresh link to the address that its reader has now.
gate-dead-fresh = Send a fresh link
gate-dead-sign-in = Sign in to see more about it, if it is yours
trust-heading = Is this real? How to be sure
trust-address = Your browser’s address bar must say { $host }.
trust-inbox = You can do without the letter’s link: type { $host } yourself, sign in and look into your inbox. What is asked of you is there too.
trust-never = We never ask for a password or for money by mail or telephone, and nothing happens until you press a button here.
wrong-heading = This link is for somebody else
wrong-yours = You are signed in as
wrong-theirs = The link was mailed to
wrong-theirs-gone = an address that is no longer in use here
wrong-why = Only the person it was mailed to can look and answer. If both are you, sign in with the other address; your link is kept meanwhile.
wrong-switch = Switch account
wrong-forwarded = If the letter was forwarded to you, do nothing: nothing has been shared.
no-link-heading = Open the link in your letter
no-link-why = This page answers requests for access. It needs the link from the letter that we mailed you.
no-link-do = Open that letter and press its button again. A link that you opened is remembered for 15 minutes.
no-link-inbox = See what is asked of you
fresh-heading = Look into your mail
fresh-if = If the request still waits for an answer, a fresh link is on its way to the address we have of the person it was first mailed to.
fresh-often = It is sent at most every ten minutes, and five times in all. The earlier letters’ links lead to the same request.
fresh-back = Back to the link you opened

# Deciding
review-heading = { $kind ->
    [invite] { $asker } offers you access
   *[ask] { $asker } asks for access
}
review-lead = { $asker } would like to { pages-verb } { $thing }. Only you can say yes.
review-offer = { $asker } invites you to { pages-verb } { $thing }. It is up to you.
review-who = { $kind ->
    [invite] Who offers
   *[ask] Who asks
}
review-filed-by = Filed by
review-through = Through
review-owner = Whose it is
review-what = What
review-access = Access
review-how-long = How long
review-held-until = at most until { $moment }, when their own access ends
review-answer-by = Answer by
review-writes = { $asker } writes:
review-answer = Your answer
review-approve = { $kind ->
    [invite] Accept
   *[ask] Approve
}
review-decline = Decline
review-undo = { $kind ->
    [invite] You can give the access up at any time. If you do nothing, nobody gets access and the offer ends by itself.
   *[ask] You can take the access back at any time. If you do nothing, nobody gets access and the request ends by itself.
}
review-less = { $kind ->
    [invite] Accept less
   *[ask] Approve for less
}
review-less-button = { $kind ->
    [invite] Accept this
   *[ask] Approve for this
}
review-level = How much
review-ends = How long
review-ends-asked = { $kind ->
    [invite] as offered
   *[ask] as asked
}
review-ends-day = for one day
review-ends-week = for a week
review-ends-month = for 30 days
review-ends-quarter = for 90 days
review-ends-year = for a year
review-ends-date = until the end of a day
review-last-day = Last day
review-parts = What of it
review-word = Decline with a word
review-reason = Your words
review-reason-note = { $asker } will read them.
review-word-button = Decline with these words
review-problem-level = Choose how much you give: what was asked for, or less.
review-problem-date = Enter the last day, like 2027-03-31.
review-problem-date-over = The last day is over. Enter today or a later day.
review-problem-date-late = It was asked for until { $day }. Enter that day or an earlier one.
review-problem-end-passed = The end that was asked for has passed. This can only be declined.
review-problem-none = Tick at least one. To give nothing, decline.
review-problem-foreign = One of these is not in what was asked for. Reload the page and choose again.
review-problem-reason-long = Write at most { $most } characters.
review-problem-reason-odd = There are control characters in it. Write plain text.

# Blocking
block-decline = Decline and block
block-summary = Block { $who }
block-what = { $who } can ask you for nothing any more, until you lift the block in your inbox. If they ask, they only learn that you take no requests from them. Access that you gave before stays until you take it back.
block-declines = This request is declined with it.
block-button = Block { $who }
block-button-app = Block the app { $app }
block-is = You blocked { $who }.
block-lift = Undo: let { $who } ask again
blocked-heading = Whom you blocked
blocked-what = These people and apps cannot ask you for anything. If they try, they only learn that you take no requests from them.
blocked-none = You have blocked nobody.
blocked-since = since { $day }
blocked-lift = Let { $who } ask again

# What became of a request
told-who = { $kind ->
    [invite] Who offered
   *[ask] Who asked
}
told-thing = What
told-access = Access
told-ends = Ends
told-only = Only
told-parts = ({ $some } of { $all } that belong to it)
told-level = { pages-level }: { pages-explained }
told-level-less = { pages-level } (instead of { $asked })
told-approved = { $ends ->
    [open] { $kind ->
        [invite] You now have { pages-level } access
       *[ask] You gave { $who } { pages-level } access
    }
   *[day] { $kind ->
        [invite] You now have { pages-level } access until { $day }
       *[ask] You gave { $who } { pages-level } access until { $day }
    }
}
told-approved-next = { $kind ->
    [invite] You can give the access up at any time, here or in your inbox.
   *[ask] { $who } is told by mail. You can take the access back at any time, here or in your inbox.
}
told-undo = { $kind ->
    [invite] Undo: give the access up
   *[ask] Undo: take the access back
}
told-yes = You said yes
told-yes-over = The access that came of it is over.
told-revoked = { $kind ->
    [invite] You no longer have this access
   *[ask] This access was taken back
}
told-revoked-what = { $kind ->
    [invite] You had { pages-level } access to { $thing }. It ended on { $moment }.
   *[ask] You had given { $who } { pages-level } access to { $thing }. It ended on { $moment }.
}
told-revoked-next = { $kind ->
    [invite] If it is needed after all, { $who } can offer it again.
   *[ask] If it is needed after all, { $who } can ask again.
}
told-ended = This access has ended
told-ended-what = { $kind ->
    [invite] You had { pages-level } access to { $thing }. It ran until { $day }.
   *[ask] You had given { $who } { pages-level } access to { $thing }. It ran until { $day }.
}
told-declined = You declined
told-declined-what = { $kind ->
    [invite] { $who } offered you { pages-level } access to { $thing }. You said no, and nothing was shared.
   *[ask] { $who } asked for { pages-level } access to { $thing }. You said no, and nothing was shared.
}
told-declined-until = Changed your mind? Until { $moment } you can still say yes.
told-declined-again = The same can be asked again from { $day } on.
told-approve = { $kind ->
    [invite] Accept instead
   *[ask] Approve instead
}
told-quote = Your words with it:
told-withdrawn = No answer needed any more
told-withdrawn-what = { $kind ->
    [invite] { $who } took the offer back before you answered. Nothing was shared.
   *[ask] { $who } took the request back before you answered. Nothing was shared.
}
told-expired = { $kind ->
    [invite] This offer has expired
   *[ask] This request has expired
}
told-expired-what = No answer came by { $moment }, so nothing was shared.
told-ask-again = { $kind ->
    [invite] If it still matters, let { $who } know that they can offer it again: a new letter with a new link will come to you.
   *[ask] If it still matters, let { $who } know that they can ask again: a new letter with a new link will come to you.
}
told-asked-again = Meanwhile the same was asked again, and that waits for your answer. Its link is in the newest letter; we can mail it to you once more.
told-cancelled = { $kind ->
    [invite] This offer was cancelled
   *[ask] This request was cancelled
}
told-why-asker-gone = The reason: who asked is no longer here.
told-why-decider-gone = The reason: who would decide is no longer here.
told-why-not-owner = The reason: who offered it no longer owns it.
told-why-owner-now = The reason: it now belongs to who would have gained access.
told-why-gone = The reason: what was asked for is no longer there.
told-why-app = The reason: the app that asked may no longer ask.
told-why-admin = The reason: an administrator removed it.
told-nothing-shared = Nothing was shared, and there is nothing you need to do.
told-failed = Our letter could not be delivered
told-failed-what = The mail server would not take the letter, so the request ended without an answer. Nothing was shared.
told-pending = This request waits for your answer
told-other-decides = Somebody else decides now
told-other-decides-what = What was asked for has a new owner, who has got a letter of their own. There is nothing you need to do.
told-other-decided = Somebody else has decided
told-other-decided-what = What was asked for has a new owner, who has answered this request. There is nothing you need to do.
told-earlier-address = This link was mailed to an earlier address of yours
told-earlier-address-what = Links work only while the address they were mailed to is yours. If the request still waits for you, we can mail a fresh link to your present address.
told-restored = This link is from before a restored backup
told-restored-what = The database was restored from a backup, and links from before no longer work. If the request still waits for you, we can mail you a fresh link.
told-over = This request has ended
told-fresh = Send me a fresh link

# The inbox
inbox-lists = Lists
inbox-states = Which of them
inbox-pages = Pages
inbox-newer = Newer
inbox-older = Older
inbox-export = Download this list:
inbox-blocked = Whom you blocked
inbox-of-you = Asked of you
inbox-by-you = Asked by you
inbox-given = What you gave
inbox-held = What you hold
inbox-waiting = Waiting
inbox-answered = Answered
inbox-live = Now
inbox-ended = Ended
inbox-all = All
inbox-of-you-none-open = Nothing waits for your answer.
inbox-of-you-none = Nothing is here: nobody has asked you.
inbox-by-you-none-open = Nothing of yours waits for an answer.
inbox-by-you-none = You have asked for nothing.
inbox-given-none-open = Nobody has access to anything of yours.
inbox-given-none = Nothing is here.
inbox-held-none-open = You have access to nothing of others.
inbox-held-none = Nothing is here.
inbox-asks = { $kind ->
    [invite] You are offered { pages-level } access to { $thing }
   *[ask] { $who } asks for { pages-level } access to { $thing }
}
inbox-asked-whom = { $kind ->
    [invite] You offered { $who } { pages-level } access to { $thing }
   *[ask] You asked { $who } for { pages-level } access to { $thing }
}
inbox-asked = asked on { $asked }
inbox-asked-answered = asked on { $asked }, answered on { $answered }
inbox-asked-over = asked on { $asked }, ended on { $ended }
inbox-answer-by = answer by { $moment }
inbox-answer-until = until { $moment }
inbox-link = Answer
inbox-link-what = You answer with the link in the letter that we mailed you. If it is lost, we can mail you another.
inbox-link-button = Mail me the link again
inbox-link-later = To say yes, use the link in the letter that we mailed you. If it does not come, you can have another from { $moment } on.
inbox-link-no-more = To say yes, use the link in one of the letters that we mailed you. They were as many as are sent for one request.
inbox-still-yes = Changed your mind? Until { $moment } you can still say yes, with the link in your letter.
inbox-decline = Decline
inbox-decline-what = Nothing is shared, and they are told by mail.
inbox-decline-button = Decline
inbox-offerer = Who offered it
inbox-reason = A word with it, if you like
inbox-block = Block
inbox-block-what = They can ask you for nothing any more, until you lift the block. A request of theirs that waits here is declined. Access that you gave before stays until you take it back.
inbox-block-app = Block the app
inbox-block-app-what = The app that this came through can ask you for nothing any more, for nobody, until you lift the block. This request is declined if it waits.
inbox-block-app-button = Block the app
mail-queued = The letter to them is about to be sent.
mail-sent = The letter has gone to their mail server.
mail-deferred = Their mail server asked us to wait; we keep trying.
mail-bounced = The letter could not be delivered. Check the address and ask again.
inbox-resend = Send the letter again
inbox-resend-what = They get another letter with a link of its own; the earlier ones stay good.
inbox-resend-button = Send it again
inbox-withdraw = Withdraw
inbox-withdraw-what = They are told that no answer is needed any more. You can ask again later.
inbox-withdraw-button = { $kind ->
    [invite] Withdraw the offer
   *[ask] Withdraw the request
}
inbox-again = { $kind ->
    [invite] Offer again
   *[ask] Ask again
}
inbox-again-what = The same is asked once more, in the same words. They get a new letter.
inbox-again-button = { $kind ->
    [invite] Offer it again
   *[ask] Ask again
}
inbox-again-from = You can ask for the same again from { $moment } on.
inbox-gave = { $who }: { pages-level } access to { $thing }
inbox-holds = { $who } gave you { pages-level } access to { $thing }
inbox-group = The group { $name }
inbox-public-link = Whoever has the public link
inbox-signed-in = Everyone who is signed in
inbox-guests = Whoever is not signed in
inbox-everyone = Everyone
inbox-and-more = { $first } and { $more } more
inbox-since = since { $from }, no end date
inbox-since-until = since { $from }, until { $moment }
inbox-since-to = since { $from }, taken back on { $moment }
inbox-only = Only: { $parts }
inbox-shared-on = { $who } shared this on.
inbox-through-group = You have this through the group { $name }. Only who gave it, or whose it is, can take it back.
inbox-take-back = Take back
inbox-take-back-what = The access ends at once, and so does every one that was shared on from it. To give it again, they have to ask again.
inbox-take-back-button = Take the access back
inbox-give-up = Give up
inbox-give-up-what = Your access ends at once. To have it again, you have to ask again.
inbox-give-up-button = Give the access up
said-link = A fresh link is on its way to your mail address.
said-declined = You declined. Nothing was shared.
said-withdrawn = It is withdrawn.
said-withdrawn-undo = Undo: ask again
said-resent = The letter is on its way once more.
said-again = It is asked again. A new letter is on its way.
said-taken-back = The access is taken back.
said-given-up = You gave the access up.
said-blocked = They can ask you for nothing any more.
said-blocked-undo = Undo: lift the block
said-lifted = The block is lifted.

# The captured letters
mailbox-heading = Mailbox
mailbox-why = Letters are not sent but kept here, since mail.transport is “capture”. Only this machine can see this page.
mailbox-nothing = No letter yet. Reload the page after something was asked.
mailbox-from = From
mailbox-to = To
mailbox-received = Received
mailbox-html = Read it as HTML
mailbox-text = As plain text

# When something cannot be
trouble-unchanged = Nothing was changed.
trouble-link = This is not a valid link
trouble-link-why = The link is not complete, or it is not one of ours. Some mail programs break a long link in two.
trouble-link-do = Open it from the letter again, or copy the whole address from the letter into your browser.
no-cookie-heading = Your browser did not keep our cookie
no-cookie-link = This browser did not send back the cookie that the next step needs. Private windows, privacy settings, extensions and the browsers inside mail apps can block cookies.
no-cookie-link-do = Nothing was changed. Allow cookies for { $host }, or open the link from the email in another browser.
no-cookie-code = This browser did not send back the cookie that tells us who requested the code. Private windows, privacy settings, extensions and the browsers inside mail apps can block cookies.
no-cookie-code-do = The code in the email works only in the browser that requested it. Allow cookies for { $host } and request a new code, or sign in with another browser.
no-cookie-form = This browser did not send our cookie with the form, so we cannot tell that the form is yours.
no-cookie-form-do = Nothing was changed. Allow cookies for { $host }, open the page again and send the form once more.
no-cookie-elsewhere = You came back from { $name }, but this browser did not send back the cookie that the sign-in began with.
no-cookie-elsewhere-do = Nothing was changed. Allow cookies for { $host } and sign in again.
other-name = This site has another address
other-name-why = You opened it by a name that is not its own. Forms can be sent from its own address only.
other-name-do = Nothing was changed. Open it at { $url } and try again.
other-name-open = Open { $url }
trouble-forged = This form can no longer be sent
trouble-forged-why = It was not sent from a page of ours, or you have signed in or out since the page was opened.
trouble-forged-do = Nothing was changed. Go back, reload the page and try again. Your browser must accept cookies from this site.
trouble-form = This form cannot be read
trouble-form-do = Nothing was changed. Go back and try again.
trouble-filter = This list cannot be filtered like that
trouble-filter-do = The address names a filter that this list does not have, or names one twice. Open the list again and choose there.
trouble-big = This is too long
trouble-big-do = Nothing was changed. Go back, write a shorter text and try again.
trouble-nothing = There is nothing here
trouble-nothing-why = The address is wrong, or what was here is gone.
trouble-forbidden = This cannot be done
trouble-invalid = This cannot be done so
trouble-invalid-why = One of the fields says something that cannot be. Go back, reload the page and try again.
trouble-end-over = The end that was asked for has passed. Ask anew, with a later one.
trouble-pending = A request for this is pending
trouble-pending-why = It asks for this on other terms: another level, end, message or selection.
trouble-pending-do = Wait for the answer, or withdraw that request and ask again.
trouble-wait = Please wait a little
trouble-again = Try again after { $moment }.
trouble-many-any = This was done too often.
trouble-many-letters = The letter was sent as often as it is sent for one request.
trouble-many-soon = The letter is sent again at most every ten minutes.
trouble-many-declined = The same was declined before.
trouble-many-theirs = They have had as many letters as one person is sent.
trouble-many-from-you = You have asked them by email as often as one person may.
trouble-many-domain = As many letters as we send to one mail domain have gone to theirs.
trouble-many-yours = You have caused as many letters as are sent for one person.
trouble-many-tries = There were too many tries.
trouble-many-network = There were too many tries from your network.
trouble-busy = This could not be saved
trouble-busy-why = We are busy at the moment.
trouble-busy-do = Please try again in a minute.
trouble-broken = Something went wrong on our side
trouble-broken-do = Please try again. If it happens again, tell the people who run this site.
trouble-why-not-yours = This is not yours to do.
trouble-why-asker-only = Only who asked can do this.
trouble-why-decider-only = Only who decides can do this.
trouble-why-asker-over = Who asked may no longer ask for this, so it can no longer be approved. You can decline it, or let it end by itself.
trouble-why-offer-over = Who offers this may no longer share it on.
trouble-why-offer-less = Who offers this does not hold as much themselves any more.
trouble-why-group = It is given to a group that you are in. Only who gave it, or whose data it is, can take it back.
trouble-why-blocked = They do not take requests from you.
trouble-to-front = Go to the first page
trouble-to-request = Back to the request
trouble-to-inbox = Go to your inbox
trouble-to-admin = Go to the overview
trouble-to-sign-in = Back to the sign-in page
trouble-to-sessions = Back to where you are signed in

# Asking to keep access that ends
renew-heading = Keep your access
renew-said = We ask { $decider }. You will hear from us as soon as there is an answer.
renew-what = You have { $level } access to { $thing }. It ends: { $ends }.
renew-asked = You have asked to keep it, and there is no answer yet.
renew-again = { $decider } said no before. You can ask again from { $from } on.
renew-decides = { $decider } decides whether you keep it, { $how_long }.
renew-message = A word to { $decider } (if you like)
renew-button = Ask to keep it
