# Each email: subject, preheader (the line a mailbox shows after the subject), heading, lead (what it is about), button, why
# (why you received it, and what happens if you ignore it). No HTML here. $kind: `ask` (a request for the reader's data),
# `invite` (an offer) or `renewal` (a request to keep access).

hello = Hello { $reader },
hello-nameless = Hello,
link-plain = If the button does not work, copy this address into your browser:
sent-to = Sent to { $address } by { $instance }. We never ask for your password by email.
replies = Replies to this email go to { $person }, not to us.
own-words = This message is not from us.
asking-quote = Message from { $asker }:
decider-quote = Message from { $decider }:
look-click = You may need to sign in. Opening the page does not change anything.
asked-why = { $kind ->
    [invite] You received this email because you made this offer. You do not need to do anything.
   *[ask] You received this email because you made this request. You do not need to do anything.
}
asked-open-why = { $kind ->
    [invite] You received this email because you made this offer. If you do nothing, nothing is shared.
    [renewal] You received this email because you asked to keep this access. If you do nothing, it ends as planned.
   *[ask] You received this email because you made this request. If you do nothing, nothing is shared.
}

decide-name = Request
decide-purpose = To the approver: someone requests access.
decide-subject = { $kind ->
    [renewal] { $asker } wants more time to { do-with } { $things } (reply by { $answer_day })
   *[ask] { $asker } wants to { do-with } { $things } (reply by { $answer_day })
}
decide-preheader = { $kind ->
    [renewal] The access ends as planned unless you approve.
   *[ask] Nothing is shared unless you approve.
}
decide-heading = { $kind ->
    [renewal] { $asker } wants to keep access to your data
   *[ask] { $asker } wants access to your data
}
decide-lead = { $kind ->
    [renewal] { $asker } can { do-with } { $things } and wants to keep this access. It ends as planned unless you approve.
   *[ask] { $asker } wants to { do-with } { $things }. Nothing is shared unless you approve.
}
decide-button = Review request
decide-click = You may need to sign in. Opening the page does not share anything.
decide-undo = You can stop sharing at any time.
decide-why = { $kind ->
    [renewal] You received this email because { $asker } has access to your data and asked to keep it. If you do nothing, the access ends as planned. Please do not forward this email: the link is personal.
   *[ask] You received this email because { $asker } asked for access to your data. If you do nothing, the request expires and nothing is shared. Please do not forward this email: the link is personal.
}

invite-name = Offer
invite-purpose = To the approver: someone offers access.
invite-subject = { $asker } invites you to { do-with } { $things } (reply by { $answer_day })
invite-preheader = Nothing changes unless you accept.
invite-heading = { $asker } offers you access
invite-lead = { $asker } invites you to { do-with } { $things }. You can accept or decline.
invite-button = Review offer
invite-why = You received this email because { $asker } offered you access. If you do nothing, the offer expires. Please do not forward this email: the link is personal.

reminder-name = Reminder
reminder-purpose = To the approver: a request or offer is still open.
reminder-subject = { $kind ->
    [invite] Reminder: { $asker } invites you to { do-with } { $things } (reply by { $answer_day })
    [renewal] Reminder: { $asker } wants more time to { do-with } { $things } (reply by { $answer_day })
   *[ask] Reminder: { $asker } wants to { do-with } { $things } (reply by { $answer_day })
}
reminder-preheader = You have until { $answer_day } to reply.
reminder-heading = { $asker } is waiting for your reply
reminder-lead = { $kind ->
    [invite] { $asker } invites you to { do-with } { $things }. You have not replied yet.
    [renewal] { $asker } can { do-with } { $things } and wants to keep this access. You have not replied yet.
   *[ask] { $asker } wants to { do-with } { $things }. You have not replied yet.
}
reminder-button = { $kind ->
    [invite] Review offer
   *[ask] Review request
}
reminder-why = You received this email because you have not replied to our earlier email. If you do nothing, nothing new is shared. Please do not forward this email: the link is personal.

