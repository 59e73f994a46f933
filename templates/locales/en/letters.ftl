# Each letter: subject, preheader (the line a mailbox shows after the subject), heading, lead (what it is about, in one
# sentence), button, click (what the button does), why (why you get it, and what happens if you ignore it).
# No HTML here. $kind: `ask` (somebody asks for something of the decider's), `invite` (somebody offers) or `renewal` (somebody
# asks to keep what they have).

hello = Hello { $reader },
hello-nameless = Hello,
link-plain = If the button does not work, copy this address into your browser:
sent-to = This letter was sent to { $address } by { $instance }. We never ask for your password by mail.
own-words = These are their own words; we only pass them on.
asking-quote = { $asker } writes:
decider-quote = { $decider } writes:
answer-click = The page may ask you to sign in. Nothing happens until you press a button there.
look-click = The page may ask you to sign in. Opening it changes nothing.
asked-why = { $kind ->
    [invite] You get this letter because you made this offer. There is nothing you need to do.
   *[ask] You get this letter because you asked for this access. There is nothing you need to do.
}
asked-open-why = { $kind ->
    [invite] You get this letter because you made this offer. If you do nothing, nobody gets access.
    [renewal] You get this letter because you asked to keep this access. If you do nothing, it ends when its time is over.
   *[ask] You get this letter because you asked for this access. If you do nothing, nobody gets access.
}

decide-name = Asks for a decision
decide-purpose = To who decides: somebody asks for access.
decide-subject = { $kind ->
    [renewal] { $asker } asks to keep { access-to } { $things }: answer by { $answer_day }
   *[ask] { $asker } asks for { access-to } { $things }: answer by { $answer_day }
}
decide-preheader = Access { $how_long }. Nobody gets anything unless you say yes.
decide-heading = { $kind ->
    [renewal] { $asker } asks to keep access
   *[ask] { $asker } asks for access
}
decide-lead = { $kind ->
    [renewal] { $asker } can { do-with } { $things }, and would like to keep that access. Only you can say yes.
   *[ask] { $asker } would like to { do-with } { $things }. Only you can say yes.
}
decide-button = Look and decide
decide-click = The page may ask you to sign in. Nothing happens until you press a button there: approve, approve for less, or decline.
decide-undo = If you say yes, you can take the access back at any time.
decide-why = { $kind ->
    [renewal] You get this letter because { $asker } has access to something that is yours and asked to keep it. If you do nothing, the access ends when its time is over. The link is for you alone, so please do not forward this letter.
   *[ask] You get this letter because { $asker } asked for access to something that is yours. If you do nothing, nobody gets access and the request ends by itself. The link is for you alone, so please do not forward this letter.
}

invite-name = Offer
invite-purpose = To who decides: somebody offers access.
invite-subject = { $asker } offers you { access-to } { $things }: answer by { $answer_day }
invite-preheader = Access { $how_long }. Nothing changes unless you accept.
invite-heading = { $asker } offers you access
invite-lead = { $asker } invites you to { do-with } { $things }. It is up to you.
invite-button = Look and answer
invite-why = You get this letter because { $asker } offered you access. If you do nothing, nobody gets access and the offer ends by itself. The link is for you alone, so please do not forward this letter.

reminder-name = Reminder
reminder-purpose = To who decides: it still waits.
reminder-subject = { $kind ->
    [invite] Reminder: { $asker } offers you { access-to } { $things }, until { $answer_day }
    [renewal] Reminder: { $asker } asks to keep { access-to } { $things }, until { $answer_day }
   *[ask] Reminder: { $asker } asks for { access-to } { $things }, until { $answer_day }
}
reminder-preheader = It still waits for your answer, until { $answer_day }.
reminder-heading = { $asker } still waits for your answer
reminder-lead = { $kind ->
    [invite] { $asker } invites you to { do-with } { $things }. You have not answered yet.
    [renewal] { $asker } can { do-with } { $things }, and would like to keep that access. You have not answered yet.
   *[ask] { $asker } would like to { do-with } { $things }. You have not answered yet.
}
reminder-button = Look and answer
reminder-why = You get this letter because we wrote to you about this before and nobody has answered. If you do nothing, it ends by itself and nobody gets anything. The link is for you alone, so please do not forward this letter.

fresh-link-name = Fresh link
fresh-link-purpose = To who decides: the fresh link that they asked for.
fresh-link-subject = Your fresh link: { $kind ->
    [invite] { $asker } offers you { access-to } { $things }
    [renewal] { $asker } asks to keep { access-to } { $things }
   *[ask] { $asker } asks for { access-to } { $things }
}
fresh-link-preheader = It leads to the same request as the one before.
fresh-link-heading = Here is your fresh link
fresh-link-lead = { $kind ->
    [invite] { $asker } invites you to { do-with } { $things }. With this link you can answer.
    [renewal] { $asker } can { do-with } { $things }, and would like to keep that access. With this link you can answer.
   *[ask] { $asker } would like to { do-with } { $things }. With this link you can answer.
}
fresh-link-button = Look and answer
fresh-link-why = You get this letter because somebody, most likely you, asked us for a fresh link. If it was not you, ignore this letter: nothing happens unless you answer. The link is for you alone, so please do not forward this letter.

