# Each letter: subject, preheader (the line a mailbox shows after the subject), heading, lead (what it is about, in one
# sentence), button, click (what the button does), why (why you get it, and what happens if you ignore it).
# No HTML here. $kind: `ask` (somebody asks for something of the decider's) or `invite` (somebody offers).

hello = Hello { $reader },
hello-nameless = Hello,
link-plain = If the button does not work, copy this address into your browser:
sent-to = This letter was sent to { $address } by Countersign. We never ask for your password by mail.
own-words = These are their own words; we only pass them on.

decide-subject = { $asker } asks for { access-to } { $things }: answer by { $answer_day }
decide-preheader = Access { $how_long }. Nobody gets anything unless you say yes.
decide-heading = { $asker } asks for access
decide-lead = { $asker } would like to { do-with } { $things }. Only you can say yes.
decide-quote = { $asker } writes:
decide-button = Look and decide
decide-click = The page may ask you to sign in. Nothing happens until you press a button there: approve, approve for less, or decline.
decide-undo = If you say yes, you can take the access back at any time.
decide-why = You get this letter because { $asker } asked for access to something that is yours. If you do nothing, nobody gets access and the request ends by itself. The link is for you alone, so please do not forward this letter.

invite-subject = { $from } offers you { access-to } { $things }: answer by { $answer_day }
invite-preheader = Access { $how_long }. Nothing changes unless you accept.
invite-heading = { $from } offers you access
invite-lead = { $from } invites you to { do-with } { $things }. It is up to you.
invite-quote = { $from } writes:
invite-button = Look and answer
invite-click = The page may ask you to sign in. Nothing happens until you press a button there: accept or decline.
invite-why = You get this letter because { $from } offered you access. If you do nothing, nobody gets access and the offer ends by itself. The link is for you alone, so please do not forward this letter.

approved-subject = { $kind ->
    [invite] { $decider } accepted: { access-to } { $things }
   *[ask] { $decider } said yes: you have { access-to } { $things }
}
approved-preheader = Access { $how_long }.
approved-heading = { $kind ->
    [invite] Your offer was accepted
   *[ask] You now have access
}
approved-lead = { $kind ->
    [invite] { $decider } accepted your offer and can now { do-with } { $things }.
   *[ask] { $decider } said yes: you can now { do-with } { $things }.
}
approved-button = { $kind ->
    [invite] See what you gave
   *[ask] See your access
}
approved-click = The page may ask you to sign in. Opening it changes nothing.
approved-why = { $kind ->
    [invite] You get this letter because you made this offer. There is nothing you need to do.
   *[ask] You get this letter because you asked for this access. There is nothing you need to do.
}

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
approved-less-quote = { $decider } writes:

declined-subject = { $kind ->
    [invite] { $decider } declined your offer of { access-to } { $things }
   *[ask] { $decider } said no to { access-to } { $things }
}
declined-preheader = Nothing was shared.
declined-heading = { $kind ->
    [invite] { $decider } declined
   *[ask] { $decider } said no
}
declined-lead = { $kind ->
    [invite] { $decider } does not want to { do-with } { $things }. Nothing was shared.
   *[ask] You asked to { do-with } { $things }, and { $decider } said no. Nothing was shared.
}
declined-quote = { $decider } writes:
declined-again = { $kind ->
    [invite] You can offer it again from { $again } on.
   *[ask] You can ask again from { $again } on.
}
declined-why = { $kind ->
    [invite] You get this letter because you made this offer. There is nothing you need to do.
   *[ask] You get this letter because you asked for this access. There is nothing you need to do.
}

withdrawn-subject = { $kind ->
    [invite] No answer needed: { $asker } no longer offers { $things }
   *[ask] No answer needed: { $asker } no longer asks for { $things }
}
withdrawn-preheader = There is nothing left for you to do.
withdrawn-heading = No answer needed
withdrawn-lead = { $kind ->
    [invite] { $asker } took back the offer to let you { do-with } { $things }.
   *[ask] { $asker } no longer asks to { do-with } { $things }.
}
withdrawn-note = The link in our earlier letter gives no access any more. It now shows that this is over.
withdrawn-why = { $kind ->
    [invite] You get this letter because we wrote to you about this offer. If you do nothing, nobody gets access.
   *[ask] You get this letter because we wrote to you about this request. If you do nothing, nobody gets access.
}

expired-subject = { $kind ->
    [invite] No answer from { $decider }: your offer of { $things } has ended
   *[ask] No answer from { $decider }: your request for { $things } has ended
}
expired-preheader = Nothing was shared.
expired-heading = No answer in time
expired-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. No answer came by { $answer_by }, so the offer has ended. Nothing was shared.
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
expired-click = The page may ask you to sign in. Opening it changes nothing.
expired-why = { $kind ->
    [invite] You get this letter because you made this offer. If you do nothing, nobody gets access.
   *[ask] You get this letter because you asked for this access. If you do nothing, nobody gets access.
}

sign-in-code-subject = Your sign-in code for Countersign
sign-in-code-preheader = It works once, for { $length }.
sign-in-code-heading = Your sign-in code
sign-in-code-lead = Type this code on the page where you asked for it:
sign-in-code-note = It works once, for { $length }. Never tell it to anyone, not even to us.
sign-in-code-why = You get this letter because somebody, most likely you, is signing in with your address. If it was not you, ignore this letter: without the code nobody gets in.

undeliverable-subject = Not delivered: our letter to { $decider } about { $things }
undeliverable-preheader = Nobody has seen your request yet.
undeliverable-heading = Our letter did not arrive
undeliverable-lead = { $kind ->
    [invite] You invited { $decider } to { do-with } { $things }. Our letter about it could not be delivered, so they do not know of it.
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
undeliverable-why = { $kind ->
    [invite] You get this letter because you made this offer. If you do nothing, nobody gets access.
   *[ask] You get this letter because you asked for this access. If you do nothing, nobody gets access.
}

shared-subject = { $from } gave you { access-to } { $things }
shared-preheader = Access { $how_long }. There is nothing you need to do.
shared-heading = Something was shared with you
shared-lead = { $from } lets you { do-with } { $things }.
shared-button = See your access
shared-click = The page may ask you to sign in. Opening it changes nothing.
shared-why = You get this letter because { $from } gave you this access. There is nothing you need to do.