fresh-link-name = New link
fresh-link-purpose = To the approver: the new link that they asked for.
fresh-link-subject = Your new link: { $kind ->
    [invite] { $asker } invites you to { do-with } { $things }
    [renewal] { $asker } wants more time to { do-with } { $things }
   *[ask] { $asker } wants to { do-with } { $things }
}
fresh-link-preheader = It opens the same page as your earlier link.
fresh-link-heading = Your new link
fresh-link-lead = { $kind ->
    [invite] { $asker } invites you to { do-with } { $things }. Use this link to reply.
    [renewal] { $asker } can { do-with } { $things } and wants to keep this access. Use this link to reply.
   *[ask] { $asker } wants to { do-with } { $things }. Use this link to reply.
}
fresh-link-button = { $kind ->
    [invite] Review offer
   *[ask] Review request
}
fresh-link-why = You received this email because someone, probably you, asked us for a new link. If it was not you, ignore this email: nothing new is shared. Please do not forward this email: the link is personal.

receipt-name = Request sent
receipt-purpose = To the requester: the request was sent.
receipt-subject = { $kind ->
    [invite] Offer sent: you invited { $decider } to { do-with } { $things }
    [renewal] Request sent: you asked { $decider } for more time to { do-with } { $things }
   *[ask] Request sent: you asked { $decider } to let you { do-with } { $things }
}
receipt-preheader = We will email you when there is a reply.
receipt-heading = { $kind ->
    [invite] Offer sent
   *[ask] Request sent
}
receipt-lead = { $kind ->
    [invite] We have invited { $decider } to { do-with } { $things }.
    [renewal] We have asked { $decider } to give you more time to { do-with } { $things }.
   *[ask] We have asked { $decider } to let you { do-with } { $things }.
}
receipt-note = { $kind ->
    [renewal] We will email you when there is a reply. Your access ends as planned unless your request is approved.
   *[ask] We will email you when there is a reply. Nothing is shared until then.
}
receipt-button = { $kind ->
    [invite] View your offer
   *[ask] View your request
}
receipt-click = { $kind ->
    [invite] You may need to sign in. You can also withdraw the offer there.
   *[ask] You may need to sign in. You can also withdraw the request there.
}
receipt-why = { $kind ->
    [invite] You received this email because this offer was made in your name. You do not need to do anything.
   *[ask] You received this email because this request was made in your name. You do not need to do anything.
}

approved-name = Approved
approved-purpose = To the requester: the request was approved.
approved-subject = { $kind ->
    [invite] { $decider } accepted your offer and can now { do-with } { $things }
    [renewal] { $decider } approved your request: you can continue to { do-with } { $things }
   *[ask] { $decider } approved your request: you can now { do-with } { $things }
}
approved-preheader = { $kind ->
    [invite] They have access { $how_long }.
   *[ask] You have access { $how_long }.
}
approved-heading = { $kind ->
    [invite] Your offer was accepted
    [renewal] You can keep your access
   *[ask] Your request was approved
}
approved-lead = { $kind ->
    [invite] { $decider } accepted your offer and can now { do-with } { $things }.
    [renewal] { $decider } approved your request. You can continue to { do-with } { $things }.
   *[ask] { $decider } approved your request. You can now { do-with } { $things }.
}
approved-button = { $kind ->
    [invite] View people with access
   *[ask] View your access
}

approved-less-name = Approved with limits
approved-less-purpose = To the requester: the request was approved with limits.
approved-less-subject = { $kind ->
    [invite] { $decider } accepted part of your offer and can now { do-with } { $things }
   *[ask] { $decider } approved your request with limits: you can now { do-with } { $things }
}
approved-less-preheader = { $kind ->
    [invite] They have access { $how_long }.
   *[ask] You have access { $how_long }.
}
approved-less-heading = { $kind ->
    [invite] Part of your offer was accepted
   *[ask] Your request was approved with limits
}
approved-less-lead = { $kind ->
    [invite] { $decider } accepted part of your offer and can now { do-with } { $things }.
   *[ask] { $decider } approved part of your request. You can now { do-with } { $things }.
}