receipt-name = On its way
receipt-purpose = To who asked: it is on its way.
receipt-subject = { $kind ->
    [invite] On its way: you offer { $decider } { access-to } { $things }
    [renewal] On its way: you asked { $decider } to keep { access-to } { $things }
   *[ask] On its way: you asked { $decider } for { access-to } { $things }
}
receipt-preheader = You will hear from us as soon as there is an answer.
receipt-heading = { $kind ->
    [invite] Your offer is on its way
   *[ask] Your request is on its way
}
receipt-lead = { $kind ->
    [invite] We tell { $decider } that you would let them { do-with } { $things }.
    [renewal] We are asking { $decider } to let you keep your access: to { do-with } { $things }.
   *[ask] We are asking { $decider } to let you { do-with } { $things }.
}
receipt-note = { $kind ->
    [renewal] You will hear from us as soon as there is an answer. Until then your access ends when its time is over.
   *[ask] You will hear from us as soon as there is an answer. Until then nothing is shared.
}
receipt-button = { $kind ->
    [invite] See your offer
   *[ask] See your request
}
receipt-click = The page may ask you to sign in. You can also take it back there, as long as there is no answer.
receipt-why = { $kind ->
    [invite] You get this letter because this offer was made in your name. There is nothing you need to do.
   *[ask] You get this letter because this was asked in your name. There is nothing you need to do.
}

approved-name = Yes
approved-purpose = To who asked: yes.
approved-subject = { $kind ->
    [invite] { $decider } accepted: { access-to } { $things }
    [renewal] { $decider } said yes: you keep { access-to } { $things }
   *[ask] { $decider } said yes: you have { access-to } { $things }
}
approved-preheader = Access { $how_long }.
approved-heading = { $kind ->
    [invite] Your offer was accepted
    [renewal] You keep your access
   *[ask] You now have access
}
approved-lead = { $kind ->
    [invite] { $decider } accepted your offer and can now { do-with } { $things }.
    [renewal] { $decider } said yes: you can go on to { do-with } { $things }.
   *[ask] { $decider } said yes: you can now { do-with } { $things }.
}
approved-button = { $kind ->
    [invite] See what you gave
   *[ask] See your access
}

approved-less-name = Yes, for less
approved-less-purpose = To who asked: yes, but for less.
approved-less-subject = { $kind ->
    [invite] { $decider } accepted less: { access-to } { $things }
   *[ask] { $decider } said yes to less: you have { access-to } { $things }
}
approved-less-preheader = Access { $how_long }: less than was asked for.
approved-less-heading = { $kind ->
    [invite] Your offer was accepted in part
   *[ask] You have a part of what you asked for
}
approved-less-lead = { $kind ->
    [invite] { $decider } accepted less than you offered, and can now { do-with } { $things }.
   *[ask] { $decider } said yes to less than you asked for: you can now { do-with } { $things }.
}

declined-name = No
declined-purpose = To who asked: no.
declined-subject = { $kind ->
    [invite] { $decider } declined your offer of { access-to } { $things }
    [renewal] { $decider } said no: you do not keep { access-to } { $things }
   *[ask] { $decider } said no to { access-to } { $things }
}
declined-preheader = { $kind ->
    [renewal] Your access ends when its time is over.
   *[ask] Nothing was shared.
}
declined-heading = { $kind ->
    [invite] { $decider } declined
   *[ask] { $decider } said no
}
declined-lead = { $kind ->
    [invite] { $decider } does not want to { do-with } { $things }. Nothing was shared.
    [renewal] You asked to keep your access, to { do-with } { $things }, and { $decider } said no. It ends when its time is over.
   *[ask] You asked to { do-with } { $things }, and { $decider } said no. Nothing was shared.
}
declined-again = { $kind ->
    [invite] You can offer it again from { $again } on.
   *[ask] You can ask again from { $again } on.
}