declined-name = Declined
declined-purpose = To the requester: the request was declined.
declined-subject = { $kind ->
    [invite] { $decider } declined your offer of access to { $things }
    [renewal] { $decider } declined your request for more time to { do-with } { $things }
   *[ask] { $decider } declined your request to { do-with } { $things }
}
declined-preheader = { $kind ->
    [renewal] Your access ends as planned.
   *[ask] Nothing was shared.
}
declined-heading = { $kind ->
    [invite] Your offer was declined
   *[ask] Your request was declined
}
declined-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. They declined, so nothing was shared.
    [renewal] You asked { $decider } for more time to { do-with } { $things }. They declined, so your access ends as planned.
   *[ask] You asked { $decider } to let you { do-with } { $things }. They declined, so nothing was shared.
}
declined-again = { $kind ->
    [invite] You can make this offer again from { $again }.
   *[ask] You can send this request again from { $again }.
}

withdrawn-name = No reply needed
withdrawn-purpose = To the approver: the request no longer needs a reply.
withdrawn-subject = { $kind ->
    [invite] No reply needed: { $asker } withdrew the offer of access to { $things }
    [cancelled] No reply needed to our email about { $asker } and { $things }
   *[ask] No reply needed: { $asker } withdrew the request for access to { $things }
}
withdrawn-preheader = You do not need to do anything.
withdrawn-heading = No reply needed
withdrawn-lead = { $kind ->
    [invite] { $asker } invited you to { do-with } { $things } and has withdrawn the offer.
    [cancelled] We emailed you about { $asker } and { $things }. This was cancelled, so you no longer need to reply.
    [renewal] { $asker } wanted more time to { do-with } { $things } and has withdrawn the request.
   *[ask] { $asker } wanted to { do-with } { $things } and has withdrawn the request.
}
withdrawn-note = The link in our earlier email now only shows what happened.
withdrawn-why = { $kind ->
    [invite] You received this email because we emailed you about this offer before. You do not need to do anything.
   *[ask] You received this email because we emailed you about this request before. You do not need to do anything.
}

expired-name = Expired
expired-purpose = To the requester: there was no reply in time.
expired-subject = { $kind ->
    [invite] Expired: { $decider } did not reply to your offer of access to { $things }
   *[ask] Expired: { $decider } did not reply to your request for access to { $things }
}
expired-preheader = { $kind ->
    [renewal] Your access ends as planned.
   *[ask] Nothing was shared.
}
expired-heading = { $kind ->
    [invite] Your offer expired
   *[ask] Your request expired
}
expired-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. They did not reply by { $answer_by }, so nothing was shared.
    [renewal] You asked { $decider } for more time to { do-with } { $things }. They did not reply by { $answer_by }, so your access ends as planned.
   *[ask] You asked { $decider } to let you { do-with } { $things }. They did not reply by { $answer_by }, so nothing was shared.
}
expired-note = { $kind ->
    [invite] You can make the offer again.
   *[ask] If you still need access, you can send a new request.
}
expired-button = { $kind ->
    [invite] View your offers
   *[ask] View your requests
}

cancelled-name = Cancelled
cancelled-purpose = To the requester: the request can no longer be decided.
cancelled-subject = { $kind ->
    [invite] Cancelled: your offer to give { $decider } access to { $things }
   *[ask] Cancelled: your request to { $decider } for access to { $things }
}
cancelled-preheader = { $kind ->
    [invite] The offer is closed. You do not need to do anything.
   *[ask] The request is closed. You do not need to do anything.
}
cancelled-heading = { $kind ->
    [invite] Your offer was cancelled
   *[ask] Your request was cancelled
}
cancelled-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. { cancelled-reason }
    [renewal] You asked { $decider } for more time to { do-with } { $things }. { cancelled-reason }
   *[ask] You asked { $decider } to let you { do-with } { $things }. { cancelled-reason }
}
cancelled-reason = { $why ->
    [thing_gone] The data was removed, so there is nothing to decide.
    [decider_gone] Their account was removed, so they cannot reply.
    [app_gone] The app that sent this is no longer allowed to send requests.
    [own] You now own the data, so you do not need approval.
    [not_yours] You no longer own the data, so you cannot offer it.
   *[removed] An administrator cancelled it.
}