withdrawn-name = No answer needed
withdrawn-purpose = To who was to decide: no answer is needed any more.
withdrawn-subject = { $kind ->
    [invite] No answer needed: { $asker } no longer offers { $things }
    [cancelled] No answer needed: { $asker } can no longer be given { $things }
   *[ask] No answer needed: { $asker } no longer asks for { $things }
}
withdrawn-preheader = There is nothing left for you to do.
withdrawn-heading = No answer needed
withdrawn-lead = { $kind ->
    [invite] { $asker } took back the offer to let you { do-with } { $things }.
    [cancelled] What we wrote to you about { $asker } and { $things } is over: it can no longer be decided.
    [renewal] { $asker } no longer asks to keep access, to { do-with } { $things }.
   *[ask] { $asker } no longer asks to { do-with } { $things }.
}
withdrawn-note = The link in our earlier letter gives no access any more. It now shows that this is over.
withdrawn-why = { $kind ->
    [invite] You get this letter because we wrote to you about this offer. If you do nothing, nobody gets access.
   *[ask] You get this letter because we wrote to you about this request. If you do nothing, nobody gets access.
}

expired-name = Nobody answered
expired-purpose = To who asked: nobody answered in time.
expired-subject = { $kind ->
    [invite] No answer from { $decider }: your offer of { $things } has ended
   *[ask] No answer from { $decider }: your request for { $things } has ended
}
expired-preheader = { $kind ->
    [renewal] Your access ends when its time is over.
   *[ask] Nothing was shared.
}
expired-heading = No answer in time
expired-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. No answer came by { $answer_by }, so the offer has ended. Nothing was shared.
    [renewal] You asked { $decider } to let you keep your access, to { do-with } { $things }. No answer came by { $answer_by }, so the request has ended.
   *[ask] You asked { $decider } to let you { do-with } { $things }. No answer came by { $answer_by }, so the request has ended. Nothing was shared.
}
expired-note = { $kind ->
    [invite] If it still matters, you can make the offer again.
   *[ask] If you still need it, you can ask again.
}
expired-button = { $kind ->
    [invite] See your offers
   *[ask] See your requests
}

cancelled-name = Cancelled
cancelled-purpose = To who asked: it can no longer be decided.
cancelled-subject = { $kind ->
    [invite] Cancelled: your offer of { $things } to { $decider }
   *[ask] Cancelled: your request to { $decider } for { $things }
}
cancelled-preheader = It can no longer be decided.
cancelled-heading = { $kind ->
    [invite] Your offer was cancelled
   *[ask] Your request was cancelled
}
cancelled-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. { cancelled-reason }
    [renewal] You asked { $decider } to let you keep your access, to { do-with } { $things }. { cancelled-reason }
   *[ask] You asked { $decider } to let you { do-with } { $things }. { cancelled-reason }
}
cancelled-reason = { $why ->
    [thing_gone] This is no longer there, so nobody can decide about it.
    [decider_gone] They are no longer here, so nobody can decide about it.
    [app_gone] The app that asked may no longer ask, so it was cancelled.
    [own] It is yours now, so you need nobody’s permission.
    [not_yours] It is no longer yours to offer.
   *[removed] An administrator cancelled it.
}

another-decides-name = Somebody else decides
another-decides-purpose = To who decided until now: somebody else does.
another-decides-subject = No answer needed: somebody else decides about { $things } now
another-decides-preheader = There is nothing left for you to do.
another-decides-heading = Somebody else decides now
another-decides-lead = { $kind ->
    [renewal] { $asker } would like to keep access, to { do-with } { $things }. That has a new owner, who decides from now on.
   *[ask] { $asker } would like to { do-with } { $things }. That has a new owner, who decides from now on.
}
another-decides-note = The link in our earlier letter decides nothing any more. It now shows that somebody else is asked.
another-decides-why = You get this letter because we wrote to you about this request. There is nothing you need to do.

sign-in-code-name = Sign-in code
sign-in-code-purpose = To who signs in: a code.
sign-in-code-subject = Your sign-in code for { $instance }
sign-in-code-preheader = It works once, for { $length }.
sign-in-code-heading = Your sign-in code
sign-in-code-lead = Type this code on the page where you asked for it:
sign-in-code-note = It works once, for { $length }. Never tell it to anyone, not even to us.
sign-in-code-why = You get this letter because somebody, most likely you, is signing in with your address. If it was not you, ignore this letter: without the code nobody gets in.

sign-in-warning-name = Sign-in warning
sign-in-warning-purpose = To somebody whose password others guess at, after a hundred wrong ones in a row.
sign-in-warning-subject = Somebody is guessing your password for { $instance }
sign-in-warning-preheader = Your account is not locked, and nobody signed in this way.
sign-in-warning-heading = Wrong passwords for your account
sign-in-warning-lead = At least a hundred passwords or sign-in codes were tried for your account in a row. All of them were wrong. Your account is not locked, and you can sign in as usual.
sign-in-warning-button = See your active sessions
sign-in-warning-note = From a network that you have not used lately, signing in by password may take up to five seconds longer until the attempts stop. If you use the same password elsewhere, or it is easy to guess, ask an administrator for a new one.
sign-in-warning-why = You get this letter because it concerns the security of your account. There is nothing you need to do. While the attempts continue, you get it once a week at most.

undeliverable-name = Letter did not arrive
undeliverable-purpose = To who asked: the letter could not be delivered.
undeliverable-subject = Not delivered: our letter to { $decider } about { $things }
undeliverable-preheader = { $kind ->
    [invite] They have not seen your offer yet.
   *[ask] They have not seen your request yet.
}
undeliverable-heading = Our letter did not arrive
undeliverable-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. Our letter about it could not be delivered, so they do not know of it.
    [renewal] You asked { $decider } to let you keep your access, to { do-with } { $things }. Our letter about it could not be delivered, so they do not know of it.
   *[ask] You asked { $decider } to let you { do-with } { $things }. Our letter about it could not be delivered, so they do not know of it.
}
undeliverable-happened = { $why ->
    [no_mailbox] the mail server says that this address does not exist
    [refused] the mail server refused the letter
   *[no_answer] the mail server did not take the letter, though we tried many times
}
undeliverable-next = { $why ->
    [no_mailbox] Please check the address with them, in another way than by mail. Then try again.
    [refused] Please tell them in another way, so that they can ask whoever runs their mail. Then try again.
   *[no_answer] Please tell them in another way, or try again later.
}

shared-name = Something was shared
shared-purpose = To who is given something: somebody shared it with them.
shared-subject = { $from } gave you { access-to } { $things }
shared-preheader = Access { $how_long }. There is nothing you need to do.
shared-heading = Something was shared with you
shared-lead = { $from } lets you { do-with } { $things }.
shared-button = See your access
shared-why = You get this letter because { $from } gave you this access. There is nothing you need to do.

# $renewal: `offered` (one can ask to keep it), `asked` (one did) or `none`.
ends-soon-name = Access ends soon
ends-soon-purpose = To who has access: it ends soon.
ends-soon-subject = Your access to { $things } ends on { $end_day }
ends-soon-preheader = { $renewal ->
    [offered] If you still need it, ask { $from } to let you keep it.
    [asked] You asked to keep it. There is no answer yet.
   *[none] If you still need it, ask { $from } in good time.
}
ends-soon-heading = Your access ends soon
ends-soon-lead = You can { do-with } { $things } until { $ends }.
ends-soon-note = { $renewal ->
    [offered] If you still need it, you can ask to keep it. We then ask whoever decides about it, for you and for as long as before.
    [asked] You asked to keep it, and there is no answer yet. We write to you as soon as there is one.
   *[none] If you still need it, ask { $from } to prolong it.
}
ends-soon-button = { $renewal ->
    [offered] Ask to keep it
   *[none] See your access
}
ends-soon-why = You get this letter because you have this access. If you do nothing, it ends by itself.

renew-click = { $renewal ->
    [offered] The page may ask you to sign in. Nothing is asked until you press the button there.
   *[none] The page may ask you to sign in. Opening it changes nothing.
}

ended-name = Access has ended
ended-purpose = To who had access: its time is over.
ended-subject = Your access to { $things } has ended
ended-preheader = { $renewal ->
    [offered] You can still ask to keep it, until { $ask_until }.
    [asked] You asked to keep it. There is no answer yet.
   *[none] Its time is over.
}
ended-heading = Your access has ended
ended-lead = The time is over for which you could { do-with } { $things }.
ended-note = { $renewal ->
    [offered] You can still ask to keep it, until { $ask_until }. After a yes everything is as it was.
    [asked] You asked to keep it, and there is no answer yet. After a yes everything is as it was.
   *[none] If you still need it, ask { $from } to give it to you again.
}
ended-button = { $renewal ->
    [offered] Ask to keep it
   *[none] See your inbox
}
ended-why = You get this letter because you had this access. If you do nothing, it stays ended.

# $by: `giver`, or `other`.
revoked-name = Access was taken back
revoked-purpose = To who had access: it was taken back.
revoked-subject = { $by ->
    [giver] { $from } took back your access to { $things }
   *[other] Your access to { $things } was taken back
}
revoked-preheader = It ended at once.
revoked-heading = Your access was taken back
revoked-lead = { $by ->
    [giver] { $from } took back your access: you can no longer { do-with } { $things }.
   *[other] Your access was taken back: you can no longer { do-with } { $things }.
}
revoked-note = If you think that this is a mistake, ask { $from }.
revoked-why = You get this letter because you had this access. There is nothing you need to do.

summary-name = Daily summary
summary-purpose = To administrators: what waits for somebody.
summary-subject = { $instance } on { $day }: what waits for somebody
summary-preheader = The requests and the access to look after today.
summary-heading = What waits for somebody
summary-lead = These are the numbers of { $day }. Days on which nothing waits bring no letter.
summary-button = Look at them
summary-why = You get this letter because you are an administrator here. There is nothing you need to do at once.