another-decides-name = New owner decides
another-decides-purpose = To the former approver: the data has a new owner.
another-decides-subject = No reply needed: someone else now decides about { $things }
another-decides-preheader = You do not need to do anything.
another-decides-heading = Someone else now decides
another-decides-lead = { $kind ->
    [renewal] { $asker } wants more time to { do-with } { $things }. The data has a new owner, who now decides.
   *[ask] { $asker } wants to { do-with } { $things }. The data has a new owner, who now decides.
}
another-decides-note = The link in our earlier email now only shows what happened.
another-decides-why = You received this email because we emailed you about this request before. You do not need to do anything.

sign-in-code-name = Sign-in code
sign-in-code-purpose = To a person who signs in: the code.
sign-in-code-subject = Your sign-in code for { $instance }
sign-in-code-preheader = The code works once and expires after { $length }.
sign-in-code-heading = Your sign-in code
sign-in-code-lead = Enter this code on the page where you asked for it:
sign-in-code-note = The code works once and expires after { $length }. Do not give it to anyone. We never ask for it.
sign-in-code-why = You received this email because someone, probably you, asked for a code to sign in with your email address. If it was not you, ignore this email: nobody can sign in without the code.

sign-in-warning-name = Sign-in warning
sign-in-warning-purpose = To a person whose password is being guessed, after 100 wrong attempts in a row.
sign-in-warning-subject = Someone is trying to guess your password for { $instance }
sign-in-warning-preheader = They did not get in. Your account is not locked.
sign-in-warning-heading = Someone is trying to guess your password
sign-in-warning-lead = Someone entered at least 100 wrong passwords or sign-in codes in a row for your account. They did not get in. Your account is not locked, and you can sign in as usual.
sign-in-warning-button = View your active sessions
sign-in-warning-note = If your password is easy to guess, or you use it elsewhere, ask an administrator for a new one. Until the attempts stop, signing in with your password from a new network may take up to 5 seconds longer.
sign-in-warning-why = You received this email because someone is trying to get into your account. You do not need to do anything. While the attempts continue, we email you at most once a week.

browser-remembered-name = Remembered browser
browser-remembered-purpose = To a person: one of their browsers is remembered now.
browser-remembered-subject = A browser is now remembered for your { $instance } account
browser-remembered-preheader = If this was not you, remove it now.
browser-remembered-heading = We now remember one of your browsers
browser-remembered-lead = For { $length }, you can reply to requests in this browser without a code. You still need to sign in.
browser-remembered-button = View your browsers
browser-remembered-note = If this was not you, remove the browser and sign out all other browsers on that page.
browser-remembered-why = You received this email because it is about the security of your account. You do not need to do anything if you chose this.

account-changed-name = Account changed
account-changed-purpose = To a person whose address, username, password or provider account someone else changed: at the old and the new address.
account-changed-subject = Your { $instance } account was changed
account-changed-preheader = If you did not expect this, do not confirm it.
account-changed-heading = Your account was changed
account-changed-lead = { $what ->
    [address] Someone else changed the email address of your account.
    [username] Someone else changed the username of your account.
    [password] Someone else set a new password for your account.
   *[provider] An account at a sign-in provider was linked to your account.
} We signed out all your browsers. This account cannot reply to requests until { $until }.
account-changed-button = Review the change
account-changed-note = If you expected this, confirm it and you can reply to requests right away. If you did not, do not confirm it, and contact the people who run { $instance }.
account-changed-note-elsewhere = We emailed a link to confirm this to the address that the account had before. If you did not expect the change, contact the people who run { $instance }.
account-changed-why = You received this email because someone changed your account. If you do nothing, the account can reply to requests again after 7 days.

undeliverable-name = Email not delivered
undeliverable-purpose = To the requester: the email could not be delivered.
undeliverable-subject = Not delivered: our email to { $decider } about { $things }
undeliverable-preheader = { $kind ->
    [invite] They have not seen your offer.
   *[ask] They have not seen your request.
}
undeliverable-heading = We could not deliver our email
undeliverable-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. We could not deliver our email, so they have not seen your offer.
    [renewal] You asked { $decider } for more time to { do-with } { $things }. We could not deliver our email, so they have not seen your request.
   *[ask] You asked { $decider } to let you { do-with } { $things }. We could not deliver our email, so they have not seen your request.
}
undeliverable-happened = { $why ->
    [no_mailbox] This email address does not exist
    [refused] The mail server refused our email
   *[no_answer] The mail server did not accept our email, although we tried many times
}
undeliverable-next = { $why ->
    [no_mailbox] Contact them another way to check the address. Then try again.
    [refused] Contact them another way, so they can ask their email provider about it. Then try again.
   *[no_answer] Contact them another way, or try again later.
}

shared-name = Shared
shared-purpose = To a person with new access: someone shared data with them.
shared-subject = { $from } now lets you { do-with } { $things }
shared-preheader = You have access { $how_long }.
shared-heading = { $from } shared { $things } with you
shared-lead = { $from } lets you { do-with } { $things }.
shared-button = View your access
shared-why = You received this email because { $from } gave you this access. You do not need to do anything.

# $renewal: `offered` (the reader can ask to keep it), `asked` (they did) or `none`.
ends-soon-name = Access ends soon
ends-soon-purpose = To a person with access: it ends soon.
ends-soon-subject = Your access to { $things } ends on { $end_day }
ends-soon-preheader = { $renewal ->
    [offered] If you still need it, you can ask to keep it.
    [asked] You asked to keep it. There is no reply yet.
   *[none] If you still need it, ask { $from } to extend it.
}
ends-soon-heading = Your access ends soon
ends-soon-lead = You can { do-with } { $things } until { $ends }.
ends-soon-note = { $renewal ->
    [offered] If you still need it, you can ask to keep it for as long as before. We will email the person who decides.
    [asked] You asked to keep it. We will email you when there is a reply.
   *[none] If you still need it, ask { $from } to extend it.
}
ends-soon-button = { $renewal ->
    [offered] Ask to keep access
   *[none] View your access
}
ends-soon-why = You received this email because you have this access. If you do nothing, it ends as planned.

renew-click = { $renewal ->
    [offered] You may need to sign in. Opening the page does not send a request.
   *[none] You may need to sign in. Opening the page does not change anything.
}

ended-name = Access ended
ended-purpose = To a person whose access ended as planned.
ended-subject = Your access to { $things } has ended
ended-preheader = { $renewal ->
    [offered] Until { $ask_until }, you can ask to get it back.
    [asked] You asked to keep it. There is no reply yet.
   *[none] It ended as planned.
}
ended-heading = Your access has ended
ended-lead = You can no longer { do-with } { $things }. Your access ended as planned.
ended-note = { $renewal ->
    [offered] Until { $ask_until }, you can ask to get it back. If your request is approved, you get the same access again.
    [asked] You asked to keep it, and there is no reply yet. If your request is approved, you get the same access again.
   *[none] If you still need it, ask { $from } to share it again.
}
ended-button = { $renewal ->
    [offered] Ask for access again
   *[none] Go to your inbox
}
ended-why = You received this email because you had this access. If you do nothing, you do not get it back.

# $by: `giver`, or `other`.
revoked-name = Access stopped
revoked-purpose = To a person whose access was stopped.
revoked-subject = { $by ->
    [giver] { $from } stopped sharing { $things } with you
   *[other] Your access to { $things } was stopped
}
revoked-preheader = You no longer have this access.
revoked-heading = Your access was stopped
revoked-lead = { $by ->
    [giver] { $from } stopped sharing with you. You can no longer { do-with } { $things }.
   *[other] Your access was stopped. You can no longer { do-with } { $things }.
}
revoked-note = If you think this is a mistake, contact { $from }.
revoked-why = You received this email because you had this access. You do not need to do anything.

summary-name = Daily summary
summary-purpose = To administrators: what needs attention.
summary-subject = { $instance } on { $day }: what needs attention
summary-preheader = Open requests, undelivered emails and access that ends soon.
summary-heading = What needs attention
summary-lead = This is your summary for { $day }. We do not send one on days when nothing needs attention.
summary-button = Open the overview
summary-why = You received this email because you are an administrator. You do not need to do anything right away.
